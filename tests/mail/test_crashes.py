"""A worker that is killed at random loses no letter and sends none that looks like another."""

import os
import random
import signal
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
from django.conf import settings

from tests.backstage import Backstage
from tests.conftest import NewServer
from tests.mail.server import MailServer, mail_server
from tixallo.kit import clock, sql, transactions
from tixallo.kit.sql import Statement
from tixallo.workspaces import letters
from tixallo.workspaces.models import Letter

pytestmark = pytest.mark.slow

_LETTERS = 60
_KILLS = 6
_PATIENCE_SECONDS = 40


def write(count: int, url: str) -> list[str]:
    """Write letters, each with a change of its own, and return their Message-IDs."""
    settings.TIXALLO = replace(settings.TIXALLO, smtp_url=url)
    for number in range(count):
        letters.enqueue(recipient=f"customer-{number}@customer.example", subject=f"Letter {number}", text="…")
    return list(Letter.objects.values_list("message_id", flat=True))


def end_leases() -> None:
    """Let the rows of a killed worker come back at once instead of in a minute."""
    with transactions.change():
        _END_LEASES.run(sql.moment(clock.now()))


def unsent() -> int:
    return Letter.objects.exclude(state="sent").count()


_END_LEASES = Statement("UPDATE kit_due SET leased_until = NULL, due_at = ? WHERE leased_until IS NOT NULL")


@pytest.fixture
def mails() -> Iterator[MailServer]:
    with mail_server() as made:
        made.delay = 0.1
        yield made


def test_letters_survive_a_worker_that_keeps_dying(new_server: NewServer, mails: MailServer) -> None:
    server = new_server(TIXALLO_SMTP_URL=mails.url)
    backstage = Backstage(server)
    chance = random.Random(11)

    written = backstage(write, _LETTERS, mails.url)
    for _ in range(_KILLS):
        time.sleep(chance.uniform(0.4, 1.6))
        worker = server.processes()[-1]
        os.kill(worker, signal.SIGKILL)
        backstage(end_leases)
    end = time.monotonic() + _PATIENCE_SECONDS
    while (left := backstage(unsent)) and time.monotonic() < end:
        time.sleep(0.3)
        backstage(end_leases)
    backstage.close()

    arrived = [mail["Message-ID"] for mail in mails.arrived]
    assert left == 0
    assert set(arrived) == set(written)
    # What was on its way at a kill comes again, as the same mail: one for each kill at most.
    assert len(arrived) - len(set(arrived)) <= _KILLS
