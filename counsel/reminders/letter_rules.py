"""What the words of a message must hold to, whoever wrote them. Says nothing for good words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from counsel.reminders.catalogue import LetterKind
from counsel.reminders.placeholders import faults, names_in, words_of
from counsel.reminders.words import assert_neutral

MAX_SUBJECT = 120
MAX_BODY = 5000
# One text message, before its link.
MAX_SHORT = 160
# Of so much nothing else is looked at: each fault would be named, and that takes its time.
_FAR_TOO_LONG = 2 * MAX_BODY
_ADDRESS = re.compile(r"(?:\b\w+://|\bwww\.)\S*", re.IGNORECASE)
# What ends a line or is no text at all: it would begin another header, or hide.
_CONTROL = frozenset({"Cc", "Zl", "Zp", "Cs"})


@dataclass(frozen=True, slots=True)
class Problem:
    """`field` is "subject" or "body"; `message` says what to do."""

    field: str
    message: str


def tidied(text: str) -> str:
    """The words as they are kept: lines end in one way, and nothing stands around them."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(line.rstrip() for line in lines).strip()


def problems(kind: LetterKind, subject: str, body: str) -> list[Problem]:
    return [*_of_subject(kind, subject), *_of_body(kind, body)]


def _of_subject(kind: LetterKind, subject: str) -> Iterator[Problem]:
    if kind.is_short:
        return
    if not subject.strip():
        yield Problem("subject", _("A mail needs a subject."))
    if len(subject) > MAX_SUBJECT:
        yield Problem("subject", _("At most %(most)d characters.") % {"most": MAX_SUBJECT})
        if len(subject) > _FAR_TOO_LONG:
            return
    if _has_control(subject):
        yield Problem("subject", _("A subject is one line of plain words."))
    fit = [row.name for row in kind.placeholders if row.suits_subjects]
    for name in sorted(names_in(subject) & (set(kind.names) - set(fit))):
        message = _("“{%(name)s}” cannot stand in a subject: others may see it.") % {"name": name}
        yield Problem("subject", message)
    yield from _of_words(kind, "subject", subject)


def _of_body(kind: LetterKind, body: str) -> Iterator[Problem]:
    most = MAX_SHORT if kind.is_short else MAX_BODY
    if not body.strip():
        yield Problem("body", _("A message needs words."))
    if len(body) > most:
        yield Problem("body", _("At most %(most)d characters.") % {"most": most})
        if len(body) > _FAR_TOO_LONG:
            return
    if _has_control(body.replace("\n", "")):
        yield Problem(
            "body", _("There is a character in it that cannot be shown. Please type it anew here.")
        )
    yield from _of_words(kind, "body", body)
    there = names_in(body)
    for row in kind.placeholders:
        if row.is_required and row.name not in there:
            message = _("“{%(name)s}” must stay in it (%(meaning)s).")
            yield Problem("body", message % {"name": row.name, "meaning": row.meaning})


def _of_words(kind: LetterKind, field: str, text: str) -> Iterator[Problem]:
    for fault in faults(text, kind.names):
        message = _("Line %(line)d: “%(found)s” is not one of the names that are filled in.")
        yield Problem(field, message % {"line": fault.line, "found": fault.found[:80]})
    own = words_of(text)
    for word in dict.fromkeys(assert_neutral(own)):
        message = _("“%(word)s” tells what this is about. Please find another word.")
        yield Problem(field, message % {"word": word})
    for address in dict.fromkeys(_ADDRESS.findall(own)):
        message = _("“%(address)s”: only addresses that are filled in can stand in a message.")
        yield Problem(field, message % {"address": address[:80]})


def _has_control(text: str) -> bool:
    return any(unicodedata.category(character) in _CONTROL for character in text)
