"""Letters on their way to a real mail server: sent once, tried again, given up, or kept while there is no server."""

import socket
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings

from tests.cast import Troupe, assemble
from tests.databases import free_port
from tests.mail.server import MailServer, mail_server, self_signed
from tests.pages.conftest import new_browser
from tixallo.kit import clock, due, transactions
from tixallo.kit.errors import NotFound
from tixallo.kit.models import Due
from tixallo.workspaces import letters
from tixallo.workspaces.models import Letter, Person

pytestmark = pytest.mark.django_db

Setting = Callable[[str], None]


@pytest.fixture
def acme() -> Troupe:
    return assemble()


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch) -> Setting:
    """Sets TIXALLO_SMTP_URL."""
    return lambda url: monkeypatch.setattr(settings, "TIXALLO", replace(settings.TIXALLO, smtp_url=url))


@pytest.fixture
def server(use: Setting) -> Iterator[MailServer]:
    with mail_server() as made:
        use(made.url)
        yield made


def write(acme: Troupe, recipient: str = "carla@customer.example") -> Letter:
    with transactions.change():
        identifier = letters.enqueue(
            workspace_id=acme.id,
            recipient=recipient,
            sender_name='Acme "Support", 1st',
            subject="Grüße\r\nBcc: eve@evil.example",
            text="Schöne Grüße.\n.\nEnd\n",
        )
    return Letter.objects.get(id=identifier)


def work() -> None:
    """Carry out all that is due, as if every wait were over."""
    Due.objects.filter(dead_at=None).exclude(kind__in=("retries.forget",)).update(
        due_at=clock.now() - timedelta(seconds=1)
    )
    due.work_once()


def test_a_letter_arrives_as_it_was_written(acme: Troupe, server: MailServer) -> None:
    letter = write(acme)
    work()

    (mail,) = server.arrived
    letter.refresh_from_db()
    assert server.envelopes == [("tixallo@localhost", ["carla@customer.example"])]
    assert mail["Message-ID"] == letter.message_id
    assert mail["Bcc"] is None
    assert mail["From"] == '"Acme \\"Support\\", 1st" <tixallo@localhost>'
    text = mail.get_payload(decode=True)
    assert isinstance(text, bytes)
    assert text.decode().splitlines() == ["Schöne Grüße.", ".", "End"]
    assert (letter.state, letter.sealed_text) == ("sent", "")


def test_a_letter_leaves_with_the_change_or_not_at_all(acme: Troupe, server: MailServer) -> None:
    with pytest.raises(NotFound):
        _write_and_fail()
    work()

    assert server.arrived == []


def test_a_crash_after_sending_repeats_the_same_mail(acme: Troupe, server: MailServer) -> None:
    letter = write(acme)
    sealed = letter.sealed_text
    work()
    # As if the worker had died before it could write that down.
    Letter.objects.filter(id=letter.id).update(state="queued", sent_at=None, sealed_text=sealed)
    due.enqueue("letters.send", letter.id)
    work()

    assert [mail["Message-ID"] for mail in server.arrived] == [letter.message_id] * 2
    assert server.arrived[0].as_bytes() == server.arrived[1].as_bytes()


def test_a_refused_recipient_is_final_and_can_be_retried_by_hand(acme: Troupe, server: MailServer) -> None:
    server.refused_recipients.add("carla@customer.example")
    letter = write(acme)
    work()
    work()
    letter.refresh_from_db()
    failed = (letter.state, letter.attempts, letter.last_error)
    owner = new_browser()
    owner.force_login(Person.objects.get(id=acme.owner.id))
    page = owner.get(f"/w/{acme.slug}/settings/failed").content.decode()

    server.refused_recipients.clear()
    owner.post(f"/w/{acme.slug}/settings/failed/letters/{letter.id}")
    work()

    assert failed == ("failed", 1, "recipient\n550 5.1.1 No such mailbox")
    assert "does not take mail to this address" in page
    assert len(server.arrived) == 1


def test_a_server_that_is_away_is_tried_again_until_it_is_back(acme: Troupe, use: Setting) -> None:
    with socket.create_server(("127.0.0.1", 0)) as held:
        port = held.getsockname()[1]
    use(f"smtp://127.0.0.1:{port}")
    letter = write(acme)
    work()
    letter.refresh_from_db()
    first = (letter.state, letter.attempts, letter.last_error.partition("\n")[0])

    with mail_server() as server:
        use(server.url)
        work()

        assert first == ("queued", 1, "refused")
        assert len(server.arrived) == 1


def test_a_letter_is_given_up_in_the_end(acme: Troupe, server: MailServer) -> None:
    server.answer = "451 Try again later"
    letter = write(acme)
    for _ in range(due.MOST_ATTEMPTS + 3):
        work()
    letter.refresh_from_db()

    assert (letter.state, letter.attempts) == ("failed", due.MOST_ATTEMPTS)
    assert not Due.objects.filter(kind="letters.send").exists()


