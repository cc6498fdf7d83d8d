"""The audit page: the log with its filters, and the same as CSV."""

from django.http import HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from tixallo.events import reading, sheet
from tixallo.events.forms import FilterForm
from tixallo.workspaces.access import PageRequest, page


@require_safe
@page("read the audit log")
def audit(request: PageRequest) -> HttpResponseBase:
    """Show the log, newest first."""
    form = FilterForm(request.workspace, request.GET)
    if not form.is_valid():
        return _show(request, form, reading.Found([], ""), 422)
    return _show(request, form, reading.page(request.workspace, form.wanted(), request.GET.get("after", "")))


@require_safe
@page("read the audit log")
def audit_sheet(request: PageRequest) -> HttpResponseBase:
    """Send all that the filters find as CSV."""
    form = FilterForm(request.workspace, request.GET)
    if not form.is_valid():
        return _show(request, form, reading.Found([], ""), 422)
    name = f"{request.workspace.slug}-audit.csv"
    response = StreamingHttpResponse(
        sheet.lines(request.workspace, form.wanted()), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _show(request: PageRequest, form: FilterForm, found: reading.Found, status: int = 200) -> HttpResponseBase:
    given = {name: request.GET[name] for name in form.fields if request.GET.get(name)}
    more = urlencode({**given, "after": found.cursor}) if found.cursor else ""
    known = {"form": form, "rows": found.rows, "given": given, "sheet": urlencode(given), "more": more}
    return render(request, "events/audit.html", known, status=status)
