"""The settings: every `TIXALLO_*` variable, read in one place. Standard library only, as the supervisor reads them too.

docs/settings.md shows this table to people; a test holds the two equal.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from tixallo.config import parsing

if TYPE_CHECKING:
    from ipaddress import IPv4Network, IPv6Network

# The database in the data directory, where none is set.
SQLITE_FILE: Final = "tixallo.sqlite3"
# The examples in the documentation keep a key in this variable; it belongs to whoever runs them.
_NOT_OURS: Final = frozenset({"TIXALLO_API_KEY"})


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
        raise BadSetting(f"{setting.name}_FILE names {file}, which cannot be read: {parsing.why(error)}.") from error


def _parsed(setting: Setting, text: str) -> Any:
    try:
        return setting.parse(text)
    except ValueError as error:
        shown = "" if setting.secret else f", not '{text}'"
        raise BadSetting(f"{setting.name} must be {error}{shown}.") from None


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
        parsing.database,
        "Empty for SQLite in the data directory, or the URL of a PostgreSQL database: "
        "`postgresql://user:password@host:5432/name`. "
        "With `?prepared_statements=false` at its end nothing is prepared.",
        secret=True,
    ),
    Setting(
        "TIXALLO_SECRET_FILE",
        "",
        parsing.optional(Path),
        "The file of the secrets that keys, sessions and the audit trail rest on. Empty for `secret` in the data "
        "directory. Made with mode 0600 when it is missing and there is no database yet.",
    ),
    Setting(
        "TIXALLO_ORIGIN",
        "",
        parsing.origin,
        "The scheme and host under which people and programs reach this server. Empty for `http://localhost:PORT` "
        "(`https` with a certificate). With `https`, plain http is refused.",
    ),
    Setting(
        "TIXALLO_TRUSTED_PROXIES",
        "",
        parsing.networks,
        "Addresses or networks, with commas between them, of proxies whose word about the client's address and scheme "
        "is taken.",
    ),
    Setting(
        "TIXALLO_HOST",
        "localhost",
        parsing.host,
        "The address to listen on. `localhost` is both loopback addresses, 127.0.0.1 and ::1; `0.0.0.0` is every IPv4 "
        "address, `::` every address.",
    ),
    Setting("TIXALLO_PORT", "8000", parsing.port, "The port to listen on; 0 takes one that is free."),
    Setting(
        "TIXALLO_TLS_CERT",
        "",
        parsing.optional(parsing.existing),
        "A PEM file with the certificate and its chain, to serve https without a proxy (TLS 1.2 and 1.3).",
    ),
    Setting(
        "TIXALLO_TLS_KEY",
        "",
        parsing.optional(parsing.existing),
        "The PEM file of its private key, without a passphrase.",
    ),
    Setting(
        "TIXALLO_THREADS",
        "32",
        parsing.whole(1, 512),
        "How many requests are worked on at once, for each address listened on. Threads start when they are needed.",
    ),
    Setting(
        "TIXALLO_BODIES",
        "",
        parsing.optional(parsing.whole(1, 512)),
        "How many request bodies are read at once; a request beyond that gets 503. Empty for half the threads (16).",
    ),
    Setting(
        "TIXALLO_BODIES_PER_CLIENT", "4", parsing.whole(1, 512), "How many of them may come from one client address."
    ),
    Setting(
        "TIXALLO_CACHE_BYTES",
        "33554432",
        parsing.whole(0, 2**40),
        "How much memory kept answers may take (32 MiB); 0 keeps none.",
    ),
    Setting("TIXALLO_LOG_LEVEL", "info", parsing.level, "How much is logged: `debug`, `info`, `warning` or `error`."),
    Setting(
        "TIXALLO_SIGNUP",
        "closed",
        parsing.signup,
        "Who may make an account: `closed` for those with the welcome link or an invitation, `open` for everybody, who "
        "can then make workspaces of their own.",
    ),
    Setting(
        "TIXALLO_SMTP_URL",
        "",
        parsing.smtp,
        "The mail server that takes outgoing mail: `smtp://user:password@host:587` (with TLS where the server offers "
        "it; a password is never sent without, but to this machine) or `smtps://user:password@host:465`. Special "
        "characters of user and password are percent-encoded. While it is empty, mail is written to the console and to "
        "`outbox` in the data directory, and what was written then is never sent later.",
        secret=True,
    ),
    Setting(
        "TIXALLO_MAIL_FROM",
        "",
        parsing.address,
        "The address that outgoing mail comes from. Empty for `tixallo@` and the host of `TIXALLO_ORIGIN`.",
    ),
)
