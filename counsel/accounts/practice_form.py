"""What the practice decides for all of its counsellors, on one page."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from counsel.accounts.practice import Practice
from counsel.common.offsets import MOST, OFFSETS, before_words, in_order, offsets_cleaned


def hour_choices() -> list[tuple[int, str]]:
    return [(hour, f"{hour:02}:00") for hour in range(24)]


class PracticeForm(forms.ModelForm):  # type: ignore[type-arg]
    reminder_offsets = forms.TypedMultipleChoiceField(
        label=_("Reminders before each consultation"),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None ticked: none go, except to clients who chose some for themselves."),
    )
    quiet_from = forms.TypedChoiceField(
        label=_("Quiet from"), coerce=int, choices=hour_choices, help_text=_("In the evening.")
    )
    quiet_until = forms.TypedChoiceField(
        label=_("Quiet until"),
        coerce=int,
        choices=hour_choices,
        help_text=_("In the morning. The same hour twice: no quiet hours."),
    )

    class Meta:
        model = Practice
        fields = (
            *("frame_hosts", "confirm_minutes", "offer_hours"),
            *("reminder_offsets", "quiet_from", "quiet_until"),
            *("soften_after", "stop_after"),
            *("missed_in_a_row", "quiet_days", "flag_hours"),
            "retention_years",
        )
        labels = {
            "confirm_minutes": _("An address to confirm"),
            "offer_hours": _("An offer to answer"),
            "soften_after": _("Fewer after"),
            "stop_after": _("None after"),
            "missed_in_a_row": _("Missed in a row"),
            "quiet_days": _("Quiet"),
            "flag_hours": _("An open flag"),
            "retention_years": _("Years a record is kept"),
        }
        help_texts = {
            "confirm_minutes": _("Minutes for which the time somebody chose is kept meanwhile."),
            "offer_hours": _("Hours for which a time is kept for somebody on the waiting list."),
            "soften_after": _("Reminders in a row without practice before they become fewer."),
            "stop_after": _(
                "Reminders in a row without practice before they stop. The counsellor is told at "
                "the desk."
            ),
            "missed_in_a_row": _(
                "Planned practices missed one after the other before the desk says so."
            ),
            "quiet_days": _("Days without an entry before the desk calls a client quiet."),
            "flag_hours": _(
                "Hours after which a colleague is asked to look as well: whom the counsellor "
                "named, otherwise you, and you again after as many hours more. Their mail names "
                "nobody and says nothing of it."
            ),
            "retention_years": _(
                "Counted from the last consultation. A client who asks to be forgotten is told "
                "this. Ask what the law and your insurer want; for people under age it is longer."
            ),
        }
        widgets = {"frame_hosts": forms.Textarea({"rows": 4, "cols": 50})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Of fields of its own a form takes no start from the model, as long as there is no row.
        for name in ("reminder_offsets", "quiet_from", "quiet_until"):
            self.fields[name].initial = getattr(self.instance, name)
        offered = in_order([*OFFSETS, *self.instance.reminder_offsets])
        self.fields["reminder_offsets"].choices = [  # type: ignore[attr-defined]
            (minutes, before_words(minutes)) for minutes in offered
        ]

    def clean_reminder_offsets(self) -> list[int]:
        try:
            return offsets_cleaned(self.cleaned_data["reminder_offsets"])
        except ValueError as error:
            words = _("Tick %(most)d at most.")
            raise forms.ValidationError(words, params={"most": MOST}) from error

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = self.cleaned_data
        soften, stop = data.get("soften_after"), data.get("stop_after")
        if soften is not None and stop is not None and stop <= soften:
            self.add_error("stop_after", _("They must become fewer before they stop."))
        return data
