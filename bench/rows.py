"""The SQL of the floors: the rows that the API reads and writes for its two hottest requests, spelled out by hand."""

_TIME = "substr({0}, 1, 10) || 'T' || substr({0}, 12, 8) || 'Z'"

FIELDS = (
    *("id", "ticket_number", "subject", "description", "status", "priority", "source"),
    *("created_at", "updated_at", "closed_at", "customer_id", "inbox_id", "assignee_id", "assignee_name", "tags"),
)

READ = (
    "SELECT t.id, t.number, t.subject, t.description, t.status, t.priority, t.source, "
    f"{_TIME.format('t.created_at')}, {_TIME.format('t.updated_at')}, {_TIME.format('t.closed_at')}, "
    "t.customer_id, t.inbox_id, p.id, p.name, t.tags "
    "FROM tickets_ticket t LEFT JOIN workspaces_person p ON p.id = t.assignee_id "
    "WHERE t.workspace_id = ? AND t.gone_as = '' ORDER BY t.created_at DESC, t.id DESC LIMIT 20"
)

WORKSPACE = (
    "UPDATE workspaces_workspace SET revision = revision + 1, ticket_count = ticket_count + 1, chain_link = ?, "
    "chain_head = ? WHERE id = ? RETURNING revision, ticket_count"
)
SEARCH = "INSERT INTO tickets_search (document) VALUES (?)"
TICKET = (
    "INSERT INTO tickets_ticket (id, workspace_id, number, subject, description, status, priority, source, "
    "customer_id, inbox_id, tags, search_id, created_at, updated_at, waiting_since, heap, queue, gone_as, last_words, "
    "last_author, last_message_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
EVENT = (
    "INSERT INTO workspaces_event (id, workspace_id, revision, position, type, public, actor_kind, actor_id, "
    "actor_label, origin, subject_kind, subject_id, subject_label, payload, salt, digest, link, created_at) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
