"""The words of a text message: how long it is for the telephone network, and how it stays short.

A text of the GSM alphabet (3GPP TS 23.038) has 160 characters, or 153 in each of several parts;
one letter outside of it makes that 70, or 67.
"""

from __future__ import annotations

MOST_PARTS = 2
_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
# These count twice.
_EXTENDED = frozenset("^{}\\[~]|€\f")
# What a careful typist writes, and what says the same in the alphabet.
_PLAIN = str.maketrans(
    {
        **dict.fromkeys("‘’‚′`´", "'"),
        **dict.fromkeys("“”„″«»", '"'),
        **dict.fromkeys("‐‑‒–—−", "-"),
        **dict.fromkeys("\u00a0\u2009\u202f\t", " "),
        **dict.fromkeys("\u200b\u200e\u200f\u2060\ufeff", ""),
        "…": "...",
        "•": "-",
        "·": "-",
    }
)


def parts_of(text: str) -> int:
    """In how many parts the network carries it."""
    length, one, several = _measured(text)
    return 1 if length <= one else -(-length // several)


def text_of(words: str, link: str = "") -> str:
    """The words and the link, in at most two parts as long as the link itself allows that.

    The words are cut at a space where they are too long; the link never is.
    """
    words = " ".join(words.translate(_PLAIN).split())
    end = f" {link}" if link else ""
    if parts_of(words + end) <= MOST_PARTS:
        return words + end
    kept = words.split(" ")
    while len(kept) > 1:
        kept.pop()
        shorter = " ".join(kept).rstrip(",;:-") + "..." + end
        if parts_of(shorter) <= MOST_PARTS:
            return shorter
    return link or _cut(words)


def _cut(words: str) -> str:
    """A single word without an end."""
    while parts_of(words + "...") > MOST_PARTS:
        words = words[:-1]
    return words + "..."


def _measured(text: str) -> tuple[int, int, int]:
    """Its length in the network's own units, how many one part holds, and each of several."""
    if all(letter in _BASIC or letter in _EXTENDED for letter in text):
        return len(text) + sum(letter in _EXTENDED for letter in text), 160, 153
    # UTF-16: what lies beyond its first plane counts twice.
    return len(text.encode("utf-16-be")) // 2, 70, 67
