"""What verbs refuse with, in the language of a page's reader.

Verbs speak English, as they serve the API too; here stands each of their sentences that a page can meet.
"""

from functools import cache

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tixallo.kit.errors import Invalid

_SENTENCES = (
    _("Ticket has been merged"),
    _("Ticket is not merged"),
    _("Ticket was merged along with another one: undo that merge first"),
    _("Other tickets are merged into this one: undo that first"),
    _("A ticket cannot be merged into itself"),
    _("Ticket is closed"),
    _("Ticket is not deleted"),
    _("The reply has been sent"),
    _("A saved reply has this name"),
    _("Is not a member of the workspace"),
    _("Invalid place"),
    _("Invalid cursor"),
    _("Cannot be done"),
    _("Domain is claimed by another company"),
    _("Email address is in use"),
    _("Unknown company"),
    _("Key has been revoked"),
    _("The old key has expired; there is nothing to go back to"),
    _("This key is being rotated already"),
)


def told(sentence: str) -> str:
    """Return a sentence of a verb as the reader is told it; others stay as they are."""
    return str(sentences().get(sentence, sentence))


def told_of(error: Invalid) -> str:
    """Return all that is wrong as one line, with the name of a field where what is said of it is no known sentence."""
    parts = [
        told(said) if said in sentences() else f"{name}: {said}"
        for name, errors in error.field_errors.items()
        for said in errors
    ]
    return "; ".join([*parts, *map(told, error.form_errors)])


@cache
def sentences() -> dict[str, Promise]:
    """Return the sentences by what the verbs say."""
    with translation.override(None):
        return {str(sentence): sentence for sentence in _SENTENCES}
