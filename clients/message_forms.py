"""What a client fills in about the messages they get."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, Literal

from django import forms
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from clients.services import MessageChoices
from counsel.accounts.practice import practice
from counsel.common.errors import DomainError
from counsel.common.offsets import OFFSETS, before_words, in_order, offsets_words
from counsel.common.widgets import DateInput
from counsel.reminders.models import Channel, Wording

AS_PRACTICE: Literal["practice"] = "practice"
OWN: Literal["own"] = "own"
NEVER: Literal["never"] = "never"
PAUSES = (3, 7, 14, 30)
UNTIL_DAY = "day"

_LABELS = {
    Channel.EMAIL: _("E-mails"),
    Channel.SMS: _("Text messages"),
    Channel.PUSH: _("Notifications on your devices"),
}


class MessagesForm(forms.Form):
    """One question for each channel there is a way to, and when consultations are reminded of."""

    when = forms.ChoiceField(
        label=_("Reminders before an appointment"),
        choices=(
            (AS_PRACTICE, _("As we usually do")),
            (OWN, _("At times of my own")),
            (NEVER, _("None")),
        ),
        widget=forms.RadioSelect,
    )
    offsets = forms.TypedMultipleChoiceField(
        label=_("How long before"),
        required=False,
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, data: Any, *, client: Client, channels: Sequence[Channel]) -> None:
        super().__init__(data, initial=_now_chosen(client, channels))
        self.client, self.channels = client, channels
        for channel in channels:
            self.fields[_field(channel)] = forms.ChoiceField(
                label=_LABELS[channel], choices=Wording.choices, widget=forms.RadioSelect
            )
        offered = in_order([*OFFSETS, *(client.reminder_offsets or ())])
        self.fields["offsets"].choices = [  # type: ignore[attr-defined]
            (minutes, before_words(minutes)) for minutes in offered
        ]

    @property
    def channel_fields(self) -> list[str]:
        return [_field(channel) for channel in self.channels]

    def field_of(self, error: DomainError) -> str | None:
        """The question a rule's refusal belongs to; none for one that is not asked."""
        if error.field == "reminder_offsets":
            return "offsets"
        return error.field if error.field in self.fields else None

    @property
    def usual(self) -> str:
        return offsets_words(practice().reminder_offsets)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = self.cleaned_data
        if data.get("when") == OWN and not data.get("offsets") and "offsets" not in self.errors:
            self.add_error("offsets", _("Tick at least one, or choose “None”."))
        return data

    def decided(self) -> MessageChoices:
        chosen = {
            _field(channel): self.cleaned_data.get(_field(channel), self.client.wording_on(channel))
            for channel in Channel
        }
        when = self.cleaned_data["when"]
        own = self.cleaned_data["offsets"] if when == OWN else []
        return MessageChoices(**chosen, reminder_offsets=None if when == AS_PRACTICE else own)


class PauseForm(forms.Form):
    """For so many days from today, or until a day on which reminders may come again."""

    how_long = forms.ChoiceField(label=_("For how long"), widget=forms.RadioSelect)
    until = forms.DateField(
        label=_("The day from which on they may come again"), required=False, widget=DateInput
    )

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        self.fields["how_long"].choices = [  # type: ignore[attr-defined]
            *((str(days), _("%(days)d days") % {"days": days}) for days in PAUSES),
            (UNTIL_DAY, _("Until a day I choose")),
        ]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = self.cleaned_data
        if (
            data.get("how_long") == UNTIL_DAY
            and not data.get("until")
            and "until" not in self.errors
        ):
            self.add_error("until", _("Choose a day."))
        return data

    def first_day_after(self, today: date) -> date:
        """The first day on which reminders may come again."""
        how_long = self.cleaned_data["how_long"]
        if how_long == UNTIL_DAY:
            chosen: date = self.cleaned_data["until"]
            return chosen
        return today + timedelta(days=int(how_long))


def _field(channel: Channel) -> str:
    return f"{channel.value}_wording"


def _now_chosen(client: Client, channels: Sequence[Channel]) -> dict[str, Any]:
    own = client.reminder_offsets
    return {
        **{_field(channel): client.wording_on(channel).value for channel in channels},
        "when": AS_PRACTICE if own is None else OWN if own else NEVER,
        "offsets": own or [],
    }
