"""How many consultations there were, and what became of them. Two queries for any span."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, DateField, Q, QuerySet
from django.db.models.functions import TruncWeek
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from counsel.accounts.models import Counsellor
from counsel.desk.practice.bars import Bars, bars_of
from counsel.desk.practice.spans import Span
from counsel.desk.practice.tables import Cell, Row, Table, counted, share, share_of
from exercises.plans import monday_of
from sessions.models import CALLED_OFF, HOLDING, Consultation, Status

# Over, and nobody has said yet what became of it.
OPEN = "open"
_FATES = (
    (Status.COMPLETED, gettext_lazy("Held")),
    (Status.NO_SHOW, gettext_lazy("Not attended")),
    (Status.CANCELLED_BY_CLIENT, gettext_lazy("Cancelled in time")),
    (Status.CANCELLED_LATE, gettext_lazy("Cancelled late")),
    (Status.CANCELLED_BY_COUNSELLOR, gettext_lazy("Cancelled by the counsellor")),
    (Status.DECLINED, gettext_lazy("Declined")),
    (OPEN, gettext_lazy("Over, not noted yet")),
)

Fates = Counter[str]


@dataclass(frozen=True, slots=True)
class ConsultationFigures:
    is_empty: bool
    total: Table
    counsellors: Table
    weeks: Table
    bars: Bars
    spans: tuple[Span, ...]


def consultations_in(
    span: Span, counsellors: list[Counsellor], now: datetime, zone: ZoneInfo
) -> ConsultationFigures:
    """By the day on which they were to begin, in `zone`."""
    by_counsellor: dict[UUID, Fates] = {}
    by_week: dict[date, Fates] = {}
    total: Fates = Counter()
    for counsellor_id, week, status, count in _counted(span, now, zone):
        fate = OPEN if status in HOLDING else status
        for fates in (by_counsellor.setdefault(counsellor_id, Counter()), total):
            fates[fate] += count
        by_week.setdefault(week, Counter())[fate] += count
    weeks = tuple(span.weeks())
    of_weeks = [by_week.get(monday_of(week.first), Counter()) for week in weeks]
    return ConsultationFigures(
        is_empty=not total,
        total=_total(total, _before(span, now, zone)),
        counsellors=_of_counsellors(by_counsellor, total, counsellors),
        weeks=_of_weeks(weeks, of_weeks),
        bars=bars_of([(fates[Status.COMPLETED], fates[Status.NO_SHOW]) for fates in of_weeks]),
        spans=weeks,
    )


def _begun(span: Span, now: datetime, zone: ZoneInfo) -> QuerySet[Consultation]:
    first, until = span.instants(zone)
    rows = Consultation.objects.across_caseloads("numbers of the practice, without content")
    rows = rows.unrestricted()
    rows = rows.filter(starts_at__gte=first, starts_at__lt=until)
    return rows.exclude(Q(status__in=HOLDING, ends_at__gt=now)).order_by()


def _counted(span: Span, now: datetime, zone: ZoneInfo) -> Iterator[tuple[UUID, date, str, int]]:
    week = TruncWeek("starts_at", output_field=DateField(), tzinfo=zone)
    rows = _begun(span, now, zone).annotate(week=week).values("counsellor_id", "week", "status")
    for row in rows.annotate(count=Count("pk")):
        yield row["counsellor_id"], row["week"], row["status"], row["count"]


def _before(span: Span, now: datetime, zone: ZoneInfo) -> Fates:
    fates: Fates = Counter()
    rows = _begun(span.before(), now, zone).values_list("status").annotate(count=Count("pk"))
    for status, count in rows:
        fates[OPEN if status in HOLDING else status] += count
    return fates


def _total(fates: Fates, before: Fates) -> Table:
    pairs = [(str(words), fates[fate], before[fate]) for fate, words in _FATES]
    rows = [Row(words, counted((now, then))) for words, now, then in pairs]
    rates = [
        (_("Not attended, of those that were to be held"), _no_shows(fates), _no_shows(before)),
        (_("Notice kept, of what clients cancelled"), _notice(fates), _notice(before)),
    ]
    rows += [
        Row(words, (Cell(share_of(*now)), Cell(share_of(*then)))) for words, now, then in rates
    ]
    heads = (_("Consultations"), _("In this span"), _("In the span before"))
    return Table(_("Consultations"), heads, tuple(rows))


def _no_shows(fates: Fates) -> tuple[int, int]:
    missed = fates[Status.NO_SHOW]
    return missed, missed + fates[Status.COMPLETED]


def _notice(fates: Fates) -> tuple[int, int]:
    in_time = fates[Status.CANCELLED_BY_CLIENT]
    return in_time, in_time + fates[Status.CANCELLED_LATE]


def _of_counsellors(found: dict[UUID, Fates], total: Fates, counsellors: list[Counsellor]) -> Table:
    rows = [_row(c.display_name, found[c.pk]) for c in counsellors if c.pk in found]
    heads = (
        _("Counsellor"),
        *(str(words) for _fate, words in _FATES),
        _("Not attended, share"),
        _("Notice kept"),
    )
    end = _row(_("All"), total, is_total=True)
    return Table(_("Consultations by counsellor"), heads, (*rows, end))


def _row(head: str, fates: Fates, *, is_total: bool = False) -> Row:
    rates = (Cell(share(*_no_shows(fates))), Cell(share(*_notice(fates))))
    numbers = counted(fates[fate] for fate, _words in _FATES)
    return Row(head, (*numbers, *rates), is_total=is_total)


def _of_weeks(weeks: tuple[Span, ...], found: list[Fates]) -> Table:
    rows = [
        Row(
            week_words(week),
            counted(
                (
                    fates[Status.COMPLETED],
                    fates[Status.NO_SHOW],
                    sum(fates[fate] for fate in CALLED_OFF),
                    fates[OPEN],
                )
            ),
        )
        for week, fates in zip(weeks, found, strict=True)
    ]
    heads = (
        _("Week"),
        _("Held"),
        _("Not attended"),
        _("Called off"),
        _("Not noted yet"),
    )
    return Table(_("Consultations by week"), heads, tuple(rows))


def week_words(week: Span) -> str:
    if week.days == 1:
        return date_format(week.first, "j M Y")
    shape = "j" if (week.first.month == week.last.month) else "j M"
    return f"{date_format(week.first, shape)}–{date_format(week.last, 'j M Y')}"
