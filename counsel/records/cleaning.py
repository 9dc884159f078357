"""What runs by itself: erasing whose time has come, and leaving nothing of it behind."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib.sessions.models import Session
from django.db import connection
from django.utils import timezone

from counsel.records.erasing import erase_due
from counsel.records.models import Tombstone

# Longer than from one run to the next: what was erased at once, between two, is overwritten too.
LATELY = timedelta(hours=25)


def clean_up(now: datetime | None = None) -> int:
    """Erase what is due; returns how many. Not within a transaction."""
    now = now or timezone.now()
    erased = erase_due(now)
    # Sessions that have ended may hold an address somebody typed.
    Session.objects.filter(expire_date__lt=now).delete()
    if Tombstone.objects.filter(erased_at__gt=now - LATELY).exists():
        _overwrite()
    return erased


def _overwrite() -> None:
    """SQLite keeps what was deleted in the gaps of its file until they are needed: written anew,
    the file has none. PostgreSQL clears its own up, and a dump of it holds nothing deleted.
    """
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
