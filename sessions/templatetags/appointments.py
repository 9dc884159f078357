"""Times in words, for the pages of this app."""

from __future__ import annotations

from decimal import Decimal

from django import template
from django.utils.formats import number_format
from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext

from sessions import wording
from sessions.models import Consultation, Service, Status

register = template.Library()

register.filter("day_words", wording.day_words)
register.filter("clock_words", wording.clock_words)
register.filter("when_words", wording.when_words)
register.filter("zone_words", wording.zone_words)
register.filter("zone_and_offset", wording.zone_and_offset)

_SHAPES = {
    Status.PENDING: "status-wait",
    Status.CONFIRMED: "status-on",
    Status.COMPLETED: "status-done",
    Status.NO_SHOW: "status-off",
}


@register.filter
def status_shape(consultation: Consultation) -> str:
    """The class that draws the shape beside a status word."""
    return _SHAPES.get(Status(consultation.status), "status-off")


@register.filter
def status_words(consultation: Consultation) -> str:
    """The status as the client would say it."""
    own = {
        Status.CANCELLED_BY_CLIENT: gettext("Cancelled by you"),
        Status.CANCELLED_BY_COUNSELLOR: gettext("Cancelled by your counsellor"),
        Status.DECLINED: gettext("Could not be confirmed"),
    }
    status = Status(consultation.status)
    return own.get(status) or capfirst(str(status.label))


@register.filter
def minutes_words(minutes: int) -> str:
    return ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}


@register.filter
def length_words(consultation: Consultation) -> str:
    return minutes_words(int((consultation.ends_at - consultation.starts_at).total_seconds()) // 60)


@register.filter
def fee_words(priced: Service | Consultation) -> str:
    """'60 EUR', never broken between the two; nothing where no fee is set."""
    if priced.fee is None:
        return ""
    if not priced.fee:
        return gettext("free of charge")
    whole = priced.fee == priced.fee.to_integral_value()
    amount = number_format(Decimal(priced.fee), decimal_pos=0 if whole else 2)
    return f"{amount}\u00a0{priced.currency}".strip()
