"""The words of the feelings picker, in families.

Codes are stable: entries are stored and counted by them. Labels are nouns that
fit into "This is ...".
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import pgettext_lazy

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True, slots=True)
class Feeling:
    code: str
    label: _StrPromise


@dataclass(frozen=True, slots=True)
class Family:
    code: str
    label: _StrPromise
    feelings: tuple[Feeling, ...]


_FAMILIES = (
    Family(
        "fear",
        pgettext_lazy("family of feelings", "Fear"),
        (
            Feeling("fear", pgettext_lazy("feeling", "fear")),
            Feeling("worry", pgettext_lazy("feeling", "worry")),
            Feeling("unease", pgettext_lazy("feeling", "unease")),
            Feeling("dread", pgettext_lazy("feeling", "dread")),
            Feeling("panic", pgettext_lazy("feeling", "panic")),
        ),
    ),
    Family(
        "shame",
        pgettext_lazy("family of feelings", "Shame"),
        (
            Feeling("shame", pgettext_lazy("feeling", "shame")),
            Feeling("embarrassment", pgettext_lazy("feeling", "embarrassment")),
            Feeling("guilt", pgettext_lazy("feeling", "guilt")),
            Feeling("feeling-small", pgettext_lazy("feeling", "feeling small")),
            Feeling("feeling-not-enough", pgettext_lazy("feeling", "feeling not enough")),
        ),
    ),
    Family(
        "sadness",
        pgettext_lazy("family of feelings", "Sadness"),
        (
            Feeling("sadness", pgettext_lazy("feeling", "sadness")),
            Feeling("loneliness", pgettext_lazy("feeling", "loneliness")),
            Feeling("hurt", pgettext_lazy("feeling", "hurt")),
            Feeling("grief", pgettext_lazy("feeling", "grief")),
            Feeling("disappointment", pgettext_lazy("feeling", "disappointment")),
            Feeling("emptiness", pgettext_lazy("feeling", "emptiness")),
        ),
    ),
    Family(
        "anger",
        pgettext_lazy("family of feelings", "Anger"),
        (
            Feeling("anger", pgettext_lazy("feeling", "anger")),
            Feeling("irritation", pgettext_lazy("feeling", "irritation")),
            Feeling("frustration", pgettext_lazy("feeling", "frustration")),
            Feeling("resentment", pgettext_lazy("feeling", "resentment")),
            Feeling("jealousy", pgettext_lazy("feeling", "jealousy")),
        ),
    ),
    Family(
        "vulnerability",
        pgettext_lazy("family of feelings", "Vulnerability"),
        (
            Feeling("vulnerability", pgettext_lazy("feeling", "vulnerability")),
            Feeling("feeling-exposed", pgettext_lazy("feeling", "feeling exposed")),
            Feeling("uncertainty", pgettext_lazy("feeling", "uncertainty")),
            Feeling("longing", pgettext_lazy("feeling", "longing")),
            Feeling("overwhelm", pgettext_lazy("feeling", "overwhelm")),
            Feeling("numbness", pgettext_lazy("feeling", "numbness")),
        ),
    ),
    Family(
        "calm",
        pgettext_lazy("family of feelings", "Calm"),
        (
            Feeling("calm", pgettext_lazy("feeling", "calm")),
            Feeling("relief", pgettext_lazy("feeling", "relief")),
            Feeling("ease", pgettext_lazy("feeling", "ease")),
            Feeling("safety", pgettext_lazy("feeling", "safety")),
            Feeling("acceptance", pgettext_lazy("feeling", "acceptance")),
        ),
    ),
    Family(
        "warmth",
        pgettext_lazy("family of feelings", "Warmth"),
        (
            Feeling("warmth", pgettext_lazy("feeling", "warmth")),
            Feeling("love", pgettext_lazy("feeling", "love")),
            Feeling("tenderness", pgettext_lazy("feeling", "tenderness")),
            Feeling("closeness", pgettext_lazy("feeling", "closeness")),
            Feeling("gratitude", pgettext_lazy("feeling", "gratitude")),
            Feeling("trust", pgettext_lazy("feeling", "trust")),
        ),
    ),
    Family(
        "joy",
        pgettext_lazy("family of feelings", "Joy"),
        (
            Feeling("joy", pgettext_lazy("feeling", "joy")),
            Feeling("hope", pgettext_lazy("feeling", "hope")),
            Feeling("delight", pgettext_lazy("feeling", "delight")),
            Feeling("pride", pgettext_lazy("feeling", "pride")),
            Feeling("curiosity", pgettext_lazy("feeling", "curiosity")),
        ),
    ),
)

_LABELS = {feeling.code: feeling.label for family in _FAMILIES for feeling in family.feelings}


def families() -> tuple[Family, ...]:
    return _FAMILIES


def is_known(code: str) -> bool:
    return code in _LABELS


def label(code: str) -> _StrPromise:
    """The word for a code; KeyError for one that is not known."""
    return _LABELS[code]


def match(word: str) -> str | None:
    """The code of a typed word, in the reader's language or in English.

    Case, accents' encoding and spaces do not matter; any other word is the
    person's own and stays theirs.
    """
    typed = _folded(word)
    for code, known in _LABELS.items():
        if typed in (code, _folded(code.replace("-", " ")), _folded(str(known))):
            return code
    return None


def _folded(word: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", word).casefold().split())
