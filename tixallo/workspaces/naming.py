"""The rule for what a workspace, or a thing in it that people name, can be called."""

from django.utils.translation import gettext

from tixallo.workspaces.models import LONGEST_NAME


def name_errors(name: str) -> list[str]:
    """Return what is wrong with a name, for `Invalid`; nothing if it can be one."""
    if name.strip() and len(name) <= LONGEST_NAME and "\x00" not in name:
        return []
    return [gettext("Must have 1 to %(most)s characters") % {"most": LONGEST_NAME}]
