from __future__ import annotations

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from exercises.fhir.content import MAX_BYTES
from exercises.selectors.measures_offered import Offered
from exercises.steps import MAX_LABEL, MAX_TEXT, MAX_TITLE


def _helper() -> FormHelper:
    helper = FormHelper()
    helper.form_tag = False
    helper.disable_csrf = True
    return helper


class ImportForm(forms.Form):
    """A published questionnaire as a file."""

    file = forms.FileField(
        label=gettext_lazy("A FHIR questionnaire (R4, JSON)"),
        help_text=gettext_lazy("The form in which these instruments are published, up to 1 MiB."),
        max_length=255,
    )
    may_use = forms.BooleanField(
        label=gettext_lazy("I may use these words on the terms named here."),
        error_messages={"required": gettext_lazy("Please read the terms and tick this.")},
    )
    looked_at = forms.BooleanField(
        label=gettext_lazy("The file carries no code, and I have seen that it is this measure."),
        required=False,
    )

    def __init__(self, data: Any, files: Any = None) -> None:
        super().__init__(data, files)
        self.helper = _helper()

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise ValidationError(_("This file is too large: at most 1 MiB."))
        return file


class WordingForm(forms.Form):
    """The words of an instrument, typed: what stands above, each answer, each item."""

    title = forms.CharField(label=gettext_lazy("Title, as clients see it"), max_length=MAX_TITLE)
    stem = forms.CharField(
        label=gettext_lazy("What stands above every question"),
        max_length=MAX_TEXT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    copyright_line = forms.CharField(
        label=gettext_lazy("Copyright line, shown to clients"),
        max_length=MAX_TEXT,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    may_use = ImportForm.base_fields["may_use"]

    def __init__(self, data: Any, offered: Offered) -> None:
        instrument = offered.instrument
        super().__init__(
            data, initial={"title": instrument.name, "copyright_line": instrument.copyright}
        )
        self.values, self.count = instrument.values, instrument.items
        for value in self.values:
            self.fields[f"answer_{value}"] = forms.CharField(
                label=_("The answer that counts %(points)s") % {"points": value},
                max_length=MAX_LABEL,
            )
        for number in range(1, self.count + 1):
            self.fields[f"item_{number}"] = forms.CharField(
                label=_("Item %(number)s") % {"number": number},
                max_length=MAX_LABEL,
                widget=forms.Textarea(attrs={"rows": 2}),
            )
        self.order_fields(
            [
                "title",
                "stem",
                *(name for name in self.fields if name.startswith(("answer", "item"))),
            ]
        )
        self.helper = _helper()

    def wording(self) -> dict[str, Any]:
        """What `measure_write` takes."""
        data = self.cleaned_data
        return {
            "title": data["title"],
            "stem": data["stem"],
            "copyright_line": data["copyright_line"],
            "answers": {value: data[f"answer_{value}"] for value in self.values},
            "items": [data[f"item_{number}"] for number in range(1, self.count + 1)],
        }
