"""What an event looks like when it leaves: a flat object whose fields depend on its type."""

from collections.abc import Mapping

from tixallo.kit.shapes import ID, TEXT, TIME, WHOLE, Described, Schema

_CHANGES: Schema = {
    "type": "object",
    "description": "Each changed field with its value before and after.",
    "additionalProperties": {"type": "array", "minItems": 2, "maxItems": 2},
}
_TICKET: Mapping[str, Schema] = {
    "ticket_id": ID,
    "ticket_number": WHOLE,
    "subject": TEXT,
    "status": TEXT,
    "priority": TEXT,
    "source": TEXT,
    "customer_id": ID,
}
_MERGE: Mapping[str, Schema] = {**_TICKET, "merged_into": ID}
_MESSAGE: Mapping[str, Schema] = {
    "ticket_id": ID,
    "ticket_number": WHOLE,
    "message_id": ID,
    "body": TEXT,
    "author": {
        "type": "object",
        "properties": {"type": TEXT, "name": TEXT},
        "required": ["type", "name"],
        "additionalProperties": False,
    },
}
_CUSTOMER: Mapping[str, Schema] = {"customer_id": ID, "email": TEXT, "name": TEXT}

# The fields of each public type, beside `id`, `event_type` and `created_at`.
FIELDS: Mapping[str, Mapping[str, Schema]] = {
    "ticket.created": _TICKET,
    "ticket.updated": {**_TICKET, "changes": _CHANGES},
    "ticket.closed": {**_TICKET, "changes": _CHANGES},
    "ticket.merged": _MERGE,
    "ticket.unmerged": _MERGE,
    "ticket.deleted": _TICKET,
    "ticket.restored": _TICKET,
    "ticket.message.created": _MESSAGE,
    "customer.created": _CUSTOMER,
    "customer.updated": {**_CUSTOMER, "changes": _CHANGES},
}


def _object(kind: str, fields: Mapping[str, Schema]) -> Schema:
    head: Mapping[str, Schema] = {"id": ID, "event_type": {"type": "string", "const": kind}, "created_at": TIME}
    return {
        "type": "object",
        "properties": {**head, **fields},
        "required": [*head, *fields],
        "additionalProperties": False,
    }


EVENT = Described("Event", {"oneOf": [_object(kind, fields) for kind, fields in FIELDS.items()]})
