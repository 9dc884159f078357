"""What a calendar program reads at somebody's secret address: when, and nothing else."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import override

from clients.models import Client
from sessions.calendars.files import calendar_of
from sessions.models import CALLED_OFF, CalendarFeed, Consultation, ConsultationChange

BEHIND = timedelta(days=90)
AHEAD = timedelta(days=365)
# Long enough for every calendar program to have seen that it was called off.
CALLED_OFF_FOR = timedelta(days=30)


def new_secret() -> str:
    return secrets.token_urlsafe(32)


def digest_of(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def is_served(feed: CalendarFeed) -> bool:
    """Whether its owner still belongs to the practice: a feed ends with that."""
    if feed.counsellor is not None:
        return not feed.counsellor.has_left
    client = feed.client
    return (
        client is not None
        and client.status != Client.Status.ENDED
        and client.user is not None
        and client.user.is_active
    )


def feed_file(feed: CalendarFeed, now: datetime) -> str:
    """The file; the same letter for letter until something in it changes. One query."""
    rows = list(_consultations(feed, now))
    changes = [row.changed_at for row in rows if row.changed_at is not None]
    stamp = max([feed.created_at, *(row.created_at for row in rows), *changes])
    with override(_language(feed)):
        return calendar_of(rows, method="PUBLISH", stamp=stamp, subscribed=True)


def _consultations(feed: CalendarFeed, now: datetime) -> QuerySet[Any]:
    own = Q(client=feed.client_id)
    if feed.counsellor_id:
        # Who was handed over is in it no more.
        own = Q(counsellor=feed.counsellor_id, client__counsellor=feed.counsellor_id)
    changes = ConsultationChange.objects.filter(consultation=OuterRef("pk"))
    lately = changes.filter(to_status__in=CALLED_OFF, at__gte=now - CALLED_OFF_FOR)
    shown = ~Q(status__in=CALLED_OFF) | Exists(lately)
    rows = Consultation.objects.filter(
        own, shown, starts_at__gte=now - BEHIND, starts_at__lt=now + AHEAD
    )
    latest = Subquery(changes.order_by("-version").values("at")[:1])
    fields = ("status", "version", "starts_at", "ends_at", "created_at")
    told: QuerySet[Any] = rows.annotate(changed_at=latest).only(*fields)
    return told.order_by("starts_at", "pk")


def _language(feed: CalendarFeed) -> str:
    if feed.counsellor is not None:
        return feed.counsellor.user.language
    return feed.client.language if feed.client is not None else ""
