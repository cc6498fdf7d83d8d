"""The addresses of the pages about keys."""

from django.urls import path

from tixallo.keys import creating_views, ending_views, views

urlpatterns = [
    path("w/<slug:slug>/keys", views.keys, name="keys"),
    path("w/<slug:slug>/keys/news", views.keys_news, name="keys_news"),
    path("w/<slug:slug>/keys/new", creating_views.new_key, name="new_key"),
    path("w/<slug:slug>/keys/<str:key_id>", views.key, name="key"),
    path("w/<slug:slug>/keys/<str:key_id>/news", views.key_news, name="key_news"),
    path("w/<slug:slug>/keys/<str:key_id>/first-use", views.key_first_use, name="key_first_use"),
    path("w/<slug:slug>/keys/<str:key_id>/name", ending_views.rename_key, name="rename_key"),
    path("w/<slug:slug>/keys/<str:key_id>/disable", ending_views.disable_key, name="disable_key"),
    path("w/<slug:slug>/keys/<str:key_id>/enable", ending_views.enable_key, name="enable_key"),
    path("w/<slug:slug>/keys/<str:key_id>/revoke", ending_views.revoke_key, name="revoke_key"),
]
