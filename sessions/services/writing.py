"""How every service of consultations writes: one after the other, and only what still holds."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from clients.models import Client
from clients.services import invitation_send
from counsel.accounts.models import Counsellor
from counsel.common.errors import ConflictError
from sessions import planning
from sessions.guards import CLIENT_OVERLAP, COUNSELLOR_OVERLAP
from sessions.models import Consultation, Service


class OverlapRefused(ConflictError):
    """The time is held by another consultation."""


def take_turn(counsellor_id: UUID) -> None:
    """Wait until no other booking of this counsellor is under way."""
    Counsellor.objects.select_for_update(no_key=True).get(pk=counsellor_id)


def drawn_up(service: Service, client: Client, starts_at: datetime) -> Consultation:
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


def insert(consultation: Consultation) -> None:
    consultation.clean_fields(exclude=["counsellor", "client", "service"])
    consultation.clean()
    consultation.save(force_insert=True)


def change(consultation: Consultation, *, allowed: Collection[str], **fields: Any) -> None:
    """Write `fields` if the row is still as `consultation` shows it and may change at all."""
    changed = consultation.status in allowed and Consultation.objects.filter(
        pk=consultation.pk, status=consultation.status, version=consultation.version
    ).update(version=consultation.version + 1, **fields)
    if not changed:
        raise ConflictError(_("This appointment has changed in the meantime."))
    for field, value in {**fields, "version": consultation.version + 1}.items():
        setattr(consultation, field, value)


def settled(consultation: Consultation, now: datetime) -> None:
    planning.plan_confirmation(consultation, now)
    if consultation.client.user_id is None:
        invitation_send(client=consultation.client)


@contextmanager
def overlap_refused() -> Iterator[None]:
    """Puts the database's refusal into words. What was written inside is undone."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if not any(name in str(error) for name in (COUNSELLOR_OVERLAP, CLIENT_OVERLAP)):
            raise
        raise OverlapRefused(_("That time has just been taken.")) from error


def overlapping_only_with_reason(write: Callable[[str], None], reason: str) -> None:
    """Try without the reason first: a row that has one stands outside the database's rule."""
    try:
        with overlap_refused():
            write("")
    except OverlapRefused as error:
        if not reason.strip():
            raise OverlapRefused(
                _("This overlaps another consultation. To book it all the same, say why."),
                field="overlap_reason",
            ) from error
        write(reason.strip())
