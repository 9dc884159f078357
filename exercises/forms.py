from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from clients.models import Sharing

# Field names of an exercise begin with a letter: with this prefix ours never meet them.
PREFIX = "_"


class SharingForm(forms.Form):
    prefix = PREFIX
    sharing = forms.ChoiceField(
        label=_("Who can see this"), choices=Sharing, widget=forms.RadioSelect
    )

    def decided(self) -> str:
        return str(self.cleaned_data["sharing"])


class HelpfulForm(forms.Form):
    """How helpful it was: a number in the database, words on the page."""

    WORDS = (
        (0, _("Not at all")),
        (1, _("A little")),
        (2, _("Somewhat")),
        (3, _("Quite")),
        (4, _("Very")),
    )

    helpful = forms.TypedChoiceField(choices=WORDS, coerce=int)
