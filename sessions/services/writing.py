"""How every service of consultations writes: one after the other, and only what still holds."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.models import Client
from clients.services import invitation_send
from counsel.accounts.models import Counsellor
from counsel.common.errors import ConflictError
from counsel.common.fields import sealed_for
from sessions import planning
from sessions.guards import CLIENT_OVERLAP, COUNSELLOR_OVERLAP, HOLD_OVERLAP, KEPT_TIME
from sessions.models import Consultation, ConsultationChange, Hold, Service, Side


class OverlapRefused(ConflictError):
    """The time is held by another consultation, or kept for somebody who is booking it."""

    def __init__(self, message: str, *, field: str | None = None, is_kept: bool = False) -> None:
        super().__init__(message, field=field)
        self.is_kept = is_kept


def take_turn(counsellor_id: UUID) -> Counsellor:
    """Wait until no other booking of this counsellor is under way, and free what was kept too long.

    Returns them as they are now: their clock may have been moved meanwhile. An expired hold
    keeps its time from everybody until it is closed.
    """
    counsellor: Counsellor = Counsellor.objects.select_for_update(no_key=True).get(pk=counsellor_id)
    now = timezone.now()
    Hold.objects.filter(
        counsellor_id=counsellor_id, state=Hold.State.OPEN, expires_at__lte=now
    ).update(state=Hold.State.EXPIRED, closed_at=now)
    return counsellor


def require_in_caseload(client_id: UUID, counsellor_id: UUID) -> None:
    """Asked in the counsellor's turn: nobody is handed over while it lasts.

    Raises ConflictError for a client who is another's meanwhile.
    """
    if not Client.objects.filter(pk=client_id, counsellor=counsellor_id).exists():
        raise ConflictError(_("This client has been handed over in the meantime."))


def times_of(service: Service, starts_at: datetime) -> dict[str, datetime]:
    """The four times of a meeting of this service that begins then, buffers included."""
    ends_at = starts_at + timedelta(minutes=service.length)
    return {
        "starts_at": starts_at,
        "ends_at": ends_at,
        "held_from": starts_at - timedelta(minutes=service.buffer_before),
        "held_until": ends_at + timedelta(minutes=service.buffer_after),
    }


def drawn_up(service: Service, client: Client, starts_at: datetime) -> Consultation:
    """A consultation with the service's terms as they are now; not yet saved."""
    return Consultation(
        counsellor=service.counsellor,
        client=client,
        service=service,
        **times_of(service, starts_at),
        time_zone=client.time_zone,
        place=service.place,
        place_details=service.place_details,
        cancel_notice=service.cancel_notice,
        reschedule_notice=service.reschedule_notice,
        fee=service.fee,
        currency=service.currency,
    )


def insert(consultation: Consultation) -> None:
    consultation.clean_fields(exclude=["counsellor", "client", "service"])
    consultation.clean()
    consultation.save(force_insert=True)


def change(
    consultation: Consultation,
    *,
    action: ConsultationChange.Action,
    by: Side,
    allowed: Collection[str],
    exchange: UUID | None = None,
    **fields: Any,
) -> ConsultationChange:
    """Write `fields` if the row is still as `consultation` shows it and may change at all.

    What was is kept beside what is, in one row more of its history; `exchange` is common to the
    two changes of a swap. Raises ConflictError.
    """
    version = consultation.version + 1
    row = ConsultationChange(
        consultation=consultation,
        version=version,
        at=timezone.now(),
        by=by,
        action=action,
        from_status=consultation.status,
        to_status=fields.get("status", consultation.status),
        from_starts_at=consultation.starts_at,
        to_starts_at=fields.get("starts_at", consultation.starts_at),
        from_overlap_reason=consultation.overlap_reason,
        from_words=consultation.words,
        exchange=exchange,
    )
    changed = consultation.status in allowed and Consultation.objects.these(consultation).filter(
        status=consultation.status, version=consultation.version
    ).update(version=version, **sealed_for(consultation, fields))
    if not changed:
        raise ConflictError(_("This appointment has changed in the meantime."))
    row.save(force_insert=True)
    for field, value in {**fields, "version": version}.items():
        setattr(consultation, field, value)
    return row


def stand_aside(consultation: Consultation) -> None:
    """Take it out of the overlap rule until `change` puts it back, later in this transaction.

    Two that exchange their times would each find the other in the way.
    """
    aside = sealed_for(consultation, {"overlap_reason": "-"})
    Consultation.objects.these(consultation).update(**aside)


def times_from(consultation: Consultation, starts_at: datetime) -> dict[str, Any]:
    """Its times if it began then, its length and buffers kept."""
    moved = starts_at - consultation.starts_at
    fields = ("starts_at", "ends_at", "held_from", "held_until")
    return {field: getattr(consultation, field) + moved for field in fields}


def settled(consultation: Consultation, now: datetime) -> None:
    planning.plan_confirmation(consultation, now)
    if consultation.client.user_id is None:
        invitation_send(client=consultation.client, due_at=planning.told_at(consultation, now))


@contextmanager
def overlap_refused(*, savepoint: bool = True) -> Iterator[None]:
    """Puts the database's refusal into words. What was written inside is undone.

    Without `savepoint` all of the transaction is: for those who let the refusal end it.
    """
    try:
        with transaction.atomic(savepoint=savepoint):
            yield
    except IntegrityError as error:
        refused = str(error)
        is_kept = KEPT_TIME in refused or HOLD_OVERLAP in refused
        if not is_kept and COUNSELLOR_OVERLAP not in refused and CLIENT_OVERLAP not in refused:
            raise
        raise OverlapRefused(_("That time has just been taken."), is_kept=is_kept) from error


def overlapping_only_with_reason(write: Callable[[str], None], reason: str) -> None:
    """Try without the reason first: a row that has one stands outside the database's rule."""
    try:
        with overlap_refused():
            write("")
    except OverlapRefused as error:
        if not reason.strip():
            raise OverlapRefused(
                _overlap_words(error), field="overlap_reason", is_kept=error.is_kept
            ) from error
        write(reason.strip())


def _overlap_words(refused: OverlapRefused) -> str:
    if refused.is_kept:
        return _(
            "This time is being kept for somebody who is just booking it. "
            "To book it all the same, say why."
        )
    return _("This overlaps another consultation. To book it all the same, say why.")
