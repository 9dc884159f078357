"""Wherever Counsel starts, wrong keys stop it, in one sentence that names a key id and no value."""

from __future__ import annotations

import logging
import sys
from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage, Error
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import CommandError
from django.db import DatabaseError, connection

from counsel.keys.keyring import WrongKeysError, keys_require, keys_settle

_log = logging.getLogger(__name__)


def web_starts() -> None:
    """Raises ImproperlyConfigured: the server says so and does not come up."""
    try:
        _settle()
    except WrongKeysError as error:
        raise ImproperlyConfigured(str(error)) from error
    # Requests have connections of their own.
    connection.close()


def worker_starts(**kwargs: Any) -> None:
    try:
        _settle()
    except WrongKeysError as error:
        sys.exit(f"Counsel: {error}")


def _settle() -> None:
    try:
        if _is_there():
            keys_settle()
    except DatabaseError as error:
        # Help must open while the database is away; and a value that does not open stays shut.
        _log.warning("The content keys could not be looked at: %s", type(error).__name__)


def _is_there() -> bool:
    """SQLite makes an empty file of a database that is only asked for."""
    name = str(connection.settings_dict["NAME"])
    # One in memory has an address for a name, and no file.
    return connection.vendor != "sqlite" or name.startswith("file:") or Path(name).exists()


def command_starts(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """A system check: every command that works with data runs it first."""
    try:
        if _is_there():
            keys_require()
    except WrongKeysError as error:
        return [Error(str(error), id="counsel.E008")]
    except DatabaseError:
        # Not there, or not migrated yet: the command will say so itself if it needs it.
        return []
    return []


def tables_are_made(**kwargs: Any) -> None:
    """After migrations, so that the first key is known from the first row on."""
    state = kwargs.get("apps") or apps
    if "keys" not in {config.label for config in state.get_app_configs()}:
        return
    try:
        keys_settle(state)
    except WrongKeysError as error:
        raise CommandError(str(error)) from error
