"""Django's settings, made from the environment (see `environment.py`, which documents every variable)."""

import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from tixallo.config import environment, secret_file
from tixallo.keys.masking import MaskingFormatter

TIXALLO = environment.load(os.environ)

_data = Path(TIXALLO.data)
_data.mkdir(mode=0o700, parents=True, exist_ok=True)
_file = _data / environment.SQLITE_FILE

TIXALLO_SECRETS = secret_file.read_or_create(
    Path(TIXALLO.secret_file), may_create=bool(TIXALLO.database_url) or not _file.exists()
)
SECRET_KEY = TIXALLO_SECRETS.django
if not TIXALLO.database_url and not _file.exists():
    # SQLite would make it readable for all; what it puts beside it takes after it.
    _file.touch(mode=0o600)
DEBUG = False
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", urlsplit(TIXALLO.origin).hostname or "localhost"]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.forms",
    "tixallo.kit",
    "tixallo.workspaces",
    "tixallo.events",
    "tixallo.keys",
    "tixallo.customers",
    "tixallo.inboxes",
    "tixallo.tickets",
    "tixallo.mail",
    "tixallo.web",
    # After ours, whose templates go before theirs.
    "allauth",
    "allauth.account",
    "allauth.mfa",
]
MIDDLEWARE = [
    "tixallo.web.assets.serve",
    "tixallo.web.headers.secure",
    "django.middleware.security.SecurityMiddleware",
    "tixallo.web.loopback.to_localhost",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "tixallo.kit.standing.answer_at_once",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    # After the one that knows who asks.
    "tixallo.web.speech.for_person",
    "tixallo.web.refusals.Translation",
    # Last, as it has answers of its own to what its views raise.
    "allauth.account.middleware.AccountMiddleware",
]
ROOT_URLCONF = "tixallo.config.urls"
WSGI_APPLICATION = "tixallo.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]
FORM_RENDERER = "tixallo.web.forms.Renderer"
CSRF_FAILURE_VIEW = "tixallo.web.refusals.expired"
AUTH_USER_MODEL = "workspaces.Person"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
STATIC_URL = "static/"
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch")]


# What is prepared is planned once, not for the values that happen to come first. Statements are short, and many run at
# a time: neither help from other processes nor compiling pays for itself. Rows are mostly in memory, so that looking
# for some thousands is cheaper than the planner's default for disks has it.
_POSTGRESQL = (
    *("lock_timeout=10s", "plan_cache_mode=force_generic_plan"),
    *("max_parallel_workers_per_gather=0", "jit=off", "random_page_cost=1.1"),
)
# Executions of a statement until psycopg prepares it unasked.
_NEVER_BY_ITSELF = 1 << 62


def _sqlite() -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": _file,
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            # FULL, as an acknowledged write must outlive a power cut: NORMAL loses the last ones.
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA temp_store=MEMORY",
        },
    }


def _postgresql(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    prepares = query.pop("prepared_statements", "true") != "false"
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", "") or parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "options": " ".join(f"-c {name}" for name in _POSTGRESQL),
            # Only what says so itself is prepared (see kit/sql.py).
            "prepare_threshold": _NEVER_BY_ITSELF if prepares else None,
            **query,
        },
    }


DATABASES = {"default": _postgresql(TIXALLO.database_url) if TIXALLO.database_url else _sqlite()}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": MaskingFormatter, "format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": TIXALLO.log_level},
    "loggers": {
        "django": {"handlers": [], "level": "WARNING"},
        # Paths and hosts that lead nowhere say nothing of this server, and can hold whatever a client puts there.
        "django.request": {"level": "ERROR"},
        "django.security": {"level": "CRITICAL"},
    },
}

# ---- Who comes in: sessions, their cookies, and accounts.

_https = TIXALLO.origin.startswith("https:")
# Browsers take a `__Host-` cookie over TLS alone, for one host and no path. At http://localhost, where there is none
# of it, the port keeps the cookies of two servers apart, as browsers do not.
_cookie = "__Host-{}" if _https else f"tixallo_{TIXALLO.port}_{{}}"

# Who comes without TLS is sent to where there is.
SECURE_SSL_REDIRECT = _https
SECURE_SSL_HOST = urlsplit(TIXALLO.origin).netloc

SESSION_ENGINE = "tixallo.workspaces.sessions"
SESSION_COOKIE_NAME = _cookie.format("session")
SESSION_COOKIE_SECURE = _https
SESSION_COOKIE_AGE = 14 * 24 * 3600
CSRF_COOKIE_NAME = _cookie.format("csrf")
CSRF_COOKIE_SECURE = _https
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_AGE = None
MESSAGE_STORAGE = "tixallo.workspaces.sayings.Sayings"
MESSAGES_COOKIE_NAME = _cookie.format("messages")
# A script of ours sets it to the browser's time zone, which is the same for all servers.
ZONE_COOKIE_NAME = "__Host-zone" if _https else "zone"
CSRF_TRUSTED_ORIGINS = [TIXALLO.origin]
CACHES = {"default": {"BACKEND": "tixallo.workspaces.attempts.Attempts"}}

AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_RESET_TIMEOUT = 24 * 3600
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "start"
LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "tixallo.workspaces.accounts.Adapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email_key"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "optional"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 600
ACCOUNT_FORMS = {
    "login": "tixallo.workspaces.accounts.LoginForm",
    "reauthenticate": "tixallo.workspaces.accounts.ReauthenticateForm",
    "signup": "tixallo.workspaces.accounts.SignupForm",
    "reset_password": "tixallo.workspaces.accounts.ResetPasswordForm",
    "reset_password_from_key": "tixallo.workspaces.accounts.NewPasswordForm",
    "user_token": "tixallo.workspaces.accounts.ResetLinkForm",
    "set_password": "tixallo.workspaces.accounts.SetPasswordForm",
    "change_password": "tixallo.workspaces.accounts.ChangePasswordForm",
}
MFA_ADAPTER = "tixallo.workspaces.second_factor.Adapter"
MFA_FORMS = {"activate_totp": "tixallo.workspaces.second_factor.SwitchOnForm"}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RATE_LIMITS = {"passkey_challenge": "60/m/ip"}
# At http://localhost browsers offer passkeys as over TLS; at any other plain address they do not.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not _https
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_TOTP_ISSUER = "Tixallo"
