"""The wording of an instrument, as a published questionnaire carries it.

Pure: frozen values only. Every text is plain text, whatever it looks like.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AnswerWording:
    """One answer and its points; None where the questionnaire gives none.

    `code` and `system` are how the answer is told to others, both '' where it has no code.
    """

    points: int | None
    label: str
    code: str = ""
    system: str = ""


@dataclass(frozen=True, slots=True)
class ItemWording:
    """One question. `position` counts from 1 and `prefix` is the number as it is printed.

    `intro` is what stands between this item and the one before it; what stands before the
    first is the stem. `groups` are the link ids of the groups it lies in, outermost first.
    """

    link_id: str
    position: int
    prefix: str
    loinc: str
    intro: str
    text: str
    answers: tuple[AnswerWording, ...]
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Wording:
    """A questionnaire's words. `left_out` tells, a sentence each, what of it was not taken."""

    title: str
    copyright: str
    publisher: str
    url: str
    version: str
    language: str
    loinc: tuple[str, ...]
    stem: str
    items: tuple[ItemWording, ...]
    left_out: tuple[str, ...] = ()
