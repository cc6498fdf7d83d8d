"""The application's registration with Django."""

from django.apps import AppConfig


class CustomersConfig(AppConfig):
    """Names the application; its tables are called `customers_…`."""

    name = "tixallo.customers"
    label = "customers"

    def ready(self) -> None:
        """Let the log know what our things are called."""
        from tixallo.customers import naming  # noqa: F401
