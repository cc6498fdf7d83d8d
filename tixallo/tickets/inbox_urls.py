"""The addresses of the inbox."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from tixallo.tickets import bulk_views, inbox_views, lists


class ViewConverter(StringConverter):
    """The name of a view."""

    regex = "|".join(lists.BY_KEY)


register_converter(ViewConverter, "view")

urlpatterns = [
    path("w/<slug:slug>/", inbox_views.inbox, name="inbox"),
    path("w/<slug:slug>/tickets/new", inbox_views.new_ticket, name="new_ticket"),
    path("w/<slug:slug>/tickets/bulk", bulk_views.edit_all, name="bulk"),
    path("w/<slug:slug>/tickets/restore", bulk_views.restore_all, name="bulk_restore"),
    path("w/<slug:slug>/tickets/undo/<int:revision>", bulk_views.undo, name="undo"),
    path("w/<slug:slug>/tickets/<view:view>", inbox_views.inbox_view, name="inbox_view"),
    path("w/<slug:slug>/tickets/<view:view>/poll", inbox_views.poll, name="inbox_poll"),
]
