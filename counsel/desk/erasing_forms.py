"""What staff fill in about a record that is to be erased, or must not be."""

from __future__ import annotations

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from counsel.common.widgets import DateInput

LONGEST = 2_000


class HoldForm(forms.Form):
    reason = forms.CharField(
        label=_("Why"),
        help_text=_("Sealed: only you and the counsellor read it, on this page; the client never."),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    since = forms.DateField(label=_("From"), initial=timezone.localdate, widget=DateInput)
    until = forms.DateField(
        label=_("Until, this day included"),
        help_text=_("Empty: until it is lifted."),
        required=False,
        widget=DateInput,
    )


class SureForm(forms.Form):
    sure = forms.BooleanField(
        label=_("I have read what this means."),
        error_messages={"required": _("Tick the box first, so that nothing happens by mistake.")},
    )
