"""How keys stand, as a tag: another one whenever something has come with them, whoever noted it and when."""

from datetime import UTC, datetime

import pytest

from tests.cast import add_key, assemble
from tests.keys.statements import raw_statements
from tixallo.keys import watching
from tixallo.keys.usage import Ledger
from tixallo.kit import clock

pytestmark = pytest.mark.django_db


def test_what_another_process_writes_after_the_hour_of_it_has_ended_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    acme, now = assemble(), [datetime(2026, 11, 24, 12, 59, 58, tzinfo=UTC).timestamp()]
    add_key(acme.id, name="Sample")
    monkeypatch.setattr(clock, "seconds", lambda: now[0])
    elsewhere = Ledger()
    elsewhere.note(acme.id, acme.key.id, "192.0.2.1", "curl/8", "GET /key")
    now[0] += 3
    before, of_key = watching.standing(acme.id, 500), watching.standing_of(acme.id, acme.key.id)
    elsewhere.flush()
    after = watching.standing(acme.id, 500)
    assert after.tag != before.tag
    assert watching.standing_of(acme.id, acme.key.id).tag != of_key.tag
    assert watching.changed(after, before.tag) == [acme.key.id]
    # The same whether it is written already or not.
    here = Ledger()
    monkeypatch.setattr(watching, "ledger", here)
    here.note(acme.id, acme.key.id, "192.0.2.1", "curl/8", "GET /key")
    unwritten = watching.standing(acme.id, 500)
    assert unwritten.tag != after.tag
    here.flush()
    assert watching.standing(acme.id, 500).tag == unwritten.tag


def test_the_log_is_walked_no_further_than_a_tag_that_we_gave_reaches(monkeypatch: pytest.MonkeyPatch) -> None:
    acme = assemble()
    tag = watching.standing(acme.id, 500).tag
    key = add_key(acme.id)
    assert watching.changed(watching.standing(acme.id, 500), tag) == [key.id]
    monkeypatch.setattr(watching, "_MOST_WALKED", 1)
    assert watching.changed(watching.standing(acme.id, 500), tag) == [key.id]
    add_key(acme.id)
    now = watching.standing(acme.id, 500)
    with raw_statements() as ran:
        assert watching.changed(now, tag) is None
    assert ran == []
    # One that is not from here, of a time to come.
    ahead = now.tag.replace(f'"{now.revision}.', f'"{now.revision + 1}.')
    with raw_statements() as ran:
        assert watching.changed(now, ahead) is None
    assert ran == []
