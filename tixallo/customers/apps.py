"""The application's registration with Django."""

from django.apps import AppConfig


class CustomersConfig(AppConfig):
    """Names the application; its tables are called `customers_…`."""

    name = "tixallo.customers"
    label = "customers"
