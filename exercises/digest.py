"""What a client's one homework message of a day says. Pure: values in, parts out.

There is one message a day and not one for each thing, so all that is open stands in it together.
Reminders that nothing follows become fewer, then stop by themselves.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

# The kind of message, as the ledger calls it.
KIND = "practice_today"
# Of the days that ask for practice, every so many have a message once they are fewer.
EVERY = 3


class Part(StrEnum):
    """What a message is about. The values stand in the ledger; none is part of another."""

    REPLY = "reply"
    NEWS = "news"
    MEASURE = "measure"
    PRACTICE = "practice"
    # Not of practice, but of reminders of it: they come seldom now, or this is the last one.
    GENTLY = "gently"
    LAST = "last"


# What asks for something. The others tell what somebody else has done.
ASKING = frozenset({Part.MEASURE, Part.PRACTICE})


class Pace(StrEnum):
    DAILY = "daily"
    FEWER = "fewer"
    STOP = "stop"


class Form(StrEnum):
    """In which words: a message has one form, whatever its parts."""

    PRACTICE = "practice"
    MEASURE = "measure"
    NEWS = "news"
    REPLY = "reply"
    SEVERAL = "several"
    GENTLY = "gently"
    LAST = "last"


@dataclass(frozen=True, slots=True)
class Open:
    """What is open on one day: practice and measures that ask, something new, words unread."""

    practice: bool = False
    measure: bool = False
    news: bool = False
    reply: bool = False

    def has(self, part: Part) -> bool:
        """Whether that is open; never true of how something is said."""
        return bool(getattr(self, part.value, False))


def nudging(ignored: int, soften_after: int, stop_after: int) -> Pace:
    """How reminders go on after so many, one after the other, that nothing followed.

    `soften_after` < `stop_after`. At STOP one more goes out, which says that it is the last.
    """
    if ignored >= stop_after:
        return Pace.STOP
    return Pace.FEWER if ignored >= soften_after else Pace.DAILY


def is_turn(pace: Pace, asking_days: int) -> bool:
    """Whether a day that asks has a reminder: `asking_days` since the last one, it included."""
    return pace is Pace.DAILY or asking_days >= EVERY


def parts_of(day: Open, pace: Pace, *, may_ask: bool) -> frozenset[Part]:
    """What the message of a day says; nothing: there is none.

    `may_ask` is false where reminders have stopped, or it is not their turn. Once they are fewer
    they come alone: what somebody is told of is not used to ask them again.
    """
    told = {part for part, is_open in _told(day) if is_open}
    asking = {part for part, is_open in _asking(day) if is_open and may_ask}
    if pace is Pace.DAILY or not asking:
        return frozenset(told | asking)
    if told:
        return frozenset(told)
    return frozenset({Part.LAST}) if pace is Pace.STOP else frozenset(asking | {Part.GENTLY})


def form_of(parts: Iterable[Part]) -> Form:
    """Raises ValueError for no parts at all."""
    found = set(parts)
    for tone in (Part.LAST, Part.GENTLY):
        if tone in found:
            return Form(tone.value)
    if not found:
        raise ValueError("A message says something.")
    return Form(found.pop().value) if len(found) == 1 else Form.SEVERAL


def letter_of(form: Form) -> str:
    """The name by which the words of that form are known."""
    return KIND if form is Form.PRACTICE else f"{KIND}.{form.value}"


def written(parts: Iterable[Part]) -> str:
    """The parts as the ledger keeps them."""
    found = set(parts)
    return " ".join(part.value for part in Part if part in found)


def read(text: str) -> frozenset[Part]:
    return frozenset(Part(word) for word in text.split())


def _told(day: Open) -> tuple[tuple[Part, bool], ...]:
    return (Part.REPLY, day.reply), (Part.NEWS, day.news)


def _asking(day: Open) -> tuple[tuple[Part, bool], ...]:
    return (Part.MEASURE, day.measure), (Part.PRACTICE, day.practice)
