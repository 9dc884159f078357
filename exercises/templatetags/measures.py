"""What a measure adds to the pages of an exercise."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.defaultfilters import floatformat
from django.utils.translation import gettext

from counsel.common.help_lines import help_at_hand
from exercises.models import Entry
from exercises.scoring.changes import Change, Course
from exercises.scoring.facts import Instrument
from exercises.selectors import measures

register = template.Library()

register.filter("always_shared", measures.is_always_shared)


@register.inclusion_tag("exercises/_help_at_once.html")
def help_at_once(entry: Entry) -> dict[str, Any]:
    """Whom to call, on the next page after an answer that asks for it."""
    if not measures.shows_help(entry):
        return {"shows_help": False}
    known = help_at_hand()
    return {"shows_help": True, "help_lines": known.chosen, "emergency": known.emergency}


@register.inclusion_tag("exercises/_own_scores.html")
def own_scores(entry: Entry) -> dict[str, Any]:
    return {"own": measures.own_scores(entry), "entry": entry}


@register.filter
def change_words(change: Change, instrument: Instrument) -> str:
    """'−6, better, more than chance': for counsellors, in the smallest place there is.

    Of what was tested on nobody it says neither better nor worse.
    """
    if change.course is Course.SAME:
        return gettext("the same")
    sign = "+" if change.difference > 0 else "−"
    words = [sign + floatformat(abs(change.difference), "-2")]
    if instrument.validated:
        is_better = change.course is Course.BETTER
        words.append(gettext("better") if is_better else gettext("worse"))
    if change.reliable is not None:
        words.append(gettext("more than chance") if change.reliable else gettext("may be chance"))
    return ", ".join(words)
