"""Writes and checks the access log."""

from __future__ import annotations

import hashlib
import json
import uuid
from datetime import UTC

from allauth.account.adapter import get_adapter
from django.db import connection, transaction
from django.db.models import Model
from django.http import HttpRequest
from django.utils import timezone

from counsel.accounts.models import User
from counsel.audit.models import AccessEvent, Verb

# Why somebody looked or changed who is none, or no more, of the client's counsellors.
COVER = "cover"
OFFERED = "offered"
HANDED_OVER = "handed over"
# What was done about erasing a record.
ERASURE_ASKED = "erasure asked for"
ERASURE_TAKEN_BACK = "erasure taken back"
CAME_BACK = "came back"
HOLD_SET = "legal hold set"
HOLD_LIFTED = "legal hold lifted"

_GENESIS = "0" * 64
# Any number, the same in every process: it names the lock that orders the chain.
_CHAIN_LOCK = 4_205_199


@transaction.atomic
def record_access(
    *,
    verb: Verb,
    subject: Model,
    client_id: uuid.UUID | None,
    request: HttpRequest | None = None,
    actor: User | None = None,
    reason: str = "",
) -> AccessEvent:
    """Append one event. The caller shows or changes nothing when this raises.

    All events are written in turn until commit: in a transaction that changes rows, change them
    first. Who holds a row and waits for this turn must not be waited for by who has it.
    """
    if request is not None and request.user.is_authenticated:
        actor = request.user
    _lock_chain()
    last = AccessEvent.objects.order_by("-sequence").values("sequence", "hash").first()
    event = AccessEvent(
        sequence=last["sequence"] + 1 if last else 1,
        at=timezone.now(),
        actor=actor,
        verb=verb,
        subject=subject._meta.label_lower,
        subject_id=subject.pk,
        client_id=client_id,
        request_id=getattr(request, "id", None),
        ip=get_adapter(request).get_client_ip(request) if request else None,
        reason=reason,
        previous_hash=last["hash"] if last else _GENESIS,
    )
    event.hash = _hash(event)
    event.save(force_insert=True)
    return event


def verify_chain() -> int | None:
    """The sequence of the first event that does not fit the chain, or None when all do."""
    previous, expected = _GENESIS, 1
    for event in AccessEvent.objects.order_by("sequence").iterator():
        fits = event.sequence == expected and event.previous_hash == previous
        if not fits or event.hash != _hash(event):
            return expected
        previous, expected = event.hash, expected + 1
    return None


def _lock_chain() -> None:
    """One writer at a time until commit; SQLite's IMMEDIATE transaction is such a lock already."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_CHAIN_LOCK])


def _hash(event: AccessEvent) -> str:
    parts = [
        event.sequence,
        event.at.astimezone(UTC).isoformat(),
        str(event.actor_id),
        event.verb,
        event.subject,
        str(event.subject_id),
        str(event.client_id),
        str(event.request_id),
        event.ip,
        event.reason,
        event.previous_hash,
    ]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
