"""What is not in the record that leaves the house, and why."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy

from counsel.records.models import Withholding
from counsel.records.withholding import Withheld

_NOT_SIGNED = (
    gettext_lazy("Notes of consultations that are not signed"),
    gettext_lazy(
        "They are drafts, and may still change. Once they are signed they are part of it."
    ),
)
_OF_THEIR_OWN = (
    gettext_lazy("Process notes"),
    gettext_lazy(
        "What your counsellor writes down for themselves alone, to think by. It is kept apart from "
        "the record, and nobody else reads it."
    ),
)
_OTHER_PEOPLE = (
    gettext_lazy("What is about other people"),
    gettext_lazy(
        "The name and address of somebody close to you whom you invited, and what colleagues "
        "wrote to one another when they stood in or took over: these are not yours alone to take."
    ),
)
_ONLY_THEIRS = (
    gettext_lazy("What the client keeps to themselves"),
    gettext_lazy(
        "Private entries and drafts, a plan for hard moments that is not shared, what passes "
        "between them and somebody close, and how messages reach them. They can take these "
        "out themselves, on their own pages."
    ),
)
_HARM = gettext_lazy(
    "Your counsellor decided that reading it could do serious harm to you or to somebody else. The "
    "decision and its reason are recorded. You may ask them about it, or complain about it to "
    "whoever supervises data protection where you live."
)


def left_out(*, by_counsellor: bool) -> list[dict[str, str]]:
    """What is not in it, and why."""
    every = [_NOT_SIGNED, _OF_THEIR_OWN, _OTHER_PEOPLE]
    if by_counsellor:
        every.append(_ONLY_THEIRS)
    return [{"what": str(what), "why": str(why)} for what, why in every]


def withheld_data(withheld: Withheld) -> list[dict[str, Any]]:
    """That something is left out, of which kind, and why in general; never which, or the reason."""
    return [
        {"what": str(Withholding.Kind(kind).label), "count": count, "why": str(_HARM)}
        for kind, count in sorted(withheld.counts.items())
    ]
