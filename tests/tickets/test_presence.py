"""Who was at a ticket is not kept."""

from datetime import timedelta

import pytest

from tests.cast import assemble
from tests.tickets.acting import a_ticket, person_of, workspace_of
from tixallo.kit import clock
from tixallo.kit.sql import Statement
from tixallo.tickets import presence

pytestmark = pytest.mark.django_db

_ALL = Statement("SELECT count(*) FROM tickets_presence WHERE workspace_id = ?")


def test_what_is_over_is_swept_away_though_nobody_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    acme = assemble()
    ticket = a_ticket(acme)
    presence.note(workspace_of(acme), person_of(acme.agent), ticket, "here")
    presence.forget("")
    assert _ALL.one(acme.id) == (1,)
    later = clock.now() + presence.LIFE + timedelta(seconds=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    presence.forget("")
    assert _ALL.one(acme.id) == (0,)
