"""What the demo clients answer: plausible, and valid by the rules of `exercises.answers`."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any, TypeAlias

Data: TypeAlias = dict[str, Any]


def answers_for(slug: str, words: Data, phase: Data, dice: Random) -> Data:
    """Answers to the exercise `slug`, in the colours of a phase of the work."""
    return _ANSWERS[slug](words, phase, dice)


def _pause_and_label(words: Data, phase: Data, dice: Random) -> Data:
    before, after = _strengths(phase, dice)
    feelings = _feelings(phase, dice)
    shared = dice.choice(["told", "later", "not_now", "told"])
    return {
        "strength_before": before,
        "feelings": feelings,
        **_maybe("to_myself", words["to_myself"], dice),
        "shared": shared,
        **(_maybe("share_words", words["shares"], dice) if shared == "told" else {}),
        "strength_after": after,
    }


def _breathing_pause(words: Data, phase: Data, dice: Random) -> Data:
    before, after = _strengths(phase, dice)
    noticed = _maybe("noticed", words["noticed"], dice)
    return {"tension_before": before, "tension_after": after, **noticed}


def _closeness_log(words: Data, phase: Data, dice: Random) -> Data:
    return {
        "what_happened": dice.choice(words["happened"]),
        "direction": dice.choice(["toward", "away", "away", "both"]),
        "feelings": _feelings(phase, dice),
        "needs": [dice.choice(["space", "time", "heard", "comfort"])],
    }


def _journal(words: Data, phase: Data, dice: Random) -> Data:
    return {
        "prompt": dice.choice(["free", "free", "away", "unsaid", "good"]),
        "text": dice.choice(words["journal"]),
        "feelings": _feelings(phase, dice),
    }


def _the_first_sign(words: Data, phase: Data, dice: Random) -> Data:
    low, high = phase["strength"]
    return {
        "places": dice.sample(words["places"], dice.choice([1, 1, 2])),
        "first_sign": dice.choice(words["first_signs"]),
        # The stronger it is, the later one notices.
        "early": 10 - dice.randint(low, high),
        **_maybe("kind_word", words["kind_words"], dice),
    }


def _signs_of_guarding(words: Data, _phase: Data, dice: Random) -> Data:
    return {
        "signs": dice.choice(words["signs"]),
        "last_time": words["last_time"],
        "keeps_safe": words["keeps_safe"],
    }


def _body_scan_for_safety(words: Data, phase: Data, dice: Random) -> Data:
    before, after = _strengths(phase, dice)
    return {
        "alert_before": before,
        "sensations": dice.choice(words["sensations"]),
        **_maybe("place", words["easier_places"], dice),
        "alert_after": after,
    }


_ANSWERS: dict[str, Callable[[Data, Data, Random], Data]] = {
    "pause-and-label": _pause_and_label,
    "breathing-pause": _breathing_pause,
    "closeness-log": _closeness_log,
    "journal": _journal,
    "the-first-sign": _the_first_sign,
    "signs-of-guarding": _signs_of_guarding,
    "body-scan-for-safety": _body_scan_for_safety,
}


def _strengths(phase: Data, dice: Random) -> tuple[int, int]:
    """Before and after."""
    before = dice.randint(*phase["strength"])
    return before, max(0, before - dice.randint(*phase["drop"]))


def _feelings(phase: Data, dice: Random) -> list[str]:
    chosen = dice.sample(phase["feelings"], dice.choice([1, 1, 2, 3]))
    if dice.random() < 0.15:
        chosen.append(dice.choice(phase["own"]))
    return chosen


def _maybe(key: str, texts: list[str], dice: Random) -> dict[str, str]:
    return {key: dice.choice(texts)} if dice.random() < 0.5 else {}
