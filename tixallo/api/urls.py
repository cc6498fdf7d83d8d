"""The addresses of the reference, which go before those of the other pages of the documentation."""

from django.urls import path

from tixallo.api import reference_views

urlpatterns = [
    path("docs/reference", reference_views.in_public, name="reference"),
    path("w/<slug:slug>/docs/reference", reference_views.here, name="reference"),
]
