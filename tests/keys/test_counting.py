"""Requests are counted by key and hour, by caller and day, and by how they went; what is noted adds up exactly."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import OperationalError, connection

from tests.cast import Troupe, assemble
from tests.keys.statements import raw_statements
from tixallo.keys import clients, forgetting, listing, storing, traffic, usage
from tixallo.keys.models import ApiKey, KeyCaller, KeyHour
from tixallo.keys.storing import MOST_CALLERS
from tixallo.keys.tallies import OUTCOMES
from tixallo.keys.usage import Ledger
from tixallo.kit import clock, sql
from tixallo.kit.ids import new_id
from tixallo.workspaces.models import Workspace


@pytest.fixture
def acme() -> Troupe:
    return assemble()


def hours(acme: Troupe) -> list[tuple[int, ...]]:
    counts = ("passed", "refused_limit", "refused_scope", "refused_disabled", "refused_expired", "refused_revoked")
    return list(KeyHour.objects.filter(workspace_id=acme.id).order_by("hour").values_list(*counts))


def callers(acme: Troupe) -> dict[tuple[str, str], tuple[int, int]]:
    rows = KeyCaller.objects.filter(workspace_id=acme.id)
    return {(row.client, row.network): (row.passed, row.refused) for row in rows}


# ---- What is written.


@pytest.mark.django_db
def test_every_outcome_is_counted_in_its_hour(acme: Troupe, ledger: Ledger, now: list[float]) -> None:
    for outcome, times in {**{number: number for number in OUTCOMES.values()}, 0: 3}.items():
        for _ in range(times):
            ledger.note(acme.id, acme.key.id, "192.0.2.7", "curl/8.5", "", outcome)
    ledger.flush()
    now[0] += 3600
    ledger.note(acme.id, acme.key.id, "192.0.2.8", "curl/8.6")
    ledger.flush()
    assert hours(acme) == [(3, 1, 2, 3, 4, 5), (1, 0, 0, 0, 0, 0)]
    assert callers(acme) == {("curl 8", "192.0.2.0/24"): (4, 15)}


@pytest.mark.django_db
def test_flushes_of_several_processes_add_up(acme: Troupe, now: list[float]) -> None:
    first, second = Ledger(), Ledger()
    for ledger, address in ((first, "192.0.2.1"), (second, "192.0.2.2")):
        ledger.note(acme.id, acme.key.id, address, "curl/8", "GET /key")
        now[0] += 1
    second.flush()
    first.flush()
    assert hours(acme) == [(2, 0, 0, 0, 0, 0)]
    caller = KeyCaller.objects.get(workspace_id=acme.id)
    assert (caller.passed, caller.last_address) == (2, "192.0.2.2")
    assert (caller.last_used_at or caller.first_at) - caller.first_at == timedelta(seconds=1)


@pytest.mark.django_db(transaction=True)
def test_eight_threads_lose_and_invent_nothing(acme: Troupe, ledger: Ledger) -> None:
    def work() -> None:
        for number in range(1_000):
            ledger.note(acme.id, acme.key.id, "192.0.2.1", f"client/{number % 5}", "GET /key", number % 2)

    stop = threading.Event()

    def flush() -> None:
        while not stop.wait(0.005):
            ledger.flush()
        connection.close()

    workers = [threading.Thread(target=work) for _ in range(8)]
    flusher = threading.Thread(target=flush)
    for thread in (flusher, *workers):
        thread.start()
    for thread in workers:
        thread.join()
    stop.set()
    flusher.join()
    seen = traffic.callers(acme.id, acme.key.id)
    assert sum(caller.passed + caller.refused for caller in seen.shown) == 8_000
    ledger.flush()
    assert sum(row[0] for row in hours(acme)) == 4_000
    assert sum(row[1] for row in hours(acme)) == 4_000
    assert sum(map(sum, callers(acme).values())) == 8_000


@pytest.mark.django_db(transaction=True)
def test_a_reader_beside_a_flush_sees_every_request_once(acme: Troupe, ledger: Ledger) -> None:
    stop = threading.Event()

    def flush() -> None:
        while not stop.is_set():
            ledger.flush()
        connection.close()

    flusher = threading.Thread(target=flush)
    flusher.start()
    try:
        for number in range(1, 201):
            ledger.note(acme.id, acme.key.id, "192.0.2.1", "curl/8", "GET /key")
            assert sum(traffic.recent(acme.id, [acme.key.id])[acme.key.id].hours) == number
    finally:
        stop.set()
        flusher.join()


@pytest.mark.django_db
def test_what_cannot_be_written_is_kept_and_written_later(
    acme: Troupe, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(batch: storing.Batch) -> None:
        raise OperationalError("disk full")

    ledger.note(acme.id, acme.key.id, "192.0.2.1", "curl/8", "GET /key")
    with monkeypatch.context() as patch:
        patch.setattr(storing, "write", fail)
        with pytest.raises(OperationalError):
            ledger.flush()
    assert hours(acme) == []
    assert sum(traffic.recent(acme.id, [acme.key.id])[acme.key.id].hours) == 1
    ledger.note(acme.id, acme.key.id, "192.0.2.1", "curl/8", "GET /key")
    ledger.flush()
    assert [row[0] for row in hours(acme)] == [2]


# ---- Callers.


@pytest.mark.django_db
def test_a_flood_of_clients_takes_little_memory(acme: Troupe, ledger: Ledger) -> None:
    for number in range(20_001):
        ledger.note(acme.id, acme.key.id, f"2001:db8:{number % 0xFFFF:x}::1", f"client-{number}/1 " + "x" * 5_000)
    assert len(ledger._notes) < usage._MOST_NOTES
    assert [len(note.agent) for note in ledger._notes] == [200]
    tally = ledger.unflushed(acme.id, [acme.key.id])[acme.key.id]
    assert len(tally.callers) <= 201
    assert sum(caller.passed for caller in tally.callers.values()) == 20_001
    ledger.flush()
    assert len(callers(acme)) == MOST_CALLERS + 1
    assert [row[0] for row in hours(acme)] == [20_001]


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("", ""),
        ("curl/8.5.0", "curl 8"),
        ("python-requests/2.32.3", "python-requests 2"),
        ("node", "node"),
        ("node/v22.1", "node 22"),
        ("Billing sync/1.0 (night)", "Billing sync 1"),
        (
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36",
            "Chrome 130",
        ),
        ("Mozilla/5.0 (compatible; Odd/1.0)", "Mozilla 5"),
        ("odd\r\n\x00\x1b[31mname\u202e/7", "odd [31mname 7"),
        ("/", "/"),
        ("x" * 500, "x" * 40),
        ("x" * 500 + "/12", "x" * 37 + " 12"),
        ("tixprod_8fK2xQ00Lm40_0123/1", "tixprod_…"),
    ],
)
def test_a_client_has_a_short_name(agent: str, name: str) -> None:
    assert clients.client(agent) == name


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.77", "203.0.113.0/24"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
        ("nonsense", ""),
    ],
)
def test_a_network_is_a_24_or_a_64(address: str, network: str) -> None:
    assert clients.network(address) == network


# ---- What is read.


@pytest.mark.django_db
def test_the_last_day_is_read_with_what_is_not_yet_written(acme: Troupe, ledger: Ledger, now: list[float]) -> None:
    key = acme.key.id
    now[0] -= 24 * 3600
    ledger.note(acme.id, key, "192.0.2.1", "curl/8", "GET /key")
    now[0] += 3600
    ledger.note(acme.id, key, "192.0.2.1", "curl/8", "GET /key")
    ledger.note(acme.id, key, "192.0.2.1", "curl/8", "GET /key", OUTCOMES["scope"])
    ledger.flush()
    now[0] += 23 * 3600
    ledger.note(acme.id, key, "198.51.100.9", "node/22", "GET /tickets")
    ledger.note(acme.id, key, "198.51.100.9", "node/22", "", OUTCOMES["limit"])
    for _ in range(2):
        found = traffic.recent(acme.id, [key])[key]
        assert found.hours == [1, *[0] * 22, 1]
        assert (found.refused, found.refused_lately) == ({"scope": 1, "limit": 1}, {"limit": 1})
        assert found.last == traffic.Use(clock.now(), "198.51.100.0/24", "node 22", "GET /tickets", None)
        assert traffic.last_uses(acme.id, [key]) == {key: found.last}
        steps = traffic.series(acme.id, key, hours=7 * 24, step=24)
        assert [(step.passed, sum(step.refused.values())) for step in steps][-2:] == [(2, 1), (1, 1)]
        assert len(traffic.series(acme.id, key, hours=90 * 24, step=24)) == 90
        ledger.flush()


@pytest.mark.django_db
def test_hundreds_of_keys_are_read_in_three_statements_and_never_of_another_workspace(
    acme: Troupe, ledger: Ledger
) -> None:
    globex = assemble("Globex")
    ledger.note(acme.id, acme.key.id, "192.0.2.1", "curl/8", "GET /key")
    for _ in range(2):
        with raw_statements() as ran:
            found = traffic.recent(globex.id, [acme.key.id, *(new_id() for _ in range(499))])
        assert found[acme.key.id] == traffic.Recent(None, [0] * 24, {}, {})
        assert len(ran) == 3
        assert traffic.callers(globex.id, acme.key.id) == ([], 0, None)
        assert traffic.habits(globex.id, [acme.key.id]) == {}
        ledger.flush()


@pytest.mark.django_db
def test_the_callers_of_a_rotation_are_found_on_both_keys(acme: Troupe, ledger: Ledger, now: list[float]) -> None:
    old = acme.key.id
    row = ApiKey.objects.get(id=old)
    row.id, row.public_id = f"{old[:-4]}0000", "000000000000"
    row.save(force_insert=True)
    new = row.id
    began = clock.now()
    ledger.note(acme.id, old, "192.0.2.1", "node/22", "GET /key")
    ledger.note(acme.id, old, "192.0.3.1", "curl/8", "GET /key")
    now[0] += 60
    ledger.flush()
    ledger.note(acme.id, new, "192.0.2.1", "node/22", "GET /key")
    ledger.note(acme.id, old, "192.0.3.1", "curl/8", "", OUTCOMES["disabled"])
    ledger.note(acme.id, new, "192.0.4.1", "odd", "GET /key", OUTCOMES["scope"])
    later = clock.now()
    for _ in range(2):
        assert {(move.client, move.old_at, move.new_at) for move in traffic.moves(acme.id, old, new)} == {
            ("node 22", began, later),
            ("curl 8", later, None),
        }
        ledger.flush()


@pytest.mark.django_db
def test_the_longest_pause_is_kept(acme: Troupe, ledger: Ledger, now: list[float]) -> None:
    key = acme.key.id
    pauses = []
    for pause in (0, 100, 31 * 86_400, 50):
        now[0] += pause
        ledger.note(acme.id, key, "192.0.2.1", "curl/8", "GET /key")
        pauses.append(traffic.habits(acme.id, [key])[key].pause)
        ledger.flush()
        assert traffic.habits(acme.id, [key])[key].pause == pauses[-1]
    # A refused request is no use, and ends no pause.
    ledger.note(acme.id, key, "192.0.2.1", "curl/8", "", OUTCOMES["limit"])
    now[0] += 40 * 86_400
    ledger.note(acme.id, key, "192.0.2.1", "curl/8", "", OUTCOMES["limit"])
    assert traffic.habits(acme.id, [key])[key].pause == timedelta(days=31)
    assert pauses == [None, timedelta(seconds=100), timedelta(days=31), timedelta(days=31)]


# ---- What is forgotten.


@pytest.mark.django_db
def test_counts_go_after_ninety_days_and_addresses_after_seven(
    acme: Troupe, ledger: Ledger, now: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forgetting, "_AT_ONCE", 2)
    start, globex = now[0], assemble("Globex")
    for day in range(6):
        now[0] = start + day * 86_400
        for troupe in (acme, globex):
            ledger.note(troupe.id, troupe.key.id, "2001:db8::7", "curl/8", "GET /key")
        ledger.flush()
    now[0] = datetime(2026, 11, 30, 23, 59, 59, tzinfo=UTC).timestamp()
    forgetting.forget_use("")
    rows = KeyCaller.objects.filter(workspace_id=acme.id).order_by("day")
    assert {row.last_address for row in rows} == {"2001:db8::7"}
    now[0] += 1
    forgetting.forget_use("")
    assert [row.last_address for row in rows.all()] == ["", *["2001:db8::7"] * 5]
    # Of the day itself seven days later, when its last use was seven days and some hours ago.
    now[0] = start + (5 + 7) * 86_400 + 1
    forgetting.forget_use("")
    assert {row.last_address for row in rows.all()} == {""}
    for troupe in (acme, globex):
        assert ApiKey.objects.get(id=troupe.key.id).last_used_from == "2001:db8::/64"
    use = traffic.recent(acme.id, [acme.key.id])[acme.key.id].last
    assert use is not None
    assert use.network == "2001:db8::/64"
    now[0] = start + (90 + 2) * 86_400 + 1
    forgetting.forget_use("")
    for troupe in (acme, globex):
        assert [row.day.day for row in KeyCaller.objects.filter(workspace_id=troupe.id).order_by("day")] == [
            26,
            27,
            28,
            29,
        ]
        assert [row.hour.day for row in KeyHour.objects.filter(workspace_id=troupe.id).order_by("hour")] == [27, 28, 29]


@pytest.mark.django_db
@pytest.mark.skipif("config.getoption('--database') != 'sqlite'", reason="SQLite tells its plan in a line")
def test_addresses_are_found_by_their_index() -> None:
    text = forgetting._FORGET_ADDRESSES.text(connection)
    plan = [row[3] for row in sql.Statement(f"EXPLAIN QUERY PLAN {text}").rows("2026-11-24", 10)]
    assert any("key_caller_address" in line for line in plan), plan


@pytest.mark.django_db
@pytest.mark.skipif("config.getoption('--database') != 'sqlite'", reason="SQLite tells its plan in a line")
def test_hours_with_refusals_are_found_by_their_index() -> None:
    for statement in (traffic._REFUSALS, listing._counts(listing.TABS, False)):
        text = statement.text(connection)
        plan = [row[3] for row in sql.Statement(f"EXPLAIN QUERY PLAN {text}").rows(*[""] * text.count("?"))]
        assert any("key_hour_refused" in line for line in plan), plan


@pytest.mark.django_db
def test_a_workspace_takes_its_counts_with_it(acme: Troupe, ledger: Ledger) -> None:
    ledger.note(acme.id, acme.key.id, "192.0.2.1", "curl/8", "GET /key")
    ledger.flush()
    Workspace.objects.get(id=acme.id).delete()
    assert hours(acme) == []
    assert callers(acme) == {}
