from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from clients.forms import ZoneForm
from counsel.accounts.models import validate_address
from sessions.forms.intake import one_line

_UNSEEN = {"autocomplete": "off"}


class InviteForm(forms.Form):
    """Whom a client invites. Nothing here tells whether the address is known to us."""

    name = forms.CharField(
        label=_("What you call them"),
        help_text=_("Only you see this."),
        max_length=120,
        validators=[one_line],
        error_messages={"required": _("Please write a name. Any name is fine.")},
        widget=forms.TextInput(attrs=_UNSEEN),
    )
    email = forms.EmailField(
        label=_("Their e-mail address"),
        help_text=_("One that only they read. It is where they sign in, too."),
        max_length=254,
        validators=[validate_address],
        error_messages={"required": _("Please write their e-mail address.")},
        widget=forms.EmailInput(attrs={"inputmode": "email", **_UNSEEN}),
    )
    signs_as = forms.CharField(
        label=_("What they call you, if it is to stand there"),
        help_text=_("On their page, once they have said yes; in no mail. It may stay empty."),
        max_length=60,
        required=False,
        validators=[one_line],
        widget=forms.TextInput(attrs=_UNSEEN),
    )
    agree = forms.BooleanField(
        label=_("I want this myself, and I feel safe with this person"),
        error_messages={"required": _("Please tick this only if it is so. Otherwise, leave it.")},
    )


class ShareForm(forms.Form):
    # Counted where it is sent: a limit in the browser would cut off what is pasted.
    text = forms.CharField(
        label=_("One small feeling, in a sentence or two"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto", **_UNSEEN}),
    )
    entry = forms.CharField(required=False, widget=forms.HiddenInput)


class PartnerZoneForm(ZoneForm):
    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, current_zone="UTC", **kwargs)
        self.fields["time_zone"].help_text = _("So that the days on your page are yours.")
