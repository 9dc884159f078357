from __future__ import annotations

from django import forms
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext_lazy as _

LONGEST = 5_000


class TalkForm(forms.Form):
    # Counted where it is sent: a limit in the browser would cut off what is pasted.
    text = forms.CharField(
        label=_("What you would like to talk about"),
        required=False,
        validators=[MaxLengthValidator(LONGEST)],
        widget=forms.Textarea(attrs={"rows": 5, "dir": "auto", "autocomplete": "off"}),
    )
