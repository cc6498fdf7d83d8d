"""The addresses of the audit page."""

from django.urls import path

from tixallo.events import views

urlpatterns = [
    path("w/<slug:slug>/audit", views.audit, name="audit"),
    path("w/<slug:slug>/audit.csv", views.audit_sheet, name="audit_sheet"),
]
