"""Outgoing mail: a letter is written in the transaction that gives rise to it, and sent by the worker afterwards.

While no mail server is set, letters are shown on the console and laid into `outbox` in the data directory instead, for
good: setting a server later never sends them. A letter keeps its Message-ID over all attempts, so that one which was
sent just before a crash comes a second time as the same mail.
"""

import json
import os
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime, formataddr
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings

from tixallo.kit import clock, due, smtp, transactions
from tixallo.kit.ids import new_id
from tixallo.kit.sealing import seal, unseal
from tixallo.kit.sql import Statement
from tixallo.workspaces.models import Letter, MailStart

KEPT_FOR = timedelta(days=30)

# What the letters of replies are about: this, and the message's id.
_REPLY = "message "
_PURPOSE = "letter"
_LONGEST_SUBJECT = 400


class NotSent(Exception):
    """A letter that could not be sent this time; the worker tries again."""


def enqueue(
    *,
    recipient: str,
    subject: str,
    text: str,
    workspace_id: str | None = None,
    sender_name: str = "",
    headers: Mapping[str, str] | None = None,
    message_id: str = "",
    about: str = "",
    asked_at: datetime | None = None,
) -> str:
    """Have a mail sent and return its letter's id. Joins the open transaction.

    `message_id` is with its angle brackets; without one the letter makes its own. `about` is for finding its state.
    What gave rise to it at `asked_at`, before there was a mail server, does not go out either.
    """
    identifier = new_id()
    with transactions.change():
        Letter.objects.create(
            id=identifier,
            workspace_id=workspace_id,
            recipient=recipient,
            sender_name=_one_line(sender_name),
            subject=_one_line(subject)[:_LONGEST_SUBJECT],
            sealed_text=seal(text.strip("\n") + "\n", _PURPOSE),
            headers=json.dumps(dict(headers or {})),
            message_id=message_id or own_message_id(identifier),
            about=about,
            state="queued" if settings.TIXALLO.smtp_url and not is_before_mail(asked_at) else "kept",
        )
        due.enqueue("letters.send", identifier)
        _turn(workspace_id, about)
    return identifier


def own_message_id(name: str) -> str:
    """Return the Message-ID of what is called `name` here, which is the same every time."""
    return f"<{name}@{urlsplit(settings.TIXALLO.origin).hostname}>"


def state_of(workspace_id: str, about: str) -> Letter | None:
    """Return the last letter that a workspace wrote about something."""
    return Letter.objects.filter(workspace_id=workspace_id, about=about).order_by("-created_at").first()


def states_of(workspace_id: str, abouts: Iterable[str]) -> dict[str, Letter]:
    """Return the last letter about each of several things."""
    found = Letter.objects.filter(workspace_id=workspace_id, about__in=list(abouts)).order_by("created_at")
    return {letter.about: letter for letter in found}


def note_server() -> None:
    """Remember, as the server starts, since when mail goes out."""
    with transactions.change():
        if settings.TIXALLO.smtp_url:
            MailStart.objects.get_or_create(id=1, defaults={"since": clock.now()})
        else:
            MailStart.objects.all().delete()


def server_since() -> datetime | None:
    """Return since when mail goes out, or None where that was not noted."""
    return MailStart.objects.values_list("since", flat=True).first()


def is_before_mail(moment: datetime | None) -> bool:
    """Tell whether something happened while no mail server was set."""
    since = None if moment is None else server_since()
    return moment is not None and since is not None and moment < since


def retry(letter: Letter) -> None:
    """Try a failed letter again."""
    with transactions.change():
        letter.state, letter.attempts = "queued", 0
        letter.save(update_fields=["state", "attempts"])
        due.enqueue("letters.send", letter.id)
        _turn(letter.workspace_id, letter.about)


@due.kind("letters.send")
def send(letter_id: str) -> None:
    """Send a letter, or lay it into the outbox. Raises `NotSent` when it should be tried again."""
    # unscoped: the worker sends the letters of all workspaces
    letter = Letter.objects.filter(id=letter_id, state__in=("queued", "kept"), sent_at=None).first()
    if letter is None:
        return
    message = compose(letter)
    if letter.state == "kept" or not settings.TIXALLO.smtp_url:
        _keep(letter, message)
        return
    try:
        smtp.send(settings.TIXALLO.smtp_url, message, settings.TIXALLO.mail_from, letter.recipient)
    except smtp.Undelivered as error:
        _note_failure(letter, error)
        if letter.state != "failed":
            raise NotSent(str(error)) from error
    else:
        _finish(letter, "sent")


@due.kind("letters.forget", every=timedelta(hours=1))
def forget_old(_key: str = "") -> None:
    """Delete letters that went out, or were kept, more than thirty days ago."""
    with transactions.change():
        # unscoped: old letters are swept from all workspaces at once
        Letter.objects.filter(created_at__lt=clock.now() - KEPT_FOR).exclude(state__in=("queued", "failed")).delete()


def compose(letter: Letter) -> EmailMessage:
    """Return the mail that a letter is."""
    message = EmailMessage()
    message["From"] = formataddr((letter.sender_name or "Tixallo", settings.TIXALLO.mail_from))
    message["To"] = letter.recipient
    message["Subject"] = letter.subject
    message["Date"] = format_datetime(letter.created_at)
    message["Message-ID"] = letter.message_id
    for name, value in json.loads(letter.headers).items():
        message[name] = value
    if "Auto-Submitted" not in message and not letter.about.startswith(_REPLY):
        message["Auto-Submitted"] = "auto-generated"
    message.set_content(unseal(letter.sealed_text, _PURPOSE))
    return message


def _keep(letter: Letter, message: EmailMessage) -> None:
    outbox = Path(settings.TIXALLO.data) / "outbox"
    outbox.mkdir(mode=0o700, exist_ok=True)
    path = outbox / f"{letter.id}.eml"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(message.as_bytes())
    _finish(letter, "kept")
    text = message.get_content()
    print(
        f"Mail to {letter.recipient} (no mail server is set; kept as {path}):\n{letter.subject}\n\n{text}", flush=True
    )


def _finish(letter: Letter, state: str) -> None:
    letter.state, letter.sealed_text, letter.last_error, letter.sent_at = state, "", "", clock.now()
    with transactions.change():
        letter.save(update_fields=["state", "sealed_text", "last_error", "sent_at"])
        _turn(letter.workspace_id, letter.about)


def _note_failure(letter: Letter, error: smtp.Undelivered) -> None:
    letter.attempts += 1
    letter.last_error = f"{error.reason}\n{error.detail}"
    if error.permanent or letter.attempts >= due.MOST_ATTEMPTS:
        letter.state = "failed"
    with transactions.change():
        letter.save(update_fields=["attempts", "last_error", "state"])
        if letter.state == "failed":
            _turn(letter.workspace_id, letter.about)


def _turn(workspace_id: str | None, about: str) -> None:
    """Let the open pages that show how a reply's mail stands look again."""
    if workspace_id is not None and about.startswith(_REPLY):
        _TURN.run(workspace_id)


def _one_line(text: str) -> str:
    return " ".join(text.split())


_TURN = Statement(
    "INSERT INTO workspaces_letterturn AS kept (workspace_id, turn) VALUES (?, 1) "
    "ON CONFLICT (workspace_id) DO UPDATE SET turn = kept.turn + 1"
)
