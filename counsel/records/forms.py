from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from counsel.records.kept import Period


class PagesForm(forms.Form):
    """What to take out of what one has kept, and in which shape."""

    shape = forms.ChoiceField(
        label=gettext_lazy("In which form"),
        choices=[
            ("page", gettext_lazy("A page to read and to print")),
            ("text", gettext_lazy("Plain text")),
            ("table", gettext_lazy("A table for a spreadsheet (CSV)")),
        ],
        initial="page",
        widget=forms.RadioSelect,
    )
    first = forms.DateField(
        label=gettext_lazy("From"),
        help_text=gettext_lazy("Leave both days empty to take everything."),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    last = forms.DateField(
        label=gettext_lazy("Until, this day included"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    drafts = forms.BooleanField(label=gettext_lazy("Also what I haven't finished"), required=False)

    def clean(self) -> dict[str, Any]:
        first, last = self.cleaned_data.get("first"), self.cleaned_data.get("last")
        if first and last and last < first:
            self.add_error("last", _("This day is before the first one."))
        return self.cleaned_data

    def period(self) -> Period:
        return Period(self.cleaned_data["first"], self.cleaned_data["last"])
