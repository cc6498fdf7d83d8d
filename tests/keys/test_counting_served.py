"""Counting as clients meet it: every way to be refused, secrets that are wrong, and a crash."""

import threading
import time
from datetime import timedelta

import pytest

from tests.cast import NewPlayer, Player, end_key
from tests.conftest import NewServer
from tests.keys.test_usage import wait_until
from tixallo.keys import token
from tixallo.keys.models import ApiKey, KeyCaller, KeyHour
from tixallo.keys.usage import FLUSH_SECONDS
from tixallo.kit import clock

_COUNTS = ("passed", "refused_limit", "refused_scope", "refused_disabled", "refused_expired", "refused_revoked")


def counted(key_id: str) -> dict[str, int]:
    """What is counted of a key, without the zeros. Runs backstage."""
    found = dict.fromkeys(_COUNTS, 0)
    for row in KeyHour.objects.filter(key_id=key_id).values(*_COUNTS):
        found = {name: found[name] + row[name] for name in _COUNTS}
    return {name: count for name, count in found.items() if count}


def called(key_id: str) -> dict[tuple[str, str], tuple[int, int, str]]:
    """The callers of a key, with what passed, what did not, and the last route. Runs backstage."""
    rows = KeyCaller.objects.filter(key_id=key_id)
    return {(row.client, row.network): (row.passed, row.refused, row.last_route) for row in rows}


def expire(key_id: str) -> None:
    """Let a key have expired a second ago. Runs backstage."""
    ApiKey.objects.filter(id=key_id).update(expires_at=clock.now() - timedelta(seconds=1))


def test_every_refusal_is_counted_by_its_reason(acme: Player) -> None:
    narrow = acme.another_key(limit=3, allowed=["customers:read"])
    agent = {"User-Agent": "curl/8.5.0"}
    assert narrow.get("/customers", headers=agent).status == 200
    assert narrow.get("/tickets", headers=agent).status == 403
    assert narrow.get("/customers", headers=agent).status == 200
    for _ in range(4):
        assert narrow.get("/customers", headers=agent).status == 429
    key_id = narrow.key.id
    for how, times in (("disable", 3), ("enable", 0), ("revoke", 2)):
        acme.backstage(end_key, acme.id, key_id, how)
        for _ in range(times):
            assert narrow.get("/customers", headers=agent).status == 401
    late = acme.another_key()
    acme.backstage(expire, late.key.id)
    assert late.get("/customers").status == 401
    refused = {"refused_limit": 4, "refused_scope": 1, "refused_disabled": 3, "refused_revoked": 2}
    wait_until(lambda: acme.backstage(counted, late.key.id) == {"refused_expired": 1})
    wait_until(lambda: acme.backstage(counted, key_id) == {"passed": 2, **refused})
    assert acme.backstage(called, key_id) == {("curl 8", "127.0.0.0/24"): (2, 10, "GET /customers")}


def test_a_wrong_secret_counts_nothing(acme: Player) -> None:
    key, other = acme.another_key().key, acme.another_key().key
    # This key's public id with the other's secret, and a checksum that fits.
    parsed = token.parse(other.text)
    assert parsed is not None
    start = f"{token.PREFIXES[parsed.environment]}_{key.public_id}_{parsed.secret}"
    forged = acme.with_key(key._replace(text=f"{start}_{token._checksum(start)}"))
    assert token.parse(forged.key.text) is not None
    for how in ("disable", "enable"):
        acme.backstage(end_key, acme.id, key.id, how)
        assert forged.get("/customers").status == 401
    assert acme.with_key(key._replace(text=key.text[:-1])).get("/customers").status == 401
    assert acme.with_key(key).get("/customers").status == 200
    wait_until(lambda: acme.backstage(counted, key.id) != {})
    assert acme.backstage(counted, key.id) == {"passed": 1}
    assert acme.backstage(counted, other.id) == {}


@pytest.mark.slow
def test_eight_clients_are_counted_exactly(acme: Player) -> None:
    key = acme.another_key()

    def work() -> None:
        for _ in range(1_000):
            assert key.get("/key").status == 200

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    wait_until(lambda: acme.backstage(counted, key.key.id) == {"passed": 8_000})
    time.sleep(FLUSH_SECONDS + 1)
    assert acme.backstage(counted, key.key.id) == {"passed": 8_000}


@pytest.mark.slow
def test_a_crash_loses_no_count_older_than_the_last_writing(new_server: NewServer, new_player: NewPlayer) -> None:
    server = new_server()
    acme = new_player(on=server)
    moments: list[float] = []
    end = time.monotonic() + 2 * FLUSH_SECONDS + 2
    while time.monotonic() < end:
        acme.get("/key")
        moments.append(time.monotonic())
        time.sleep(0.02)
    server.kill()
    killed = time.monotonic()
    found = acme.backstage(counted, acme.key.id).get("passed", 0)
    # Writing takes a moment, too.
    kept = sum(1 for moment in moments if moment < killed - FLUSH_SECONDS - 0.5)
    assert kept <= found <= len(moments)
    assert kept > 0
