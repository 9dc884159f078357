from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from counsel.desk.brief import brief_of
from counsel.desk.brief.numbers import Strengths
from counsel.desk.brief.quotes import LONGEST_QUOTE
from exercises.models import RiskFlag
from exercises.services.practising import entry_share
from tests.factories import (
    make_assignment,
    make_client,
    make_consultation,
    make_entry,
    make_note,
    make_pin,
    make_review,
    make_talking_point,
    make_version,
)

pytestmark = pytest.mark.django_db
# A Friday, and the consultation on the Thursday of the week before.
NOW = datetime(2030, 1, 18, 12, tzinfo=UTC)
LAST = datetime(2030, 1, 10, 10, tzinfo=UTC)
STEPS = [
    {
        "key": "pause",
        "title": "Pause",
        "fields": [
            {"key": "first", "kind": "scale", "label": "Now?", "role": "before"},
            {"key": "named", "kind": "feelings", "label": "This is"},
            {"key": "note", "kind": "short_text", "label": "A line"},
            {"key": "told", "kind": "long_text", "label": "The words", "role": "share"},
            {"key": "last", "kind": "scale", "label": "And now?", "role": "after"},
        ],
    }
]


@pytest.fixture
def person():
    """A client in London whose last consultation was eight days ago."""
    person = make_client(time_zone="Europe/London")
    make_consultation(client=person, starts_at=LAST, status="completed")
    return person


@pytest.fixture
def version():
    return make_version(steps=STEPS)


def daily(person, version, **fields):
    fields = {"starts_on": date(2030, 1, 1), "rhythm": "daily", **fields}
    return make_assignment(client=person, version=version, **fields)


def shared(person, version, day=14, **fields):
    fields.setdefault("happened_at", datetime(2030, 1, day, 9, tzinfo=UTC))
    return make_entry(client=person, version=version, sharing="shared", **fields)


def test_it_counts_days_of_planned_days_since_the_last_consultation(person, version):
    assignment = daily(person, version)
    for day in (9, 11, 12, 12, 15):
        make_entry(assignment=assignment, happened_at=datetime(2030, 1, day, 9, tzinfo=UTC))
    brief = brief_of(person, NOW)
    assert (brief.first, brief.today) == (date(2030, 1, 10), date(2030, 1, 18))
    assert (brief.done, brief.planned) == (3, 8)
    [row] = brief.practised
    assert (row.done, row.planned) == (3, 8)
    assert [mark.day.day for mark in row.marks if mark.practised] == [11, 12, 15]


def test_it_counts_today_only_once_it_was_done(person, version):
    assignment = daily(person, version, starts_on=date(2030, 1, 17))
    assert brief_of(person, NOW).planned == 1
    make_entry(assignment=assignment, happened_at=NOW)
    brief = brief_of(person, NOW)
    assert (brief.done, brief.planned) == (1, 2)


def test_it_adds_up_the_planned_days_of_each_exercise(person, version):
    often, seldom = daily(person, version), daily(person, version, ends_on=date(2030, 1, 11))
    for day in (11, 12, 15):
        make_entry(assignment=often, happened_at=datetime(2030, 1, day, 9, tzinfo=UTC))
    make_entry(assignment=seldom, happened_at=datetime(2030, 1, 11, 9, tzinfo=UTC))
    brief = brief_of(person, NOW)
    assert [(row.done, row.planned) for row in brief.practised] == [(3, 8), (1, 2)]
    assert (brief.done, brief.planned) == (4, 10)


@pytest.mark.parametrize(("day", "told"), [(9, (0, 0)), (12, (1, 1))])
@pytest.mark.parametrize("ends_on", [None, date(2030, 1, 16)])
def test_what_is_asked_once_counts_in_the_brief_of_its_day(person, version, ends_on, day, told):
    """Done before the last consultation, it is not asked for since; nor by being taken back."""
    once = daily(person, version, rhythm="once", ends_on=ends_on)
    make_entry(assignment=once, happened_at=datetime(2030, 1, day, 9, tzinfo=UTC))
    taken_back = {"status": "withdrawn", "withdrawn_on": date(2030, 1, 15)}
    for fields in ({}, taken_back):
        type(once).objects.filter(pk=once.pk).update(**fields or {"reminders": False})
        [row] = brief_of(person, NOW).practised
        assert (row.done, row.planned) == told


