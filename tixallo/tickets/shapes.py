"""What the API answers of tickets and messages."""

from tixallo.customers.shapes import CUSTOMER_WITH_COMPANY
from tixallo.kit.shapes import ID, TEXT, WHOLE, Field, Shape, choice, column, identifier, nullable, time
from tixallo.kit.sql import Dialect
from tixallo.tickets.models import AUTHORS, PRIORITIES, SOURCES, STATUSES

# Which messages belong to the conversation of a ticket t: its own, and those of what was merged into it.
CONVERSED = (
    "m.ticket_id IN (SELECT t.id UNION ALL SELECT g.id FROM tickets_ticket g "
    "WHERE g.workspace_id = t.workspace_id AND g.merged_into_id = t.id AND g.gone_as = 'merged')"
)


def _author(dialect: Dialect) -> str:
    return dialect.object([("type", "m.author_kind"), ("name", "m.author_name")])


def _assignee(dialect: Dialect) -> str:
    person = dialect.object([("id", dialect.text("p.id")), ("name", "p.name")])
    return f"CASE WHEN p.id IS NULL THEN NULL ELSE {person} END"


def _messages(dialect: Dialect) -> str:
    line = MESSAGE.sql(dialect)
    return (
        f"(SELECT {dialect.array('line', 'moment, identifier')} FROM (SELECT {line} AS line, m.created_at AS moment, "
        f"m.id AS identifier FROM tickets_message m WHERE m.workspace_id = t.workspace_id AND {CONVERSED} "
        "ORDER BY m.created_at, m.id) conversation)"
    )


MESSAGE = Shape(
    "Message",
    (
        identifier("id", "m.id"),
        identifier("ticket_id", "m.ticket_id"),
        column("body", "m.body"),
        Field(
            "author",
            _author,
            {
                "type": "object",
                "properties": {"type": {"type": "string", "enum": list(AUTHORS)}, "name": TEXT},
                "required": ["type", "name"],
                "additionalProperties": False,
            },
        ),
        time("created_at", "m.created_at"),
    ),
)

TICKET = Shape(
    "Ticket",
    (
        identifier("id", "t.id"),
        column("ticket_number", "t.number", WHOLE),
        column("subject", "t.subject"),
        column("description", "t.description"),
        choice("status", "t.status", STATUSES),
        choice("priority", "t.priority", PRIORITIES),
        choice("source", "t.source", SOURCES),
        time("created_at", "t.created_at"),
        time("updated_at", "t.updated_at"),
        time("closed_at", "t.closed_at", null=True),
        identifier("customer_id", "t.customer_id"),
        identifier("inbox_id", "t.inbox_id"),
        Field(
            "assignee",
            _assignee,
            nullable(
                {
                    "type": "object",
                    "properties": {"id": ID, "name": TEXT},
                    "required": ["id", "name"],
                    "additionalProperties": False,
                }
            ),
        ),
        Field("tags", lambda dialect: dialect.json("t.tags"), {"type": "array", "items": TEXT}),
    ),
)

CONVERSATION = Shape(
    "Conversation",
    (
        *TICKET.fields,
        Field("customer", CUSTOMER_WITH_COMPANY.sql, {"$ref": "#/components/schemas/CustomerWithCompany"}),
        identifier("merged_into", "t.merged_into_id", null=True),
        Field("messages", _messages, {"type": "array", "items": {"$ref": "#/components/schemas/Message"}}),
    ),
    description="A ticket with its customer and the public messages of its conversation, oldest first.",
    parts=(CUSTOMER_WITH_COMPANY, MESSAGE),
)
