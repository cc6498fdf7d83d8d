"""The audit page and its CSV: who reads them, what they find, and what they never show."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tests.cast import COMMAND, Troupe, assemble
from tests.pages.audit_stage import CANARY, happen, pages, rows, shown
from tests.pages.conftest import browser_of
from tests.pages.inbox_stage import text
from tixallo.events import reading, sheet, walking, words
from tixallo.workspaces.changes import Actor, Subject, change
from tixallo.workspaces.erasing import erase
from tixallo.workspaces.models import Person, Workspace

pytestmark = pytest.mark.django_db

MALFORMED_PLACES = ("x", "1", "1.1", "1.1.x", "-1.0.0", "9" * 30 + ".0.0", "9" * 18 + ".0.0", "².1.1", "1.1.1.1")

TIXALLO = Path(__file__).parents[2] / "tixallo"
MALFORMED = ("who=x", "who=%00", "action=nothing", "object=1", "since=yesterday", "until=2026-13-01")


# ---- Who


@pytest.mark.parametrize("path", ["audit", "audit.csv"])
def test_owners_and_admins_read_the_log_and_agents_do_not(acme: Troupe, path: str) -> None:
    answers = {role: browser_of(getattr(acme, role).id).get(f"/w/{acme.slug}/{path}") for role in ("owner", "admin")}
    assert {answer.status_code for answer in answers.values()} == {200}
    assert all("no-store" in answer["Cache-Control"] for answer in answers.values())
    assert browser_of(acme.agent.id).get(f"/w/{acme.slug}/{path}").status_code == 403


@pytest.mark.parametrize("path", ["audit", "audit.csv"])
def test_another_workspaces_log_looks_like_none(acme: Troupe, admin: Client, path: str) -> None:
    globex = assemble("Globex")
    assert admin.get(f"/w/{globex.slug}/{path}").status_code == 404
    assert globex.key.id not in shown(admin, acme, f"object={globex.key.id}").partition('class="empty"')[2]
    assert len(rows(admin, acme, f"object={globex.key.id}")) == 1


@pytest.mark.parametrize("path", ["audit", "audit.csv"])
def test_the_log_is_only_read(acme: Troupe, admin: Client, path: str) -> None:
    assert admin.post(f"/w/{acme.slug}/{path}").status_code == 405


# ---- What it tells


def test_an_event_is_told_with_who_what_and_from_where(acme: Troupe, admin: Client) -> None:
    happen(acme)
    said = text(shown(admin, acme, f"object={acme.key.id}"))
    assert "Ada Owner revoked key “Acme key”" in said
    assert "192.0.2.7" in said


def test_an_event_is_told_in_german(acme: Troupe, admin: Client) -> None:
    Person.objects.filter(id=acme.admin.id).update(language="de")
    happen(acme)
    assert "Ada Owner hat den Schlüssel „Acme key“ widerrufen" in text(shown(admin, acme))
    assert rows(admin, acme)[0][0] == "Wann"
    assert "Ada Owner hat den Schlüssel „Acme key“ widerrufen" in [row[6] for row in rows(admin, acme)]


def test_before_and_after_stand_side_by_side(acme: Troupe, admin: Client) -> None:
    happen(acme)
    assert "<del>Refund</del> → <ins>Refunds</ins>" in shown(admin, acme, "action=saved_reply.updated")
    assert "Name: Refund → Refunds" in [row[10] for row in rows(admin, acme)]


def test_every_type_that_is_recorded_has_words() -> None:
    source = "".join(path.read_text() for path in TIXALLO.rglob("*.py"))
    types = set(re.findall(r'record\([^")]*"([a-z_]+\.[a-z_.]+)"', source))
    types |= {f"key.rotation_{what}" for what in re.findall(r'_record\(change, rotation, "([a-z_]+)"', source)}
    assert len(types) > 30
    assert types - set(words.SENTENCES) == set()
    assert set(words.ACTIONS) == set(words.SENTENCES)


def test_every_action_can_be_chosen_in_one_group_by_a_name_of_its_own(acme: Troupe, admin: Client) -> None:
    choices = [choice for _, group in words.actions() for choice in group]
    assert sorted(kind for kind, _ in choices) == sorted(words.ACTIONS)
    assert len({name for _, name in choices}) == len(words.ACTIONS)
    assert re.search(
        r'<optgroup label="API keys">\s*<option value="key.created">Key created</option>', shown(admin, acme)
    )
    Person.objects.filter(id=acme.admin.id).update(language="de")
    assert re.search(
        r'<optgroup label="API-Schlüssel">\s*<option value="key.created">Schlüssel erstellt<', shown(admin, acme)
    )


def test_texts_of_messages_notes_and_replies_and_secrets_are_never_shown(acme: Troupe, admin: Client) -> None:
    happen(acme)
    everything = shown(admin, acme) + str(rows(admin, acme))
    types = {row[5] for row in rows(admin, acme)}
    assert types >= {"ticket.created", "ticket.message.created", "ticket.note.created", "saved_reply.updated"}
    assert CANARY not in everything
    assert acme.key.text not in everything


def test_a_field_without_a_name_is_never_shown(acme: Troupe, admin: Client) -> None:
    unknown = {"body": CANARY, "secret": CANARY, "changes": {"description": [CANARY, CANARY]}}
    with change(acme.id, COMMAND) as going:
        for kind in words.SENTENCES:
            going.record(kind, Subject("workspace", acme.id, "Acme"), unknown)
    assert len(rows(admin, acme)) > len(words.SENTENCES)
    assert CANARY not in shown(admin, acme) + str(rows(admin, acme))


def test_an_emptied_entry_says_that_it_was_emptied(acme: Troupe, admin: Client) -> None:
    happen(acme)
    event = Workspace.objects.get(id=acme.id).events.get(type="key.revoked")
    with change(acme.id, COMMAND) as going:
        erase(going, [event.id], "asked for")
    assert "This entry was emptied" in text(shown(admin, acme))
    assert "This entry was emptied" in [row[6] for row in rows(admin, acme)]


def test_the_life_of_one_thing_is_told_newest_first(acme: Troupe) -> None:
    happen(acme)
    assert [event.type for event in reading.of_subject(acme.id, "key", acme.key.id)] == [
        "key.revoked",
        "key.created",
    ]
    assert reading.of_subject(assemble("Globex").id, "key", acme.key.id) == []


# ---- Finding


def test_filters_find_by_who_action_object_and_date(acme: Troupe, admin: Client) -> None:
    happen(acme)
    assert {row[3] for row in rows(admin, acme, f"who={acme.owner.id}")[1:]} == {acme.owner.id}
    assert {row[1] for row in rows(admin, acme, "who=command")[1:]} == {"command"}
    assert [row[5] for row in rows(admin, acme, "action=key.revoked")[1:]] == ["key.revoked"]
    assert {row[8] for row in rows(admin, acme, f"object={acme.key.id}")[1:]} == {acme.key.id}
    assert len(rows(admin, acme, "until=2001-01-01")) == 1
    assert len(rows(admin, acme, "since=2001-01-01")) == len(rows(admin, acme))
    assert len(rows(admin, acme, "since=0001-01-01&until=9999-12-31")) == len(rows(admin, acme))


@pytest.mark.parametrize("query", MALFORMED)
def test_malformed_filters_are_refused(acme: Troupe, admin: Client, query: str) -> None:
    for path in ("audit", "audit.csv"):
        assert admin.get(f"/w/{acme.slug}/{path}?{query}").status_code == 422


@pytest.mark.parametrize(
    "after", ["x", "1", "1.1", "1.1.x", "-1.0.0", "9" * 30 + ".0.0", "9" * 18 + ".0.0", "².1.1", "1.1.1.1"]
)
def test_a_malformed_place_is_refused(acme: Troupe, admin: Client, after: str) -> None:
    assert 400 <= admin.get(f"/w/{acme.slug}/audit", {"after": after}).status_code < 500


def test_nothing_found_says_so(acme: Troupe, admin: Client) -> None:
    assert "Nothing in the log is like this." in shown(admin, acme, "until=2001-01-01")


def test_load_more_shows_every_entry_once(acme: Troupe, admin: Client) -> None:
    with change(acme.id, COMMAND) as going:
        for number in range(reading.ROWS * 2):
            going.record("inbox.created", Subject("inbox", "", f"inbox {number}"), {})
    seen = [name for page in pages(admin, acme, "action=inbox.created") for name in re.findall(r"“(inbox \d+)”", page)]
    assert seen == [f"inbox {number}" for number in reversed(range(reading.ROWS * 2))]


# ---- CSV


def test_the_csv_goes_on_behind_its_first_part(acme: Troupe, monkeypatch: pytest.MonkeyPatch, admin: Client) -> None:
    happen(acme)
    whole = rows(admin, acme)
    monkeypatch.setattr(walking, "_AT_ONCE", 2)
    assert rows(admin, acme) == whole


def test_the_csv_is_a_file_of_utf_8_with_a_mark(acme: Troupe, admin: Client) -> None:
    answer = admin.get(f"/w/{acme.slug}/audit.csv")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"] == f'attachment; filename="{acme.slug}-audit.csv"'
    assert answer.getvalue().startswith(b"\xef\xbb\xbf")


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@a", "\ta", "\ra"])
def test_no_cell_is_a_formula(cell: str) -> None:
    assert sheet.safe(cell) == f"'{cell}"
    assert sheet.safe(f"a{cell}") == f"a{cell}"


def test_no_label_in_the_csv_is_a_formula(acme: Troupe, admin: Client) -> None:
    with change(acme.id, Actor("person", "", "=cmd()")) as going:
        going.record("inbox.created", Subject("inbox", "", "@sum"), {"name": "+1"})
    newest = rows(admin, acme)[1]
    assert "'=cmd()" in newest
    assert "'@sum" in newest
    assert not any(cell.startswith(("=", "+", "-", "@")) for cell in newest)


def test_names_in_other_scripts_come_through_the_csv(acme: Troupe, admin: Client) -> None:
    names = ("Ἀριστοτέλης", "山田 花子", "محمد", 'Say "hi", ok', "line\nbreak", "🐈")
    with change(acme.id, COMMAND) as going:
        for name in names:
            going.record("inbox.created", Subject("inbox", "", name), {"name": name})
    assert [row[9] for row in rows(admin, acme, "action=inbox.created")[1 : len(names) + 1]] == list(reversed(names))


def test_the_csv_is_sent_piece_by_piece(acme: Troupe, monkeypatch: pytest.MonkeyPatch, admin: Client) -> None:
    monkeypatch.setattr(walking, "_AT_ONCE", 2)
    happen(acme)
    answer: Any = admin.get(f"/w/{acme.slug}/audit.csv")
    pieces = list(answer.streaming_content)
    assert len(pieces) > 3
    assert all(piece.count(b"\r\n") <= 2 for piece in pieces)
