"""Loading the sample tickets and removing them, from the first steps."""

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_POST

from tixallo.tickets import samples
from tixallo.workspaces.access import PageRequest, page
from tixallo.workspaces.changes import change
from tixallo.workspaces.entering import home_of


@page("load sample data")
@require_POST
def load(request: PageRequest) -> HttpResponseBase:
    """Make the sample tickets."""
    with change(request.workspace.id, request.actor) as opened:
        samples.load(opened, request.membership)
    messages.success(request, gettext("The sample tickets are marked, send nothing, and go with one click."))
    return redirect(home_of(request.workspace))


@page("load sample data")
@require_POST
def remove(request: PageRequest) -> HttpResponseBase:
    """Delete the sample tickets."""
    with change(request.workspace.id, request.actor) as opened:
        count = samples.remove(opened)
    said = ngettext("%(count)s sample ticket is gone.", "%(count)s sample tickets are gone.", count)
    messages.success(request, said % {"count": count})
    return redirect(home_of(request.workspace))
