from __future__ import annotations

import html
import re
import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from exercises.access import shared_entry_of
from exercises.models import Entry, Reply
from exercises.services.replies import entry_mark_seen, reply_write
from tests.factories import make_entry, make_version


def url(name, thing):
    return reverse(f"exercises:{name}", args=[thing.pk])


def words(response) -> str:
    assert response.status_code == 200
    return response.content.decode()


# --- The timeline --------------------------------------------------------------------------


def test_it_lists_what_was_kept_newest_first(http, ravi):
    for days, title in ((3, "Older"), (1, "Newer")):
        version = make_version(title=title)
        happened_at = timezone.now() - timedelta(days=days)
        make_entry(client=ravi, version=version, happened_at=happened_at)
    page = words(http.get(reverse("exercises:timeline")))
    assert page.index("Newer") < page.index("Older")


def test_it_shows_nobody_elses(http, mira):
    make_entry(client=mira, version=make_version(title="Not his"))
    page = words(http.get(reverse("exercises:timeline")))
    assert "Not his" not in page
    assert "Nothing here yet" in page


def test_it_says_what_is_shared_seen_and_answered(http, assignment):
    seen, answered = (make_entry(assignment=assignment, sharing="shared") for _ in range(2))
    entry_mark_seen(entry=seen)
    reply_write(entry=answered, author=assignment.client.counsellor, text="Yes.")
    page = words(http.get(reverse("exercises:timeline")))
    assert page.count(">Shared<") == 1
    assert page.count(">Shared, seen<") == 1
    assert ">New answer<" in page
    http.get(url("entry", answered))
    assert ">Answered<" in words(http.get(reverse("exercises:timeline")))


def test_drafts_stand_apart(http, assignment):
    make_entry(assignment=assignment, state="draft")
    assert "Not finished yet" in words(http.get(reverse("exercises:timeline")))


@pytest.mark.parametrize(
    "asked",
    [
        "older=x",
        "newer=%00",
        "older=",
        f"older={uuid.UUID(int=7)}",
        "show=x",
        "month=2030-13",
        "page=2",
    ],
)
def test_an_address_that_asks_for_nothing_there_is_shows_all(http, assignment, asked):
    make_entry(assignment=assignment)
    assert rows(http.get(f"{reverse('exercises:timeline')}?{asked}")) == 1


def rows(response) -> int:
    return words(response).count("list-row-main")


def follow(http, page, word):
    """Goes on by the link of that name."""
    link = re.search(rf'href="([^"]*)">{word}</a>', page)
    assert link, f"no way to {word}"
    return words(http.get(reverse("exercises:timeline") + html.unescape(link[1])))


