"""Booking: by whoever asks for an open time, and by staff."""

from __future__ import annotations

import hashlib
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.models import Client, ConsentDocument
from clients.services import client_for_booking, consent_give
from counsel.accounts.models import User
from counsel.common.errors import ConflictError, DomainError
from sessions import planning
from sessions.models import Consultation, Service, Status
from sessions.selectors import open_slot, terms_of
from sessions.services.writing import (
    drawn_up,
    insert,
    overlap_refused,
    overlapping_only_with_reason,
    settled,
    take_turn,
)


@transaction.atomic
def consultation_request(
    *,
    service: Service,
    starts_at: datetime,
    name: str,
    email: str,
    time_zone: str,
    consent: ConsentDocument,
    idempotency_key: str,
    signed_in: User | None = None,
) -> Consultation:
    """Book, or ask for, an open time as a visitor. The same request again answers with the same.

    The consent is noted unless the address is that of somebody with a page of their own who is
    not signed in: nobody else agrees in their name, nor again to what they took back.
    Raises ConflictError when the time is not open (any more).
    """
    now = timezone.now()
    take_turn(service.counsellor_id)
    key = _booking_key(idempotency_key, service, starts_at, email)
    already: Consultation | None = Consultation.objects.filter(idempotency_key=key).first()
    if already is not None:
        return already
    _require_open(service, starts_at, now)
    client = client_for_booking(
        counsellor=service.counsellor, name=name, email=email, time_zone=time_zone
    )
    if client.user in (None, signed_in):
        consent_give(client=client, document=consent)
    consultation = drawn_up(service, client, starts_at)
    consultation.time_zone = time_zone
    consultation.idempotency_key = key
    consultation.status = Status.CONFIRMED if service.instant else Status.PENDING
    with overlap_refused():
        insert(consultation)
    if service.instant:
        settled(consultation, now)
        planning.plan_news_for_counsellor(consultation, now)
    else:
        planning.plan_request(consultation, now)
    return consultation


@transaction.atomic
def consultation_book(
    *, service: Service, client: Client, starts_at: datetime, overlap_reason: str = ""
) -> Consultation:
    """Book by staff: at any time, past ones to be recorded included.

    Raises OverlapRefused where another consultation holds the time and no reason is given.
    """
    if service.counsellor_id != client.counsellor_id:
        raise DomainError(_("Choose a service of this client's counsellor."), field="service")
    take_turn(service.counsellor_id)
    consultation = drawn_up(service, client, starts_at)
    consultation.status = Status.CONFIRMED

    def write(reason: str) -> None:
        consultation.overlap_reason = reason
        insert(consultation)

    overlapping_only_with_reason(write, overlap_reason)
    planning.plan_confirmation(consultation, timezone.now())
    return consultation


def _booking_key(key: str, service: Service, starts_at: datetime, email: str) -> str:
    """One form sent twice is one booking; another time or address is another, key or no key."""
    parts = (key, str(service.pk), starts_at.isoformat(), email.lower())
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _require_open(service: Service, starts_at: datetime, now: datetime) -> None:
    if open_slot(service, starts_at, now) is not None:
        return
    # Notice and horizon stand on the page for all to read; beyond that a closed time looks
    # the same whatever closes it.
    terms = terms_of(service)
    if now + terms.minimum_notice <= starts_at <= now + terms.horizon:
        raise ConflictError(_("That time has just been taken."))
    raise ConflictError(_("That time can't be booked any more."))
