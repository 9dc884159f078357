"""Whether Counsel can do its work, part by part: for a probe, a token, and `manage.py ready`.

What is found is short and says no version, no address and nothing of anybody.
"""

from __future__ import annotations

import logging
import os
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from functools import cache as once
from pathlib import Path

from django.conf import settings
from django.core.cache import cache
from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import F

from counsel.common.redis_rules import how_redis_forgets
from counsel.keys.keyring import keys_work
from counsel.reminders import clock
from counsel.reminders.health import health
from counsel.reminders.models import Heartbeat

logger = logging.getLogger(__name__)

# A machine that is nearly full cannot even write down that it is.
LEAST_FREE = 256 * 1024**2
FURTHEST_APART = timedelta(seconds=30)
# Strangers may ask as often as they like: a process looks no more often than this (seconds).
LOOKS_AGAIN = 5.0

# What is wrong with each part; an empty word where all is well.
Found = Mapping[str, str]
_latest: tuple[float, Found] | None = None


def readiness() -> Found:
    """What was found last, which is some seconds old at most."""
    global _latest
    now = time.monotonic()
    if _latest is None or now - _latest[0] >= LOOKS_AGAIN:
        _latest = (now, look())
    return _latest[1]


def look() -> Found:
    found = {name: _asked(name, part) for name, part in _ALONE.items()}
    for name, part in _IN_DATABASE.items():
        found[name] = "not looked at: no database" if found["database"] else _asked(name, part)
    return found


def _asked(name: str, part: Callable[[], str]) -> str:
    try:
        return part()
    except Exception as error:  # whatever it is, this part does not work
        logger.warning("not ready: %s (%s)", name, type(error).__name__)
        return type(error).__name__


def _database() -> str:
    """A row is written and taken back: one that can only be read does not do."""
    with transaction.atomic():
        Heartbeat.objects.filter(name=Heartbeat.Name.PLAN).update(at=F("at"))
        transaction.set_rollback(True)
    return ""


def _migrations() -> str:
    missing = len(_newest_migrations() - set(MigrationRecorder(connection).applied_migrations()))
    return f"{missing} apps are not migrated" if missing else ""


@once
def _newest_migrations() -> frozenset[tuple[str, str]]:
    """Older code on a newer database is ready: so it is for a while in every update."""
    return frozenset(MigrationLoader(None).graph.leaf_nodes())


def _keys() -> str:
    return "" if keys_work() else "one is missing, or another than this database was sealed with"


def _clock() -> str:
    apart = abs(clock.measured())
    wrong = apart > FURTHEST_APART
    return f"{apart.total_seconds():.0f} s from the database's" if wrong else ""


def _messages() -> str:
    now = clock.now()
    found = health(now)
    if found.oldest_due is None or not found.is_late:
        return ""
    return f"the oldest is due for {(now - found.oldest_due) // timedelta(minutes=1)} minutes"


def _beat() -> str:
    found = health(clock.now())
    signs = {"planning": found.plans, "sending": found.sends}
    silent = [name for name, is_alive in signs.items() if not is_alive]
    return f"no {' and no '.join(silent)} lately" if silent else ""


def _cache() -> str:
    word = os.urandom(8).hex()
    cache.set("ready", word, 60)
    # Another process may have asked meanwhile.
    if cache.get("ready") is None:
        return "forgets what it was told"
    return how_redis_forgets()


def _disk() -> str:
    for folder in _written_to():
        if not os.access(folder, os.W_OK):
            return "cannot be written to"
        if shutil.disk_usage(folder).free < LEAST_FREE:
            return "nearly full"
    return ""


def _written_to() -> Iterator[Path]:
    yield settings.VAR_DIR
    yield settings.TOMBSTONES_FILE.parent
    name = str(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite" and Path(name).exists():
        yield Path(name).parent


_ALONE: Mapping[str, Callable[[], str]] = {"disk": _disk, "database": _database}
_IN_DATABASE: Mapping[str, Callable[[], str]] = {
    "migrations": _migrations,
    "keys": _keys,
    "clock": _clock,
    "cache": _cache,
    "messages": _messages,
    "beat": _beat,
}
