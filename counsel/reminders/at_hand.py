"""What many messages ask for, loaded for all of them at once shortly before they are written.

Whoever answers for a kind or a person may know how (`prepare` in `counsel.reminders.registry`). It
lies with each row and nowhere else, and no longer than they are being written: what somebody has
changed by the next time is read anew.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.db import InterfaceError, OperationalError

from counsel.common.tracing import place_of
from counsel.reminders.models import Reminder
from counsel.reminders.registry import Prepare, get_kind, role_of

logger = logging.getLogger(__name__)


@contextmanager
def at_hand(rows: Sequence[Reminder]) -> Iterator[None]:
    """What these rows ask for is at hand inside, as far as anybody can load it for many."""
    try:
        for prepare, some in _by_who_loads(rows).items():
            _load(prepare, some)
        yield
    finally:
        for row in rows:
            row.at_hand.clear()


def _by_who_loads(rows: Sequence[Reminder]) -> dict[Prepare, list[Reminder]]:
    found: dict[Prepare, list[Reminder]] = {}
    for row in rows:
        try:
            those = {get_kind(row.kind).prepare, role_of(row).prepare}
        except KeyError:
            # It fails by itself when it is written.
            continue
        for prepare in those:
            if prepare is not None:
                found.setdefault(prepare, []).append(row)
    return found


def _load(prepare: Prepare, rows: Sequence[Reminder]) -> None:
    try:
        prepare(rows)
    except (InterfaceError, OperationalError):
        raise
    except Exception as error:
        # One broken row must not keep the others: each asks for itself.
        logger.error("nothing was loaded for many at once: %s", place_of(error))
