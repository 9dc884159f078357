from __future__ import annotations

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.translation import gettext_lazy as _

from counsel.reminders.catalogue import LetterKind
from counsel.reminders.letter_rules import problems, tidied
from counsel.reminders.letters import Words


class LetterForm(forms.Form):
    """The words of one message. How long they may be is said by its rules, and loses nothing."""

    subject = forms.CharField(label=_("Subject"), required=False)
    body = forms.CharField(
        label=_("Words"), required=False, widget=forms.Textarea(attrs={"rows": 18})
    )

    def __init__(self, data: Any, *, kind: LetterKind, words: Words) -> None:
        super().__init__(data, initial={"subject": words.subject, "body": words.body})
        self.kind = kind
        if kind.is_short:
            del self.fields["subject"]
            self.fields["body"].widget.attrs["rows"] = 3
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True

    def clean_body(self) -> str:
        return tidied(self.cleaned_data["body"])

    def clean(self) -> None:
        """Everything that is wrong at once, each beside its field."""
        subject = self.cleaned_data.get("subject", "")
        found = problems(self.kind, subject, self.cleaned_data.get("body", ""))
        for problem in [row for row in found if row.field not in self.errors]:
            self.add_error(problem.field, problem.message)
