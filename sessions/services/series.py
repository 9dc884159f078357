"""Series: booked, moved and cancelled together, all of it or nothing.

Each consultation of a series is one like any other, and a single one is moved and cancelled as
such. The client hears of a whole series in one message.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time
from hashlib import sha256
from typing import Literal, TypeAlias

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from counsel.common.errors import ConflictError, DomainError
from sessions import planning
from sessions.models import HOLDING, Consultation, ConsultationChange, Series, Side, Status
from sessions.series import planning as series_planning
from sessions.series.asked import (
    NO_CHOICES,
    Asked,
    Choices,
    asked_wishes,
    coming_of,
    moving_wishes,
)
from sessions.series.layout import LaidOut, laid_out
from sessions.services.writing import (
    change,
    drawn_up,
    insert,
    overlap_refused,
    require_in_caseload,
    stand_aside,
    take_turn,
    times_from,
)

Action = ConsultationChange.Action

# From one on, or all of those still to come. A single one is no matter of the series.
Scope: TypeAlias = Literal["following", "all"]


class SeriesRefused(ConflictError):
    """Some of its dates cannot be; nothing was written. `dates` are all of them, as they lie."""

    def __init__(self, dates: Sequence[LaidOut]) -> None:
        self.dates = [date for date in dates if not date.stands]
        named = ", ".join(date_format(date.wish.reading.day, "j F Y") for date in self.dates)
        super().__init__(_("Nothing is saved. Please decide about: %(dates)s.") % {"dates": named})


def series_preview(asked: Asked, choices: Choices = NO_CHOICES) -> list[LaidOut]:
    """Every date as it would be booked; nothing is written. Raises DomainError for a bad wish."""
    wishes = asked_wishes(asked)
    return laid_out(asked.service, asked.client, wishes, choices, timezone.now())


@transaction.atomic
def series_book(*, asked: Asked, choices: Choices = NO_CHOICES) -> Series:
    """Book every date but those left out: all dates are checked first, and all saved or none.

    Raises SeriesRefused, which names every date that cannot be.
    """
    take_turn(asked.service.counsellor_id)
    require_in_caseload(asked.client.pk, asked.service.counsellor_id)
    now = timezone.now()
    dates = _all_standing(series_preview(asked, choices))
    if not dates:
        raise DomainError(_("Leave at least one date in."))
    series = Series.objects.create(
        counsellor=asked.service.counsellor,
        client=asked.client,
        service=asked.service,
        rhythm=asked.rhythm,
        time_zone=asked.zone.key,
        first_day=asked.first_day,
        at=asked.at,
        last_day=asked.last_day,
        count=asked.count,
    )
    booked = []
    with overlap_refused():
        for date in dates:
            consultation = drawn_up(asked.service, asked.client, _start(date))
            consultation.series = series
            consultation.status = Status.CONFIRMED
            consultation.overlap_reason = date.overlap_reason
            insert(consultation)
            booked.append(consultation)
    planning.plan_reminders(booked, now)
    series_planning.plan_booked(series, booked, now)
    return series


def series_change_preview(
    *,
    consultation: Consultation,
    scope: Scope,
    weekday: int,
    at: time,
    choices: Choices = NO_CHOICES,
) -> list[LaidOut]:
    """Every coming one of the scope as it would be moved; nothing is written."""
    series, now = series_of(consultation), timezone.now()
    wishes = moving_wishes(series, in_scope(consultation, scope, now), weekday, at)
    return laid_out(consultation.service, consultation.client, wishes, choices, now)


@transaction.atomic
def series_change(
    *,
    consultation: Consultation,
    scope: Scope,
    weekday: int,
    at: time,
    choices: Choices = NO_CHOICES,
    seen: str | None = None,
) -> list[Consultation]:
    """Move all coming ones of the scope to another weekday (0 = Monday) and time, or none.

    Each goes to that weekday of its week, in a monthly series of its month, by the counsellor's
    clock; its length and buffers are kept, and those left out stay as they are. `seen` is
    `state_of` what was looked at. Returns those moved. Raises ConflictError where one has changed
    since, SeriesRefused where dates cannot be.
    """
    take_turn(consultation.counsellor_id)
    now = timezone.now()
    series = _turned(series_of(consultation))
    moving = _unchanged(in_scope(consultation, scope, now), seen)
    wishes = moving_wishes(series, moving, weekday, at)
    dates = _all_standing(laid_out(consultation.service, consultation.client, wishes, choices, now))
    moves = [(row, date) for date in dates if (row := _mover(date)).starts_at != date.starts_at]
    if not moves:
        raise DomainError(_("They are at that time already."))
    with overlap_refused():
        # All leave their places first, so that one may take another's.
        for row, _date in moves:
            stand_aside(row)
        for row, date in moves:
            change(
                row,
                action=Action.MOVED,
                by=Side.COUNSELLOR,
                allowed=HOLDING,
                overlap_reason=date.overlap_reason,
                **times_from(row, _start(date)),
            )
    for row, _date in moves:
        # One the client asked to move is not firm yet, and has news of its own.
        planning.plan_move(row, now, tell=False)
    moved = [row for row, _date in moves]
    series_planning.plan_moved(series, moved, now)
    return moved


@transaction.atomic
def series_cancel(
    *, consultation: Consultation, scope: Scope, seen: str | None = None
) -> list[Consultation]:
    """Cancel all coming ones of the scope, by the counsellor; returns them."""
    take_turn(consultation.counsellor_id)
    now = timezone.now()
    series = _turned(series_of(consultation))
    coming = _unchanged(in_scope(consultation, scope, now), seen)
    for row in coming:
        change(
            row,
            action=Action.CANCELLED,
            by=Side.COUNSELLOR,
            allowed=HOLDING,
            status=Status.CANCELLED_BY_COUNSELLOR,
        )
        planning.plan_cancellation(row, now, tell=False)
    series_planning.plan_cancelled(series, coming, now)
    return coming


def series_of(consultation: Consultation) -> Series:
    """Raises DomainError for one that stands alone."""
    if consultation.series is None:
        raise DomainError(_("This consultation belongs to no series."))
    return consultation.series


def in_scope(consultation: Consultation, scope: Scope, now: datetime) -> list[Consultation]:
    since = consultation.starts_at if scope == "following" else None
    return coming_of(series_of(consultation), now, since)


def state_of(consultations: Sequence[Consultation]) -> str:
    """A mark that is another one as soon as one of them has changed, or one is gone or new."""
    parts = sorted(f"{row.pk} {row.version}" for row in consultations)
    return sha256("\n".join(parts).encode()).hexdigest()


def _all_standing(dates: list[LaidOut]) -> list[LaidOut]:
    """Those not left out. Raises SeriesRefused unless every one can be as it is."""
    if not all(date.stands for date in dates):
        raise SeriesRefused(dates)
    return [date for date in dates if not date.is_left_out]


def _unchanged(coming: list[Consultation], seen: str | None) -> list[Consultation]:
    if seen is not None and seen != state_of(coming):
        raise ConflictError(_("This series has changed in the meantime. Please look again."))
    if not coming:
        raise DomainError(_("None of them is still to come."))
    return coming


def _turned(series: Series) -> Series:
    """One version on; each message about the series is of one version."""
    Series.objects.these(series).update(version=F("version") + 1)
    series.refresh_from_db(fields=["version"])
    return series


def _start(date: LaidOut) -> datetime:
    assert date.starts_at is not None  # noqa: S101  (held by `_all_standing`)
    return date.starts_at


def _mover(date: LaidOut) -> Consultation:
    assert date.wish.consultation is not None  # noqa: S101  (held by `moving_wishes`)
    return date.wish.consultation
