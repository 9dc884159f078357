"""Reads the environment. A wrong or missing value stops the start, in words."""

from __future__ import annotations

import base64
import binascii
import os
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.validators import validate_email

from counsel.common.vapid import VapidKey, vapid_key_read

_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"0", "false", "no", "off", ""}
_THIS_MACHINE = {"localhost", "127.0.0.1", "::1"}
# A server that is gone without a word is noticed within a minute, not after hours.
_SIGNS_OF_LIFE = {
    "connect_timeout": 10,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 60_000,
}


def text(name: str, default: str | None = None) -> str:
    """The value of `name`, or of the file named by `<name>_FILE`."""
    if path := os.environ.get(f"{name}_FILE"):
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise ImproperlyConfigured(f"{name}_FILE cannot be read: {error.strerror}") from error
    value = os.environ.get(name, default)
    if value is None:
        raise ImproperlyConfigured(f"{name} must be set")
    return value


def flag(name: str, *, default: bool) -> bool:
    value = os.environ.get(name, str(default)).strip().lower()
    if value in _TRUE:
        return True
    if value in _FALSE:
        return False
    raise ImproperlyConfigured(f"{name} must be true or false")


def number(name: str, default: int) -> int:
    value = os.environ.get(name, str(default))
    try:
        return int(value)
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} must be a whole number") from error


def between(name: str, default: int, *, least: int, most: int) -> int:
    value = number(name, default)
    if not least <= value <= most:
        raise ImproperlyConfigured(f"{name} must be from {least} to {most}")
    return value


def words(name: str, default: str = "") -> list[str]:
    return [part.strip() for part in text(name, default).split(",") if part.strip()]


def address(name: str) -> str:
    """A page elsewhere on the web, `https://…`, or nothing."""
    value = text(name, "")
    parts = urlsplit(value)
    if value and not (parts.scheme == "https" and parts.hostname):
        raise ImproperlyConfigured(f"{name} must begin with https:// or be empty")
    return value


def bridge(name: str) -> str:
    """Where a program takes messages, or nothing: `https://…`, or `http://` on this machine."""
    value = text(name, "")
    parts = urlsplit(value)
    safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _THIS_MACHINE)
    if value and not (safe and parts.hostname):
        raise ImproperlyConfigured(
            f"{name} must begin with https:// (http:// only on this machine) or be empty"
        )
    if parts.username or parts.password:
        raise ImproperlyConfigured(f"{name} must hold no password: there is a variable for it")
    return value


def vapid_key(name: str) -> VapidKey | None:
    """The private key for notifications, or nothing."""
    value = text(name, "")
    if not value:
        return None
    try:
        return vapid_key_read(value)
    except ValueError as error:
        raise ImproperlyConfigured(
            f"{name} is no private key of the curve P-256, as `manage.py make_vapid_keys` makes "
            f"them: it is {error}"
        ) from error


def contact(name: str) -> str:
    """Whom a push service can write to: `mailto:…` or `https://…`. Must be set."""
    value = text(name)
    if urlsplit(value).scheme == "https":
        return address(name)
    try:
        validate_email(value.removeprefix("mailto:"))
    except ValidationError as error:
        raise ImproperlyConfigured(f"{name} must be an e-mail address or https://…") from error
    return f"mailto:{value.removeprefix('mailto:')}"


def content_keys(name: str) -> dict[str, bytes]:
    """The keyring for clinical text, newest first: `k2:<base64>,k1:<base64>`, 32 bytes each.

    New text is sealed with the first key; the others only open what they sealed.
    """
    keys: dict[str, bytes] = {}
    for part in words(name):
        key_id, _, encoded = part.partition(":")
        try:
            key = base64.b64decode(encoded, validate=True)
        except binascii.Error as error:
            raise ImproperlyConfigured(f"{name}: key {key_id!r} is not base64") from error
        if not key_id.isalnum() or len(key_id) > 32 or len(key) != 32:
            raise ImproperlyConfigured(f"{name}: each key is <id>:<base64 of 32 bytes>")
        if key_id in keys:
            raise ImproperlyConfigured(f"{name}: there are two keys {key_id!r}")
        keys[key_id] = key
    if not keys:
        raise ImproperlyConfigured(f"{name} must be set, apart from COUNSEL_SECRET_KEY")
    return keys


