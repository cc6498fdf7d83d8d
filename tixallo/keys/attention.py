"""Why somebody should look at a key: the conditions, once, as SQL, and the words that say them."""

from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple

from django.utils.translation import pgettext_lazy

from tixallo.keys.states import State
from tixallo.kit import clock, sql
from tixallo.kit.sql import Dialect

SOON = timedelta(days=14)
QUIET_AFTER = timedelta(days=90)


class Reason(NamedTuple):
    """A reason to look at a key `k` that is not revoked, and how it is shown."""

    condition: str
    shown: State


REASONS = (
    Reason(
        "k.expires_at > at.now AND k.expires_at <= at.soon",
        State("hourglass", pgettext_lazy("key", "Expires soon"), "warn"),
    ),
    Reason(
        "k.created_at < at.quiet AND coalesce(k.last_used_at, k.created_at) < at.quiet "
        "AND (k.expires_at IS NULL OR k.expires_at > at.now)",
        State("circle", pgettext_lazy("key", "Not used for 90 days"), "quiet"),
    ),
    Reason(
        "k.maker_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM workspaces_membership m "
        "WHERE m.workspace_id = k.workspace_id AND m.person_id = k.maker_id)",
        State("user-minus", pgettext_lazy("key", "Its maker has left"), "warn"),
    ),
)


def moments(dialect: Dialect) -> str:
    """Return the table `at` of the moments that the conditions name; `values` fills it."""
    value = "CAST(? AS timestamptz)" if dialect.name == "postgresql" else "?"
    return f"at (now, soon, quiet) AS (SELECT {value}, {value}, {value})"


def values() -> tuple[object, ...]:
    """Return the values for `moments`."""
    now = clock.now()
    return tuple(sql.moment(moment) for moment in (now, now + SOON, now - QUIET_AFTER))


def any_of(reasons: Sequence[Reason] = REASONS) -> str:
    """Return the condition that one of the reasons holds."""
    return f"({' OR '.join(f'({reason.condition})' for reason in reasons)})"
