"""The addresses of the pages about people that show tickets and keys, and of the first steps."""

from django.urls import path

from tixallo.tickets import people_views, samples_views

urlpatterns = [
    path("w/<slug:slug>/people/<str:person_id>/remove", people_views.remove, name="remove_person"),
    path("w/<slug:slug>/leave", people_views.leave, name="leave"),
    path("w/<slug:slug>/samples/load", samples_views.load, name="load_samples"),
    path("w/<slug:slug>/samples/remove", samples_views.remove, name="remove_samples"),
]
