"""What a counsellor fills in about hours. Each form draws up a `Proposal` and saves nothing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from counsel.common.widgets import DateInput, TimeInput, ZoneSelect
from counsel.common.zones import UnknownZone, get_zone, local_date
from sessions.availability import MIDNIGHT, ONE_DAY
from sessions.desk.clocks import ClockForm, key_of, plausible_day, which_field
from sessions.models import AvailabilityException, AvailabilityRule, Service, Weekday
from sessions.services.hours import Proposal, day_begins

MOMENT = timedelta(microseconds=1)
END_TOO_EARLY = _("The end must be later than the start.")
LAST_TOO_EARLY = _("The last day must not be before the first.")
NO_DAY = _("Choose at least one day.")
TILL_MIDNIGHT = _("00:00 is midnight at the end of the day.")


class WeeklyForm(forms.Form):
    """Hours open every week: those of one weekday, or the same ones on several."""

    weekdays = forms.TypedMultipleChoiceField(
        label=_("On"),
        choices=Weekday.choices,
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": NO_DAY},
    )
    starts = forms.TimeField(label=_("From"), widget=TimeInput)
    ends = forms.TimeField(label=_("Until"), widget=TimeInput, help_text=TILL_MIDNIGHT)
    again_starts = forms.TimeField(label=_("And again from"), widget=TimeInput, required=False)
    again_ends = forms.TimeField(label=_("Until"), widget=TimeInput, required=False)
    service = forms.ModelChoiceField(
        label=_("Only for"),
        queryset=Service.objects.none(),
        required=False,
        empty_label=_("every service"),
        help_text=_(
            "A service with hours of its own is offered in those alone, and nothing else is "
            "offered in them."
        ),
    )
    valid_from = forms.DateField(label=_("First day"), widget=DateInput, required=False)
    valid_until = forms.DateField(
        label=_("Last day"),
        widget=DateInput,
        required=False,
        help_text=_("Leave both empty for hours that always hold."),
    )

    def __init__(
        self,
        *args: Any,
        services: QuerySet[Service],
        there: Iterable[AvailabilityRule],
        rule: AvailabilityRule | None = None,
        **kwargs: Any,
    ) -> None:
        """`there` are the weekly hours there are already; `rule` is the one to change."""
        super().__init__(*args, **kwargs)
        self.fields["service"].queryset = services  # type: ignore[attr-defined]
        self.rule = rule
        self.there = [_like(row) for row in there if rule is None or row.pk != rule.pk]
        if rule is not None:
            del self.fields["again_starts"], self.fields["again_ends"]
            self.fields["weekdays"] = forms.TypedChoiceField(
                label=_("On"), choices=Weekday.choices, coerce=int
            )
            self.initial = {
                "weekdays": rule.weekday,
                **{name: getattr(rule, name) for name in _FIELDS},
                **self.initial,
            }

    def clean_valid_from(self) -> date | None:
        return _plausible(self.cleaned_data["valid_from"])

    def clean_valid_until(self) -> date | None:
        return _plausible(self.cleaned_data["valid_until"])

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        self._in_order(data.get("starts"), data.get("ends"), "ends")
        again = data.get("again_starts"), data.get("again_ends")
        self._in_order(*again, "again_ends")
        if not self.errors and again.count(None) == 1:
            self.add_error("again_ends", _("Give both times, or neither."))
        first, last = data.get("valid_from"), data.get("valid_until")
        if first and last and last < first:
            self.add_error("valid_until", LAST_TOO_EARLY)
        if not self.errors and any(_like(row) in self.there for row in self._rows()):
            self.add_error("weekdays", _("You have these hours already."))
        return data

    def _in_order(self, starts: time | None, ends: time | None, field: str) -> None:
        if starts is not None and ends is not None and ends <= starts and ends != MIDNIGHT:
            self.add_error(field, END_TOO_EARLY)

    def _rows(self) -> list[AvailabilityRule]:
        data = self.cleaned_data
        common = {name: data[name] for name in ("service", "valid_from", "valid_until")}
        if self.rule is not None:
            times = {"starts": data["starts"], "ends": data["ends"]}
            row = AvailabilityRule(
                pk=self.rule.pk, created_at=self.rule.created_at, weekday=data["weekdays"]
            )
            row._state.adding = False
            return [_filled(row, **times, **common)]
        spans = [(data["starts"], data["ends"]), (data["again_starts"], data["again_ends"])]
        return [
            AvailabilityRule(weekday=day, starts=starts, ends=ends, **common)
            for day in data["weekdays"]
            for starts, ends in spans
            if starts is not None
        ]

    def proposal(self) -> Proposal:
        return Proposal(rules=tuple(self._rows()))


_FIELDS = ("starts", "ends", "service", "valid_from", "valid_until")


def _like(row: AvailabilityRule) -> tuple[Any, ...]:
    return (row.weekday, row.starts, row.ends, row.service_id, row.valid_from, row.valid_until)


def _filled(row: AvailabilityRule, **fields: Any) -> AvailabilityRule:
    for name, value in fields.items():
        setattr(row, name, value)
    return row


def _plausible(day: date | None) -> date | None:
    return None if day is None else plausible_day(day)


class CopyForm(forms.Form):
    """One weekday's hours, again on others."""

    source = forms.TypedChoiceField(label=_("The hours of"), choices=Weekday.choices, coerce=int)
    weekdays = forms.TypedMultipleChoiceField(
        label=_("Also on"),
        choices=Weekday.choices,
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("What is there already stays."),
        error_messages={"required": NO_DAY},
    )

    def __init__(self, *args: Any, there: Iterable[AvailabilityRule], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.there = list(there)

    def clean_source(self) -> int:
        source: int = self.cleaned_data["source"]
        if not any(row.weekday == source for row in self.there):
            raise ValidationError(_("There are no hours on that day."))
        return source

    def proposal(self) -> Proposal:
        known = {_like(row) for row in self.there}
        rows = [
            AvailabilityRule(weekday=day, **{name: getattr(row, name) for name in _FIELDS})
            for day in self.cleaned_data["weekdays"]
            for row in self.there
            if row.weekday == self.cleaned_data["source"]
        ]
        return Proposal(rules=tuple(row for row in rows if _like(row) not in known))


class SpanForm(ClockForm):
    """Time off, in whole days or by the hour, or extra hours on one day."""

    first_day = forms.DateField(label=_("First day"), widget=DateInput)
    last_day = forms.DateField(
        label=_("Last day"),
        widget=DateInput,
        required=False,
        help_text=_("It is off, too. Empty: the same day."),
    )
    starts = forms.TimeField(label=_("From"), widget=TimeInput, required=False)
    which_start = which_field()
    ends = forms.TimeField(label=_("Until"), widget=TimeInput, required=False)
    which_end = which_field()
    note = forms.CharField(
        label=_("Note"), max_length=120, required=False, help_text=_("Only you see it.")
    )

    def __init__(
        self, *args: Any, kind: str, row: AvailabilityException | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.kind, self.row = kind, row
        if row is not None:
            self.initial = {**self._stored(row), **self.initial}
        if kind == AvailabilityException.Kind.EXTRA:
            self.fields["first_day"].label = _("Day")
            self.fields["first_day"].help_text = _(
                "Opens every service that has no hours of its own."
            )
            self.fields["ends"].help_text = TILL_MIDNIGHT
            self.fields["starts"].required = self.fields["ends"].required = True
            if not self.initial.get("last_day"):
                del self.fields["last_day"]
        else:
            self.fields["ends"].help_text = _("Leave both times empty for whole days.")

    def _stored(self, row: AvailabilityException) -> dict[str, Any]:
        start = row.starts_at.astimezone(self.zone)
        end = row.ends_at.astimezone(self.zone)
        last_day = local_date(row.ends_at - MOMENT, self.zone)
        days = {
            "first_day": start.date(),
            "last_day": None if last_day == start.date() else last_day,
            "note": row.note,
        }
        if row.whole_days:
            return days
        chosen = {"which_start": key_of(row.starts_at), "which_end": key_of(row.ends_at)}
        return {**days, **chosen, "starts": start.time(), "ends": end.time()}

    def clean_first_day(self) -> date:
        return plausible_day(self.cleaned_data["first_day"])

    def clean_last_day(self) -> date | None:
        return _plausible(self.cleaned_data["last_day"])

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if "first_day" in data and not self.errors:
            self._read(data["first_day"], data.get("last_day") or data["first_day"])
        return data

    def _read(self, first: date, last: date) -> None:
        """Puts `starts_at` and `ends_at` into the cleaned data, or says why not."""
        data = self.cleaned_data
        starts, ends = data["starts"], data["ends"]
        if last < first:
            self.add_error("last_day", LAST_TOO_EARLY)
        elif (starts is None) != (ends is None):
            self.add_error("ends", _("Give both times, or neither."))
        elif starts is None:
            data["starts_at"] = day_begins(first, self.zone)
            data["ends_at"] = day_begins(last + ONE_DAY, self.zone)
        else:
            data["starts_at"] = self.instant(first, starts, field="starts", which="which_start")
            data["ends_at"] = self._end(last, ends)
        self._ends_after_start(data.get("starts_at"), data.get("ends_at"))

    def _end(self, day: date, at: time) -> datetime | None:
        if at == MIDNIGHT:
            return day_begins(day + ONE_DAY, self.zone)
        return self.instant(day, at, field="ends", which="which_end")

    def _ends_after_start(self, starts_at: datetime | None, ends_at: datetime | None) -> None:
        if starts_at is None or ends_at is None:
            return
        if ends_at <= starts_at:
            self.add_error("ends", END_TOO_EARLY)
        elif self.row is None and ends_at <= timezone.now():
            self.add_error("first_day", _("That is over already."))

    def proposal(self) -> Proposal:
        data = self.cleaned_data
        row = self.row or AvailabilityException(kind=self.kind)
        row.starts_at, row.ends_at = data["starts_at"], data["ends_at"]
        row.whole_days = data["starts"] is None
        row.note = data["note"]
        return Proposal(exceptions=(row,))


class ZoneForm(forms.Form):
    time_zone = forms.CharField(label=_("Your time zone"), max_length=64, widget=ZoneSelect)

    def clean_time_zone(self) -> str:
        name: str = self.cleaned_data["time_zone"]
        try:
            get_zone(name)
        except UnknownZone as error:
            raise ValidationError(_("Choose a time zone from the list.")) from error
        return name
