"""The words of a message: the practice's own where it has written some, else ours from a file.

In a file of ours (`templates/mail/<key>.txt`) the first line is the subject, the rest the body;
of a short message all is body. It is a template only to be translated: nothing is filled in
there, and what is filled in (`counsel.reminders.placeholders`) is the same in ours and in theirs.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import cast

from django.conf import settings
from django.template import Context, engines
from django.template.backends.django import DjangoTemplates
from django.utils.translation import override

from counsel.reminders.catalogue import LetterKind, Placeholder, get_letter
from counsel.reminders.letter_rules import problems
from counsel.reminders.models import Letter
from counsel.reminders.placeholders import fill

logger = logging.getLogger(__name__)

_BLANK_LINES = re.compile(r"\n(?:[ \t]*\n){2,}")


@dataclass(frozen=True, slots=True)
class Words:
    """With their placeholders still in them. A short message has no subject."""

    subject: str
    body: str


Own = Mapping[tuple[str, str], Words]


@dataclass(frozen=True, slots=True)
class _AtHand:
    """The practice's own words, and what was chosen by now for each message and language."""

    own: Own
    chosen: dict[tuple[str, str], Words] = field(default_factory=dict)


_at_hand: ContextVar[_AtHand | None] = ContextVar("letters_at_hand", default=None)


def letter(key: str, context: Mapping[str, object], language: str) -> tuple[str, str]:
    """Subject and plain-text body of that message in that language, filled in.

    `context` has a value for each of its placeholders; an empty one leaves no gap. Nothing is
    escaped: this is no HTML. Raises KeyError for an unknown message or a value that is missing.
    """
    kind = get_letter(key)
    with override(language):
        values = {name: str(context[name]) for name in kind.names}
    return filled(words_for(kind, language), values)


def short_letter(key: str, context: Mapping[str, object], language: str) -> str:
    """The one line of a short message. Raises KeyError as `letter` does."""
    _subject, body = letter(key, context, language)
    return " ".join(body.split())


def filled(words: Words, values: Mapping[str, str]) -> tuple[str, str]:
    """Raises ValueError for a placeholder without a value."""
    subject = " ".join(fill(words.subject, values).split())
    return subject, _BLANK_LINES.sub("\n\n", fill(words.body, values).strip()) + "\n"


def sample_values(kind: LetterKind, *, with_names: bool = False) -> dict[str, str]:
    """Examples, in the language of the moment."""
    return {row.name: _sample(row, with_names=with_names) for row in kind.placeholders}


def _sample(row: Placeholder, *, with_names: bool) -> str:
    if row.is_link:
        return f"{settings.BASE_URL}{row.sample}"
    return str(row.named if with_names and row.named else row.sample)


def words_for(kind: LetterKind, language: str) -> Words:
    """The practice's own, unless they broke a rule since (a word that tells, for one)."""
    at_hand = _at_hand.get()
    if at_hand is None:
        return _chosen(kind, language, _read(key=kind.key, language=language))
    which = (kind.key, language)
    if which not in at_hand.chosen:
        at_hand.chosen[which] = _chosen(kind, language, at_hand.own)
    return at_hand.chosen[which]


def _chosen(kind: LetterKind, language: str, all_own: Own) -> Words:
    own = all_own.get((kind.key, language))
    if own is None:
        return our_words(kind, language)
    if problems(kind, own.subject, own.body):
        logger.warning("letter %s (%s) breaks a rule: ours is sent", kind.key, language)
        return our_words(kind, language)
    return own


@contextmanager
def letters_at_hand() -> Iterator[None]:
    """Words are read and looked through once, for all messages that are written inside."""
    token = _at_hand.set(_AtHand(_read()))
    try:
        yield
    finally:
        _at_hand.reset(token)


def _read(**which: str) -> Own:
    rows = Letter.objects.filter(**which).order_by()
    found = rows.values_list("key", "language", "subject", "body")
    return {(key, language): Words(subject, body) for key, language, subject, body in found}


def our_words(kind: LetterKind, language: str) -> Words:
    """Raises TemplateDoesNotExist where there is no file."""
    engine = cast("DjangoTemplates", engines["django"]).engine
    with override(language):
        template = engine.get_template(f"mail/{kind.key}.txt")
        text = template.render(Context(autoescape=False)).strip()
    if kind.is_short:
        return Words("", text)
    subject, _newline, body = text.partition("\n")
    return Words(subject.strip(), body.strip())
