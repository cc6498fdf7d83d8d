"""The application's registration with Django."""

from django.apps import AppConfig


class KitConfig(AppConfig):
    """Names the application; its tables are called `kit_…`."""

    name = "tixallo.kit"
    label = "kit"
