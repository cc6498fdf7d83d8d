"""The pages: which address leads to which view."""

from django.urls import path

from tixallo.web.views import start

urlpatterns = [path("", start, name="start")]
