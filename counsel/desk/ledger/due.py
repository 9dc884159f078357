"""When messages were, or are, due: a choice of spans, any days, or the instants a number names."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from counsel.common.widgets import DateInput
from counsel.common.zones import day_bounds
from counsel.reminders.models import Reminder

QUICK, FIRST, LAST = "due", "due_first", "due_last"
# What a number of the practice leads here with.
FROM, BEFORE = "due_at__gte", "due_at__lt"
_SPANS = {
    "today": (_("Today"), 0, 0),
    "ahead": (_("Next 7 days"), 0, 7),
    "week": (_("Last 7 days"), -7, 0),
    "month": (_("Last 30 days"), -30, 0),
}
_YEARS = range(2000, 2200)


class DaysForm(forms.Form):
    due_first = forms.DateField(label=_("From"), required=False, widget=DateInput)
    due_last = forms.DateField(label=_("Until"), required=False, widget=DateInput)

    def clean_due_first(self) -> date | None:
        return _possible(self.cleaned_data["due_first"])

    def clean_due_last(self) -> date | None:
        return _possible(self.cleaned_data["due_last"])

    def clean(self) -> dict[str, Any]:
        first, last = self.cleaned_data.get(FIRST), self.cleaned_data.get(LAST)
        if first and last and last < first:
            self.add_error(LAST, gettext("This day is before the first one."))
        return self.cleaned_data


class DueFilter(admin.ListFilter):
    """Days are those of the reader's clock. Days that cannot be are told, and limit nothing."""

    title = _("due")
    template = "desk/ledger/due.html"
    parameters = (QUICK, FIRST, LAST, FROM, BEFORE)

    def __init__(
        self, request: HttpRequest, params: dict[str, Any], model: type, model_admin: Any
    ) -> None:
        super().__init__(request, params, model, model_admin)
        for name in self.parameters:
            if name in params:
                self.used_parameters[name] = params.pop(name)[-1]
        self.form = DaysForm(self.used_parameters or None)
        left = (name for name in request.GET if name not in (*self.parameters, "p", "e"))
        self.kept = [(name, request.GET[name]) for name in left]

    def has_output(self) -> bool:
        return True

    def expected_parameters(self) -> list[str | None]:
        return list(self.parameters)

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        chosen = self.used_parameters.get(QUICK)
        remove = list(self.parameters)
        yield {
            "selected": not self.used_parameters,
            "query_string": changelist.get_query_string(remove=remove),
            "display": _("Any time"),
        }
        for key, (words, _first, _last) in _SPANS.items():
            # What is removed and set at once, Django sets.
            others = [name for name in remove if name != QUICK]
            yield {
                "selected": chosen == key,
                "query_string": changelist.get_query_string({QUICK: key}, remove=others),
                "display": words,
            }

    def queryset(self, request: HttpRequest, queryset: QuerySet[Reminder]) -> QuerySet[Reminder]:
        since, before = self._bounds()
        if since:
            queryset = queryset.filter(due_at__gte=since)
        return queryset.filter(due_at__lt=before) if before else queryset

    @property
    def instants(self) -> tuple[datetime | None, datetime | None]:
        """Those in the address, for the page to say them."""
        since, before = (_instant(self.used_parameters.get(name)) for name in (FROM, BEFORE))
        return since, before

    def _bounds(self) -> tuple[datetime | None, datetime | None]:
        today = timezone.localdate()
        if quick := _SPANS.get(str(self.used_parameters.get(QUICK))):
            _words, first, last = quick
            return _from(today + timedelta(first)), _until(today + timedelta(last))
        if self.form.is_bound and not self.form.is_valid():
            return None, None
        days = self.form.cleaned_data if self.form.is_bound else {}
        since, before = self.instants
        first_day, last_day = days.get(FIRST), days.get(LAST)
        return (
            _from(first_day) if first_day else since,
            _until(last_day) if last_day else before,
        )


def _possible(day: date | None) -> date | None:
    if day is not None and day.year not in _YEARS:
        raise ValidationError(gettext("Choose a day from 2000 on."))
    return day


def _from(day: date) -> datetime:
    return day_bounds(day, timezone.get_current_timezone())[0]


def _until(day: date) -> datetime:
    return day_bounds(day, timezone.get_current_timezone())[1]


def _instant(text: Any) -> datetime | None:
    """None for what is no instant: then nothing is limited by it."""
    try:
        found = parse_datetime(str(text or ""))
    except ValueError:
        return None
    is_possible = found and timezone.is_aware(found) and found.year in _YEARS
    return found if is_possible else None
