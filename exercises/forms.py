from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clients.models import Sharing
from counsel.common.zones import local_date
from exercises.happening import NotThen, moment
from exercises.models import Entry

# Field names of an exercise begin with a letter: with this prefix ours never meet them.
PREFIX = "_"


class SharingForm(forms.Form):
    prefix = PREFIX
    sharing = forms.ChoiceField(
        label=_("Who can see this"), choices=Sharing, widget=forms.RadioSelect
    )

    def decided(self) -> str:
        return str(self.cleaned_data["sharing"])


class WhenForm(forms.Form):
    """When it happened: as the draft has it, just now, or a day and a time that has been.

    Days and times are those of the client's own zone.
    """

    prefix = PREFIX
    KEEP, NOW, TODAY, YESTERDAY, OTHER = "keep", "now", "today", "yesterday", "other"
    WORDS = (
        (TODAY, _("Earlier today")),
        (YESTERDAY, _("Yesterday")),
        (OTHER, _("Another day")),
    )

    when = forms.ChoiceField(choices=[(KEEP, ""), (NOW, ""), *WORDS], required=False, initial=KEEP)
    day = forms.DateField(required=False)
    clock = forms.TimeField(required=False)

    def __init__(self, *args: Any, entry: Entry, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.entry, self.now = entry, now
        self.zone = entry.client.zone
        self.today = local_date(now, self.zone)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        when = data.get("when") or self.KEEP
        data["at"] = self.now if when == self.NOW else None
        day = self._day(when, data.get("day"))
        if when in {self.KEEP, self.NOW} or self.errors:
            return data
        clock = data.get("clock")
        if day is None:
            self.add_error("day", _("Choose the day."))
        if clock is None:
            self.add_error("clock", _("Give a time, as near as you remember."))
        if day is not None and clock is not None:
            data["at"] = self._moment(when, day, clock)
        return data

    def happened_at(self) -> datetime | None:
        """The moment that was given; None where the draft's own stays."""
        at: datetime | None = self.cleaned_data["at"]
        return at

    def _day(self, when: str, chosen: date | None) -> date | None:
        days = {self.TODAY: self.today, self.YESTERDAY: self.today - timedelta(days=1)}
        return days.get(when, chosen)

    def _moment(self, when: str, day: date, at: time) -> datetime | None:
        first_day = self.entry.assignment.starts_on if self.entry.assignment else None
        try:
            return moment(day, at, self.zone, now=self.now, first_day=first_day)
        except NotThen as wrong:
            beside_day = "day" if when == self.OTHER else "when"
            self.add_error(beside_day if wrong.about == "day" else "clock", wrong.message)
            return None


class CouldNotForm(forms.Form):
    """Why it wasn't a day for it. Nothing in it has to be said."""

    reason = forms.ChoiceField(choices=Entry.Reason, required=False)
    wants_smaller = forms.BooleanField(required=False)


class HelpfulForm(forms.Form):
    """How helpful it was: a number in the database, words on the page."""

    WORDS = (
        (0, _("Not at all")),
        (1, _("A little")),
        (2, _("Somewhat")),
        (3, _("Quite")),
        (4, _("Very")),
    )

    helpful = forms.TypedChoiceField(choices=WORDS, coerce=int)
