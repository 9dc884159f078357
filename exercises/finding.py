"""Finding words in what somebody wrote: in any script, whatever the case or the accents.

Pure: values in, values out.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

MAX_WANTED = 200
AROUND = 70

# Letters that look like another with a stroke, but are letters of their own to Unicode.
_STROKED = str.maketrans("łøđħŧıŋ", "lodhtin")
# Marks that one may leave out when typing: accents, the points of Hebrew, the vowels of Arabic.
# The signs of Indian and other scripts are not among them: without them it is another word.
_MARKS = (
    (0x0300, 0x036F),
    (0x0483, 0x0489),
    (0x0591, 0x05C7),
    (0x0610, 0x061A),
    (0x0640, 0x0640),
    (0x064B, 0x065F),
    (0x0670, 0x0670),
    (0x06D6, 0x06ED),
    (0x1AB0, 0x1AFF),
    (0x1DC0, 0x1DFF),
    (0x20D0, 0x20FF),
    (0xFE00, 0xFE0F),
    (0xFE20, 0xFE2F),
)


@dataclass(frozen=True, slots=True)
class Excerpt:
    """The words that were found, with a little of what stands around them."""

    before: str
    found: str
    after: str


class _Folded(dict[int, str]):
    """What each letter is compared as. Letters are folded one by one, so places can be found."""

    def __missing__(self, code: int) -> str:
        letter = chr(code)
        plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", letter).casefold())
        kept = (one for one in plain if not _is_left_out(one))
        self[code] = "".join(" " if one.isspace() else one for one in kept).translate(_STROKED)
        return self[code]


def _is_left_out(letter: str) -> bool:
    # Category Cf: soft hyphens, joiners, marks of direction.
    is_mark = any(first <= ord(letter) <= last for first, last in _MARKS)
    return is_mark or unicodedata.category(letter) == "Cf"


_FOLDED = _Folded()


def fold(text: str) -> str:
    return text.translate(_FOLDED)


def wanted_words(query: str) -> tuple[str, ...]:
    """The different words of a query, folded; none where it holds nothing to look for."""
    return tuple(dict.fromkeys(fold(query).split()))


def holds(texts: Iterable[str], wanted: Sequence[str]) -> bool:
    """Whether each of the words stands somewhere in the texts."""
    together = fold("\n".join(texts))
    return all(word in together for word in wanted)


def excerpt(texts: Iterable[str], wanted: Sequence[str]) -> Excerpt | None:
    """Where the first of the words stands first, cut out of its text."""
    for text in texts:
        for word in wanted:
            if (at := _place(text, word)) is not None:
                return _cut(text, *at)
    return None


def _place(text: str, word: str) -> tuple[int, int] | None:
    """From which letter to which the word stands in the text as it was written."""
    start = fold(text).find(word)
    if start < 0:
        return None
    first = last = None
    reached = 0
    for place, letter in enumerate(text):
        reached += len(_FOLDED[ord(letter)])
        if first is None and reached > start:
            first = place
        if reached >= start + len(word):
            last = place + 1
            break
    if first is None or last is None:
        return None
    # Marks that follow belong to the letter they stand on.
    while last < len(text) and not _FOLDED[ord(text[last])]:
        last += 1
    return first, last


def _cut(text: str, first: int, last: int) -> Excerpt:
    before, after = text[max(0, first - AROUND) : first], text[last : last + AROUND]
    if first > AROUND:
        before = "…" + (before.partition(" ")[2] or before)
    if last + AROUND < len(text):
        after = (after.rpartition(" ")[0] or after).rstrip(" .,;:") + "…"
    return Excerpt(before, text[first:last], after)
