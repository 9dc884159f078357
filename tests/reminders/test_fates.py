from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from counsel.reminders.fates import SHAPES, fate_of, kind_words
from counsel.reminders.models import Reminder, State

NOW = datetime(2030, 1, 6, 10, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def row(state, **fields):
    times = {"due_at": NOW, "try_at": NOW + HOUR, "finished_at": NOW + 2 * HOUR}
    return Reminder(kind="gone", state=state, **{**times, **fields})


@pytest.mark.parametrize(
    ("state", "fields", "words", "at"),
    [
        ("queued", {"try_at": NOW}, "Goes out", NOW),
        ("queued", {"attempts": 2}, "Waiting, tried again", NOW + HOUR),
        ("queued", {"reason": "waits: no connection"}, "Waiting, tried again", NOW + HOUR),
        ("claimed", {}, "Being sent now", None),
        ("sent", {"handed_over_at": NOW + HOUR}, "Sent", NOW + HOUR),
        ("skipped", {}, "Not sent, on purpose", NOW + 2 * HOUR),
        ("cancelled", {}, "Withdrawn", NOW + 2 * HOUR),
        ("failed", {}, "Failed", NOW + 2 * HOUR),
        ("uncertain", {"handed_over_at": NOW}, "May have been sent", NOW),
        (
            "uncertain",
            {"handed_over_at": NOW, "finished_at": None},
            "May have been sent, tried once more",
            NOW + HOUR,
        ),
    ],
)
def test_it_says_what_became_of_it_and_when(state, fields, words, at):
    fate = fate_of(row(state, **fields))
    assert (str(fate.words), fate.at) == (words, at)


def test_the_year_stands_there_where_it_is_another_one():
    told = fate_of(row("skipped"))
    with time_machine.travel(NOW, tick=False):
        assert told.when == "Sun 6 Jan, 12:00"
    with time_machine.travel(NOW - 10 * DAY, tick=False), timezone.override("Asia/Kolkata"):
        assert told.when == "Sun 6 Jan 2030, 17:30"
    assert fate_of(row("claimed")).when == ""


def test_it_says_why():
    assert fate_of(row("skipped", reason="it was moved")).why == "it was moved"


def test_every_state_has_a_shape():
    assert set(SHAPES) == set(State)


def test_a_kind_that_is_gone_is_told_by_its_key():
    assert kind_words(row("sent")) == "gone"