def database(url: str) -> dict[str, Any]:
    """Django's DATABASES entry for `sqlite:///path` or `postgresql://user:pw@host:port/name`."""
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": parts.path[1:] or ":memory:",
            "OPTIONS": {
                # IMMEDIATE takes the write lock at the start: a check and the insert that
                # follows it are one step, and no writer meets "database is locked" half-way.
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
            },
        }
    if parts.scheme in {"postgresql", "postgres"}:
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path[1:]),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": unquote(parts.hostname or ""),
            "PORT": str(parts.port or ""),
            "CONN_MAX_AGE": 60,
            "CONN_HEALTH_CHECKS": True,
            "OPTIONS": {**_SIGNS_OF_LIFE, **dict(parse_qsl(parts.query))},
        }
    raise ImproperlyConfigured("DATABASE_URL must start with sqlite:// or postgresql://")


def webhook_secret(name: str) -> str:
    """A name and a password, `name:password`, by which a mail provider shows who it is; or none."""
    value = text(name, "")
    user, colon, password = value.partition(":")
    if value and not (user and colon and len(password) >= 20):
        raise ImproperlyConfigured(f"{name} is <name>:<at least 20 characters>, or empty")
    return value


def mail(url: str) -> dict[str, Any]:
    """Django's mail settings for `files:///folder`, `smtp://…`, `smtps://…` or `smtp+tls://…`.

    Or for a provider that django-anymail knows, `anymail+postmark://?SERVER_TOKEN=…`, with its
    settings less the provider's name.
    """
    parts = urlsplit(url)
    if parts.scheme.startswith("anymail+"):
        return _mail_provider(parts.scheme.removeprefix("anymail+"), parts.query)
    if parts.scheme == "files":
        return {
            "EMAIL_BACKEND": "counsel.reminders.mailbox.EmailBackend",
            "EMAIL_FILE_PATH": parts.path,
        }
    if parts.scheme in {"smtp", "smtps", "smtp+tls"}:
        return {
            "EMAIL_BACKEND": "counsel.reminders.smtp.EmailBackend",
            "EMAIL_HOST": parts.hostname or "localhost",
            "EMAIL_PORT": parts.port or 25,
            "EMAIL_HOST_USER": unquote(parts.username or ""),
            "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
            "EMAIL_USE_SSL": parts.scheme == "smtps",
            "EMAIL_USE_TLS": parts.scheme == "smtp+tls",
        }
    raise ImproperlyConfigured(
        "COUNSEL_MAIL_URL must start with files://, smtp://, smtps:// or anymail+<provider>://"
    )


def _mail_provider(name: str, query: str) -> dict[str, Any]:
    if not name.isidentifier() or find_spec(f"anymail.backends.{name}") is None:
        raise ImproperlyConfigured(f"COUNSEL_MAIL_URL: django-anymail knows no provider {name!r}")
    own = {f"{name}_{key}".upper(): value for key, value in parse_qsl(query)}
    where = urlsplit(own.get(f"{name}_API_URL".upper(), "https://"))
    if where.scheme != "https" and where.hostname not in _THIS_MACHINE:
        raise ImproperlyConfigured("COUNSEL_MAIL_URL: API_URL must begin with https://")
    return {
        "EMAIL_BACKEND": f"anymail.backends.{name}.EmailBackend",
        # What one of them cannot carry along is left out: no mail fails for that.
        "ANYMAIL": {"IGNORE_UNSUPPORTED_FEATURES": True, **own},
    }
