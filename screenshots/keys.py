"""Sample keys of the pictures, with some weeks of use. `fill` runs backstage of the server that shows them."""

import random
from datetime import timedelta
from typing import Any

from tixallo.keys import ending, rotating
from tixallo.keys.making import make_key
from tixallo.keys.models import REFUSALS, ApiKey, KeyCaller, KeyHour
from tixallo.kit import clock
from tixallo.workspaces.changes import Actor, Change, change
from tixallo.workspaces.models import Role, Workspace

_NODE = ("node 22", "203.0.113.0/24", "203.0.113.9")
_PYTHON = ("python-requests 2", "198.51.100.0/24", "198.51.100.3")
_CURL = ("curl 8", "192.0.2.0/24", "192.0.2.7")
_DAYS = 20


def fill(slug: str) -> dict[str, str]:
    """Give the workspace keys: one busy, one that is used once a month, one unused, one that is replaced, one revoked.

    Return the ids of the busy one (`key`) and of the one that is replaced (`rotating`).
    """
    workspace = Workspace.objects.get(slug=slug)
    owner = workspace.memberships.select_related("person").get(role=Role.OWNER)
    with change(workspace.id, Actor("person", owner.person_id, owner.person.name)) as opened:
        busy = _make(opened, "Billing sync", expires_in=timedelta(days=6))
        monthly = _make(opened, "Monthly export")
        _make(opened, "Preview site", environment="staging", expires_in=timedelta(days=50))
        replaced = _make(opened, "Shop")
        ended = _make(opened, "Old dashboard")
        ending.revoke(opened, ended.id)
        rotation, _ = rotating.start(opened, replaced.id)
    ApiKey.objects.filter(workspace_id=workspace.id).update(created_at=clock.now() - timedelta(days=84))
    used = random.Random(1)
    _use(busy, used, _PYTHON, timedelta(hours=3))
    _use(busy, used, _NODE, timedelta(minutes=4), hours=24 * _DAYS, most=110, refused=3)
    _use(monthly, used, _CURL, timedelta(days=18), pause=timedelta(days=31))
    _use(replaced, used, _NODE, timedelta(hours=2), hours=24 * _DAYS, most=120)
    _use(replaced, used, _CURL, timedelta(days=18), pause=timedelta(days=31))
    _use(replaced, used, _PYTHON, timedelta(minutes=4))
    _use(rotation.new_key, used, _NODE, timedelta(seconds=40), hours=6, most=130)
    return {"key": busy.id, "rotating": replaced.id}


def _make(opened: Change, name: str, **options: Any) -> ApiKey:
    key, _ = make_key(opened, name=name, **options)
    return key


def _use(
    key: ApiKey,
    used: random.Random,
    caller: tuple[str, str, str],
    ago: timedelta,
    *,
    hours: int = 0,
    most: int = 0,
    refused: int = 0,
    pause: timedelta | None = None,
) -> None:
    client, network, address = caller
    last = clock.now() - ago
    none = {f"refused_{reason}": 0 for reason in REFUSALS}
    for hour in range(hours):
        at = (clock.now() - timedelta(hours=hour)).replace(minute=0, second=0, microsecond=0)
        # Few at night, and some over the limit now and then.
        passed = used.randrange(most // 3, most) // (1 if 6 <= at.hour < 20 else 5)
        over = {"refused_limit": refused} if hour % 9 == 4 else {}
        KeyHour.objects.create(workspace_id=key.workspace_id, key_id=key.id, hour=at, passed=passed, **{**none, **over})
    KeyCaller.objects.create(
        workspace_id=key.workspace_id,
        key_id=key.id,
        day=last.date(),
        client=client,
        network=network,
        passed=used.randrange(1, 900),
        refused=refused,
        first_at=last - timedelta(hours=6),
        last_used_at=last,
        last_address=address,
        last_route="GET /tickets",
    )
    latest = {"last_used_at": last, "last_used_client": client, "last_used_from": address}
    kept = {} if pause is None else {"longest_pause": pause // timedelta(seconds=1)}
    ApiKey.objects.filter(id=key.id).update(last_used_route="GET /tickets", **latest, **kept)