def test_it_turns_back_and_forth_without_a_gap(http, ravi, django_assert_num_queries):
    version, now = make_version(), timezone.now()
    # Every other one at the same instant as its neighbour.
    made = [
        make_entry(client=ravi, version=version, happened_at=now - timedelta(hours=number // 2))
        for number in range(45)
    ]
    pages = [words(http.get(reverse("exercises:timeline")))]
    for _turn in range(2):
        pages.append(follow(http, pages[-1], "Older"))
    assert ">Older</a>" not in pages[-1]
    assert ">Newer</a>" not in pages[0]
    seen = [row for page in pages for row in ids(page)]
    assert sorted(seen) == sorted(str(entry.pk) for entry in made)
    assert ids(follow(http, pages[2], "Newer")) == ids(pages[1])


def ids(page: str) -> list[str]:
    return re.findall(r'list-row-main"><a href="/my/entries/([^/]+)/', page)


def test_it_begins_with_a_month(http, ravi):
    for month in (1, 2, 3):
        at = datetime(2030, month, 20, 12, tzinfo=UTC)
        make_entry(client=ravi, version=make_version(title=f"Of month {month}"), happened_at=at)
    page = words(http.get(reverse("exercises:timeline") + "?month=2030-02"))
    listed = page[page.index("kept-month") :]
    assert listed.index("February 2030") < listed.index("January 2030")
    assert "Of month 3" not in listed
    assert "Of month 3" in follow(http, page, "Newer")


def test_the_first_and_the_last_month_are_there_to_choose(http, ravi):
    for at in (datetime(2029, 11, 30, 20, tzinfo=UTC), datetime(2030, 2, 1, tzinfo=UTC)):
        make_entry(client=ravi, happened_at=at)
    page = words(http.get(reverse("exercises:timeline")))
    # His evening of 30 November is the first of December in Kolkata.
    assert re.findall(r'<option value="(2\d{3}-\d\d)"', page) == ["2030-02", "2030-01", "2029-12"]


def test_it_shows_one_kind_one_exercise_or_the_other_days(http, ravi):
    practice = make_version(title="Practised")
    journal = make_version(title="Written", kind="journal")
    make_entry(client=ravi, version=practice)
    make_entry(client=ravi, version=practice, outcome="could_not")
    make_entry(client=ravi, version=journal)
    for show, many in (
        ("journal", 1),
        ("practice", 2),
        (practice.exercise_id, 2),
        ("could_not", 1),
    ):
        assert rows(http.get(f"{reverse('exercises:timeline')}?show={show}")) == many


def test_an_exercise_it_offers_is_one_that_was_done(http, ravi, mira):
    make_entry(client=ravi, version=make_version(title="Done by him"))
    make_entry(client=mira, version=make_version(title="Done by her"))
    make_version(title="Done by nobody")
    page = words(http.get(reverse("exercises:timeline")))
    assert "Done by him</option>" in page
    assert "Done by her" not in page
    assert "Done by nobody" not in page


def test_it_marks_what_was_changed_and_never_that_it_was_late(http, ravi, assignment):
    first = make_entry(
        assignment=assignment,
        happened_at=timezone.now() - timedelta(days=5),
        logged_at=timezone.now(),
    )
    page = words(http.get(reverse("exercises:timeline")))
    assert "changed" not in page
    make_entry(assignment=assignment, happened_at=first.happened_at, corrects=first)
    page = words(http.get(reverse("exercises:timeline")))
    assert page.count("list-row-main") == 1
    assert ", changed" in page
    for word in ("late", "overdue", "missed"):
        assert not re.search(rf"\b{word}\b", page, re.IGNORECASE)


@pytest.mark.parametrize("count", [1, 50])
@pytest.mark.parametrize(
    ("name", "asked", "own"),
    [
        ("timeline", "", 5),
        ("timeline", "?month=2029-03&show=journal", 5),
        ("timeline", "?older={0.pk}", 6),
        ("journal", "", 7),
        ("journal", "?older={0.pk}", 8),
    ],
)
def test_lists_cost_the_same_however_long(
    http, ravi, name, asked, own, count, django_assert_num_queries
):
    version = make_version(slug="journal", kind="journal")
    for _ in range(count):
        newest = make_entry(client=ravi, version=version)
    path = reverse(f"exercises:{name}") + asked.format(newest)
    http.get(path)
    with django_assert_num_queries(2 + own):
        http.get(path)


# --- One entry -----------------------------------------------------------------------------


def test_it_shows_what_was_asked_then_and_answered(http, assignment):
    entry = make_entry(
        assignment=assignment,
        answers={"strength": 7, "feelings": ["shame", "like glass"], "words": "<b>as typed</b>"},
    )
    page = words(http.get(url("entry", entry)))
    for shown in ("How strong is it?", "7 of 10", "shame, like glass", "&lt;b&gt;as typed"):
        assert shown in page
    assert "Was it safe?" not in page
    assert "<title>What you have kept</title>" in page


def test_it_shows_why_not(http, assignment):
    entry = make_entry(assignment=assignment, outcome="could_not", because="Travelling")
    assert "Travelling" in words(http.get(url("entry", entry)))


def test_it_shows_the_counsellors_words_and_that_they_were_read(http, assignment):
    entry = make_entry(assignment=assignment, sharing="shared")
    reply_write(entry=entry, author=assignment.client.counsellor, text="I noticed that.")
    entry_mark_seen(entry=entry)
    page = words(http.get(url("entry", entry)))
    assert "I noticed that." in page
    assert "Seen by your counsellor" in page
    assert entry.replies.get().read_at is not None


def test_sharing_changes_both_ways_at_once(http, assignment):
    entry, reader = make_entry(assignment=assignment), assignment.client.counsellor.user
    page = http.post(url("sharing", entry), {"_-sharing": "shared"}, follow=True)
    assert "can read this now" in words(page)
    assert shared_entry_of(reader, entry.pk) == entry
    http.post(url("sharing", entry), {"_-sharing": "private"})
    assert not Entry.objects.shared().filter(pk=entry.pk).exists()


@pytest.mark.parametrize("sent", ["", "everybody"])
def test_sharing_stays_as_it_is_without_a_decision(http, assignment, sent):
    entry = make_entry(assignment=assignment, sharing="private")
    http.post(url("sharing", entry), {"_-sharing": sent})
    entry.refresh_from_db()
    assert entry.sharing == "private"


def test_a_draft_can_be_gone_on_with_or_thrown_away(http, assignment):
    draft = make_entry(assignment=assignment, state="draft", answers={"strength": 3})
    page = words(http.get(url("entry", draft)))
    assert reverse("exercises:step", args=[draft.pk, 2]) in page
    assert http.post(url("discard", draft))["Location"] == reverse("exercises:timeline")
    assert not Entry.objects.exists()


def test_what_is_kept_cannot_be_thrown_away(http, assignment):
    entry = make_entry(assignment=assignment)
    assert http.post(url("discard", entry))["Location"] == url("entry", entry)
    assert Entry.objects.exists()


@pytest.mark.parametrize("name", ["sharing", "discard", "helpful"])
def test_a_link_changes_nothing(http, assignment, name):
    assert http.get(url(name, make_entry(assignment=assignment))).status_code == 405


@pytest.mark.parametrize("who", ["mira", "counsellor"])
def test_a_stranger_finds_nothing(client, assignment, mira, who):
    entry = make_entry(assignment=assignment, sharing="private")
    draft = make_entry(assignment=assignment, state="draft")
    client.force_login(mira.user if who == "mira" else assignment.client.counsellor.user)
    assert client.get(url("entry", entry)).status_code == 404
    assert client.post(url("sharing", entry), {"_-sharing": "shared"}).status_code == 404
    assert client.post(url("discard", draft)).status_code == 404
    entry.refresh_from_db()
    assert (entry.sharing, Entry.objects.count()) == ("private", 2)


# --- When it was written, and how it read before -----------------------------------------------


def test_what_was_written_down_on_another_day_says_so(http, assignment):
    happened = datetime(2030, 3, 3, 12, tzinfo=UTC)
    entry = make_entry(
        assignment=assignment, happened_at=happened, logged_at=happened + timedelta(days=2)
    )
    page = words(http.get(url("entry", entry)))
    assert "Sunday, 3 March 2030" in page
    assert "Written down on Tuesday, 5 March 2030." in page


def test_what_was_written_down_that_day_says_when(http, assignment):
    entry = make_entry(assignment=assignment, happened_at=datetime(2030, 3, 3, 20, tzinfo=UTC))
    page = words(http.get(url("entry", entry)))
    assert entry.local_date == date(2030, 3, 4)
    assert "Monday, 4 March 2030" in page
    assert "01:30" in page
    assert "Written down" not in page


@pytest.fixture
def wordings(assignment):
    """One entry as it was first written, changed, and changed once more."""
    first = make_entry(assignment=assignment, answers={"words": "one"}, sharing="shared")
    second = make_entry(
        assignment=assignment, answers={"words": "two"}, sharing="shared", corrects=first
    )
    third = make_entry(
        assignment=assignment, answers={"words": "three"}, sharing="shared", corrects=second
    )
    return first, second, third


def test_the_earlier_wordings_can_be_reached_and_lead_back(http, wordings):
    first, second, third = wordings
    page = words(http.get(url("entry", third)))
    assert page.index(url("entry", second)) < page.index(url("entry", first))
    page = words(http.get(url("entry", first)))
    assert "before you changed it" in page
    assert url("entry", second) in page
    assert url("sharing", first) not in page


def test_what_was_saved_can_be_changed_and_an_earlier_wording_cannot(http, wordings):
    first, _second, third = wordings
    assert url("correct", third) in words(http.get(url("entry", third)))
    assert url("correct", first) not in words(http.get(url("entry", first)))


def test_what_was_filled_in_together_stays_as_it_is(http, assignment):
    entry = make_entry(assignment=assignment, filled_by=assignment.client.counsellor)
    page = words(http.get(url("entry", entry)))
    assert "Filled in together with your counsellor." in page
    assert url("correct", entry) not in page


def test_an_open_change_leaves_it_standing(http, assignment):
    entry = make_entry(assignment=assignment, answers={"words": "as it stands"})
    draft = make_entry(assignment=assignment, state="draft", corrects=entry)
    page = words(http.get(reverse("exercises:timeline")))
    assert url("entry", entry) in page
    assert url("entry", draft) in page
    assert "before you changed it" not in words(http.get(url("entry", entry)))


def test_replies_to_an_earlier_wording_are_still_read(http, assignment, wordings):
    first, _second, third = wordings
    reply = Reply.objects.create(
        entry=first, author=assignment.client.counsellor, text="To the first."
    )
    assert "To the first." in words(http.get(url("entry", third)))
    reply.refresh_from_db()
    assert reply.read_at is not None


@pytest.mark.parametrize("count", [1, 5])
def test_an_entry_costs_the_same_however_often_it_was_changed(
    http, assignment, count, django_assert_num_queries
):
    entry = make_entry(assignment=assignment)
    for _ in range(count):
        entry = make_entry(assignment=assignment, corrects=entry)
    with django_assert_num_queries(2 + 4):
        http.get(url("entry", entry))


def test_it_says_what_was_in_the_way(http, assignment):
    entry = make_entry(
        assignment=assignment, outcome="could_not", reason="not_alone", wants_smaller=True
    )
    page = words(http.get(url("entry", entry)))
    assert "I wasn&#x27;t alone" in page
    assert "something smaller" in page
