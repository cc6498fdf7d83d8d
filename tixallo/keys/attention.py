"""Why somebody should look at a key: the conditions, once, as SQL, the words that say them, and what to do then."""

from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple

from django.utils.translation import pgettext_lazy

from tixallo.keys.models import REASONS as REFUSALS
from tixallo.keys.states import State
from tixallo.kit import clock, sql
from tixallo.kit.sql import Dialect

SOON = timedelta(days=14)
QUIET_AFTER = timedelta(days=90)
_LATELY = timedelta(hours=24)


class Reason(NamedTuple):
    """A reason to look at a key `k` that is not revoked, how it is shown, and the step that ends it."""

    condition: str
    shown: State
    step: str


def _refused(*reasons: str) -> str:
    counted = " + ".join(f"h.refused_{reason}" for reason in reasons)
    return (
        "EXISTS (SELECT 1 FROM keys_keyhour h WHERE h.workspace_id = k.workspace_id AND h.key_id = k.id "
        f"AND h.hour >= at.lately AND {counted} > 0)"
    )


REASONS = (
    Reason(
        "EXISTS (SELECT 1 FROM keys_rotation r WHERE r.workspace_id = k.workspace_id AND r.state = 'open' "
        "AND k.id IN (r.old_key_id, r.new_key_id))",
        State("refresh-cw", pgettext_lazy("key", "Being rotated"), "warn"),
        "continue",
    ),
    Reason(
        "k.expires_at > at.now AND k.expires_at <= at.soon",
        State("triangle-alert", pgettext_lazy("key", "Expires soon"), "warn"),
        "rotate",
    ),
    Reason(
        f"k.expires_at <= at.now AND {_refused('expired')}",
        State("triangle-alert", pgettext_lazy("key", "Still called"), "danger"),
        "open",
    ),
    Reason(
        _refused(*(reason for reason in REFUSALS if reason not in {"expired", "revoked"})),
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


def moments(dialect: Dialect) -> str:
    """Return the table `at` of the moments that the conditions name; `values` fills it."""
    value = "CAST(? AS timestamptz)" if dialect.name == "postgresql" else "?"
    return f"at (now, soon, quiet, lately) AS (SELECT {', '.join([value] * 4)})"


def values() -> tuple[object, ...]:
    """Return the values for `moments`."""
    now = clock.now()
    return tuple(sql.moment(moment) for moment in (now, now + SOON, now - QUIET_AFTER, now - _LATELY))


def any_of(reasons: Sequence[Reason] = REASONS) -> str:
    """Return the condition that one of the reasons holds."""
    return f"({' OR '.join(f'({reason.condition})' for reason in reasons)})"
