"""Words and places of the client's own view of how things went."""

from __future__ import annotations

from django import template
from django.utils.formats import date_format
from django.utils.text import get_text_list
from django.utils.translation import gettext, ngettext

from exercises.selectors.own_course import OwnDay, OwnMonth

register = template.Library()


@register.filter
def practised_words(month: OwnMonth) -> str:
    count, name = len(month.practised), date_format(month.first, "F")
    if not count and not month.is_over:
        return gettext("The days on which you practise in %(month)s will be marked here.") % {
            "month": name
        }
    if not count:
        return gettext("%(month)s was quiet. That's allowed.") % {"month": name}
    return ngettext(
        "You practised on %(count)s day in %(month)s.",
        "You practised on %(count)s days in %(month)s.",
        count,
    ) % {"count": count, "month": name}


@register.filter
def met_words(month: OwnMonth) -> str:
    days = get_text_list([date_format(day, "j F") for day in month.met], gettext("and"))
    return gettext("You met your counsellor on %(days)s.") % {"days": days}


@register.filter
def days_words(month: OwnMonth) -> str:
    """For those who cannot see the marks."""
    if not month.practised:
        return practised_words(month)
    days = get_text_list([date_format(day, "j") for day in month.practised], gettext("and"))
    return gettext("Practised on day %(days)s of the month.") % {"days": days}


@register.filter
def mark_x(day: OwnDay) -> int:
    """Its place in a row of 31, ten wide each."""
    return day.day.day * 10 - 5


@register.filter
def strength_x(strength: float) -> float:
    """Its place on a rule from 0 to 10, between 10 and 210."""
    return round(10 + strength * 20, 1)
