"""Booking: by whoever asks for an open time, and by staff."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.models import Client, ConsentDocument
from counsel.accounts.models import User
from counsel.common.errors import DomainError
from sessions import planning
from sessions.models import Consultation, Service, Status
from sessions.services import holds
from sessions.services.asking import Answer, asked, client_with, request_key, require_open
from sessions.services.writing import (
    drawn_up,
    insert,
    overlapping_only_with_reason,
    require_in_caseload,
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
    intake: list[Answer] | None = None,
) -> Consultation:
    """Book, or ask for, an open time with an address known to be theirs.

    The same request again answers with the same. A time kept for the same address is theirs.
    The consent is noted unless the address is that of somebody with a page of their own who is
    not signed in: nobody else agrees in their name, nor again to what they took back.
    Raises ConflictError when the time is not open (any more), DomainError when the service is
    not for them.
    """
    now = timezone.now()
    service.counsellor.time_zone = take_turn(service.counsellor_id).time_zone
    key = request_key(idempotency_key, service, starts_at, email)
    made = Consultation.objects.filter(counsellor=service.counsellor_id, idempotency_key=key)
    already: Consultation | None = made.first()
    if already is not None:
        return already
    hold = holds.own_hold(service, starts_at, email, now)
    if hold is None:
        require_open(service, starts_at, now)
    else:
        holds.use(hold, now)
    client = client_with(service.counsellor, email)
    agrees = client is None or client.user in (None, signed_in)
    consultation = asked(
        service=service,
        client=client,
        starts_at=starts_at,
        name=name,
        email=email,
        time_zone=time_zone,
        language=consent.language,
        consent=consent if agrees else None,
        key=key,
        intake=intake,
        now=now,
    )
    if hold is not None:
        holds.used_for(hold, consultation)
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
    require_in_caseload(client.pk, service.counsellor_id)
    consultation = drawn_up(service, client, starts_at)
    consultation.status = Status.CONFIRMED

    def write(reason: str) -> None:
        consultation.overlap_reason = reason
        insert(consultation)

    overlapping_only_with_reason(write, overlap_reason)
    planning.plan_confirmation(consultation, timezone.now())
    return consultation
