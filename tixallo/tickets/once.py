"""What a form on a ticket's page makes is made once, however often the form is sent: it carries the id of it.

The id is signed for its person and ticket, so that nobody can choose one. Whoever makes what has it, and whoever saves
its draft, take turns, so that no draft is left of what is being made at the moment.
"""

from django.core.signing import BadSignature, Signer

from tixallo.kit import transactions
from tixallo.kit.ids import new_id


def token(person_id: str, ticket_id: str) -> str:
    """Return the token of a form: a fresh id, a colon and the signature."""
    return _signer(person_id, ticket_id).sign(new_id())


def id_of(sent: str, person_id: str, ticket_id: str) -> str:
    """Return the id in a token that was made for this person and ticket; for anything else a fresh one."""
    try:
        return _signer(person_id, ticket_id).unsign(sent)
    except BadSignature:
        return new_id()


def take_turn(identifier: str) -> None:
    """Within a change: wait for whoever is at what has this id; after the workspace's lock, if that is taken at all."""
    transactions.alone(f"made once: {identifier}")


def _signer(person_id: str, ticket_id: str) -> Signer:
    return Signer(salt=f"tickets.once {person_id} {ticket_id}")
