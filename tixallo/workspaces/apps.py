"""The application's registration with Django."""

from django.apps import AppConfig


class WorkspacesConfig(AppConfig):
    """Names the application; its tables are called `workspaces_…`."""

    name = "tixallo.workspaces"
    label = "workspaces"
