"""The clock by which messages are due: the one that all who send share.

That of one machine may be hours wrong. On PostgreSQL the database's counts; SQLite lies on the
machine of those who send.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

logger = logging.getLogger(__name__)

# As far apart as two machines that both ask for the time may be.
_COMMON = timedelta(seconds=5)
# The connection that was asked, and its answer. A connection lasts a minute or so.
_asked: tuple[Any, timedelta] = (None, timedelta())


def now() -> datetime:
    return timezone.now() + offset()


def offset() -> timedelta:
    """How far the database's clock is ahead of this machine's; asked once for each connection."""
    global _asked
    if connection.vendor != "postgresql":
        return timedelta()
    if connection.connection is None or _asked[0] is not connection.connection:
        found = measured()
        _asked = (connection.connection, found)
        if abs(found) > _COMMON:
            logger.warning("this machine's clock is wrong by %d s", -found.total_seconds())
    return _asked[1]


def measured() -> timedelta:
    """The same, asked anew."""
    if connection.vendor != "postgresql":
        return timedelta()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        [shared] = cursor.fetchone()
    difference: timedelta = shared - timezone.now()
    return difference
