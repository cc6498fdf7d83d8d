"""Who may do what: one table, which the pages ask and docs/roles.md shows."""

from collections.abc import Mapping

from tixallo.workspaces.models import Role

_EVERYONE = frozenset({Role.OWNER, Role.ADMIN, Role.AGENT})
_ADMINS = frozenset({Role.OWNER, Role.ADMIN})
_OWNERS = frozenset({Role.OWNER})

MAY: Mapping[str, frozenset[Role]] = {
    "read tickets": _EVERYONE,
    "answer tickets": _EVERYONE,
    "remove tickets": _EVERYONE,
    "edit customers": _EVERYONE,
    "use saved replies": _EVERYONE,
    "edit saved replies": _EVERYONE,
    "edit own profile": _EVERYONE,
    "read documentation": _EVERYONE,
    "see people": _EVERYONE,
    "leave": _EVERYONE,
    "manage keys": _ADMINS,
    "read the audit log": _ADMINS,
    "manage webhooks": _ADMINS,
    "invite people": _ADMINS,
    "change roles": _ADMINS,
    "remove people": _ADMINS,
    "load sample data": _ADMINS,
    "change settings": _ADMINS,
    "send test mail": _ADMINS,
    "see failed work": _OWNERS,
}


def may(role: str, action: str) -> bool:
    """Tell whether the role may do it. Raises `KeyError` for an action that is not in the table."""
    return role in MAY[action]


def may_manage(role: str, other: str) -> bool:
    """Tell whether the role may invite, change or remove somebody of the other role: only owners manage owners."""
    return role == Role.OWNER or (role == Role.ADMIN and other != Role.OWNER)