def test_without_a_server_letters_are_kept_and_never_sent_later(
    acme: Troupe, use: Setting, capsys: pytest.CaptureFixture[str]
) -> None:
    before, after = write(acme), write(acme)
    Due.objects.filter(key=after.id).update(due_at=clock.now() + timedelta(hours=1))
    due.work_once()

    with mail_server() as server:
        use(server.url)
        work()

        assert server.arrived == []
    for letter in (before, after):
        letter.refresh_from_db()
        kept = Path(settings.TIXALLO.data) / "outbox" / f"{letter.id}.eml"
        assert letter.state == "kept"
        assert kept.stat().st_mode & 0o077 == 0
        assert f"Message-ID: {letter.message_id}" in kept.read_text()
    assert "Schöne Grüße." in capsys.readouterr().out


def test_what_a_letter_says_is_sealed(acme: Troupe, server: MailServer) -> None:
    letter = write(acme)

    assert "Schöne" not in str(Letter.objects.filter(id=letter.id).values())


def _write_and_fail() -> None:
    with transactions.change():
        letters.enqueue(recipient="a@customer.example", subject="S", text="T")
        raise NotFound


# ---- The test mail says what is wrong.


def test_admins_send_test_mail_and_agents_do_not(acme: Troupe, server: MailServer) -> None:
    for person, status in ((acme.admin, 200), (acme.agent, 403)):
        browser = new_browser()
        browser.force_login(Person.objects.get(id=person.id))
        assert browser.post(f"/w/{acme.slug}/settings/test-mail").status_code == status

    assert [mail["To"] for mail in server.arrived] == [acme.admin.email]


def send_test(acme: Troupe) -> str:
    owner = new_browser()
    owner.force_login(Person.objects.get(id=acme.owner.id))
    return owner.post(f"/w/{acme.slug}/settings/test-mail").content.decode()


def test_a_test_mail_arrives(acme: Troupe, server: MailServer) -> None:
    page = send_test(acme)

    assert f"The mail server took a mail to {acme.owner.email}" in page
    assert [mail["To"] for mail in server.arrived] == [acme.owner.email]


def test_a_name_that_is_not_found(acme: Troupe, use: Setting) -> None:
    use("smtp://mail.invalid:25")

    assert "name cannot be found" in send_test(acme)


def test_a_port_where_nobody_listens(acme: Troupe, use: Setting) -> None:
    use(f"smtp://127.0.0.1:{free_port()}")

    assert "Nothing answers at this host and port" in send_test(acme)


def test_a_password_that_is_wrong(acme: Troupe, use: Setting) -> None:
    with mail_server(password="right/one") as server:
        use(f"smtp://tixallo:wrong@127.0.0.1:{server.port}")
        wrong = send_test(acme)
        use(f"smtp://tixallo:right%2Fone@127.0.0.1:{server.port}")
        right = send_test(acme)

    assert "does not take the user and the password" in wrong
    assert "The mail server took a mail" in right
    assert "wrong@" not in wrong


def test_a_certificate_that_nobody_trusts(acme: Troupe, use: Setting, tmp_path: Path) -> None:
    with mail_server(certificate=self_signed(tmp_path)) as server:
        use(server.url)

        assert "no secure connection" in send_test(acme)
        assert server.arrived == []


def test_a_recipient_that_is_refused(acme: Troupe, server: MailServer) -> None:
    server.refused_recipients.add(acme.owner.email)

    assert "does not take mail to this address" in send_test(acme)


def test_where_no_server_is_set_the_page_says_where_mail_goes(acme: Troupe) -> None:
    owner = new_browser()
    owner.force_login(Person.objects.get(id=acme.owner.id))

    assert "TIXALLO_SMTP_URL" in owner.get(f"/w/{acme.slug}/settings").content.decode()


def test_only_the_first_workspace_s_owners_see_what_the_worker_gave_up(acme: Troupe) -> None:
    globex = assemble("Globex")
    row = Due.objects.create(
        kind="sample", key="x", due_at=clock.now(), dead_at=clock.now(), attempts=12, last_error="Trace\nOops: here"
    )
    first, second = new_browser(), new_browser()
    first.force_login(Person.objects.get(id=acme.owner.id))
    second.force_login(Person.objects.get(id=globex.owner.id))

    assert "Oops: here" in first.get(f"/w/{acme.slug}/settings/failed").content.decode()
    assert "Oops: here" not in second.get(f"/w/{globex.slug}/settings/failed").content.decode()
    assert second.post(f"/w/{globex.slug}/settings/failed/work/{row.id}").status_code == 403
    first.post(f"/w/{acme.slug}/settings/failed/work/{row.id}")
    row.refresh_from_db()
    assert row.dead_at is None
