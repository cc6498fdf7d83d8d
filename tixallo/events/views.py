"""The audit page: the log with its filters, and the same as CSV."""

from django.http import HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils.formats import number_format
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from tixallo.events import reading, sheet, walking
from tixallo.events.forms import FilterForm
from tixallo.kit.ids import is_id
from tixallo.workspaces.access import PageRequest, page


@require_safe
@page("read the audit log")
def audit(request: PageRequest) -> HttpResponseBase:
    """Show the log, newest first."""
    form = FilterForm(request.workspace, request.GET)
    if not form.is_valid():
        return _show(request, form, reading.Found([]), 422)
    return _show(request, form, reading.page(request.workspace, form.wanted(), request.GET.get("after", "")))


@require_safe
@page("read the audit log")
def audit_sheet(request: PageRequest) -> HttpResponseBase:
    """Send all that the filters find as CSV."""
    form = FilterForm(request.workspace, request.GET)
    if not form.is_valid():
        return _show(request, form, reading.Found([]), 422)
    name = f"{request.workspace.slug}-audit.csv"
    response = StreamingHttpResponse(
        sheet.lines(request.workspace, form.wanted()), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _show(request: PageRequest, form: FilterForm, found: reading.Found, status: int = 200) -> HttpResponseBase:
    given = {name: request.GET[name] for name in form.fields if request.GET.get(name)}
    of_object = given.get("object", "")
    known = {
        "form": form,
        "found": found,
        "looked": number_format(walking.STRETCH, use_l10n=True, force_grouping=True),
        "is_filtered": bool(given),
        "sheet": urlencode(given),
        "more": urlencode({**given, "after": found.cursor}) if found.cursor else "",
        "object": reading.subject_of(request.workspace, of_object) if is_id(of_object) else None,
        "without_object": urlencode({name: value for name, value in given.items() if name != "object"}),
    }
    return render(request, "events/audit.html", known, status=status)
