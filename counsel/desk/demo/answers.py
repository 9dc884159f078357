"""What the demo clients answer: plausible, and valid by the rules of `exercises.answers`."""

from __future__ import annotations

from random import Random
from typing import Any


def answers_for(
    slug: str, words: dict[str, Any], phase: dict[str, Any], dice: Random
) -> dict[str, Any]:
    """Answers to the exercise `slug`, in the colours of a phase of the work."""
    before = dice.randint(*phase["strength"])
    after = max(0, before - dice.randint(*phase["drop"]))
    if slug == "pause-and-label":
        return _pause_and_label(words, _feelings(phase, dice), before, after, dice)
    if slug == "breathing-pause":
        return {
            "tension_before": before,
            "tension_after": after,
            **_maybe("noticed", words["noticed"], dice),
        }
    if slug == "closeness-log":
        return {
            "what_happened": dice.choice(words["happened"]),
            "direction": dice.choice(["toward", "away", "away", "both"]),
            "feelings": _feelings(phase, dice),
            "needs": [dice.choice(["space", "time", "heard", "comfort"])],
        }
    return {
        "prompt": dice.choice(["free", "free", "away", "unsaid", "good"]),
        "text": dice.choice(words["journal"]),
        "feelings": _feelings(phase, dice),
    }


def _pause_and_label(
    words: dict[str, Any], feelings: list[str], before: int, after: int, dice: Random
) -> dict[str, Any]:
    shared = dice.choice(["told", "later", "not_now", "told"])
    return {
        "strength_before": before,
        "feelings": feelings,
        **_maybe("to_myself", words["to_myself"], dice),
        "shared": shared,
        **(_maybe("share_words", words["shares"], dice) if shared == "told" else {}),
        "strength_after": after,
    }


def _feelings(phase: dict[str, Any], dice: Random) -> list[str]:
    chosen = dice.sample(phase["feelings"], dice.choice([1, 1, 2, 3]))
    if dice.random() < 0.15:
        chosen.append(dice.choice(phase["own"]))
    return chosen


def _maybe(key: str, texts: list[str], dice: Random) -> dict[str, str]:
    return {key: dice.choice(texts)} if dice.random() < 0.5 else {}
