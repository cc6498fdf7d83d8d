"""The addresses of the pages about rotations; the key is the old one or its successor."""

from django.urls import path

from tixallo.keys import rotation_acts, rotation_views

_ROTATE = "w/<slug:slug>/keys/<str:key_id>/rotate"

urlpatterns = [
    path(_ROTATE, rotation_views.rotate_key, name="rotate_key"),
    path(f"{_ROTATE}/news", rotation_views.rotation_news, name="rotation_news"),
    path(f"{_ROTATE}/quiet", rotation_acts.choose_quiet_time, name="choose_quiet_time"),
    path(f"{_ROTATE}/callers", rotation_acts.tick_caller, name="tick_caller"),
    path(f"{_ROTATE}/end", rotation_views.end_rotation, name="end_rotation"),
    path(f"{_ROTATE}/disable", rotation_acts.disable_old, name="disable_old"),
    path(f"{_ROTATE}/enable", rotation_acts.enable_old, name="enable_old"),
    path(f"{_ROTATE}/revoke", rotation_acts.revoke_old, name="revoke_old"),
    path(f"{_ROTATE}/cancel", rotation_acts.cancel_rotation, name="cancel_rotation"),
]
