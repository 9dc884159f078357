"""The counsellor's forms: a time by their own clock, clock changes said in words."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from counsel.common.widgets import DateInput, TimeInput
from counsel.common.zones import offset_label, to_utc
from sessions.models import Service

EARLIEST = date(2000, 1, 1)
LATEST = timedelta(days=5 * 366)


class WhenForm(forms.Form):
    """A day and a time. Valid, `cleaned_data["starts_at"]` is the instant, in UTC."""

    day = forms.DateField(label=_("Day"), widget=DateInput)
    at = forms.TimeField(label=_("Time"), widget=TimeInput)
    # Its choices are known only once day and time are: see `_chosen`.
    which = forms.CharField(
        label=_("Which of the two?"), max_length=20, required=False, widget=forms.Select
    )
    overlap_reason = forms.CharField(
        label=_("Why it may overlap another one"),
        help_text=_("Only where it does. It is kept with the consultation."),
        max_length=200,
        required=False,
    )

    def __init__(self, *args: Any, zone: ZoneInfo, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = zone
        # The field is asked for only when the clock shows this time twice.
        self.is_ambiguous = False

    def clean_day(self) -> date:
        day: date = self.cleaned_data["day"]
        if not EARLIEST <= day <= timezone.now().date() + LATEST:
            raise ValidationError(_("Please check the year."))
        return day

    def clean(self) -> dict[str, Any]:
        if {"day", "at"} <= self.cleaned_data.keys():
            self.cleaned_data["starts_at"] = self._instant()
        return self.cleaned_data

    def _instant(self) -> datetime | None:
        day, at = self.cleaned_data["day"], self.cleaned_data["at"]
        first, second = (to_utc(day, at, self.zone, fold=fold) for fold in (0, 1))
        if first is None or second is None:
            self.add_error("at", _("The clocks go forward: there is no such time that day."))
            return None
        self.is_ambiguous = first != second
        if not self.is_ambiguous:
            return first
        return self._chosen(first, second)

    def _chosen(self, first: datetime, second: datetime) -> datetime | None:
        offers = {f"{instant:%Y%m%dT%H%MZ}": instant for instant in (first, second)}
        self.fields["which"].widget.choices = [
            (key, offset_label(instant, self.zone)) for key, instant in offers.items()
        ]
        chosen = offers.get(self.cleaned_data.get("which", ""))
        if chosen is None:
            self.add_error("which", _("The clocks go back then: this time comes twice."))
        return chosen


class BookForm(WhenForm):
    client = forms.ModelChoiceField(queryset=Client.objects.none(), label=_("Client"))
    service = forms.ModelChoiceField(queryset=Service.objects.none(), label=_("Service"))

    field_order = ("client", "service", "day", "at", "which", "overlap_reason")

    def __init__(
        self,
        *args: Any,
        clients: QuerySet[Client],
        services: QuerySet[Service],
        **kwargs: Any,
    ) -> None:
        """Shows, and accepts, only what the two querysets hold."""
        super().__init__(*args, **kwargs)
        self.fields["client"].queryset = clients.order_by("name")  # type: ignore[attr-defined]
        self.fields["client"].label_from_instance = _name  # type: ignore[attr-defined]
        self.fields["service"].queryset = services  # type: ignore[attr-defined]


def _name(client: Client) -> str:
    return client.name


def local_initial(starts_at: datetime, zone: ZoneInfo) -> dict[str, Any]:
    shown = starts_at.astimezone(zone)
    return {
        "day": shown.date(),
        "at": shown.time(),
        "which": f"{starts_at.astimezone(UTC):%Y%m%dT%H%MZ}",
    }
