"""Seals everything with the newest key, while Counsel goes on."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from counsel.audit.models import Verb
from counsel.audit.services import record_access
from counsel.common.encryption import newest_key_id
from counsel.keys.keyring import keys_settle
from counsel.keys.models import ContentKey
from counsel.keys.places import Place, places
from counsel.keys.sweeping import BATCH, Swept

# Rows that somebody holds all the time are left after so many looks, this long apart.
MOST_LOOKS = 30
LOOKS_APART = 1.0
# Seconds. Where it had to wait for its turn it need not rest as long again.
LONGEST_REST = 0.05
# Seconds between two words about one table.
SAYS_EVERY = 5.0


@dataclass(frozen=True)
class Rotated:
    """What became of one table: rows sealed anew, and rows that still are as they were.

    Of the latter `broken` do not open, and the others were never let go by somebody else.
    """

    name: str
    rows: int
    left: int
    broken: int


def rotate(say: Callable[[str], None], *, batch: int = BATCH, hurry: bool = False) -> list[Rotated]:
    """Seal all that an older key has sealed, table by table. Raises WrongKeysError.

    Stopped at any moment it leaves every value under one key or the other, and goes on from
    there. Without `hurry` it rests as long as it works, so that others get their turn.
    """
    keys_settle()
    _record("content key rotation began, by command")
    rotated = [_rotated(place, say, batch, hurry) for place in places()]
    is_whole = not any(one.left for one in rotated)
    _record(f"content key rotation {'ended' if is_whole else 'left something'}, by command")
    return rotated


def _rotated(place: Place, say: Callable[[str], None], batch: int, hurry: bool) -> Rotated:
    rows = 0
    for look in range(MOST_LOOKS):
        time.sleep(LOOKS_APART if look else 0)
        broken = 0
        for swept in _at_ease(place, batch, hurry, say):
            rows += swept.rows
            broken += swept.broken
        left = place.left()
        if left <= broken:
            break
    return Rotated(place.name, rows, left, broken)


def _at_ease(place: Place, batch: int, hurry: bool, say: Callable[[str], None]) -> list[Swept]:
    swept = []
    began = said = time.monotonic()
    for one in place.sweep(batch=batch):
        swept.append(one)
        now = time.monotonic()
        if now - said > SAYS_EVERY:
            say(f"{place.name}: {sum(part.rows for part in swept)} rows so far")
            said = now
        if not hurry:
            time.sleep(min(now - began, LONGEST_REST))
        began = time.monotonic()
    return swept


def _record(words: str) -> None:
    """One line in the access log; a content key belongs to no client."""
    key = ContentKey.objects.get(key_id=newest_key_id())
    record_access(verb=Verb.CHANGE, subject=key, client_id=None, reason=words)
