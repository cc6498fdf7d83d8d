"""What pages and commands say of the end of a rotation whose old key or successor is revoked."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tixallo.keys.closing import Ending


def told(ending: Ending) -> str:
    """Return in a sentence or two how a rotation ends, and whether the key that is left works."""
    return str(_TOLD[ending.state, ending.then]) % {"name": ending.left.name}


_TOLD: Mapping[tuple[str, str], str | Promise] = {
    ("cancelled", "active"): _("The rotation is cancelled. “%(name)s” goes on working."),
    ("cancelled", "enabled"): _("The rotation is cancelled. “%(name)s”, which was disabled in it, works again."),
    ("cancelled", "disabled"): _("The rotation is cancelled. “%(name)s” stays disabled, so neither key works."),
    ("cancelled", "expired"): _("The rotation is cancelled. “%(name)s” has expired, so neither key works."),
    ("finished", "active"): _("The rotation is finished. “%(name)s” goes on working."),
    ("finished", "disabled"): _("The rotation is finished. “%(name)s” is disabled, so neither key works."),
    ("finished", "expired"): _("The rotation is finished. “%(name)s” has expired, so neither key works."),
}
