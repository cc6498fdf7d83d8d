"""The pages of a rotation: who may, the three steps, what they say, and what a poll is told."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.utils.html import escape

from tests.cast import Troupe, add_key
from tests.keys.rotating import done, started, use
from tests.pages.key_stage import keys_of, proof_is_old, signed_in
from tests.watch import Clock
from tixallo.keys import ending, rotating
from tixallo.keys.models import ApiKey, Rotation
from tixallo.keys.tallies import OUTCOMES
from tixallo.kit.ids import new_id

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(acme: Troupe) -> Client:
    return signed_in(acme.admin)


def at(acme: Troupe, rest: str = "", key_id: str = "") -> str:
    return f"{keys_of(acme)}/{key_id or acme.key.id}/rotate{rest}"


def text_of(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", answer.content.decode()))


def test_the_first_step_says_what_the_successor_inherits(acme: Troupe, admin: Client) -> None:
    key = add_key(acme.id, name="Billing sync", limit=7, allowed=["tickets:read"])
    said = text_of(admin.get(at(acme, key_id=key.id)))
    for part in ("Rotate “Billing sync”", "becomes “Billing sync (old)”", "tickets:read", "7 requests", "Never"):
        assert part in said


def test_the_successor_of_a_key_that_may_do_everything_may_too(acme: Troupe, admin: Client) -> None:
    said = text_of(admin.get(at(acme)))
    assert "everything, now and later" in said
    assert "1,000,000 requests" in said


def test_the_answer_shows_the_new_key_once(acme: Troupe, admin: Client) -> None:
    value = new_id()
    answer = admin.post(at(acme), {"form_value": value})
    new = ApiKey.objects.get(workspace_id=acme.id, name="Acme key")
    page = answer.content.decode()
    assert f"{new.environment}" in page
    assert re.search(rf'id="new-key" value="tixprod_{new.public_id}_', page)
    assert at(acme, key_id=new.id) in page
    # In a tab of its own, since this page must not be left yet.
    assert f'{acme.key.id}/revoke?reason=exposed" target="_blank" rel="noopener"' in page
    again = admin.post(at(acme), {"form_value": value})
    assert "was shown once" in text_of(again)
    assert "new-key" not in again.content.decode()
    assert ApiKey.objects.filter(workspace_id=acme.id).count() == 2


def test_who_has_not_proved_lately_who_they_are_is_asked_first(acme: Troupe, admin: Client) -> None:
    proof_is_old(admin)
    asked = admin.get(at(acme))
    assert asked.status_code == 302
    assert "reauthenticate" in asked["Location"]
    assert admin.post(at(acme), {"form_value": new_id()})["Location"] == at(acme)
    assert not Rotation.objects.filter(workspace_id=acme.id).exists()


def test_going_on_needs_no_proof_and_is_for_any_admin(acme: Troupe) -> None:
    rotation = started(acme)
    owner = signed_in(acme.owner)
    proof_is_old(owner)
    for key_id in (rotation.old_key_id, rotation.new_key_id):
        assert "Callers in 90 days" in text_of(owner.get(at(acme, key_id=key_id)))


def test_an_agent_sees_nothing_of_it(acme: Troupe) -> None:
    started(acme)
    agent = signed_in(acme.agent)
    for rest in ("", "/news", "/end", "/revoke", "/cancel"):
        assert agent.get(at(acme, rest)).status_code == 403
    for rest in ("", "/quiet", "/callers", "/disable", "/enable", "/revoke", "/cancel"):
        assert agent.post(at(acme, rest)).status_code == 403
    assert Rotation.objects.get(workspace_id=acme.id).state == "open"


def test_who_comes_second_is_shown_the_rotation(acme: Troupe, admin: Client) -> None:
    started(acme)
    answer = admin.post(at(acme), {"form_value": new_id()}, follow=True)
    assert "This is how it stands" in text_of(answer)
    assert "Callers in 90 days" in text_of(answer)
    assert ApiKey.objects.filter(workspace_id=acme.id).count() == 2


def test_the_second_step_shows_callers_and_traffic(watch: Clock, acme: Troupe, admin: Client) -> None:
    rotation = started(acme)
    use(acme, acme.key.id)
    page = admin.get(at(acme)).content.decode()
    assert "Still on old" in page
    assert "203.0.113.0/24" in page
    assert re.search(r'<path class="chart-old" d="M0\.0 118\.0L.*600\.0 2\.0"', page)
    use(acme, rotation.new_key_id, ("<b>x</b>", "2001:db8::1"))
    page = admin.get(at(acme)).content.decode()
    assert "<b>x" not in page
    assert "2001:db8::/64" in page


def test_a_poll_is_silent_until_something_happens(watch: Clock, acme: Troupe, admin: Client) -> None:
    started(acme)
    page = admin.get(at(acme)).content.decode()
    found = re.search(r'data-poll-tag="([^"]+)"', page)
    assert found
    tag = found[1].replace("&quot;", '"')
    assert admin.get(at(acme, "/news"), headers={"if-none-match": tag}).status_code == 204
    use(acme, acme.key.id)
    answer = admin.get(at(acme, "/news"), headers={"if-none-match": tag})
    assert answer.status_code == 200
    assert answer["ETag"] != tag
    parts = re.findall(r'id="(rotation-[a-z]+)"', answer.content.decode())
    assert parts == [
        "rotation-working",
        "rotation-traffic",
        "rotation-numbers",
        "rotation-callers",
        "rotation-standing",
        "rotation-disabling",
        "rotation-cancelling",
    ]
    assert admin.get(at(acme, "/news"), headers={"if-none-match": answer["ETag"]}).status_code == 204


def test_a_caller_is_ticked_off_and_back(watch: Clock, acme: Troupe, admin: Client) -> None:
    started(acme)
    use(acme, acme.key.id)
    caller = {"client": "node 22", "network": "203.0.113.0/24"}
    assert "Needed after all" in text_of(admin.post(at(acme, "/callers"), caller, follow=True))
    said = text_of(admin.post(at(acme, "/callers"), {**caller, "needed": "1"}, follow=True))
    assert "Needed after all" not in said
    unknown = admin.post(at(acme, "/callers"), {"client": "x", "network": "y"}, follow=True)
    assert "no longer possible" in text_of(unknown)


def test_the_quiet_time_leads_on_to_the_last_step(acme: Troupe, admin: Client) -> None:
    started(acme)
    answer = admin.post(at(acme, "/quiet"), {"hours": "72"})
    assert answer["Location"] == at(acme, "/end")
    assert Rotation.objects.get(workspace_id=acme.id).quiet_hours == 72
    for hours in ("", "5", "-1", "²", "9" * 50):
        assert admin.post(at(acme, "/quiet"), {"hours": hours}).status_code == 400


def test_the_old_key_is_disabled_and_back_with_one_click(watch: Clock, acme: Troupe, admin: Client) -> None:
    started(acme)
    said = text_of(admin.post(at(acme, "/disable"), follow=True))
    assert "Nobody has knocked since." in said
    watch.move(timedelta(seconds=1))
    use(acme, acme.key.id, outcome=OUTCOMES["disabled"])
    said = text_of(admin.get(at(acme, "/end")))
    assert "Refused since then:node 22 · 203.0.113.0/24 · 1 s ago" in said
    assert "Disable old key" in text_of(admin.post(at(acme, "/enable"), follow=True))
    assert ApiKey.objects.get(id=acme.key.id).state() == "active"


def test_a_locked_key_is_revoked_by_its_name_alone(watch: Clock, acme: Troupe, admin: Client) -> None:
    started(acme)
    use(acme, acme.key.id)
    assert "Locked: old key used" in text_of(admin.get(at(acme, "/end")))
    asked = admin.get(at(acme, "/revoke"))
    assert 'name="name"' in asked.content.decode()
    for typed in ({}, {"name": "Acme key"}):
        refused = admin.post(at(acme, "/revoke"), typed)
        assert refused.status_code == 422
        assert 'aria-invalid="true"' in refused.content.decode()
    assert ApiKey.objects.get(id=acme.key.id).state() == "active"
    ended = admin.post(at(acme, "/revoke"), {"name": "Acme key (old)"}, follow=True)
    assert "The rotation was finished" in text_of(ended)
    assert ApiKey.objects.get(id=acme.key.id).state() == "revoked"


def test_an_unlocked_key_is_revoked_without_a_name(acme: Troupe, admin: Client) -> None:
    started(acme)
    assert "You can revoke the old key." in text_of(admin.get(at(acme, "/end")))
    assert 'name="name"' not in admin.get(at(acme, "/revoke")).content.decode()
    admin.post(at(acme, "/revoke"))
    assert Rotation.objects.get(workspace_id=acme.id).state == "finished"


def test_cancelling_goes_back_to_the_old_key(acme: Troupe, admin: Client) -> None:
    rotation = started(acme)
    assert escape("called “Acme key”, and works") in admin.get(at(acme, "/cancel")).content.decode()
    answer = admin.post(at(acme, "/cancel"))
    assert answer["Location"] == at(acme)
    assert rotation.new_key.id
    assert ApiKey.objects.get(id=rotation.new_key_id).state() == "disabled"


def test_nobody_is_offered_to_go_back_to_a_key_that_has_expired(watch: Clock, acme: Troupe, admin: Client) -> None:
    started(acme)
    address = at(acme, "/cancel")
    for rest in ("", "/end"):
        assert address in admin.get(at(acme, rest)).content.decode()
    ApiKey.objects.filter(id=acme.key.id).update(expires_at=watch.at + timedelta(hours=1))
    watch.move(timedelta(hours=2))
    for rest in ("", "/end"):
        page = admin.get(at(acme, rest))
        assert page.status_code == 200
        assert address not in page.content.decode()
    for answer in (admin.get(address, follow=True), admin.post(address, follow=True)):
        assert "That is no longer possible." in text_of(answer)
    assert Rotation.objects.get(workspace_id=acme.id).state == "open"


def test_what_was_open_when_the_page_was_loaded_may_be_over(acme: Troupe, admin: Client) -> None:
    rotation = started(acme)
    done(acme, rotating.cancel, rotation.id)
    for rest in ("/quiet", "/callers", "/disable", "/enable", "/cancel"):
        answer = admin.post(at(acme, rest), {"hours": "24"})
        assert (answer.status_code, answer["Location"]) == (302, at(acme)), rest
    for rest in ("/end", "/revoke", "/cancel"):
        assert admin.get(at(acme, rest))["Location"] == at(acme)
    assert "This rotation has ended." in text_of(admin.get(at(acme, "/news")))


def test_of_many_callers_those_are_shown_that_must_move(watch: Clock, acme: Troupe, admin: Client) -> None:
    rotation = started(acme)
    names = [f"job-{number:02}" for number in range(25)]
    for name in names:
        use(acme, acme.key.id, (f"{name}/1", "203.0.113.7"))
    assert "and 5 more" in text_of(admin.get(at(acme)))
    for name in names[:7]:
        done(acme, rotating.tick_off, rotation.id, f"{name} 1", "203.0.113.0/24")
    page = text_of(admin.get(at(acme)))
    assert [name for name in names if f"{name} 1" in page] == names[:2] + names[7:]


@pytest.mark.parametrize("how", ["disable", "revoke"])
def test_a_key_that_is_not_active_offers_no_successor(acme: Troupe, admin: Client, how: str) -> None:
    done(acme, getattr(ending, how), acme.key.id)
    page = admin.get(at(acme))
    assert "Only an active key can be rotated" in text_of(page)
    assert "form_value" not in page.content.decode()


def test_exposed_is_on_every_step(acme: Troupe, admin: Client) -> None:
    link = f"{keys_of(acme)}/{acme.key.id}/revoke?reason=exposed"
    assert link in admin.get(at(acme)).content.decode()
    started(acme)
    for rest in ("", "/end"):
        assert link in admin.get(at(acme, rest)).content.decode()
    assert '<option value="exposed" selected>' in admin.get(link).content.decode()


def test_the_successor_is_revoked_knowing_what_becomes_of_the_old_key(acme: Troupe, admin: Client) -> None:
    rotation = started(acme)
    admin.post(at(acme, "/disable"))
    address = f"{keys_of(acme)}/{rotation.new_key_id}/revoke"
    after = "“Acme key (old)”, which was disabled in it, works again."
    asked = admin.get(address)
    assert f"After that: The rotation is cancelled. {after}" in unescape(text_of(asked))
    assert 'name="name"' not in asked.content.decode()
    said = unescape(text_of(admin.post(address, {"reason": "exposed"}, follow=True)))
    assert "“Acme key” is revoked." in said
    assert "“Acme key”, which was disabled in it, works again." in said
    assert ApiKey.objects.get(id=acme.key.id).state() == "active"


def test_who_revokes_the_successor_is_warned_when_no_key_is_left(acme: Troupe, admin: Client) -> None:
    rotation = started(acme)
    # On its own page nobody asks why.
    admin.post(f"{keys_of(acme)}/{acme.key.id}/disable")
    said = unescape(
        text_of(admin.post(f"{keys_of(acme)}/{rotation.new_key_id}/revoke", {"reason": "other"}, follow=True))
    )
    assert "The rotation is cancelled. “Acme key” stays disabled, so neither key works." in said


def test_the_page_of_a_key_that_is_locked_asks_for_its_name_too(watch: Clock, acme: Troupe, admin: Client) -> None:
    started(acme)
    use(acme, acme.key.id)
    address = f"{keys_of(acme)}/{acme.key.id}/revoke"
    asked = admin.get(address)
    assert "Locked: old key used" in text_of(asked)
    assert "The rotation is finished. “Acme key” goes on working." in unescape(text_of(asked))
    for name in ("", "Acme key"):
        refused = admin.post(address, {"reason": "unused", "name": name})
        assert refused.status_code == 422
        assert 'aria-invalid="true"' in refused.content.decode()
    assert ApiKey.objects.get(id=acme.key.id).state() == "active"
    admin.post(address, {"reason": "unused", "name": "Acme key (old)"})
    kept = ApiKey.objects.get(id=acme.key.id)
    assert (kept.state(), kept.revoked_reason) == ("revoked", "unused")


def test_an_exposed_key_is_revoked_without_its_name(watch: Clock, acme: Troupe, admin: Client) -> None:
    started(acme)
    use(acme, acme.key.id)
    address = f"{keys_of(acme)}/{acme.key.id}/revoke"
    assert 'name="name"' not in admin.get(f"{address}?reason=exposed").content.decode()
    admin.post(address, {"reason": "exposed"})
    assert ApiKey.objects.get(id=acme.key.id).state() == "revoked"


def test_why_the_old_key_was_enabled_again_is_told_in_german(acme: Troupe, admin: Client) -> None:
    rotation = started(acme)
    admin.post(at(acme, "/disable"))
    done(acme, ending.revoke, rotation.new_key_id)
    page = admin.get(f"{keys_of(acme)}/{acme.key.id}", headers={"accept-language": "de"})
    said = text_of(page)
    assert "Erneuerung abgebrochen" in said
    assert "rotation cancelled" not in said
