"""The application's registration with Django."""

from django.apps import AppConfig


class KeysConfig(AppConfig):
    """Names the application; its tables are called `keys_…`."""

    name = "tixallo.keys"
    label = "keys"

    def ready(self) -> None:
        """Let the log know what our things are called."""
        from tixallo.keys import naming  # noqa: F401
