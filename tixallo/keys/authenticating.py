"""From an `Authorization` header to the workspace that it opens: the check that every request to the API begins with.

Whatever is wrong, the answer is the same. A key that cannot be ours (its checksum says so) costs no query.
"""

import hmac
import re
from typing import Any, NamedTuple

import orjson

from tixallo.keys import hashing, token
from tixallo.keys.scopes import EVERYTHING
from tixallo.kit import clock, sql
from tixallo.kit.errors import Unauthorized
from tixallo.kit.sql import Statement

# RFC 6750, section 2.1: the scheme, one space or more, a token68. The scheme's case does not matter (RFC 9110, 11.1).
_BEARER = re.compile(r"[Bb][Ee][Aa][Rr][Ee][Rr] +([A-Za-z0-9\-._~+/]+=*)", re.ASCII)
# The scheme with anything after it: a credential, however malformed (section 3.1).
_SENT = re.compile(r"bearer +[^ ]", re.ASCII | re.IGNORECASE)


class Caller(NamedTuple):
    """A program that has shown a valid key; `revision` is its workspace's, read with the key."""

    key_id: str
    name: str
    workspace_id: str
    revision: int
    limit: int
    scopes: frozenset[str]


class Ended(Unauthorized):
    """The right key, secret and all, but it has ended; `reason` says how: `disabled`, `expired` or `revoked`.

    Its answer is that of any other. It is told apart so that whoever still knocks can be counted, which nobody can make
    happen who only has a key's public id.
    """

    def __init__(self, workspace_id: str, key_id: str, reason: str) -> None:
        super().__init__(challenged=True)
        self.workspace_id = workspace_id
        self.key_id = key_id
        self.reason = reason


def authenticate(header: str | None) -> Caller:
    """Return who calls with this `Authorization` header.

    Raises `Unauthorized` for anything but a key that is known, not expired, not disabled and not revoked; for one that
    is known `Ended`.
    """
    sent = None if header is None else _BEARER.fullmatch(header)
    if sent is None:
        raise Unauthorized(challenged=header is not None and _SENT.match(header) is not None)
    parsed = token.parse(sent[1])
    if parsed is None:
        raise Unauthorized(challenged=True)
    row = _FIND.one(parsed.public_id)
    if row is None:
        raise Unauthorized(challenged=True)
    stored, pepper, key_id, name, workspace_id, revision, limit, scopes, revoked, expires_at, disabled = row
    if not _is_the_key(parsed, stored, pepper):
        raise Unauthorized(challenged=True)
    reason = "revoked" if revoked else "expired" if _is_over(expires_at) else "disabled" if disabled else ""
    if reason:
        raise Ended(str(workspace_id), str(key_id), reason)
    return Caller(str(key_id), name, str(workspace_id), revision, limit, _scopes(scopes))


def _is_the_key(sent: token.Token, stored: str, pepper: int) -> bool:
    digest = hashing.digest(sent.signed_part, pepper)
    return digest is not None and hmac.compare_digest(digest, stored)


def _is_over(expires_at: Any) -> bool:
    return expires_at is not None and sql.read_moment(expires_at) <= clock.now()


def _scopes(stored: Any) -> frozenset[str]:
    if stored is None or stored == "null":
        return EVERYTHING
    return frozenset(orjson.loads(stored) if isinstance(stored, str) else stored)


# unscoped: this look-up is what finds the workspace
_FIND = Statement(
    lambda dialect: (
        "SELECT k.digest, k.pepper_version, k.id, k.name, k.workspace_id, w.revision, k.rate_limit, k.scopes, "
        f"k.revoked_at IS NOT NULL, {dialect.moment('k.expires_at')}, k.disabled_at IS NOT NULL "
        "FROM keys_apikey k JOIN workspaces_workspace w ON w.id = k.workspace_id WHERE k.public_id = ?"
    ),
    hot=True,
)
