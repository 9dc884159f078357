"""What every booking by the person themselves has in common, held or at once."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import TypedDict

from django.utils.translation import gettext as _

from clients.models import Client, Consent, ConsentDocument
from clients.services import client_for_booking, client_reopen, consent_give
from counsel.accounts.models import Counsellor
from counsel.audit.models import Verb
from counsel.audit.services import CAME_BACK, record_access
from counsel.common.errors import ConflictError, DomainError
from sessions import audience, planning
from sessions.models import Audience, Consultation, Service, Status
from sessions.selectors import open_slot, terms_of
from sessions.services.writing import drawn_up, insert, overlap_refused, settled


class Answer(TypedDict):
    """One question of a service, as it was asked, and what was written."""

    question: str
    answer: str


def request_key(key: str, service: Service, starts_at: datetime, email: str) -> str:
    """One form sent twice is one booking; another time or address is another, key or no key."""
    parts = (key, str(service.pk), starts_at.isoformat(), email.lower())
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def require_open(service: Service, starts_at: datetime, now: datetime) -> None:
    """Raises ConflictError where the time may not be booked, or not any more."""
    if open_slot(service, starts_at, now) is not None:
        return
    # Notice and horizon stand on the page for all to read; beyond that a closed time looks
    # the same whatever closes it.
    terms = terms_of(service)
    if now + terms.minimum_notice <= starts_at <= now + terms.horizon:
        raise ConflictError(_("That time has just been taken."))
    raise ConflictError(_("That time can't be booked any more."))


def client_with(counsellor: Counsellor, email: str) -> Client | None:
    same = Client.objects.filter(counsellor=counsellor, email__iexact=email)
    found: Client | None = same.first()
    return found


def require_allowed(service: Service, client: Client | None) -> None:
    """Raises DomainError. Only for the ears of whoever has shown that the address is theirs."""
    if audience.may_book(service, client):
        return
    if service.audience == Audience.FIRST:
        raise DomainError(
            _("This is for a first meeting. You have had yours, or it is booked already.")
        )
    raise DomainError(_("This is not open to everybody. Please choose another kind of meeting."))


def asked(
    *,
    service: Service,
    client: Client | None,
    starts_at: datetime,
    name: str,
    email: str,
    time_zone: str,
    language: str,
    consent: ConsentDocument | None,
    key: str,
    intake: list[Answer] | None,
    now: datetime,
) -> Consultation:
    """The consultation of somebody whose address it is, on the terms of their own record.

    `client` is who was found with the address; where there is none, one is made. Called inside
    a service's transaction, in its turn and with the time known to be theirs.
    """
    require_allowed(service, client)
    # With somebody new nothing was agreed.
    instant = audience.is_instant(service, client)
    client = client or client_for_booking(
        counsellor=service.counsellor,
        name=name,
        email=email,
        time_zone=time_zone,
        language=language,
    )
    # Whoever comes back is not to be forgotten any more.
    came_back = client_reopen(client=client)
    if consent is not None:
        consent_give(client=client, document=consent, channel=Consent.Channel.BOOKING)
    consultation = drawn_up(service, client, starts_at)
    consultation.time_zone = time_zone
    consultation.idempotency_key = key
    consultation.intake = intake
    consultation.status = Status.CONFIRMED if instant else Status.PENDING
    with overlap_refused(savepoint=False):
        insert(consultation)
    if instant:
        settled(consultation, now)
        planning.plan_news_for_counsellor(consultation, now)
    else:
        planning.plan_request(consultation, now)
    if came_back:
        record_access(verb=Verb.CHANGE, subject=client, client_id=client.pk, reason=CAME_BACK)
    return consultation
