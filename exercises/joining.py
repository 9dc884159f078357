"""One draft, two devices: what is kept when both wrote into the same step.

Pure: values in, values out. A page remembers the fingerprints of the answers it was shown with;
what has another by now was changed somewhere else meanwhile.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from exercises.answers import MAX_FEELINGS, Answer
from exercises.steps import Field, FieldKind, Step

_LENGTH = 16


@dataclass(frozen=True, slots=True)
class Joined:
    """`answers` are the step's, all of them. `elsewhere` names those that are not as this page
    sent them; `both` those among them in which the words of both now stand.
    """

    answers: dict[str, object]
    elsewhere: frozenset[str] = frozenset()
    both: frozenset[str] = frozenset()


def fingerprint(answer: object) -> str:
    """Short, the same for the same answer, empty for none."""
    if answer is None:
        return ""
    return sha256(json.dumps(answer, sort_keys=True).encode()).hexdigest()[:_LENGTH]


def fingerprints(step: Step, answers: Mapping[str, object]) -> dict[str, str]:
    return {f.key: fingerprint(answers.get(f.key)) for f in step.fields if f.kind.asks}


def as_line(prints: Mapping[str, str]) -> str:
    """The fingerprints as one hidden field of a page carries them."""
    return " ".join(f"{key}:{value}" for key, value in prints.items())


def from_line(line: str) -> dict[str, str]:
    """What `as_line` wrote; of anything else, as much as can be read."""
    pairs = (part.partition(":") for part in line.split())
    return {key: value[:_LENGTH] for key, colon, value in pairs if colon}


def join(
    step: Step,
    kept: Mapping[str, object],
    sent: Mapping[str, Answer],
    was: Mapping[str, str] | None,
) -> Joined:
    """The step's answers after one more page was sent.

    Field by field: what only one side changed is as that side left it. Where both did, the page
    sent now has the last word; but of words none go: the longer text where it holds the other,
    else both, one under the other. A field without a fingerprint was not on that page, which
    can add to it but not empty it. Without any (`was` is None) all is taken as it was sent.
    """
    answers: dict[str, object] = {}
    both = set()
    for field in (field for field in step.fields if field.kind.asks):
        mine, theirs = sent.get(field.key), kept.get(field.key)
        answer = mine if was is None else _one(field, mine, theirs, was.get(field.key))
        if answer is not None:
            answers[field.key] = answer
        if answer not in (mine, theirs):
            both.add(field.key)
    asked = {field.key for field in step.fields if field.kind.asks}
    elsewhere = {key for key in asked if answers.get(key) != sent.get(key)}
    return Joined(answers, frozenset(elsewhere), frozenset(both))


def _one(field: Field, mine: object, theirs: object, was: str | None) -> object:
    if was is None and mine is None:
        return theirs
    if was is None or fingerprint(theirs) == was or mine == theirs:
        return mine
    if fingerprint(mine) == was:
        return theirs
    if field.kind is FieldKind.FEELINGS:
        return _all_words(mine, theirs)
    if field.kind.is_text:
        return _all_text(str(mine or ""), str(theirs or ""))
    return mine


def _all_text(mine: str, theirs: str) -> str:
    if mine in theirs:
        return theirs
    return mine if theirs in mine else f"{mine}\n\n{theirs}"


def _all_words(mine: object, theirs: object) -> object:
    words = [
        *(mine if isinstance(mine, list) else []),
        *(theirs if isinstance(theirs, list) else []),
    ]
    return list(dict.fromkeys(words))[:MAX_FEELINGS]
