"""Tixallo: a self-hosted customer-support platform with an API."""

__version__ = "0.1.0"
