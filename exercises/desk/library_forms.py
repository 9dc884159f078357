from __future__ import annotations

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.translation import gettext_lazy as _

from exercises.desk.editor_inputs import WRITABLE_KINDS
from exercises.files import MAX_BYTES
from exercises.steps import MAX_TITLE


class NewForm(forms.Form):
    title = forms.CharField(
        label=_("Title"), help_text=_("What clients call it."), max_length=MAX_TITLE
    )
    kind = forms.ChoiceField(
        label=_("Kind"),
        help_text=_("A journal opens as one page to write on; a reading asks for nothing."),
        choices=WRITABLE_KINDS,
    )

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        self.helper = _plain()


class FileForm(forms.Form):
    file = forms.FileField(
        label=_("File"),
        help_text=_("A TOML file as Counsel writes it, at most 256 KiB."),
        widget=forms.FileInput(attrs={"accept": ".toml,application/toml,text/plain"}),
    )

    def __init__(self, data: Any, files: Any) -> None:
        super().__init__(data, files)
        self.helper = _plain()

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise forms.ValidationError(_("This file is larger than 256 KiB."))
        return file


def _plain() -> FormHelper:
    helper = FormHelper()
    helper.form_tag = False
    helper.disable_csrf = True
    return helper
