"""Why somebody should look at a key: the conditions, once, as SQL, the words that say them, and what to do then."""

from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple

from django.utils.translation import pgettext_lazy

from tixallo.keys.models import ANY_REFUSED, REFUSALS
from tixallo.keys.states import State
from tixallo.kit import clock, sql
from tixallo.kit.sql import Dialect

SOON = timedelta(days=14)
QUIET_AFTER = timedelta(days=90)
_LATELY = timedelta(hours=24)


class Reason(NamedTuple):
    """A reason to look at a key `k` that is not revoked, how it is shown, and the step that ends it.

    The condition may name the tables of `tables`, each of which is read once for all keys.
    """

    condition: str
    shown: State
    step: str


REASONS = (
    Reason(
        "k.id IN (SELECT key_id FROM rotated)",
        State("refresh-cw", pgettext_lazy("key", "Being rotated"), "warn"),
        "continue",
    ),
    Reason(
        "k.expires_at > at.now AND k.expires_at <= at.soon",
        State("triangle-alert", pgettext_lazy("key", "Expires soon"), "warn"),
        "rotate",
    ),
    Reason(
        "k.expires_at <= at.now AND k.id IN (SELECT key_id FROM refused WHERE expired > 0)",
        State("triangle-alert", pgettext_lazy("key", "Still called"), "danger"),
        "open",
    ),
    Reason(
        "k.id IN (SELECT key_id FROM refused WHERE other > 0)",
        State("circle-x", pgettext_lazy("key", "Requests refused"), "danger"),
        "open",
    ),
    Reason(
        "k.created_at < at.quiet AND coalesce(k.last_used_at, k.created_at) < at.quiet "
        "AND (k.expires_at IS NULL OR k.expires_at > at.now)",
        State("circle", pgettext_lazy("key", "Not used for 90 days"), "quiet"),
        "revoke",
    ),
    Reason(
        "k.maker_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM workspaces_membership m "
        "WHERE m.workspace_id = k.workspace_id AND m.person_id = k.maker_id)",
        State("user-minus", pgettext_lazy("key", "Its maker has left"), "warn"),
        "rotate",
    ),
)


def tables(dialect: Dialect) -> str:
    """Return the tables that the conditions name; `values` fills them."""
    value = "CAST(? AS timestamptz)" if dialect.name == "postgresql" else "?"
    other = " + ".join(f"refused_{reason}" for reason in REFUSALS if reason not in {"expired", "revoked"})
    return (
        f"at (now, soon, quiet) AS (SELECT {', '.join([value] * 3)}), "
        "refused (key_id, expired, other) AS (SELECT key_id, sum(refused_expired), "
        f"sum({other}) FROM keys_keyhour WHERE workspace_id = ? AND hour >= ? AND {ANY_REFUSED} GROUP BY key_id), "
        "open (old_id, new_id) AS "
        "(SELECT old_key_id, new_key_id FROM keys_rotation WHERE workspace_id = ? AND state = 'open'), "
        "rotated (key_id) AS (SELECT old_id FROM open UNION ALL SELECT new_id FROM open)"
    )


def values(workspace_id: str) -> tuple[object, ...]:
    """Return the values for `tables`, of a workspace's keys."""
    now = clock.now()
    at = [sql.moment(moment) for moment in (now, now + SOON, now - QUIET_AFTER, now - _LATELY)]
    return *at[:3], workspace_id, at[3], workspace_id


def any_of(reasons: Sequence[Reason] = REASONS) -> str:
    """Return the condition that one of the reasons holds."""
    return f"({' OR '.join(f'({reason.condition})' for reason in reasons)})"