def test_it_does_not_let_one_exercise_make_up_for_another(person, version):
    once = daily(person, version, rhythm="times_a_week", times_a_week=1)
    daily(person, version)
    for day in (11, 12, 13):
        make_entry(assignment=once, happened_at=datetime(2030, 1, day, 9, tzinfo=UTC))
    brief = brief_of(person, NOW)
    assert [(row.done, row.planned) for row in brief.practised] == [(3, 2), (0, 8)]
    assert (brief.done, brief.planned) == (2, 10)


def test_it_lives_by_the_clients_own_clock(person, version):
    person.time_zone = "Pacific/Auckland"
    person.save()
    assignment = daily(person, version)
    make_entry(assignment=assignment, happened_at=datetime(2030, 1, 13, 20, tzinfo=UTC))
    brief = brief_of(person, NOW)
    assert brief.today == date(2030, 1, 19)
    [row] = brief.practised
    assert [mark.day.day for mark in row.marks if mark.practised] == [14]


def test_it_looks_back_four_weeks_before_the_first_consultation(version):
    person = make_client()
    shared(person, version, happened_at=NOW - timedelta(days=27), answers={"told": "kept"})
    shared(person, version, happened_at=NOW - timedelta(days=29), answers={"told": "older"})
    brief = brief_of(person, NOW)
    assert brief.last is None
    assert [quote.text for quote in brief.quotes] == ["kept"]


def test_it_knows_the_next_consultation_and_the_last_one_held(person):
    make_consultation(client=person, starts_at=NOW - timedelta(days=1), status="no_show")
    make_consultation(client=person, starts_at=NOW + timedelta(days=1), status="declined")
    following = make_consultation(client=person, starts_at=NOW + timedelta(days=2))
    brief = brief_of(person, NOW)
    assert brief.next == following
    assert brief.last.starts_at == LAST


def test_it_leaves_out_what_was_withdrawn_or_is_not_open_yet(person, version):
    daily(person, version, status="withdrawn", withdrawn_on=date(2030, 1, 1))
    daily(person, version, starts_on=date(2030, 1, 20))
    daily(person, version, ends_on=date(2030, 1, 9))
    brief = brief_of(person, NOW)
    assert (brief.practised, brief.planned, brief.done) == ([], 0, 0)


def test_it_counts_what_was_withdrawn_up_to_that_day(person, version):
    daily(person, version, status="withdrawn", withdrawn_on=date(2030, 1, 13))
    brief = brief_of(person, NOW)
    assert [row.planned for row in brief.practised] == [3]


def test_it_counts_no_private_day_that_the_client_keeps_private(person, version):
    todo = daily(person, version)
    for day, sharing in ((14, "private"), (15, "shared"), (16, "private")):
        happened_at = datetime(2030, 1, day, 9, tzinfo=UTC)
        make_entry(assignment=todo, happened_at=happened_at, sharing=sharing)
    assert (brief_of(person, NOW).done, brief_of(person, NOW).counts_private) == (3, True)
    person.shows_private_days = False
    person.save()
    assert (brief_of(person, NOW).done, brief_of(person, NOW).counts_private) == (1, False)


def test_it_counts_feelings_own_words_among_them(person, version):
    shared(person, version, answers={"named": ["shame", "Like a locked door"]})
    shared(person, version, day=15, answers={"named": ["shame", "like a locked door", "fear"]})
    named = [(row.label, row.count, row.width) for row in brief_of(person, NOW).feelings]
    assert named == [("like a locked door", 2, 100), ("shame", 2, 100), ("fear", 1, 50)]


def test_it_says_which_feeling_is_named_for_the_first_time(person, version):
    shared(person, version, happened_at=LAST - timedelta(days=9), answers={"named": ["shame"]})
    shared(person, version, answers={"named": ["shame", "fear"]})
    shared(person, version, day=16, answers={"named": ["fear"]})
    named = [(row.label, row.first_day) for row in brief_of(person, NOW).feelings]
    assert named == [("fear", date(2030, 1, 14)), ("shame", None)]


def test_it_says_what_was_agreed_and_what_the_client_wants_to_talk_about(person):
    make_note(consultation=person.consultations.get(), agreed="Twice a week.")
    make_talking_point(client=person, text="Settled.", settled_at=LAST)
    point = make_talking_point(client=person, text="My sister.")
    brief = brief_of(person, NOW)
    assert (brief.note.agreed, brief.talking) == ("Twice a week.", point)


