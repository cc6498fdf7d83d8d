"""The application's registration with Django."""

from django.apps import AppConfig


class MailConfig(AppConfig):
    """Names the application; it has no tables of its own."""

    name = "tixallo.mail"
    label = "mail"
