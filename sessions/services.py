"""The only writer of consultations.

Bookings of one counsellor are taken one after the other (a lock on the counsellor's row; on
SQLite the write lock of the transaction), so that what was checked still holds when the row is
written. Behind that the database itself refuses overlaps. Every later change is
compare-and-swap on (status, version): who acts on an outdated view gets a ConflictError.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.models import Client, ConsentDocument
from clients.services import client_for_booking, consent_give, invitation_send
from counsel.accounts.models import Counsellor, User
from counsel.common.errors import ConflictError, DomainError
from sessions import planning
from sessions.guards import CLIENT_OVERLAP, COUNSELLOR_OVERLAP
from sessions.models import HOLDING, Consultation, Service, Status
from sessions.selectors import open_slot, terms_of


class OverlapRefused(ConflictError):
    """The time is held by another consultation."""


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
    _take_turn(service.counsellor_id)
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
    consultation = _drawn_up(service, client, starts_at)
    consultation.time_zone = time_zone
    consultation.idempotency_key = key
    consultation.status = Status.CONFIRMED if service.instant else Status.PENDING
    with _overlap_refused():
        _insert(consultation)
    if service.instant:
        _settled(consultation, now)
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
    _take_turn(service.counsellor_id)
    consultation = _drawn_up(service, client, starts_at)
    consultation.status = Status.CONFIRMED

    def write(reason: str) -> None:
        consultation.overlap_reason = reason
        _insert(consultation)

    _overlapping_only_with_reason(write, overlap_reason)
    planning.plan_confirmation(consultation, timezone.now())
    return consultation


@transaction.atomic
def consultation_confirm(*, consultation: Consultation) -> Consultation:
    _change(consultation, allowed={Status.PENDING}, status=Status.CONFIRMED)
    _settled(consultation, timezone.now())
    return consultation


@transaction.atomic
def consultation_decline(*, consultation: Consultation) -> Consultation:
    _change(consultation, allowed={Status.PENDING}, status=Status.DECLINED)
    planning.plan_cancellation(consultation, timezone.now())
    return consultation


@transaction.atomic
def consultation_reschedule(
    *, consultation: Consultation, starts_at: datetime, overlap_reason: str = ""
) -> Consultation:
    """Move it, its length and buffers kept. All of it happens or nothing."""
    if starts_at == consultation.starts_at:
        raise DomainError(_("It is at that time already."))
    _take_turn(consultation.counsellor_id)
    moved = starts_at - consultation.starts_at
    times = {
        field: getattr(consultation, field) + moved
        for field in ("starts_at", "ends_at", "held_from", "held_until")
    }

    def write(reason: str) -> None:
        _change(consultation, allowed=HOLDING, overlap_reason=reason, **times)

    _overlapping_only_with_reason(write, overlap_reason)
    now = timezone.now()
    if consultation.status == Status.CONFIRMED:
        planning.plan_confirmation(consultation, now)
    else:
        planning.withdraw(consultation, _("the appointment has changed"))
        planning.plan_request(consultation, now)
    return consultation


@transaction.atomic
def consultation_cancel(
    *, consultation: Consultation, by: Literal["client", "counsellor"]
) -> Consultation:
    """Give the time free. A client may until it begins; late ones are marked as such."""
    now = timezone.now()
    if by == "counsellor":
        _change(consultation, allowed=HOLDING, status=Status.CANCELLED_BY_COUNSELLOR)
    else:
        if consultation.starts_at <= now:
            raise DomainError(_("This appointment has begun. It can't be cancelled any more."))
        _change(consultation, allowed=HOLDING, status=status_when_cancelled(consultation, now))
    planning.plan_cancellation(consultation, now)
    if by == "client":
        planning.plan_news_for_counsellor(consultation, now)
    return consultation


def status_when_cancelled(consultation: Consultation, now: datetime) -> Status:
    """What the client's cancelling makes of it: nothing that was only asked for is late."""
    in_time = now <= consultation.cancels_freely_until
    if in_time or consultation.status == Status.PENDING:
        return Status.CANCELLED_BY_CLIENT
    return Status.CANCELLED_LATE


def consultation_complete(*, consultation: Consultation) -> Consultation:
    return _held(consultation, Status.COMPLETED)


def consultation_mark_no_show(*, consultation: Consultation) -> Consultation:
    return _held(consultation, Status.NO_SHOW)


@transaction.atomic
def _held(consultation: Consultation, status: Status) -> Consultation:
    if timezone.now() < consultation.starts_at:
        raise DomainError(_("It has not begun yet."))
    _change(consultation, allowed={Status.CONFIRMED}, status=status)
    planning.withdraw(consultation, _("the appointment is over"))
    return consultation


# --- What they share ----------------------------------------------------------------------


def _take_turn(counsellor_id: UUID) -> None:
    """Wait until no other booking of this counsellor is under way."""
    Counsellor.objects.select_for_update(no_key=True).get(pk=counsellor_id)


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


def _drawn_up(service: Service, client: Client, starts_at: datetime) -> Consultation:
    """A consultation with the service's terms as they are now; not yet saved."""
    ends_at = starts_at + timedelta(minutes=service.length)
    return Consultation(
        counsellor=service.counsellor,
        client=client,
        service=service,
        starts_at=starts_at,
        ends_at=ends_at,
        held_from=starts_at - timedelta(minutes=service.buffer_before),
        held_until=ends_at + timedelta(minutes=service.buffer_after),
        time_zone=client.time_zone,
        place=service.place,
        place_details=service.place_details,
        cancel_notice=service.cancel_notice,
        fee=service.fee,
        currency=service.currency,
    )


def _insert(consultation: Consultation) -> None:
    consultation.clean_fields(exclude=["counsellor", "client", "service"])
    consultation.clean()
    consultation.save(force_insert=True)


def _change(consultation: Consultation, *, allowed: Collection[str], **fields: Any) -> None:
    """Write `fields` if the row is still as `consultation` shows it and may change at all."""
    changed = consultation.status in allowed and Consultation.objects.filter(
        pk=consultation.pk, status=consultation.status, version=consultation.version
    ).update(version=consultation.version + 1, **fields)
    if not changed:
        raise ConflictError(_("This appointment has changed in the meantime."))
    for field, value in {**fields, "version": consultation.version + 1}.items():
        setattr(consultation, field, value)


def _settled(consultation: Consultation, now: datetime) -> None:
    planning.plan_confirmation(consultation, now)
    if consultation.client.user_id is None:
        invitation_send(client=consultation.client)


@contextmanager
def _overlap_refused() -> Iterator[None]:
    """Puts the database's refusal into words. What was written inside is undone."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if not any(name in str(error) for name in (COUNSELLOR_OVERLAP, CLIENT_OVERLAP)):
            raise
        raise OverlapRefused(_("That time has just been taken.")) from error


def _overlapping_only_with_reason(write: Callable[[str], None], reason: str) -> None:
    """Try without the reason first: a row that has one stands outside the database's rule."""
    try:
        with _overlap_refused():
            write("")
    except OverlapRefused as error:
        if not reason.strip():
            raise OverlapRefused(
                _("This overlaps another consultation. To book it all the same, say why."),
                field="overlap_reason",
            ) from error
        write(reason.strip())
