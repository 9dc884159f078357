"""Instants and days of a record that is plain data, as somebody reads them."""

from __future__ import annotations

from datetime import date, datetime

from django import template
from django.db.models import TextChoices
from django.utils import timezone
from django.utils.formats import date_format

from counsel.records.models import CorrectionRequest
from counsel.reminders.models import Channel, Wording
from sessions.models import Status

register = template.Library()
_NAMES: tuple[type[TextChoices], ...] = (Status, Channel, Wording, CorrectionRequest.Answer)


@register.filter
def moment(value: str | None) -> str:
    """By the clock that is in force while the page is made."""
    if not value:
        return ""
    return date_format(timezone.localtime(datetime.fromisoformat(value)), "j F Y, H:i")


@register.filter
def day(value: str | None) -> str:
    return date_format(date.fromisoformat(value), "j F Y") if value else ""


@register.filter
def in_words(value: str) -> str:
    """A choice of ours, as it reads on our pages."""
    return next((str(of(value).label) for of in _NAMES if value in of.values), value)