def test_it_begins_with_what_asks_to_be_looked_at(person, version):
    open_one = RiskFlag.objects.create(client=person, entry=shared(person, version))
    RiskFlag.objects.create(
        client=person,
        entry=shared(person, version, day=15),
        closed_at=NOW,
        closed_by=person.counsellor,
    )
    assert brief_of(person, NOW).flags == [open_one]


def test_it_counts_what_was_missed_also_before_the_last_consultation(person, version):
    todo = daily(person, version)
    make_entry(assignment=todo, happened_at=datetime(2030, 1, 8, 9, tzinfo=UTC))
    [row] = brief_of(person, NOW).practised
    assert (row.planned, row.missed) == (8, 9)
    fields = {"outcome": "could_not", "happened_at": datetime(2030, 1, 16, 9, tzinfo=UTC)}
    for sharing, missed in (("private", 9), ("shared", 1)):
        make_entry(assignment=todo, sharing=sharing, **fields)
        [row] = brief_of(person, NOW).practised
        assert row.missed == missed


@pytest.mark.parametrize(
    "over", [{"ends_on": date(2030, 1, 17)}, {"status": "withdrawn", "withdrawn_on": NOW.date()}]
)
def test_what_asks_for_nothing_any_more_is_not_missed(person, version, over):
    daily(person, version, **over)
    [row] = brief_of(person, NOW).practised
    assert (row.planned > 0, row.missed) == (True, 0)


def test_pinned_words_come_first_and_stay_whatever_the_span(person, version):
    old = shared(person, version, happened_at=LAST - timedelta(days=99), answers={"told": "Then."})
    make_pin(entry=old, field="told", place=2)
    first = shared(person, version, day=12, answers={"note": "a note", "told": "Now."})
    make_pin(entry=first, field="note", place=1)
    shared(person, version, day=13, answers={"told": "Newer."})
    shared(person, version, day=14, answers={"told": "Newest."})
    quotes = brief_of(person, NOW).quotes
    assert [(quote.text, bool(quote.pin)) for quote in quotes] == [
        ("a note", True),
        ("Then.", True),
        ("Newest.", False),
    ]
    entry_share(entry=old, sharing="private")
    texts = [quote.text for quote in brief_of(person, NOW).quotes]
    assert texts == ["a note", "Newest.", "Newer."]


def test_it_compares_before_and_after_where_both_are_given(person, version):
    shared(person, version, answers={"first": 8, "last": 5})
    shared(person, version, day=15, answers={"first": 6, "last": 5})
    shared(person, version, day=16, answers={"first": 9})
    strengths = brief_of(person, NOW).strengths
    assert strengths == Strengths(before=7.0, after=5.0, change=-2.0, count=2)
    assert strengths.change_words == "−2.0"


@pytest.mark.parametrize(("change", "words"), [(0.0, "0.0"), (-0.04, "0.0"), (1.25, "+1.2")])
def test_it_signs_a_change_only_where_there_is_one(change, words):
    assert Strengths(before=5, after=5, change=change, count=1).change_words == words


def test_it_quotes_the_latest_shared_words_the_small_share_first(person, version):
    shared(person, version, day=12, answers={"note": "oldest"})
    shared(person, version, day=13, answers={"note": "a note"})
    shared(person, version, day=14, answers={"note": "a note", "told": "I was shy."})
    shared(person, version, day=15, answers={"first": 3})
    shared(person, version, day=16, answers={"told": "x" * 5_000})
    quotes = brief_of(person, NOW).quotes
    assert [quote.text for quote in quotes] == ["x" * LONGEST_QUOTE, "I was shy.", "a note"]
    assert [quote.cut for quote in quotes] == [True, False, False]


def test_it_lists_why_a_client_could_not(person, version):
    assignment = daily(person, version)
    fields = {
        "assignment": assignment,
        "outcome": "could_not",
        "happened_at": LAST + timedelta(days=3),
    }
    told = make_entry(**fields, sharing="shared", because="I was travelling.")
    make_entry(**fields, because="Canary-7Q")
    brief = brief_of(person, NOW)
    assert brief.could_not == [told]
    assert brief.done == 0


def test_it_lists_everything_unread_even_from_before_the_last_consultation(person, version):
    old = shared(person, version, happened_at=LAST - timedelta(days=30))
    new = shared(person, version)
    make_review(shared(person, version, day=15), seen_at=NOW)
    assert brief_of(person, NOW).unread == [new, old]


