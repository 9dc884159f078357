from __future__ import annotations

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.translation import gettext_lazy as _

LONGEST = 5_000


class QualityForm(forms.Form):
    """How well an entry was worked through: the counsellor's impression, empty for none."""

    WORDS = (
        (0, _("Hardly touched")),
        (1, _("A beginning")),
        (2, _("Done")),
        (3, _("Worked with")),
        (4, _("Went deep")),
    )

    quality = forms.TypedChoiceField(
        choices=[("", ""), *WORDS], coerce=int, required=False, empty_value=None
    )


class ReplyForm(forms.Form):
    text = forms.CharField(
        label=_("Your reply"),
        help_text=_("The client reads it in the portal, under this entry."),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
