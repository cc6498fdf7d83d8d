"""The pages: which address leads to which view."""

from django.urls import path

from tixallo.web.views import start

handler400 = "tixallo.web.refusals.bad_request"
handler403 = "tixallo.web.refusals.forbidden"
handler404 = "tixallo.web.refusals.not_found"
handler500 = "tixallo.web.refusals.failed"

urlpatterns = [path("", start, name="start")]
