from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from clients.models import Client, ConsentDocument
from counsel.accounts.models import validate_address
from sessions.forms.intake import answers, field_name, fields_for, one_line
from sessions.models import IntakeQuestion
from sessions.services.asking import Answer

_KEY = re.compile(r"[A-Za-z0-9_-]{16,64}")
_TYPED = ("name", "email", "agree")


class WhoForm(forms.Form):
    """Who asks for something without being signed in."""

    name = forms.CharField(
        label=_("What should we call you?"),
        max_length=120,
        validators=[one_line],
        error_messages={"required": _("Please write a name. Any name is fine.")},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = forms.EmailField(
        label=_("Your e-mail address"),
        validators=[validate_address],
        error_messages={"required": _("Please write your e-mail address.")},
        widget=forms.EmailInput(attrs={"autocomplete": "email", "inputmode": "email"}),
    )
    # People never see this field; programs fill it in.
    website = forms.CharField(
        label=_("Leave this empty"),
        required=False,
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )
    email_help: Any = ""
    zone_is_known = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].help_text = self.email_help

    def clean(self) -> dict[str, Any]:
        super().clean()
        if not self.zone_is_known:
            raise ValidationError(
                _("We don't know that time zone. Please check the time above once more.")
            )
        if self.cleaned_data.get("website"):
            raise ValidationError(_("Please send this again without filling the hidden field."))
        return self.cleaned_data


class BookingForm(WhoForm):
    """What a visitor gives to book a time. The time itself stands in the address."""

    email_help = _("For the confirmation and a reminder.")
    agree = forms.BooleanField(
        label=_("I have read this and agree"),
        error_messages={"required": _("Please read the text and tick the box to go on.")},
    )
    zone = forms.CharField(widget=forms.HiddenInput)
    key = forms.CharField(widget=forms.HiddenInput)
    document = forms.CharField(widget=forms.HiddenInput)

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        consent: ConsentDocument,
        zone: ZoneInfo,
        zone_is_known: bool = True,
        typed: Mapping[str, Any] | None = None,
        questions: Sequence[IntakeQuestion] = (),
        client: Client | None = None,
    ) -> None:
        """`typed` fills the form in without judging it; `client` is who is signed in."""
        self.zone_is_known = zone_is_known
        self.questions = questions
        hidden = {"zone": zone.key, "key": secrets.token_urlsafe(24), "document": str(consent.pk)}
        known = {"name": client.name, "email": client.email} if client else {}
        names = (*_TYPED, *(field_name(question) for question in questions))
        kept = {name: typed[name] for name in names if name in typed} if typed else {}
        super().__init__(_mended(data, hidden), initial={**hidden, **known, **kept})
        asked = fields_for(questions)
        self.fields.update(asked)
        # As they stand on the page, so that messages about them do, too.
        self.order_fields(["name", "email", *asked, "agree"])

    @property
    def intake(self) -> list[forms.BoundField]:
        """The fields of the service's own questions."""
        return [self[field_name(question)] for question in self.questions]

    def answers(self) -> list[Answer] | None:
        return answers(self.questions, self.cleaned_data) or None


def _mended(data: QueryDict | None, hidden: dict[str, str]) -> QueryDict | None:
    """Puts right what no person typed, so that the form can always be sent again as it is."""
    if data is None:
        return None
    data = data.copy()
    data["zone"] = hidden["zone"]
    if not _KEY.fullmatch(data.get("key", "")):
        data["key"] = hidden["key"]
    if data.get("document") != hidden["document"]:
        # Agreeing counts for the text that was read.
        data["document"] = hidden["document"]
        data.pop("agree", None)
    return data
