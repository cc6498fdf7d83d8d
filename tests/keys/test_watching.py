"""How keys stand, as a tag: another one whenever something has come with them, whoever noted it and when."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.cast import add_key, assemble
from tests.keys.statements import raw_statements
from tests.watch import Clock
from tixallo.keys import usage, watching
from tixallo.keys.attention import QUIET_AFTER
from tixallo.keys.models import ApiKey
from tixallo.keys.usage import Ledger
from tixallo.kit import clock

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


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


def test_two_keys_that_change_places_are_told_from_two_that_stay(watch: Clock) -> None:
    watch.at = watch.at.replace(minute=10, second=0, microsecond=0)
    acme = assemble()
    newer = add_key(acme.id)
    for key, left in ((acme.key, -DAY), (newer, timedelta(minutes=5))):
        ApiKey.objects.filter(id=key.id).update(created_at=watch.at - QUIET_AFTER + left)
    # The older one is behind those that are shown, so that its requests are none of theirs.
    before = watching.standing(acme.id, 1)
    usage.ledger.note(acme.id, acme.key.id, "192.0.2.1", "curl/8", "GET /key")
    usage.ledger.flush()
    watch.move(timedelta(minutes=6))
    after = watching.standing(acme.id, 1)
    assert (after.revision, after.hour, after.requests, after.turned) == before[2:6]
    assert after.tag != before.tag
    assert watching.changed(after, before.tag) is None
