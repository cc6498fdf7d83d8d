"""The application's registration with Django."""

from django.apps import AppConfig


class InboxesConfig(AppConfig):
    """Names the application; its tables are called `inboxes_…`."""

    name = "tixallo.inboxes"
    label = "inboxes"
