"""The application's registration with Django."""

from django.apps import AppConfig


class EventsConfig(AppConfig):
    """Names the application; its tables are called `events_…`."""

    name = "tixallo.events"
    label = "events"
