"""Days and times typed by one clock, clock changes said in words."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from counsel.common.zones import offset_label, to_utc

EARLIEST = date(2000, 1, 1)
LATEST = timedelta(days=5 * 366)


def plausible_day(day: date) -> date:
    """Raises ValidationError for a year that must be a slip."""
    if not EARLIEST <= day <= timezone.now().date() + LATEST:
        raise ValidationError(_("Please check the year."))
    return day


class ClockForm(forms.Form):
    """Turns what was typed into instants: a skipped time is refused, of a repeated one it asks
    which. `asked` are the fields of that question which the page has to show.
    """

    def __init__(self, *args: Any, zone: ZoneInfo, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = zone
        self.asked: set[str] = set()

    def instant(self, day: date, at: time, *, field: str, which: str) -> datetime | None:
        """The instant, in UTC; None where `field` or `which` now carries an error."""
        first, second = (to_utc(day, at, self.zone, fold=fold) for fold in (0, 1))
        if first is None or second is None:
            self.add_error(field, _("The clocks go forward: there is no such time that day."))
            return None
        if first == second:
            return first
        self.asked.add(which)
        offers = {key_of(instant): instant for instant in (first, second)}
        self.fields[which].widget.choices = [
            (key, offset_label(instant, self.zone)) for key, instant in offers.items()
        ]
        chosen = offers.get(self.cleaned_data.get(which, ""))
        if chosen is None:
            self.add_error(which, _("The clocks go back then: this time comes twice."))
        return chosen


def which_field() -> forms.CharField:
    """Asks which of two equal times is meant; its choices come with them."""
    return forms.CharField(
        label=_("Which of the two?"), max_length=20, required=False, widget=forms.Select
    )


def key_of(instant: datetime) -> str:
    """How one of two equal times is named in that field."""
    return f"{instant.astimezone(UTC):%Y%m%dT%H%MZ}"
