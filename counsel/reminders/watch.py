"""Tells others how sending fares: the log when something is late, and an address when all is well.

Who watches from outside sees that nothing runs any more: nobody in here could say so then.
"""

from __future__ import annotations

import logging
import time
from datetime import datetime, timedelta
from http.client import HTTPException
from urllib.parse import urlsplit

from django.conf import settings
from django.core.cache import cache
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

from counsel.common.network import cut_off_at
from counsel.reminders.health import health

logger = logging.getLogger(__name__)

PING_SECONDS = 5
ALARM_AGAIN = timedelta(hours=1)
_ALARM = "reminders.alarm"
_failed = False


def alarm(now: datetime) -> None:
    """A critical line in the log when something has been due too long: one an hour, from all."""
    found = health(now)
    if found.is_late and found.oldest_due is not None and _is_first():
        minutes = (now - found.oldest_due) // timedelta(minutes=1)
        logger.critical("reminders: the oldest that is due waits for %d minutes", minutes)


def ping(now: datetime) -> None:
    """Tell the address outside, if one is set, that all is well; if it is not, say nothing.

    Costs no more than some seconds, and never raises.
    """
    if settings.PING_URL and health(now).is_well:
        _say(settings.PING_URL)


def _is_first() -> bool:
    try:
        return bool(cache.add(_ALARM, 1, ALARM_AGAIN.total_seconds()))
    except Exception:
        return True


def _say(address: str) -> None:
    """One failure is logged, by its kind; those that follow it are not."""
    global _failed
    try:
        status = _get(address)
        failure = "" if 200 <= status < 300 else str(status)
    except (OSError, HTTPError, HTTPException, ValueError) as error:
        failure = type(error).__name__
    if failure and not _failed:
        logger.warning("the address outside cannot be told that all is well: %s", failure)
    _failed = bool(failure)


def _get(address: str) -> int:
    """The status of the answer; where it sends us elsewhere, nobody goes."""
    url = urlsplit(address)
    kind = HTTPSConnection if url.scheme == "https" else HTTPConnection
    line = kind(url.hostname or "", url.port, timeout=PING_SECONDS)
    try:
        with cut_off_at(line, time.monotonic() + PING_SECONDS):
            line.request("GET", url._replace(scheme="", netloc="", fragment="").geturl() or "/")
            return line.getresponse().status
    finally:
        line.close()
