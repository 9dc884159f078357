"""The practice in numbers, over some days, beside as many days before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from counsel.accounts.models import Counsellor, User
from counsel.accounts.roles import counsellor_of
from counsel.common.zones import local_date
from counsel.desk.practice.consultations import ConsultationFigures, consultations_in
from counsel.desk.practice.homework import HomeworkFigures, homework_in
from counsel.desk.practice.measures import measures_in, without_amount
from counsel.desk.practice.reminders import ReminderFigures, reminders_in
from counsel.desk.practice.spans import Span, whole_weeks
from counsel.desk.practice.tables import Table


@dataclass(frozen=True, slots=True)
class Numbers:
    """Without `weeks` the span is too short for anything about homework and measures."""

    span: Span
    before: Span
    zone: ZoneInfo
    consultations: ConsultationFigures
    weeks: Span | None
    homework: HomeworkFigures | None
    measures: Table | None
    without_amount: list[str]
    reminders: ReminderFigures

    def tables(self) -> Iterator[Table]:
        """As they stand on the page."""
        yield from (
            self.consultations.total,
            self.consultations.counsellors,
            self.consultations.weeks,
        )
        if self.homework is not None:
            yield from (self.homework.total, self.homework.counsellors)
        if self.measures is not None:
            yield self.measures
        yield self.reminders.kinds


def practice_numbers(reader: User, span: Span, now: datetime, zone: ZoneInfo) -> Numbers:
    """As many queries whatever the practice holds."""
    counsellors = list(Counsellor.objects.select_related("user").order_by("display_name", "pk"))
    own = counsellor_of(reader)
    known = frozenset() if own is None else frozenset({own.pk})
    weeks = whole_weeks(span, local_date(now, zone))
    return Numbers(
        span=span,
        before=span.before(),
        zone=zone,
        consultations=consultations_in(span, counsellors, now, zone),
        weeks=weeks,
        homework=homework_in(weeks, counsellors, known) if weeks else None,
        measures=measures_in(weeks, known) if weeks else None,
        without_amount=without_amount(),
        reminders=reminders_in(span, reader, now, zone),
    )
