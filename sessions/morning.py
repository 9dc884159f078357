"""A counsellor's list of the day: when it comes, and what it counts.

It comes on days with consultations, or with something that waits for an answer. To a counsellor
who is told of late changes only, it also comes when clients changed anything since the day
before: nothing else tells them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, Min, Q
from django.utils.translation import gettext as _

from counsel.accounts.models import ChangeNews, Counsellor
from counsel.common.zones import day_bounds, get_zone, local_date
from counsel.reminders.models import Reminder, State
from counsel.reminders.services import reminder_plan
from counsel.reminders.timing import Window, hour_on
from sessions.models import Consultation, ConsultationChange, Side, Status

KIND = "morning_list"
ONE_DAY = timedelta(days=1)
# Written so long before its hour, and sent so long after it at most.
AHEAD = timedelta(minutes=10)
LATEST = timedelta(hours=3)


@dataclass(frozen=True, slots=True)
class DayList:
    """`count` of today's firm consultations, the `first` of them, requests and changes."""

    count: int
    first: datetime | None
    requests: int
    changes: int

    @property
    def is_empty(self) -> bool:
        return not (self.count or self.requests or self.changes)


def subject_of(counsellor: Counsellor) -> str:
    return f"morning:{counsellor.pk}"


def day_list(counsellor: Counsellor, day: date, now: datetime) -> DayList:
    own = Consultation.objects.filter(counsellor=counsellor)
    todays = own.filter(_is_on(day, counsellor.zone))
    found = todays.aggregate(count=Count("pk"), first=Min("starts_at"))
    return DayList(
        count=found["count"],
        first=found["first"],
        requests=own.filter(_asks(now)).count(),
        changes=len(_changes([counsellor], day, now)),
    )


def window(day: date, counsellor: Counsellor) -> Window | None:
    """When the list of that day is due, and how late it may go.

    None for one who wants none, and for a day that their zone skips.
    """
    if counsellor.morning_hour is None:
        return None
    due_at = hour_on(day, counsellor.morning_hour, counsellor.zone)
    return (due_at, due_at + LATEST) if due_at else None


# --- Planned when its hour comes ------------------------------------------------------------


def morning_lists_plan(now: datetime) -> None:
    """Write the lists whose hour comes now. One query, unless it is somebody's hour.

    What came up after the hour belongs to the next day's.
    """
    for counsellors, day, due_at in _whose_hour(now):
        busy = _with_something(counsellors, day, due_at)
        for counsellor in counsellors:
            if counsellor.pk in busy:
                _plan(counsellor, day, (due_at, due_at + LATEST))


def morning_list_replan(counsellor: Counsellor, now: datetime) -> None:
    """Moves what waits to the counsellor's other hour or clock, or takes it back."""
    for row in Reminder.objects.filter(subject=subject_of(counsellor), state=State.QUEUED):
        day = date.fromisoformat(row.occurrence)
        times = window(day, counsellor)
        if times and times[0] > now:
            _plan(counsellor, day, times)
        elif times != (row.due_at, row.not_after):
            Reminder.objects.these(row).filter(state=State.QUEUED).update(
                state=State.CANCELLED, reason=_("it comes at another hour now"), finished_at=now
            )


def _plan(counsellor: Counsellor, day: date, times: Window) -> None:
    reminder_plan(
        counsellor=counsellor,
        kind=KIND,
        subject=subject_of(counsellor),
        person=f"counsellor:{counsellor.pk}",
        occurrence=day.isoformat(),
        due_at=times[0],
        not_after=times[1],
    )


def _whose_hour(now: datetime) -> Iterator[tuple[list[Counsellor], date, datetime]]:
    """Those whose list of a day is due about now and not written yet, with day and moment."""
    staff = Counsellor.objects.filter(user__is_active=True, user__is_staff=True)
    here = staff.filter(morning_hour__isnull=False).order_by()
    for name, hour in here.values_list("time_zone", "morning_hour").distinct():
        zone = get_zone(name)
        today = local_date(now, zone)
        for day in (today, today + ONE_DAY):
            due_at = hour_on(day, hour, zone)
            if due_at and due_at - AHEAD <= now <= due_at + LATEST:
                theirs = here.filter(time_zone=name, morning_hour=hour)
                yield _unwritten(theirs, day), day, due_at


def _unwritten(counsellors: Iterable[Counsellor], day: date) -> list[Counsellor]:
    """Of one that was taken back another may be written."""
    subjects = [subject_of(counsellor) for counsellor in counsellors]
    rows = Reminder.objects.filter(subject__in=subjects, kind=KIND, occurrence=day.isoformat())
    there = rows.exclude(state=State.CANCELLED)
    written = set(there.values_list("subject", flat=True))
    return [one for one in counsellors if subject_of(one) not in written]


def _with_something(counsellors: Sequence[Counsellor], day: date, due_at: datetime) -> set[UUID]:
    """Those with something for the list at its hour. All of them live by one clock."""
    if not counsellors:
        return set()
    something = _is_on(day, counsellors[0].zone) | _asks(due_at)
    rows = Consultation.objects.filter(
        something, counsellor__in=counsellors, created_at__lte=due_at
    ).exclude(changes__at__gt=due_at)
    busy = set(rows.order_by().values_list("counsellor_id", flat=True).distinct())
    return busy | {owner for owner, _changed in _changes(counsellors, day, due_at)}


# --- What is counted ------------------------------------------------------------------------


def _is_on(day: date, zone: ZoneInfo) -> Q:
    begins, ends = day_bounds(day, zone)
    return Q(status=Status.CONFIRMED, starts_at__gte=begins, starts_at__lt=ends)


def _asks(now: datetime) -> Q:
    return Q(status=Status.PENDING, starts_at__gt=now)


def _changes(
    counsellors: Sequence[Counsellor], day: date, until: datetime
) -> set[tuple[UUID, UUID]]:
    """Whose consultations clients booked, moved or cancelled since the hour of the day before.

    Only of counsellors to whom nothing else tells it. What waits for an answer is no change,
    nor is what was undone.
    """
    told = [one for one in counsellors if one.change_news == ChangeNews.LATE]
    if not told or (first := window(day - ONE_DAY, told[0])) is None:
        return set()
    since = first[0]
    firm = Consultation.objects.filter(counsellor__in=told).exclude(status=Status.PENDING)
    booked = firm.filter(
        starts_at__gt=since,
        created_at__gte=since,
        created_at__lt=until,
        idempotency_key__isnull=False,
    )
    found = set(booked.values_list("counsellor_id", "pk"))
    changes = ConsultationChange.objects.filter(
        by=Side.CLIENT, at__gte=since, at__lt=until, consultation__in=firm
    ).order_by("consultation", "version")
    standing: dict[tuple[UUID, UUID], int] = defaultdict(int)
    for owner, key, action in changes.values_list(
        "consultation__counsellor_id", "consultation_id", "action"
    ):
        undone = action == ConsultationChange.Action.UNDONE
        standing[owner, key] += -1 if undone else 1
    return found | {which for which, count in standing.items() if count > 0}
