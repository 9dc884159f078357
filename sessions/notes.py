"""What a note is made of: headings with text under each, and what was agreed.

Pure: values in, values out. A page of a note remembers the fingerprints of the texts it was
shown with; what has another by now was changed in another window meanwhile.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any, TypeAlias

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

MOST_HEADINGS = 12
LONGEST_HEADING = 120
_LENGTH = 16
# The next one is the highest that the column holds.
_LAST_VERSION = 2**31 - 2
# Those of the format, and what other formats left.
_MOST_SECTIONS = 5 * MOST_HEADINGS

# By the name of the format. A free note has one section, and that has no heading.
HEADINGS: dict[str, tuple[Any, ...]] = {
    "soap": (
        gettext_lazy("Subjective"),
        gettext_lazy("Objective"),
        gettext_lazy("Assessment"),
        gettext_lazy("Plan"),
    ),
    "dap": (gettext_lazy("Data"), gettext_lazy("Assessment"), gettext_lazy("Plan")),
    "birp": (
        gettext_lazy("Behaviour"),
        gettext_lazy("Intervention"),
        gettext_lazy("Response"),
        gettext_lazy("Plan"),
    ),
    "free": ("",),
}


@dataclass(frozen=True, slots=True)
class Section:
    heading: str
    text: str = ""


Sections: TypeAlias = tuple[Section, ...]


@dataclass(frozen=True, slots=True)
class Written:
    """All that is typed into a note."""

    sections: Sections
    agreed: str = ""

    @property
    def is_empty(self) -> bool:
        return not any(text.strip() for text in (*(s.text for s in self.sections), self.agreed))


def one_text(text: str) -> Written:
    """A note without headings."""
    return Written((Section("", text),))


@dataclass(frozen=True, slots=True)
class Seen:
    """What a page was shown with: the note's version, its headings, and a print of each text."""

    version: int
    prints: Mapping[str, str] = field(default_factory=dict)
    agreed: str = ""


class HeadingsRefused(ValueError):
    """Its text says what to do about it."""


def headings_of(text: str) -> tuple[str, ...]:
    """The headings of a practice's own format, one a line. Raises HeadingsRefused."""
    lines = [" ".join(line.split()) for line in text.splitlines()]
    headings = tuple(line for line in lines if line)
    if not headings:
        raise HeadingsRefused(_("Write at least one heading."))
    if len(headings) > MOST_HEADINGS:
        refused = _("At most %(most)d headings; these are %(count)d.")
        raise HeadingsRefused(refused % {"most": MOST_HEADINGS, "count": len(headings)})
    for number, heading in enumerate(headings, start=1):
        if len(heading) > LONGEST_HEADING:
            refused = _("Heading %(number)d is longer than %(most)d characters.")
            raise HeadingsRefused(refused % {"number": number, "most": LONGEST_HEADING})
        if heading.casefold() in {earlier.casefold() for earlier in headings[: number - 1]}:
            raise HeadingsRefused(_("“%(heading)s” stands there twice.") % {"heading": heading})
    return headings


def begun(headings: Iterable[str]) -> Sections:
    return tuple(Section(str(heading)) for heading in headings)


def in_format(sections: Sections, headings: Sequence[str]) -> Sections:
    """The same words under other headings. What stands under one that is no more goes last,
    under its own.
    """
    texts = texts_of(Written(sections))
    wanted = [str(heading) for heading in headings]
    left = (s for s in sections if s.heading not in wanted and s.text.strip())
    return (*(Section(heading, texts.get(heading, "")) for heading in wanted), *left)


# --- How a note is stored, and how a page carries what it was shown with -----------------------


def as_rows(sections: Sections) -> list[dict[str, str]]:
    return [{"heading": section.heading, "text": section.text} for section in sections]


def from_rows(rows: Iterable[Mapping[str, str]]) -> Sections:
    return tuple(Section(row["heading"], row["text"]) for row in rows)


def print_of(text: str) -> str:
    """Short, the same for the same text."""
    return sha256(text.encode(errors="replace")).hexdigest()[:_LENGTH]


def seen_of(version: int, written: Written) -> Seen:
    prints = {heading: print_of(text) for heading, text in texts_of(written).items()}
    return Seen(version, prints, print_of(written.agreed))


def as_line(seen: Seen) -> str:
    """As one hidden field of a page carries it."""
    return json.dumps([seen.version, dict(seen.prints), seen.agreed])


def from_line(line: str) -> Seen | None:
    """What `as_line` wrote; None for anything else."""
    try:
        version, prints, agreed = json.loads(line)
    except (ValueError, TypeError, RecursionError):
        return None
    if type(version) is not int or not isinstance(prints, dict) or not isinstance(agreed, str):
        return None
    if not 0 <= version <= _LAST_VERSION:
        return None
    if len(prints) > _MOST_SECTIONS or not all(_is_heading(heading) for heading in prints):
        return None
    return Seen(version, {heading: str(value) for heading, value in prints.items()}, agreed)


def _is_heading(text: str) -> bool:
    return len(text) <= LONGEST_HEADING and (text.isprintable() or not text)


# --- Two windows --------------------------------------------------------------------------------


def join(kept: Written, sent: Written, seen: Seen) -> Written:
    """One note, two windows: what is kept when both wrote into it.

    Text by text: what only one side changed is as that side left it. Where both did, no words
    go: the longer text where it holds the other, else both, one under the other. What was sent
    under a heading the note has no more comes last, under that heading.
    """
    mine = {section.heading: section.text for section in sent.sections}
    sections = []
    for section in kept.sections:
        text = mine.pop(section.heading, None)
        if text is not None:
            was = seen.prints.get(section.heading)
            section = replace(section, text=_one(text, section.text, was))
        sections.append(section)
    left = (Section(heading, text) for heading, text in mine.items() if text.strip())
    return Written((*sections, *left), _one(sent.agreed, kept.agreed, seen.agreed))


def _one(mine: str, theirs: str, was: str | None) -> str:
    if print_of(theirs) == was or mine == theirs:
        return mine
    if print_of(mine) == was or mine in theirs:
        return theirs
    return mine if theirs in mine else f"{mine}\n\n{theirs}"


def texts_of(written: Written) -> dict[str, str]:
    return {section.heading: section.text for section in written.sections}


def seen_now(seen: Seen, version: int, kept: Written) -> Seen:
    """What a page has seen that was shown with `seen` and now holds the texts as they are kept.

    A page without a field for each of them has not seen the version: it must not be taken to
    have emptied the others.
    """
    texts = texts_of(kept)
    prints = {heading: print_of(texts.get(heading, "")) for heading in seen.prints}
    return Seen(version if list(prints) == list(texts) else 0, prints, print_of(kept.agreed))
