"""The application's registration with Django."""

from django.apps import AppConfig


class KeysConfig(AppConfig):
    """Names the application; its tables are called `keys_…`."""

    name = "tixallo.keys"
    label = "keys"
