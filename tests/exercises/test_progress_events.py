from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
import time_machine

from counsel.common.errors import ConflictError, DomainError
from exercises.models import ProgressEvent
from exercises.services.progress_events import (
    progress_event_add,
    progress_event_change,
    progress_event_remove,
)
from tests.factories import make_client, make_progress_event

pytestmark = pytest.mark.django_db
# A Monday evening in London, and Tuesday already in Auckland.
NOW = datetime(2030, 1, 7, 18, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


def add(client=None, **fields):
    client = client or make_client()
    given = {"day": date(2030, 1, 7), "words": "Moved house", **fields}
    return progress_event_add(client=client, author=client.counsellor, **given)


def test_it_keeps_a_day_and_a_few_words():
    event = add(words="  Moved\nhouse ")
    kept = ProgressEvent.objects.get()
    assert (kept.pk, kept.day, kept.words) == (event.pk, date(2030, 1, 7), "Moved\nhouse")


@pytest.mark.parametrize(
    ("zone", "day", "is_kept"),
    [
        ("Europe/London", date(2030, 1, 7), True),
        ("Europe/London", date(2030, 1, 8), False),
        ("Pacific/Auckland", date(2030, 1, 8), True),
        ("Europe/London", date(1900, 1, 1), True),
        ("Europe/London", date(1899, 12, 31), False),
    ],
)
def test_its_day_is_one_the_client_has_had(zone, day, is_kept):
    client = make_client(time_zone=zone)
    if is_kept:
        assert add(client, day=day).day == day
        return
    with pytest.raises(DomainError) as refused:
        add(client, day=day)
    assert refused.value.field == "day"
    assert not ProgressEvent.objects.exists()


@pytest.mark.parametrize("words", ["", " \n ", "x" * 201, "a\x00b" * 100])
def test_it_needs_a_few_words(words):
    with pytest.raises(DomainError) as refused:
        add(words=words)
    assert refused.value.field == "words"


def test_it_is_changed():
    event = make_progress_event()
    progress_event_change(event=event, day=date(2030, 1, 2), words="A new job")
    event.refresh_from_db()
    assert (event.day, event.words) == (date(2030, 1, 2), "A new job")


def test_what_is_refused_changes_nothing():
    event = make_progress_event(words="Moved house")
    with pytest.raises(DomainError):
        progress_event_change(event=event, day=date(2031, 1, 1), words="A new job")
    event.refresh_from_db()
    assert event.words == "Moved house"


def test_what_was_removed_is_not_changed_any_more():
    event = make_progress_event()
    progress_event_remove(event=event)
    assert not ProgressEvent.objects.exists()
    for late in (
        lambda: progress_event_remove(event=event),
        lambda: progress_event_change(event=event, day=date(2030, 1, 2), words="A new job"),
    ):
        with pytest.raises(ConflictError):
            late()
