"""The pages: which address leads to which view. Each package names its own."""

from django.urls import include, path

from tixallo.web import refusals

urlpatterns = [
    path("", include("tixallo.workspaces.urls")),
    path("", include("tixallo.tickets.people_urls")),
    path("", include("tixallo.events.urls")),
    path("", include("tixallo.keys.urls")),
    path("", include("tixallo.keys.rotation_urls")),
    path("", include("tixallo.customers.urls")),
    path("", include("tixallo.tickets.inbox_urls")),
    path("", include("tixallo.tickets.ticket_urls")),
    path("", include("tixallo.api.urls")),
    path("", include("tixallo.web.urls")),
]

handler400 = refusals.bad_request
handler403 = refusals.forbidden
handler404 = refusals.not_found
# Asked for by allauth.
handler429 = refusals.limited
handler500 = refusals.failed
