"""The application's registration with Django."""

from django.apps import AppConfig


class TicketsConfig(AppConfig):
    """Names the application; its tables are called `tickets_…`."""

    name = "tixallo.tickets"
    label = "tickets"
