"""What somebody on the waiting list wishes for, and what they agree to when they take an offer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from clients.models import ConsentDocument
from counsel.common.widgets import TimeInput
from sessions.forms.booking import WhoForm
from sessions.forms.intake import answers, field_name, fields_for
from sessions.models import IntakeQuestion
from sessions.services.asking import Answer


class WishForm(forms.Form):
    """Days and hours by the reader's own clock. Empty ones suit all."""

    weekdays = forms.TypedMultipleChoiceField(
        label=_("Days that suit you"),
        help_text=_("None chosen: any day."),
        choices=list(WEEKDAYS.items()),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    earliest = forms.TimeField(label=_("Not before"), required=False, widget=TimeInput)
    latest = forms.TimeField(label=_("Not after"), required=False, widget=TimeInput)

    def clean(self) -> dict[str, Any]:
        super().clean()
        earliest, latest = self.cleaned_data.get("earliest"), self.cleaned_data.get("latest")
        if earliest and latest and latest < earliest:
            self.add_error("latest", _("“Not after” must not be earlier than “not before”."))
        return self.cleaned_data

    @property
    def wishes(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("weekdays", "earliest", "latest")}


class JoinForm(WishForm, WhoForm):
    email_help = _("We write to it when a time comes free.")

    field_order = ("name", "email", "weekdays", "earliest", "latest")

    def __init__(self, data: QueryDict | None, *, zone_is_known: bool, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.zone_is_known = zone_is_known


class OfferForm(forms.Form):
    """Taking an offered time: the service's questions, and the consent where none stands."""

    agree = forms.BooleanField(
        label=_("I have read this and agree"),
        error_messages={"required": _("Please read the text and tick the box to go on.")},
    )
    document = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(
        self,
        data: Mapping[str, Any] | None,
        *,
        questions: Sequence[IntakeQuestion],
        consent: ConsentDocument | None,
    ) -> None:
        super().__init__(data, initial={"document": consent.pk if consent else ""})
        self.questions, self.consent = questions, consent
        if consent is None:
            del self.fields["agree"]
        self.fields.update(fields_for(questions))

    def clean_document(self) -> str:
        """Agreeing counts for the text that was read."""
        read: str = self.cleaned_data["document"]
        if self.consent is not None and read != str(self.consent.pk):
            raise ValidationError(_("The text below has changed. Please read it once more."))
        return read

    @property
    def intake(self) -> list[forms.BoundField]:
        return [self[field_name(question)] for question in self.questions]

    def answers(self) -> list[Answer] | None:
        return answers(self.questions, self.cleaned_data) or None
