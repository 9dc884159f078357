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
        "abortion",
        "abuse",
        "active listening",
        "addict",
        "alcohol",
        "anxi",
        "assault",
        "assess",
        "autis",
        "bereave",
        "bipolar",
        "body scan",
        "breathing",
        "burnout",
        "case note",
        "case worker",
        "caseload",
        "caseworker",
        "clinic",
        "closeness",
        "compulsive",
        "consult",
        "coping",
        "counsel",
        "crisis",
        "depress",
        "diagnos",
        "disorder",
        "distress",
        "divorce",
        "doctor",
        "drug",
        "emotion",
        "feeling",
        "fertility",
        "gambl",
        "gender",
        "grief",
        "guarding",
        "heal",
        "hospital",
        "hypno",
        "inner child",
        "insomni",
        "intake",
        "lonel",
        "marital",
        "marriage",
        "medic",
        "meditat",
        "mental",
        "mindful",
        "mood",
        "mourn",
        "neurodiv",
        "nurse",
        "obsess",
        "panic",
        "patient",
        "pause and label",
        "pharmac",
        "phobi",
        "practitioner",
        "pregnan",
        "prescri",
        "psych",
        "questionnaire",
        "rehab",
        "relationship",
        "safeguarding",
        "schizo",
        "self esteem",
        "self harm",
        "self help",
        "self-esteem",
        "self-harm",
        "self-help",
        "session",
        "sexual",
        "shame",
        "share ladder",
        "sober",
        "social worker",
        "somatic",
        "stress",
        "suicid",
        "support group",
        "survivor",
        "symptom",
        "therap",
        "trauma",
        "treatment",
        "victim",
        "violen",
        "vulnerab",
        "well being",
        "well-being",
        "wellbeing",
        "wellness",
        "younger self",
    ),
}
# Whole words only: short ones that others contain.
BANNED_WHOLE: Mapping[str, tuple[str, ...]] = {
    "en": (
        "adhd",
        "anger",
        "angry",
        "bpd",
        "camhs",
        "cbt",
        "couples",
        "cptsd",
        "dbt",
        "dr",
        "dsm",
        "emdr",
        "gad",
        "gad-7",
        "gp",
        "hiv",
        "iapt",
        "md",
        "nhs",
        "ocd",
        "phd",
        "phq",
        "phq-9",
        "ptsd",
        "rape",
        "sex",
        "who-5",
    ),
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
    text = _LINK.sub(lambda link: _TOKEN.sub("", link.group()), text)
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
