"""Writing down today what happened earlier."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from counsel.common.errors import ConflictError, DomainError
from exercises.models import Entry
from exercises.services.practising import entry_begin, entry_happened, entry_submit

# 21:30 on Tuesday in Kolkata.
NOW = "2030-04-02T16:00Z"


@pytest.fixture(autouse=True)
def _tuesday_evening():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def draft(assignment):
    entry = entry_begin(client=assignment.client, version=assignment.version, assignment=assignment)
    entry.answers = {"feelings": ["shame"]}
    entry.save(update_fields=["answers"])
    return entry


def save(http, draft, **when):
    sent = {"_-sharing": "private", **{f"_-{name}": value for name, value in when.items()}}
    return http.post(reverse("exercises:finish", args=[draft.pk]), sent)


def last_page(http, draft):
    return http.get(reverse("exercises:step", args=[draft.pk, 3])).content.decode()


def test_it_is_just_now_unless_somebody_says_otherwise(http, draft):
    assert "Just now" in last_page(http, draft)
    assert "By the clock in Kolkata." in last_page(http, draft)
    save(http, draft)
    entry = Entry.objects.get()
    assert entry.happened_at == entry.logged_at == timezone.now()


@pytest.mark.parametrize(
    ("when", "day", "happened"),
    [
        ({"when": "yesterday", "clock": "23:10"}, date(2030, 4, 1), "2030-04-01T17:40Z"),
        ({"when": "today", "clock": "00:10"}, date(2030, 4, 2), "2030-04-01T18:40Z"),
        ({"when": "other", "day": "2030-03-30", "clock": "9:05"}, date(2030, 3, 30), None),
    ],
)
def test_it_stands_under_its_own_day_and_says_when_it_was_written(http, draft, when, day, happened):
    response = save(http, draft, **when)
    entry = Entry.objects.get()
    assert (entry.state, entry.local_date) == ("submitted", day)
    assert entry.logged_at == timezone.now()
    if happened:
        assert entry.happened_at == datetime.fromisoformat(happened.replace("Z", "+00:00"))
    page = http.get(response["Location"]).content.decode()
    assert ("It stands under" in page) is (day != date(2030, 4, 2))


@pytest.mark.parametrize(
    ("when", "shown"),
    [
        ({"when": "today", "clock": "21:31"}, "still to come"),
        ({"when": "yesterday", "clock": ""}, "as near as you remember"),
        ({"when": "yesterday", "clock": "soon"}, "valid time"),
        ({"when": "other", "day": "", "clock": "9:00"}, "Choose the day"),
        ({"when": "other", "day": "2030-04-03", "clock": "9:00"}, "still to come"),
        ({"when": "other", "day": "2030-03-01", "clock": "9:00"}, "more than a month ago"),
        ({"when": "other", "day": "0001-01-01", "clock": "9:00"}, "more than a month ago"),
        ({"when": "other", "day": "9999-12-31", "clock": "9:00"}, "still to come"),
        ({"when": "other", "day": "a\x00b", "clock": "9:00"}, "valid date"),
        ({"when": "<script>", "clock": "9:00"}, "not one of the available"),
    ],
)
def test_it_refuses_what_cannot_have_been_and_keeps_the_rest(http, draft, when, shown):
    sent = {f"_-{name}": value for name, value in when.items()}
    sent |= {"_-sharing": "private", "words": "not lost"}
    response = http.post(reverse("exercises:finish", args=[draft.pk]), sent)
    page = response.content.decode()
    assert response.status_code == 422
    assert shown in page
    assert "not lost" in page
    draft.refresh_from_db()
    assert (draft.state, draft.happened_at) == ("draft", timezone.now())
    assert draft.answers["words"] == "not lost"


def test_it_was_not_before_the_first_day(http, draft):
    type(draft.assignment).objects.update(starts_on=date(2030, 4, 2))
    assert "have this yet" in save(http, draft, when="yesterday", clock="9:00").content.decode()


def test_what_was_said_survives_the_way_back(http, draft):
    sent = {"_go": "back", "_-when": "yesterday", "_-clock": "20:00"}
    http.post(reverse("exercises:step", args=[draft.pk, 3]), sent)
    assert "Yesterday, 20:00" in last_page(http, draft)
    save(http, draft, when="keep")
    assert Entry.objects.get().local_date == date(2030, 4, 1)


def test_a_draft_of_an_earlier_day_says_so_and_may_be_of_now(http, draft):
    with time_machine.travel("2030-04-05T10:00Z", tick=False):
        assert "Tuesday, 2 April, 21:30" in last_page(http, draft)
        save(http, draft, when="now")
        assert Entry.objects.get().local_date == date(2030, 4, 5)


@pytest.mark.parametrize("days", [-1, 32])
def test_the_service_refuses_it_too(draft, days):
    with pytest.raises(DomainError):
        entry_happened(entry=draft, at=timezone.now() - timedelta(days=days))
    draft.refresh_from_db()
    assert draft.happened_at == timezone.now()


def test_what_is_saved_does_not_move(draft):
    entry_submit(entry=draft, sharing="private")
    with pytest.raises(ConflictError):
        entry_happened(entry=draft, at=timezone.now() - timedelta(hours=1))
