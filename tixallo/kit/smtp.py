"""Handing one mail to a mail server (RFC 5321), and saying in plain words why that did not work."""

import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from ipaddress import ip_address
from urllib.parse import SplitResult, unquote, urlsplit

from django.utils.translation import gettext_lazy

TIMEOUT_SECONDS = 20

_REASONS = {
    "name": gettext_lazy("The mail server's name cannot be found. Check the host in TIXALLO_SMTP_URL."),
    "refused": gettext_lazy("Nothing answers at this host and port. Check both in TIXALLO_SMTP_URL."),
    "silent": gettext_lazy("The mail server did not answer in time. A firewall may be in between."),
    "tls": gettext_lazy("There is no secure connection: the mail server's certificate or its TLS is not good."),
    "insecure": gettext_lazy("The mail server offers no TLS, and a password is not sent without."),
    "login": gettext_lazy("The mail server does not take the user and the password in TIXALLO_SMTP_URL."),
    "sender": gettext_lazy("The mail server does not take mail from this address. Check TIXALLO_MAIL_FROM."),
    "recipient": gettext_lazy("The mail server does not take mail to this address."),
    "content": gettext_lazy("The mail server did not accept the mail."),
    "broken": gettext_lazy("The connection to the mail server broke off."),
}


class Undelivered(Exception):
    """A mail that was not taken: `reason` for `explain`, the server's own words, and whether it is of use to retry."""

    def __init__(self, reason: str, detail: str, *, permanent: bool = False) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail
        self.permanent = permanent


def explain(reason: str) -> str:
    """Return what a reason means, and what to do about it."""
    return str(_REASONS.get(reason, _REASONS["broken"]))


def send(url: str, message: EmailMessage, sender: str, recipient: str) -> None:
    """Hand a mail to the server at an smtp:// or smtps:// URL. Raises `Undelivered`."""
    with _translated(), _connected(urlsplit(url)) as server:
        # One envelope, one recipient: the answer is about this one.
        server.send_message(message, from_addr=sender, to_addrs=[recipient])


@contextmanager
def _connected(parts: SplitResult) -> Iterator[smtplib.SMTP]:
    host = parts.hostname or ""
    context = ssl.create_default_context()
    server: smtplib.SMTP
    if parts.scheme == "smtps":
        server = smtplib.SMTP_SSL(host, parts.port or 465, timeout=TIMEOUT_SECONDS, context=context)
    else:
        server = smtplib.SMTP(host, parts.port or 587, timeout=TIMEOUT_SECONDS)
    with server:
        server.ehlo_or_helo_if_needed()
        secure = parts.scheme == "smtps"
        if not secure and server.has_extn("starttls"):
            server.starttls(context=context)
            secure = True
        if parts.username:
            if not secure and not _is_loopback(host):
                raise Undelivered("insecure", host, permanent=False)
            server.login(unquote(parts.username), unquote(parts.password or ""))
        yield server


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except smtplib.SMTPRecipientsRefused as error:
        code, words = next(iter(error.recipients.values()))
        raise _answered("recipient", code, words) from error
    except smtplib.SMTPSenderRefused as error:
        raise _answered("sender", error.smtp_code, error.smtp_error) from error
    except smtplib.SMTPDataError as error:
        raise _answered("content", error.smtp_code, error.smtp_error) from error
    except smtplib.SMTPAuthenticationError as error:
        # It may be set right, and the letters that wait shall go out then.
        raise Undelivered("login", _words(error.smtp_code, error.smtp_error)) from error
    except socket.gaierror as error:
        raise Undelivered("name", str(error.strerror)) from error
    except ConnectionRefusedError as error:
        raise Undelivered("refused", str(error.strerror)) from error
    except TimeoutError as error:
        raise Undelivered("silent", str(error)) from error
    except ssl.SSLError as error:
        raise Undelivered("tls", str(error.reason or error)) from error
    except (OSError, smtplib.SMTPException) as error:
        raise Undelivered("broken", str(error)) from error


def _answered(reason: str, code: int, words: bytes | str) -> Undelivered:
    return Undelivered(reason, _words(code, words), permanent=code >= 500)


def _words(code: int, words: bytes | str) -> str:
    return f"{code} {words.decode(errors='replace') if isinstance(words, bytes) else words}"


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
