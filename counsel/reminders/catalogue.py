"""The messages there are words for: each app says which it sends, and what is filled in there.

One message has one entry for each form it takes (`consultation_confirmed` and
`consultation_confirmed.moved`): instead of conditions in the words there are more words.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True, slots=True)
class Placeholder:
    """`{name}`, what comes in its place, and an example of it.

    Where it `is_required` no words do without it. Only one that `suits_subjects` may stand where
    others see it: on a lock screen, in a list of mails. The sample of one that `is_link` is a path.
    `named` is the sample for readers who asked for names, where they read something else.
    """

    name: str
    meaning: StrOrPromise
    sample: StrOrPromise
    is_required: bool = False
    suits_subjects: bool = False
    is_link: bool = False
    named: StrOrPromise = ""


@dataclass(frozen=True, slots=True)
class LetterKind:
    """One message in one of its forms. `when` says to a practice who gets it, and what for.

    One that `is_short` has no subject: a text message, or a notification.
    """

    key: str
    group: StrOrPromise
    label: StrOrPromise
    when: StrOrPromise
    placeholders: tuple[Placeholder, ...]
    is_short: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(placeholder.name for placeholder in self.placeholders)


def link_to(meaning: StrOrPromise, path: str) -> Placeholder:
    """`{link}`: without it a reader of the message is lost."""
    return Placeholder("link", meaning, path, is_required=True, is_link=True)


GREETING = Placeholder(
    name="greeting",
    meaning=_("“Hello,” – and the first name of those who asked for it"),
    sample=_("Hello,"),
    named=_("Hello Anna,"),
)

_letters: dict[str, LetterKind] = {}


def register_letters(*letters: LetterKind) -> None:
    """Their first words are those in `templates/mail/<key>.txt`."""
    _letters.update({letter.key: letter for letter in letters})


def get_letter(key: str) -> LetterKind:
    """Raises KeyError for one that nobody registered."""
    return _letters[key]


def letter_kinds() -> tuple[LetterKind, ...]:
    return tuple(_letters.values())
