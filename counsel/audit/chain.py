"""The chain of the access log: each event carries a hash over itself and the one before it."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

from counsel.audit.models import AccessEvent

GENESIS = "0" * 64
_FIELDS = (
    *("sequence", "at", "actor_id", "verb", "subject", "subject_id", "client_id"),
    *("request_id", "ip", "reason", "previous_hash"),
)
_AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found of the chain up to its end, or to the first event that does not fit."""

    # How many events fit, from the first on.
    count: int
    # The hash of the last of them: whoever keeps it elsewhere can show later that none is missing.
    last_hash: str
    first_wrong: int | None = None


def link_of(event: AccessEvent) -> str:
    return _link([getattr(event, name) for name in _FIELDS])


class Read(NamedTuple):
    """An event as it stands in the table: a row costs a third of an object."""

    sequence: int
    at: datetime
    actor_id: uuid.UUID | None
    verb: str
    subject: str
    subject_id: uuid.UUID
    client_id: uuid.UUID | None
    request_id: uuid.UUID | None
    ip: str | None
    reason: str
    previous_hash: str
    hash: str


class ChainReader:
    """Reads the whole log in order, and notes the first event that does not fit."""

    def __init__(self) -> None:
        self.first_wrong: int | None = None

    def events(self) -> Iterator[Read]:
        """Those that are there, also behind one that does not fit."""
        expected, before = 1, GENESIS
        rows = AccessEvent.objects.order_by("sequence").values_list(*_FIELDS, "hash")
        for row in rows.iterator(chunk_size=_AT_ONCE):
            sequence, said_before, link = row[0], row[-2], row[-1]
            fits = sequence == expected and said_before == before
            if self.first_wrong is None and not (fits and link == _link(list(row[:-1]))):
                self.first_wrong = expected
            expected, before = sequence + 1, link
            yield Read._make(row)


def chain_check() -> Checked:
    """Reads the whole log, a few thousand events at a time."""
    previous, count = GENESIS, 0
    rows = AccessEvent.objects.order_by("sequence").values_list(*_FIELDS, "hash")
    for *fields, link in rows.iterator(chunk_size=_AT_ONCE):
        sequence, said_before = fields[0], fields[-1]
        fits = sequence == count + 1 and said_before == previous
        if not fits or link != _link(fields):
            return Checked(count, previous, first_wrong=count + 1)
        previous, count = link, count + 1
    return Checked(count, previous)


def hash_at(sequence: int) -> str | None:
    """The hash of one event, the zeros before the first for 0; None where there is none."""
    if sequence == 0:
        return GENESIS
    return AccessEvent.objects.filter(sequence=sequence).values_list("hash", flat=True).first()


def _link(fields: list[Any]) -> str:
    sequence, at, actor, verb, subject, subject_id, client, request, ip, reason, before = fields
    ids = [str(it) for it in (subject_id, client, request)]
    at = at.astimezone(UTC).isoformat()
    parts = [sequence, at, str(actor), verb, subject, *ids, ip, reason, before]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
