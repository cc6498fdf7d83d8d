"""The settings: every `TIXALLO_*` variable, read in one place. Standard library only, as the supervisor reads them too.

docs/settings.md shows this table to people; a test holds the two equal.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from ipaddress import IPv4Network, IPv6Network

# The database in the data directory, where none is set.
SQLITE_FILE: Final = "tixallo.sqlite3"
# The examples in the documentation keep a key in this variable; it belongs to whoever runs them.
_NOT_OURS: Final = frozenset({"TIXALLO_API_KEY"})
_LEVELS: Final = ("DEBUG", "INFO", "WARNING", "ERROR")
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}
_HIGHEST_PORT: Final = 65535


class BadSetting(Exception):
    """A setting that cannot be used; its text is one sentence for whoever starts the command."""


class OutOfReach(Exception):
    """The database cannot be used now, whatever the settings are; says so as a whole sentence."""


@dataclass(frozen=True)
class Setting:
    """One variable: its default as documented, what reads its text, and what it is for.

    A secret one can be given as `NAME_FILE` too, the path of a file that holds the value.
    """

    name: str
    default: str
    parse: Callable[[str], Any]
    doc: str
    secret: bool = False

    @property
    def attribute(self) -> str:
        """The name of the value in `Environment`."""
        return self.name.removeprefix("TIXALLO_").lower()


@dataclass(frozen=True)
class Environment:
    """The values of all settings. `origin` has no trailing slash; `host` is a name or an address as it was given."""

    data: Path
    # It holds a password.
    database_url: str = field(repr=False)
    secret_file: Path
    origin: str
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...]
    host: str
    port: int
    tls_cert: Path | None
    tls_key: Path | None
    threads: int
    bodies: int
    bodies_per_client: int
    cache_bytes: int
    log_level: str
    signup: str
    # It holds a password.
    smtp_url: str = field(repr=False)
    mail_from: str

    @property
    def tls(self) -> bool:
        """Whether this server speaks TLS itself."""
        return self.tls_cert is not None


def load(environ: Mapping[str, str], **overrides: object) -> Environment:
    """Return the settings in `environ`; `overrides`, by attribute (`port="9000"`), go before them unless None.

    Raises `BadSetting` with one sentence that says what to change, and never repeats a secret.
    """
    given = {s.attribute: _given(s, environ, overrides.get(s.attribute)) for s in SETTINGS}
    values = {s.attribute: _parsed(s, given[s.attribute] or s.default) for s in SETTINGS}
    if (values["tls_cert"] is None) != (values["tls_key"] is None):
        raise BadSetting("TIXALLO_TLS_CERT and TIXALLO_TLS_KEY are only of use together: give both or neither.")
    values["secret_file"] = values["secret_file"] or values["data"] / "secret"
    scheme = "https" if values["tls_cert"] else "http"
    values["origin"] = values["origin"] or f"{scheme}://localhost:{values['port']}"
    values["mail_from"] = values["mail_from"] or f"tixallo@{urlsplit(values['origin']).hostname}"
    values["bodies"] = values["bodies"] or max(values["threads"] // 2, 1)
    if values["bodies"] > values["threads"]:
        raise BadSetting(
            f"TIXALLO_BODIES is {values['bodies']}, but there are only {values['threads']} threads (TIXALLO_THREADS)."
        )
    return Environment(**values)


def variables(values: Environment) -> dict[str, str]:
    """Return the settings that a command line can give as variables, for the processes that it starts."""
    texts = {name: "" if value is None else str(value) for name, value in asdict(values).items()}
    return {f"TIXALLO_{name.upper()}": texts[name] for name in ("data", "host", "port", "tls_cert", "tls_key")}


def unknown(environ: Mapping[str, str]) -> list[str]:
    """Return the names in `environ` that look like settings and are none: misspelt ones, most likely."""
    names = {s.name for s in SETTINGS} | {f"{s.name}_FILE" for s in SETTINGS if s.secret} | _NOT_OURS
    return sorted(name for name in environ if name.startswith("TIXALLO_") and name not in names)


def _given(setting: Setting, environ: Mapping[str, str], override: object) -> str:
    if override is not None:
        return str(override).strip()
    text = environ.get(setting.name, "").strip()
    file = environ.get(f"{setting.name}_FILE", "").strip() if setting.secret else ""
    if text and file:
        raise BadSetting(f"{setting.name} and {setting.name}_FILE are both set: give one.")
    if not file:
        return text
    try:
        return Path(file).read_text().strip()
    except (OSError, ValueError) as error:
        raise BadSetting(f"{setting.name}_FILE names {file}, which cannot be read: {_why(error)}.") from error


def _parsed(setting: Setting, text: str) -> Any:
    try:
        return setting.parse(text)
    except ValueError as error:
        shown = "" if setting.secret else f", not '{text}'"
        raise BadSetting(f"{setting.name} must be {error}{shown}.") from None


def _why(error: Exception) -> str:
    return (getattr(error, "strerror", None) or str(error)).lower()


# ---- What reads the text of a setting. A ValueError completes the sentence "NAME must be …".


def _whole(lowest: int, highest: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if not text.isdecimal() or not lowest <= int(text[:20]) <= highest:
            raise ValueError(f"a whole number from {lowest} to {highest}")
        return int(text)

    return parse


def _optional(parse: Callable[[str], Any]) -> Callable[[str], Any]:
    return lambda text: parse(text) if text else None


def _existing(text: str) -> Path:
    path = Path(text)
    try:
        path.open("rb").close()
    except OSError as error:
        raise ValueError(f"the path of a file that can be read ({_why(error)})") from None
    return path


def _host(text: str) -> str:
    if any(character.isspace() or character in "/@?#,[]" for character in text):
        raise ValueError("an address or a name")
    return text


def _level(text: str) -> str:
    if text.upper() not in _LEVELS:
        raise ValueError(f"one of {', '.join(_LEVELS).lower()}")
    return text.upper()


def _signup(text: str) -> str:
    if text not in ("closed", "open"):
        raise ValueError("closed or open")
    return text


def _smtp(text: str) -> str:
    try:
        parts = urlsplit(text)
        usable = parts.scheme in {"smtp", "smtps"} and bool(parts.hostname) and parts.port != 0
        usable = usable and parts.path in {"", "/"} and not parts.query and not parts.fragment
    except ValueError:
        usable = False
    if text and not usable:
        raise ValueError("empty or a URL like smtp://user:password@host:587 or smtps://user:password@host:465")
    return text


def _address(text: str) -> str:
    local, at, host = text.rpartition("@")
    if text and (not at or not local or not host or any(c.isspace() or c in "<>,;:" for c in text)):
        raise ValueError("a mail address like support@acme.example")
    return text


def _database(text: str) -> str:
    try:
        parts = urlsplit(text)
        usable = parts.scheme in {"postgresql", "postgres"} and len(parts.path) > 1 and parts.port != 0
    except ValueError:
        usable = False
    if text and not usable:
        raise ValueError("empty or a URL like postgresql://user:password@host:5432/name")
    return text


def _origin(text: str) -> str:
    if not text:
        return ""
    problem = "a scheme and a host like https://support.example, without a path"
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise ValueError(problem) from None
    rest = parts.path.removeprefix("/") or parts.query or parts.fragment or "@" in parts.netloc
    if parts.scheme not in _DEFAULT_PORTS or not host or rest or not text.isascii() or _has_gap(text):
        raise ValueError(problem)
    shown = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{shown}" + (f":{port}" if port and port != _DEFAULT_PORTS[parts.scheme] else "")


def _has_gap(text: str) -> bool:
    return any(character.isspace() for character in text)


def _networks(text: str) -> tuple[IPv4Network | IPv6Network, ...]:
    if not text:
        return ()
    from ipaddress import ip_network

    try:
        return tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())
    except ValueError as error:
        raise ValueError(f"addresses or networks like 10.0.0.0/8, with commas between them ({error})") from None


SETTINGS: Final = (
    Setting(
        "TIXALLO_DATA",
        "data",
        Path,
        "The directory of everything that must be kept: the SQLite database, the secret file, attachments. "
        "Made with mode 0700 when it is missing.",
    ),
    Setting(
        "TIXALLO_DATABASE_URL",
        "",
        _database,
        "Empty for SQLite in the data directory, or the URL of a PostgreSQL database: "
        "`postgresql://user:password@host:5432/name`. "
        "With `?prepared_statements=false` at its end nothing is prepared.",
        secret=True,
    ),
    Setting(
        "TIXALLO_SECRET_FILE",
        "",
        _optional(Path),
        "The file of the secrets that keys, sessions and the audit trail rest on. Empty for `secret` in the data "
        "directory. Made with mode 0600 when it is missing and there is no database yet.",
    ),
    Setting(
        "TIXALLO_ORIGIN",
        "",
        _origin,
        "The scheme and host under which people and programs reach this server. Empty for `http://localhost:PORT` "
        "(`https` with a certificate). With `https`, plain http is refused.",
    ),
    Setting(
        "TIXALLO_TRUSTED_PROXIES",
        "",
        _networks,
        "Addresses or networks, with commas between them, of proxies whose word about the client's address and scheme "
        "is taken.",
    ),
    Setting(
        "TIXALLO_HOST",
        "localhost",
        _host,
        "The address to listen on. `localhost` is both loopback addresses, 127.0.0.1 and ::1; `0.0.0.0` is every IPv4 "
        "address, `::` every address.",
    ),
    Setting("TIXALLO_PORT", "8000", _whole(0, _HIGHEST_PORT), "The port to listen on; 0 takes one that is free."),
    Setting(
        "TIXALLO_TLS_CERT",
        "",
        _optional(_existing),
        "A PEM file with the certificate and its chain, to serve https without a proxy (TLS 1.2 and 1.3).",
    ),
    Setting("TIXALLO_TLS_KEY", "", _optional(_existing), "The PEM file of its private key, without a passphrase."),
    Setting(
        "TIXALLO_THREADS",
        "32",
        _whole(1, 512),
        "How many requests are worked on at once, for each address listened on. Threads start when they are needed.",
    ),
    Setting(
        "TIXALLO_BODIES",
        "",
        _optional(_whole(1, 512)),
        "How many request bodies are read at once; a request beyond that gets 503. Empty for half the threads (16).",
    ),
    Setting("TIXALLO_BODIES_PER_CLIENT", "4", _whole(1, 512), "How many of them may come from one client address."),
    Setting(
        "TIXALLO_CACHE_BYTES",
        "33554432",
        _whole(0, 2**40),
        "How much memory kept answers may take (32 MiB); 0 keeps none.",
    ),
    Setting("TIXALLO_LOG_LEVEL", "info", _level, "How much is logged: `debug`, `info`, `warning` or `error`."),
    Setting(
        "TIXALLO_SIGNUP",
        "closed",
        _signup,
        "Who may make an account: `closed` for those with the welcome link or an invitation, `open` for everybody, who "
        "can then make workspaces of their own.",
    ),
    Setting(
        "TIXALLO_SMTP_URL",
        "",
        _smtp,
        "The mail server that takes outgoing mail: `smtp://user:password@host:587` (with TLS where the server offers "
        "it; a password is never sent without, but to this machine) or `smtps://user:password@host:465`. Special "
        "characters of user and password are percent-encoded. While it is empty, mail is written to the console and to "
        "`outbox` in the data directory, and what was written then is never sent later.",
        secret=True,
    ),
    Setting(
        "TIXALLO_MAIL_FROM",
        "",
        _address,
        "The address that outgoing mail comes from. Empty for `tixallo@` and the host of `TIXALLO_ORIGIN`.",
    ),
)
