"""What a page is to say after a form was sent, carried there by a cookie: a page that shows it writes nothing down."""

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.messages.storage.session import SessionStorage


class _Cookie(CookieStorage):
    cookie_name = settings.MESSAGES_COOKIE_NAME


class Sayings(FallbackStorage):
    """Django's own, under a name that belongs to this host, or at localhost to this port."""

    storage_classes = (_Cookie, SessionStorage)
