"""Writes the access log."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence

from allauth.account.adapter import get_adapter
from django.db import DatabaseError, connection, transaction
from django.db.models import Model
from django.http import HttpRequest
from django.utils import timezone

from counsel.accounts.models import User
from counsel.audit.chain import GENESIS, link_of
from counsel.audit.models import AccessEvent, Verb

# Why somebody looked or changed who is none, or no more, of the client's counsellors.
COVER = "cover"
EMERGENCY = "emergency"
REVIEWED = "emergency looked at"
OFFERED = "offered"
HANDED_OVER = "handed over"
# What was done about erasing a record.
ERASURE_ASKED = "erasure asked for"
ERASURE_TAKEN_BACK = "erasure taken back"
CAME_BACK = "came back"
HOLD_SET = "legal hold set"
HOLD_LIFTED = "legal hold lifted"
WITHHOLDING_LIFTED = "no longer withheld"

# Any number, the same in every process: it names the lock that orders the chain.
_CHAIN_LOCK = 4_205_199


class NotRecorded(Exception):
    """An event could not be written. Nothing of what it is about may be shown or changed."""


# A row that a page shows among others: its model, its id, and whose record it is part of.
Shown = tuple[type[Model], uuid.UUID, uuid.UUID]


def record_access(
    *,
    verb: Verb,
    subject: Model,
    client_id: uuid.UUID | None,
    request: HttpRequest | None = None,
    actor: User | None = None,
    reason: str = "",
) -> AccessEvent:
    """Append one event. Raises `NotRecorded`: the caller then shows or changes nothing.

    All events are written in turn until commit: in a transaction that changes rows, change them
    first. Who holds a row and waits for this turn must not be waited for by who has it.
    """
    # Not `type`: the reader of a request is a lazy object.
    rows = [(subject._meta.model, subject.pk, client_id)]
    (event,) = _append(verb, rows, request=request, actor=actor, reason=reason)
    return event


def record_listed(request: HttpRequest, rows: Iterable[Shown], reason: str = "") -> None:
    """Append one event for each of the rows a page shows together, as `record_access` does.

    Three statements for up to seventy rows, whatever their number; none where there are none.
    """
    _append(Verb.LIST, list(dict.fromkeys(rows)), request=request, reason=reason)


def _append(
    verb: Verb,
    rows: Sequence[tuple[type[Model], uuid.UUID, uuid.UUID | None]],
    *,
    request: HttpRequest | None,
    actor: User | None = None,
    reason: str,
) -> list[AccessEvent]:
    if not rows:
        return []
    try:
        with transaction.atomic():
            _lock_chain()
            events = _chained(verb, rows, request, actor, reason)
            return AccessEvent.objects.bulk_create(events)
    except DatabaseError as error:
        raise NotRecorded from error


def _chained(
    verb: Verb,
    rows: Sequence[tuple[type[Model], uuid.UUID, uuid.UUID | None]],
    request: HttpRequest | None,
    actor: User | None,
    reason: str,
) -> list[AccessEvent]:
    if request is not None and request.user.is_authenticated:
        actor = request.user
    last = AccessEvent.objects.order_by("-sequence").values_list("sequence", "hash").first()
    sequence, previous = last or (0, GENESIS)
    common = {
        "at": timezone.now(),
        "actor": actor,
        "verb": verb,
        "request_id": getattr(request, "id", None),
        "ip": get_adapter(request).get_client_ip(request) if request else None,
        "reason": reason,
    }
    events = []
    for model, pk, client_id in rows:
        sequence += 1
        event = AccessEvent(
            sequence=sequence,
            subject=model._meta.label_lower,
            subject_id=pk,
            client_id=client_id,
            previous_hash=previous,
            **common,
        )
        event.hash = previous = link_of(event)
        events.append(event)
    return events


def _lock_chain() -> None:
    """One writer at a time until commit; SQLite's IMMEDIATE transaction is such a lock already."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_CHAIN_LOCK])
