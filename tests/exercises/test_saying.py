from __future__ import annotations

import pytest

from exercises.models import Entry
from exercises.saying import after_could_not, change_in_words


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (7, 4, ["It was 7, now it is 4."]),
        (4, 6, ["It was 4, now it is 6.", "It is allowed to be stronger for a while."]),
        (5, 5, ["It was 5, and it is 5 still."]),
        (0, 0, ["It was 0, and it is 0 still."]),
        (7, None, []),
        (None, 4, []),
    ],
)
def test_a_change_is_said_and_not_judged(before, after, said):
    assert list(change_in_words(before, after)) == said


@pytest.mark.parametrize("reason", ["", *Entry.Reason.values, "unheard of"])
def test_there_is_a_kind_word_for_every_reason(reason):
    words = after_could_not(reason)
    assert words
    assert not any(word in words.casefold() for word in ("should", "missed", "try harder", "must"))
