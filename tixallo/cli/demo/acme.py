"""What the first start finds: the workspace Acme with six sample tickets and a key, made by the ordinary verbs."""

from pathlib import Path
from typing import Any

import orjson

from tixallo.customers.editing import create_company
from tixallo.keys.making import make_key
from tixallo.kit import transactions
from tixallo.tickets.conversing import Author, add_message
from tixallo.tickets.editing import edit
from tixallo.tickets.opening import open_ticket
from tixallo.workspaces.changes import Actor, change
from tixallo.workspaces.models import Person, Workspace
from tixallo.workspaces.opening import open_workspace

_OWNER = "owner@acme.example"
_COMPANIES = (("Globex", "globex.example"), ("Alder Logistics", "alder-logistics.example"))


def make_first(actor: Actor) -> str | None:
    """Make the workspace and return the text of its key; None, and nothing is done, when there is any workspace."""
    # As a whole or not at all, so that a start that was interrupted does not leave a workspace without its key.
    with transactions.change():
        if Workspace.objects.exists():
            return None
        workspace = open_workspace(actor, name="Acme", owner_email=_OWNER, slug="acme")
        owner = Person.objects.get(email_key=_OWNER)
        with change(workspace.id, actor) as opened:
            for name, domain in _COMPANIES:
                create_company(opened, name=name, domains=[domain])
        for ticket in orjson.loads(Path(__file__).with_name("acme.json").read_bytes()):
            _make(workspace.id, actor, Author("agent", owner.id, owner.name), **ticket)
        with change(workspace.id, actor) as opened:
            _, text = make_key(opened, name="First key", environment="development")
    return str(text)


def _make(
    workspace_id: str, actor: Actor, agent: Author, *, conversation: list[str], edits: Any, **ticket: Any
) -> None:
    with change(workspace_id, actor) as opened:
        ticket_id = open_ticket(opened, **ticket)
    for place, body in enumerate(conversation):
        with change(workspace_id, actor) as opened:
            # We answer first, then both take turns.
            add_message(opened, ticket_id, body=body, author=None if place % 2 else agent)
    with change(workspace_id, actor) as opened:
        edit(opened, ticket_id, edits)
