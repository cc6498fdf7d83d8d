"""The application's registration with Django."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Names the application; its tables are called `web_…`."""

    name = "tixallo.web"
    label = "web"
