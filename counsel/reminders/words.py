"""What no mail may hint at, in each language.

A mail is read over shoulders, on lock screens and by a family that shares a computer: sender,
subject, words, links, file names and calendar entries must not tell that somebody sees a
counsellor. Whoever translates the mails adds the words of that language.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from functools import cache

# Stems: any word that begins so.
BANNED: Mapping[str, tuple[str, ...]] = {
    "en": (
        "abuse",
        "addict",
        "anxi",
        "assessment",
        "breathing",
        "case note",
        "closeness",
        "clinic",
        "consult",
        "coping",
        "counsel",
        "crisis",
        "depress",
        "diagnos",
        "disorder",
        "doctor",
        "emotion",
        "feeling",
        "grief",
        "guarding",
        "heal",
        "hospital",
        "inner child",
        "intake",
        "medic",
        "mental",
        "mood",
        "panic",
        "patient",
        "psych",
        "questionnaire",
        "relationship",
        "safeguarding",
        "self-harm",
        "session",
        "shame",
        "somatic",
        "suicid",
        "symptom",
        "therap",
        "trauma",
        "treatment",
        "vulnerab",
        "well-being",
        "wellbeing",
        "wellness",
    ),
}
# Whole words only: short ones that others contain.
BANNED_WHOLE: Mapping[str, tuple[str, ...]] = {
    "en": ("adhd", "cbt", "dbt", "dr", "emdr", "gad-7", "gp", "ocd", "phq-9", "ptsd"),
}
# The reader's own address, and what only machines read.
_UNREAD_HEADERS = frozenset({"to", "cc", "content-transfer-encoding", "mime-version"})
# A signed token in a link: random letters, in which any short word turns up one day.
_TOKEN = re.compile(r"(?<=/)[\w-]+:[\w:-]+")
_LINK = re.compile(r"https?://\S+")
# Calendar files break long lines anywhere, also within a word.
_FOLD = re.compile(r"\r?\n[ \t]")


def assert_neutral(text: str) -> list[str]:
    """The banned words in a text, in any language we write; an empty list is good news."""
    text = _TOKEN.sub("", text)
    found = [match.group().lower() for match in _stems().finditer(text)]
    found += [match.group().lower() for match in _whole_words().finditer(_LINK.sub("", text))]
    return found


def banned_in_mail(raw: bytes) -> list[str]:
    """The banned words anywhere in a mail as it is sent: headers, words, file names, files."""
    message = message_from_bytes(raw, policy=default)
    return [word for text in _texts(message) for word in assert_neutral(text)]


def _texts(message: EmailMessage) -> Iterator[str]:
    for part in message.walk():
        for name, value in part.items():
            if name.lower() not in _UNREAD_HEADERS:
                yield f"{name}: {value}"
        if not part.is_multipart():
            content = part.get_content()
            text = content if isinstance(content, str) else content.decode(errors="replace")
            yield _FOLD.sub("", text)


@cache
def _stems() -> re.Pattern[str]:
    stems = (re.escape(stem) for words in BANNED.values() for stem in words)
    return re.compile(rf"\b(?:{'|'.join(stems)})\w*", re.IGNORECASE)


@cache
def _whole_words() -> re.Pattern[str]:
    words = (re.escape(word) for language in BANNED_WHOLE.values() for word in language)
    return re.compile(rf"\b(?:{'|'.join(words)})\b", re.IGNORECASE)
