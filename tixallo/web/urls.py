"""The addresses of the developer documentation; its reference, made from the API, is in `api`."""

from django.urls import path

from tixallo.web import documentation

urlpatterns = [
    path("docs", documentation.first, name="documentation"),
    path("docs/<str:name>", documentation.guide, name="guide"),
    path("w/<slug:slug>/docs", documentation.first_here, name="documentation"),
    path("w/<slug:slug>/docs/<str:name>", documentation.guide_here, name="guide"),
]
