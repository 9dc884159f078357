"""Fields for days, hours and time zones, the same in the portal and at the desk."""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from counsel.common.zones import zone_choices


class DateInput(forms.DateInput):
    """The browser's own picker, as those below: it speaks the reader's language."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class TimeInput(forms.TimeInput):
    input_type = "time"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%H:%M")


class DateTimeInput(forms.SplitDateTimeWidget):
    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        widgets = (DateInput({"aria-label": _("Day")}), TimeInput({"aria-label": _("Time")}))
        forms.MultiWidget.__init__(self, widgets, attrs)


class ZoneSelect(forms.Select):
    """Every time zone, and the one that is chosen now even where browsers use its older name."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """By hand: Django renders three templates for each of the four hundred options."""
        current = value or ""
        choices = zone_choices(current) if current else [("", "---------"), *zone_choices()]
        options = format_html_join(
            "\n",
            '<option value="{}"{}>{}</option>',
            ((zone, flatatt({"selected": zone == current}), words) for zone, words in choices),
        )
        attributes = {**self.build_attrs(self.attrs, attrs), "name": name}
        # A text field's own, which no choice has.
        attributes.pop("maxlength", None)
        return format_html("<select{}>{}</select>", flatatt(attributes), options)
