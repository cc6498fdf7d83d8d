"""Forgetting what keys were used for: counts after 90 days, full addresses after seven."""

from datetime import datetime, timedelta
from functools import partial

from tixallo.keys import clients
from tixallo.kit import clock, due, sql, transactions
from tixallo.kit.sql import Statement

COUNTS_KEPT_FOR = timedelta(days=90)
ADDRESSES_KEPT_FOR = timedelta(days=7)
_AT_ONCE = 1000


@due.kind("keys.forget_use", every=timedelta(hours=1))
def forget_use(_key: str = "") -> None:
    """Delete counts older than 90 days, and of addresses older than seven all but their network; a thousand at a time.

    An address goes when its day (UTC) began seven days ago, so that none is kept longer.
    """
    now = clock.now()
    oldest, addresses = now - COUNTS_KEPT_FOR, now - ADDRESSES_KEPT_FOR
    for statement, before in (
        (_FORGET_HOURS, sql.moment(oldest)),
        (_FORGET_CALLERS, f"{oldest:%Y-%m-%d}"),
        (_FORGET_ADDRESSES, f"{addresses:%Y-%m-%d}"),
    ):
        transactions.change_in_parts(partial(statement.run, before), _AT_ONCE)
    _shorten_last_uses(addresses)


def _shorten_last_uses(before: datetime) -> None:
    key_id = _FIRST_ID
    while True:
        rows = _OLD_USES.rows(key_id, sql.moment(before), _AT_ONCE)
        if not rows:
            return
        with transactions.change():
            for found, address, workspace_id in rows:
                _SHORTEN.run(clients.network(address), workspace_id, str(found), address)
        key_id = str(rows[-1][0])


_FIRST_ID = "00000000-0000-0000-0000-000000000000"
# unscoped: counts end by their age in every workspace alike
_FORGET_HOURS = Statement(
    "DELETE FROM keys_keyhour WHERE (workspace_id, key_id, hour) IN "
    "(SELECT workspace_id, key_id, hour FROM keys_keyhour WHERE hour < ? ORDER BY hour LIMIT ?)"
)
# unscoped: counts end by their age in every workspace alike
_FORGET_CALLERS = Statement(
    "DELETE FROM keys_keycaller WHERE (workspace_id, key_id, day, client, network) IN "
    "(SELECT workspace_id, key_id, day, client, network FROM keys_keycaller WHERE day < ? ORDER BY day LIMIT ?)"
)
# The condition is spelt as that of the index, so that SQLite knows it again.
# unscoped: addresses go by their age in every workspace alike
_FORGET_ADDRESSES = Statement(
    "UPDATE keys_keycaller SET last_address = '' WHERE (workspace_id, key_id, day, client, network) IN "
    "(SELECT workspace_id, key_id, day, client, network FROM keys_keycaller "
    "WHERE NOT (last_address = '') AND day <= ? ORDER BY day LIMIT ?)"
)
# unscoped: addresses go by their age in every workspace alike
_OLD_USES = Statement(
    "SELECT id, last_used_from, workspace_id FROM keys_apikey WHERE id > ? AND last_used_at <= ? "
    "AND last_used_from <> '' AND replace(last_used_from, '/', '') = last_used_from "
    "ORDER BY id LIMIT ?"
)
_SHORTEN = Statement(
    "UPDATE keys_apikey SET last_used_from = ? WHERE workspace_id = ? AND id = ? AND last_used_from = ?"
)
