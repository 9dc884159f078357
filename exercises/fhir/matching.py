"""Whether a questionnaire's wording belongs to the facts an instrument is scored by.

Pure. A scoring rule must never be put under words it was not made for, so whatever
contradicts it is a mismatch and refuses. What is merely not said is a doubt: many published
questionnaires carry no code, so a person looks at the words and decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

from django.utils.translation import gettext

from exercises.fhir.wording import ItemWording, Wording
from exercises.schema import shown


class Facts(Protocol):
    """What is asked of exercises.scoring.facts.Instrument."""

    @property
    def name(self) -> str: ...
    @property
    def items(self) -> int: ...
    @property
    def values(self) -> tuple[int, ...]: ...
    @property
    def loinc(self) -> str: ...
    @property
    def item_loinc(self) -> tuple[str, ...]: ...
    @property
    def ignored_loinc(self) -> tuple[str, ...]: ...


def scored_items(wording: Wording, facts: Facts) -> tuple[ItemWording, ...]:
    """The items that are answered for this instrument, in their order."""
    return tuple(item for item in wording.items if item.loinc not in facts.ignored_loinc)


def mismatches(wording: Wording, facts: Facts) -> list[str]:
    """A line for each thing that contradicts the facts; none where the wording may be used."""
    items = scored_items(wording, facts)
    found = []
    if facts.loinc and wording.loinc and facts.loinc not in wording.loinc:
        problem = gettext("the questionnaire's LOINC code is %(there)s, %(expected)s is expected")
        found.append(problem % {"there": ", ".join(wording.loinc), "expected": facts.loinc})
    if len(items) != facts.items:
        problem = gettext("%(there)s items are there, %(expected)s are expected")
        found.append(problem % {"there": len(items), "expected": facts.items})
    else:
        found += _misplaced(items, facts.item_loinc)
    for number, item in enumerate(items, start=1):
        found += _wrong_answers(number, item, facts.values)
    return found + list(_turned(items))


def doubts(wording: Wording, facts: Facts) -> list[str]:
    """What the file leaves unsaid, for a person to confirm before the wording is used."""
    codes = [item.loinc for item in scored_items(wording, facts)]
    if facts.loinc in wording.loinc or (facts.item_loinc and tuple(codes) == facts.item_loinc):
        return []
    if facts.loinc:
        problem = gettext("the questionnaire carries no LOINC code")
    else:
        problem = gettext("there is no LOINC code to know %(name)s by") % {"name": facts.name}
    asked = gettext("its title is '%(title)s'; make sure that these are the words of %(name)s")
    return [f"{problem}; " + asked % {"title": wording.title, "name": facts.name}]


def _misplaced(items: Sequence[ItemWording], expected: Sequence[str]) -> Iterator[str]:
    # An instrument without item codes has nothing to compare; an item without one says nothing.
    for number, (item, code) in enumerate(zip(items, expected, strict=False), start=1):
        if item.loinc and code and item.loinc != code:
            problem = gettext("item %(number)s: its LOINC code is %(there)s, %(code)s is expected")
            yield problem % {"number": number, "there": item.loinc, "code": code}


def _turned(items: Iterable[ItemWording]) -> Iterator[str]:
    """Some files have the points of reverse items turned round already; we would do it again."""
    first: dict[str, tuple[int, int | None]] = {}
    for number, item in enumerate(items, start=1):
        for answer in item.answers:
            place, points = first.setdefault(answer.label, (number, answer.points))
            if place < number and points != answer.points:
                problem = gettext(
                    "item %(number)s: '%(label)s' counts %(there)s here and %(points)s in item "
                    "%(place)s; it has to count the same, reverse items are turned when scored"
                )
                yield problem % {
                    "number": number,
                    "label": shown(answer.label),
                    "there": answer.points,
                    "points": points,
                    "place": place,
                }
                break


def _wrong_answers(number: int, item: ItemWording, expected: Iterable[int]) -> Iterator[str]:
    points = [answer.points for answer in item.answers]
    known = sorted(count for count in points if count is not None)
    if not points:
        problem = gettext("item %(number)s: there are no answers, %(expected)s are expected")
    elif len(known) < len(points):
        problem = gettext("item %(number)s: not every answer has points, %(expected)s are expected")
    elif known != sorted(expected):
        problem = gettext("item %(number)s: answers %(there)s are there, %(expected)s are expected")
    else:
        return
    yield problem % {
        "number": number,
        "there": _listed(known),
        "expected": _ranged(sorted(expected)),
    }


def _listed(values: Sequence[int]) -> str:
    return ", ".join(str(value) for value in values)


def _ranged(values: Sequence[int]) -> str:
    if len(values) > 1 and list(values) == list(range(values[0], values[-1] + 1)):
        return gettext("%(low)s to %(high)s") % {"low": values[0], "high": values[-1]}
    return _listed(values)
