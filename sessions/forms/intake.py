"""A service's questions as fields of a form, and what was written there as answers to keep."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sessions.models import IntakeQuestion
from sessions.services.asking import Answer

LONGEST_LINE = 500
LONGEST_TEXT = 5000
# With more to choose from, a list that opens is easier on a phone.
MOST_RADIOS = 6
_UNSEEN = {"autocomplete": "off"}


def one_line(text: str) -> None:
    """Refuses line breaks and other control characters: they belong in no name."""
    if any(unicodedata.category(character) == "Cc" for character in text):
        raise ValidationError(_("Please write this on one line, in plain characters."))


def field_name(question: IntakeQuestion) -> str:
    return f"q_{question.pk.hex}"


def fields_for(questions: Iterable[IntakeQuestion]) -> dict[str, forms.Field]:
    return {field_name(question): _field(question) for question in questions}


def answers(questions: Iterable[IntakeQuestion], cleaned: Mapping[str, Any]) -> list[Answer]:
    """What was answered, with the questions as they were asked. Blank ones are left out."""
    given = ((question, cleaned.get(field_name(question), "")) for question in questions)
    return [
        {"question": question.label, "answer": _words(question, answer)}
        for question, answer in given
        if answer
    ]


def _field(question: IntakeQuestion) -> forms.Field:
    common: dict[str, Any] = {
        "label": question.label,
        "help_text": question.help_text,
        "required": question.required,
        "error_messages": {"required": gettext_lazy("Please answer this.")},
    }
    kinds = IntakeQuestion.Kind
    if question.kind == kinds.LONG:
        area = forms.Textarea(attrs={"rows": 4, **_UNSEEN})
        return forms.CharField(max_length=LONGEST_TEXT, widget=area, **common)
    if question.kind == kinds.YES_NO:
        both = [("yes", gettext_lazy("Yes")), ("no", gettext_lazy("No"))]
        return forms.ChoiceField(choices=both, widget=forms.RadioSelect, **common)
    offered = [(line, line) for line in _lines(question)]
    if offered and len(offered) <= MOST_RADIOS:
        return forms.ChoiceField(choices=offered, widget=forms.RadioSelect, **common)
    if offered:
        return forms.ChoiceField(choices=[("", "—"), *offered], **common)
    line = forms.TextInput(attrs=_UNSEEN)
    return forms.CharField(max_length=LONGEST_LINE, validators=[one_line], widget=line, **common)


def _lines(question: IntakeQuestion) -> list[str]:
    if question.kind != IntakeQuestion.Kind.CHOICE:
        return []
    lines = (line.strip() for line in question.choices.splitlines())
    return list(dict.fromkeys(line for line in lines if line))


def _words(question: IntakeQuestion, answer: str) -> str:
    if question.kind == IntakeQuestion.Kind.YES_NO:
        return _("Yes") if answer == "yes" else _("No")
    return answer
