"""What a counsellor fills in to lend a record, or to hand a client over."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clients.models import ConsentHow
from clients.services.cover import MOST_DAYS
from counsel.accounts.counsellor_form import ColleagueField
from counsel.accounts.models import Counsellor
from counsel.accounts.selectors import colleagues_of
from counsel.common.widgets import DateInput

LONGEST = 2_000


class WithConsentForm(forms.Form):
    """Whom to, and the client's yes: without it nothing is lent and nobody handed over."""

    to = ColleagueField(
        queryset=Counsellor.objects.none(),
        label=_("Colleague"),
        empty_label=_("Choose"),
    )
    consent_on = forms.DateField(
        label=_("The client agreed on"),
        help_text=_("They know who it is, what that person may read, and for how long."),
        widget=DateInput,
    )
    consent_how = forms.ChoiceField(
        label=_("How they agreed"), choices=ConsentHow.choices, widget=forms.RadioSelect
    )

    def __init__(self, data: Any, *, counsellor: Counsellor) -> None:
        super().__init__(data)
        self.fields["to"].queryset = colleagues_of(counsellor)  # type: ignore[attr-defined]

    @property
    def has_colleagues(self) -> bool:
        return bool(self.fields["to"].queryset)  # type: ignore[attr-defined]


class CoverForm(WithConsentForm):
    first_day = forms.DateField(label=_("First day"), widget=DateInput)
    last_day = forms.DateField(
        label=_("Last day"),
        help_text=_("This day included, by your clock; at most %(days)d days.")
        % {"days": MOST_DAYS},
        widget=DateInput,
    )
    reason = forms.CharField(
        label=_("Why"),
        help_text=_("For you and the colleague, if you like. The client does not see it."),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class HandoverForm(WithConsentForm):
    words = forms.CharField(
        label=_("Your words to the colleague"),
        help_text=_("What they should know before they answer. Only they read it."),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
