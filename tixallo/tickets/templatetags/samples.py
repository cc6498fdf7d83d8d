"""Whether there are samples, for pages of packages that do not know of tickets: `{% load samples %}`."""

from django import template

from tixallo.tickets.samples import exist
from tixallo.workspaces.models import Workspace

register = template.Library()


@register.filter
def has_samples(workspace: Workspace) -> bool:
    """Tell whether a workspace has sample tickets."""
    return exist(workspace.id)
