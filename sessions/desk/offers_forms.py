"""The forms of a service, its questions and what is agreed with single clients about it."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, URLValidator
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from counsel.accounts.scoped_admin import ScopedFormSet
from sessions.models import ClientService, IntakeQuestion, Place, Service

LONGEST_HORIZON = 730
_CURRENCY = re.compile(r"[A-Z]{3}")
_is_web_address = URLValidator(schemes=["http", "https"])


class ServiceForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Service
        fields = (
            *("name", "slug", "description", "is_public"),
            *("length", "buffer_before", "buffer_after", "step"),
            *("audience", "instant", "minimum_notice", "horizon"),
            *("daily_maximum", "weekly_maximum", "cancel_notice", "reschedule_notice"),
            *("place", "place_details", "fee", "currency"),
        )
        help_texts = {
            "slug": _(
                "The end of its web address. Empty: made from the name. Links you gave out stop "
                "working when it changes."
            ),
            "is_public": _("Otherwise only people you give the link to find it."),
            "buffer_before": _("Kept free before each one."),
            "buffer_after": _("Kept free after each one."),
            "minimum_notice": _("Nobody books later than this before it begins."),
            "place_details": _(
                "In person: the address. By phone: who calls which number. By video: the link. "
                "Shown to people who have booked."
            ),
            "fee": _("Printed on the page and in mails. No payment is taken."),
            "currency": _("Three capital letters, such as EUR."),
            "cancel_notice": _("For clients; later ones are noted as late. You may at any time."),
            "reschedule_notice": _("For clients. You may at any time."),
            "daily_maximum": _("Empty: as many as fit."),
            "weekly_maximum": _("From Monday to Sunday. Empty: as many as fit."),
        }
        widgets = {
            "description": forms.Textarea(attrs={"rows": 4}),
            "currency": forms.TextInput(attrs={"size": 5}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["slug"].required = False
        for name, (lowest, highest) in _LIMITS.items():
            self.fields[name].validators += [
                MinValueValidator(lowest),
                MaxValueValidator(highest),
            ]
            self.fields[name].widget.attrs |= {"min": lowest, "max": highest}

    def clean_slug(self) -> str:
        slug: str = self.cleaned_data["slug"] or slugify(self.cleaned_data.get("name", ""))[:60]
        if not slug:
            raise ValidationError(_("Give it an address in plain letters, such as first-meeting."))
        if slug == "embed":
            raise ValidationError(_("This is the address of the page that other sites show."))
        others = Service.objects.filter(counsellor=self.instance.counsellor_id, slug=slug)
        if others.exclude(pk=self.instance.pk).exists():
            raise ValidationError(_("Another service of yours has this address."))
        return slug

    def clean_currency(self) -> str:
        currency: str = self.cleaned_data["currency"].strip().upper()
        if currency and not _CURRENCY.fullmatch(currency):
            raise ValidationError(_("Write three letters, such as EUR, GBP or INR."))
        return currency

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("fee") and data.get("currency") == "":
            self.add_error("currency", _("Say in which currency the fee is."))
        ahead = data.get("horizon")
        if ahead and data.get("minimum_notice", 0) >= ahead * 24:
            self.add_error(
                "minimum_notice", _("Longer than it can be booked ahead: nothing would open.")
            )
        if data.get("place") == Place.VIDEO:
            self._check_link(data.get("place_details", ""))
        return data

    def _check_link(self, text: str) -> None:
        """Only what is meant as a link has to be one; words about it may stand there, too."""
        if not text or " " in text.strip():
            return
        try:
            _is_web_address(text.strip())
        except ValidationError:
            self.add_error(
                "place_details", _("Write the whole link, beginning with https:// or http://.")
            )


_LIMITS = {
    "buffer_before": (0, 240),
    "buffer_after": (0, 240),
    "minimum_notice": (0, 24 * 90),
    "horizon": (1, LONGEST_HORIZON),
    "daily_maximum": (1, 100),
    "weekly_maximum": (1, 500),
    "cancel_notice": (0, 24 * 90),
    "reschedule_notice": (0, 24 * 90),
}


class QuestionForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = IntakeQuestion
        fields = ("position", "kind", "required", "label", "help_text", "choices")
        labels = {"position": _("Order")}
        widgets = {
            "label": forms.TextInput(attrs={"class": "vLargeTextField"}),
            "help_text": forms.TextInput(attrs={"class": "vLargeTextField"}),
            "choices": forms.Textarea(attrs={"rows": 3}),
        }

    def clean_choices(self) -> str:
        lines = (" ".join(line.split()) for line in self.cleaned_data["choices"].splitlines())
        return "\n".join(dict.fromkeys(line for line in lines if line))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        is_choice = data.get("kind") == IntakeQuestion.Kind.CHOICE
        if is_choice and len(data.get("choices", "").splitlines()) < 2:
            self.add_error("choices", _("Write at least two, one a line."))
        return data


class QuestionFormSet(ScopedFormSet):
    def add_fields(self, form: forms.Form, index: int | None) -> None:
        super().add_fields(form, index)
        # A new one comes after those there are, unless another number is given.
        if index is not None and form.instance._state.adding:  # type: ignore[attr-defined]
            form.initial["position"] = index + 1


class HowSelect(forms.NullBooleanSelect):
    def __init__(self, attrs: Any = None) -> None:
        super().__init__(attrs)
        self.choices = [
            ("unknown", _("as the service says")),
            ("true", _("at once")),
            ("false", _("by request, which you confirm")),
        ]


class AgreementForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = ClientService
        fields = ("client", "service", "instant")
        labels = {"instant": _("How they book it")}
        help_texts = {
            "instant": "",
            "client": _("Being named here invites them to the service."),
        }
        widgets = {"instant": HowSelect}
