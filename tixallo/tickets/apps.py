"""The application's registration with Django."""

from django.apps import AppConfig


class TicketsConfig(AppConfig):
    """Names the application; its tables are called `tickets_…`."""

    name = "tixallo.tickets"
    label = "tickets"

    def ready(self) -> None:
        """Let the log know what our things are called."""
        from tixallo.tickets import naming  # noqa: F401
