"""New passwords: a link by which somebody who forgot theirs sets another, by mail or for whoever runs the server."""

from datetime import datetime

from allauth.account.forms import default_token_generator
from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from tixallo.kit import due, transactions
from tixallo.kit.errors import NotFound
from tixallo.workspaces import letters
from tixallo.workspaces.models import Person, ResetRequest


def link_for(person: Person) -> str:
    """Return a link that works once, for a day, and no longer than the password that it is to replace."""
    names = {"uidb36": person.id, "key": default_token_generator.make_token(person)}
    return f"{settings.TIXALLO.origin}{reverse('account_reset_password_from_key', kwargs=names)}"


def link_for_address(email: str) -> str:
    """Return the link for who has this address. Raises `NotFound` with a sentence."""
    person = Person.objects.filter(email_key=email.lower(), is_active=True).first()
    if person is None:
        raise NotFound(f"There is nobody with the address {email}.")
    return link_for(person)


@due.kind("people.reset_password")
def answer(request_id: str) -> None:
    """Write to who asked for a new password, if there is anybody with the address."""
    asked = ResetRequest.objects.filter(id=request_id).first()
    if asked is None:
        return
    with transactions.change():
        person = Person.objects.filter(email_key=asked.email_key, is_active=True).first()
        if person is not None:
            _write(person, asked.created_at)
        asked.delete()


def _write(person: Person, asked_at: datetime) -> None:
    with translation.override(person.language or settings.LANGUAGE_CODE):
        letters.enqueue(
            recipient=person.email,
            subject=translation.gettext("Set a new password for Tixallo"),
            text=render_to_string("workspaces/letters/reset.txt", {"person": person, "link": link_for(person)}),
            asked_at=asked_at,
        )