CANARIES = {"first": 10, "last": 1, "named": ["grief", "Canary-7Q"], "told": "Canary-7Q"}


@time_machine.travel(NOW, tick=False)
@pytest.mark.parametrize("hidden", [{}, {"sharing": "shared", "state": "draft"}])
def test_it_takes_nothing_but_the_day_from_what_is_private(client, person, version, hidden):
    assignment = daily(person, version)
    before = datetime(2030, 1, 14, 9, tzinfo=UTC)
    make_entry(assignment=assignment, happened_at=before, answers=CANARIES, **hidden)
    brief = brief_of(person, NOW)
    assert brief.done == (0 if hidden else 1)
    assert (brief.feelings, brief.strengths, brief.quotes, brief.unread) == ([], None, [], [])
    client.force_login(person.counsellor.user)
    page = client.get(f"/admin/clients/client/{person.pk}/change/").content.decode()
    assert "Canary-7Q" not in page
    assert "grief" not in page


@time_machine.travel(NOW, tick=False)
def test_it_shows_no_trace_of_private_writing_that_nobody_assigned(client, person, version):
    daily(person, version)
    client.force_login(person.counsellor.user)
    url = f"/admin/clients/client/{person.pk}/change/"
    client.get(url)
    before = brief_of(person, NOW)
    make_entry(client=person, version=version, happened_at=NOW, answers=CANARIES)
    assert brief_of(person, NOW) == before
    assert "Canary-7Q" not in client.get(url).content.decode()


@pytest.mark.parametrize("entries", [10, 300])
def test_it_asks_as_often_for_ten_entries_as_for_three_hundred(
    person, version, entries, django_assert_num_queries
):
    assignment = daily(person, version)
    for number in range(entries):
        moment = LAST + timedelta(hours=1, minutes=30 * number % (60 * 24 * 7))
        make_entry(assignment=assignment, happened_at=moment, sharing="shared", answers=CANARIES)
    with django_assert_num_queries(12):
        brief = brief_of(person, NOW)
    assert (len(brief.shared), brief.has_more_shared) == (min(entries, 200), entries > 200)
    assert brief.strengths.count == entries


@time_machine.travel(NOW, tick=False)
def test_it_stands_on_top_of_the_clients_page(client, person, version):
    assignment = daily(person, version, rationale="To catch it.")
    words = "First line\n<b>second</b> \u202eline"
    told = {"first": 8, "last": 5, "named": ["shame"], "told": words}
    entry = make_entry(
        assignment=assignment,
        sharing="shared",
        happened_at=datetime(2030, 1, 14, 9, tzinfo=UTC),
        answers=told,
    )
    make_consultation(client=person, starts_at=NOW + timedelta(days=2))
    client.force_login(person.counsellor.user)
    page = client.get(f"/admin/clients/client/{person.pk}/change/").content.decode()
    for shown in (
        *("Sun 20 Jan, 12:00", "Thu 10 Jan", "1 of 8", "−3.0", "<bdi>shame</bdi>"),
        'dir="auto">First line<br>&lt;b&gt;second&lt;/b&gt; \u202eline',
        f"/admin/clients/client/{person.pk}/entries/{entry.pk}/",
        f"/admin/clients/client/{person.pk}/assign/",
        f"/admin/consultations/consultation/add/?client={person.pk}",
        "Monday 14 January: practised",
    ):
        assert shown in page
    assert page.index("Shared words") < page.index('name="phone"')


@time_machine.travel(NOW, tick=False)
def test_it_leads_to_a_request_that_waits_for_an_answer(client, person):
    asked = make_consultation(client=person, starts_at=NOW + timedelta(days=2), status="pending")
    client.force_login(person.counsellor.user)
    page = client.get(f"/admin/clients/client/{person.pk}/change/").content.decode()
    assert f'href="/admin/consultations/consultation/{asked.pk}/change/">Asked for' in page


@time_machine.travel(NOW, tick=False)
def test_it_is_quiet_where_nothing_happened_yet(client):
    person = make_client()
    client.force_login(person.counsellor.user)
    page = client.get(f"/admin/clients/client/{person.pk}/change/").content.decode()
    for words in ("None booked", "None yet", "Nothing was assigned", "No words were shared"):
        assert words in page
