from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse

from counsel.audit.models import AccessEvent
from counsel.desk.progress.overview import overview_of
from exercises.models import EntryFact, ProgressEvent
from exercises.services.practising import facts_of
from tests.exercises.measuring import answers, give, hand_in, make_measure
from tests.factories import (
    make_assignment,
    make_consultation,
    make_counsellor,
    make_entry,
    make_portal_client,
    make_progress_event,
    make_version,
)

pytestmark = pytest.mark.django_db
# A Wednesday in the second week of the year.
NOW = datetime(2030, 1, 9, 18, tzinfo=UTC)
STEPS = [
    {
        "key": "all",
        "title": "All",
        "fields": [
            {"key": "first", "kind": "scale", "label": "Now?", "role": "before"},
            {"key": "named", "kind": "feelings", "label": "This is"},
            {"key": "last", "kind": "scale", "label": "And now?", "role": "after"},
        ],
    }
]


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def anna(client):
    anna = make_portal_client(name="Anna", time_zone="Asia/Kolkata")
    client.force_login(anna.counsellor.user)
    return anna


@pytest.fixture
def daily(anna):
    version = make_version(title="Pause", steps=STEPS)
    return make_assignment(client=anna, version=version, starts_on=date(2029, 12, 20))


def done(assignment, days_ago=0, *, before=None, after=None, named=(), **fields):
    fields.setdefault("sharing", "shared")
    given = {"first": before, "last": after, "named": list(named)}
    entry = make_entry(
        assignment=assignment,
        happened_at=NOW - timedelta(days=days_ago),
        answers={key: value for key, value in given.items() if value not in (None, [])},
        **fields,
    )
    if not entry.facts.exists():
        EntryFact.objects.bulk_create(facts_of(entry, entry.steps()))
    return entry


def of(client_record, span="12"):
    return overview_of(client_record, span, NOW)


def url_of(client_record):
    return reverse("admin:clients_client_progress", args=[client_record.pk])


def page(client, url):
    response = client.get(url)
    assert response.status_code == 200
    return re.sub(r"\s+", " ", response.content.decode())


def test_it_counts_days_by_the_week_against_what_was_planned(anna, daily):
    for days_ago in (0, 0, 1, 9, 14):
        done(daily, days_ago)
    done(daily, 2, outcome="could_not")
    (course,) = of(anna).exercises
    rows = [(r.week.first, r.week.done, r.week.planned, r.could_not) for r in course.rows]
    # Two of them are one day.
    assert rows == [
        (date(2029, 12, 17), 0, 4, 0),
        (date(2029, 12, 24), 1, 7, 0),
        (date(2029, 12, 31), 1, 7, 0),
        (date(2030, 1, 7), 2, 3, 1),
    ]
    assert (course.done, course.planned) == (4, 21)
    assert [row.week.is_whole for row in course.rows] == [True, True, True, False]


def test_today_is_planned_once_something_was_done(anna, daily):
    assert of(anna).exercises[0].rows[-1].week.planned == 2
    done(daily)
    assert of(anna).exercises[0].rows[-1].week.planned == 3


def test_one_exercise_assigned_twice_is_one_course(anna, daily):
    make_assignment(client=anna, version=daily.version, starts_on=date(2030, 1, 7))
    (course,) = of(anna).exercises
    assert course.planned == 20


def test_strengths_and_feelings_are_of_shared_entries_alone(anna, daily):
    done(daily, 1, before=8, after=3, named=["shame"], helpful=4)
    done(daily, 2, before=6, after=6, named=["shame", "fear"])
    done(daily, 3, before=10, sharing="shared")
    done(daily, 1, before=0, after=10, named=["joy"], helpful=0, sharing="private")
    overview = of(anna)
    (course,) = overview.exercises
    strength = course.rows[-1].strength
    assert (strength.before, strength.after, strength.count) == (7, 4.5, 2)
    assert (course.helpful.mean, course.helpful.count) == (4, 1)
    assert [month.named for month in overview.months] == [[("shame", 2), ("fear", 1)]]


def test_private_days_count_only_where_the_client_lets_them(anna, daily):
    done(daily, 1, sharing="private")
    assert of(anna).exercises[0].done == 1
    anna.shows_private_days = False
    anna.save()
    assert of(anna).exercises[0].done == 0


def test_a_private_could_not_is_told_nowhere(anna, daily):
    done(daily, 1, outcome="could_not", sharing="private")
    done(daily, 2, outcome="could_not")
    assert [row.could_not for row in of(anna).exercises[0].rows][-1] == 1
    make_entry(
        assignment=daily,
        happened_at=NOW - timedelta(days=100),
        outcome="could_not",
        sharing="private",
    )
    assert of(anna, "all").first == date(2029, 12, 17)


def test_scores_are_told_from_the_first_ever(client, anna):
    todo = give(anna, make_measure())
    for weeks_ago, points in ((30, 2), (3, 2), (1, 1)):
        with time_machine.travel(NOW - timedelta(weeks=weeks_ago), tick=False):
            hand_in(todo, answers(*[points] * 8))
    with time_machine.travel(NOW - timedelta(weeks=2), tick=False):
        hand_in(give(anna, make_measure("gad-7")), answers(1, key="gad-7"), "private")
    (course,) = of(anna).scales
    assert (course.baseline.value, course.baseline.day) == (16, date(2029, 6, 13))
    assert [(row.value, row.band) for row in course.rows] == [
        (8, "mild"),
        (16, "moderately severe"),
    ]
    assert course.rows[0].from_first.reliable
    shown = page(client, url_of(anna))
    assert "−8, better, more than chance" in shown
    assert "PHQ-9" in shown and "GAD-7" not in shown


def test_consultations_are_marked_by_the_clients_own_days(client, anna):
    make_consultation(
        client=anna, starts_at=datetime(2030, 1, 7, 20, tzinfo=UTC), status="completed"
    )
    make_consultation(client=anna, starts_at=NOW - timedelta(days=1), status="no_show")
    make_consultation(client=anna, starts_at=NOW + timedelta(days=1))
    assert of(anna).meetings == [(date(2030, 1, 8), True), (date(2030, 1, 8), False)]
    shown = page(client, url_of(anna))
    assert "1 consultation held" in shown and "1 not attended" in shown


@pytest.mark.parametrize(
    ("span", "first"),
    [("12", date(2029, 10, 22)), ("26", date(2029, 7, 16)), ("52", date(2029, 1, 15))],
)
def test_a_span_is_whole_weeks_with_this_one(anna, daily, span, first):
    assert (of(anna, span).first, of(anna, span).today) == (first, date(2030, 1, 9))


def test_all_begins_with_what_may_be_known_and_ends_after_ten_years(anna, daily):
    done(daily, 100, sharing="private")
    assert of(anna, "all").first == date(2029, 10, 1)
    make_assignment(client=anna, starts_on=date(2015, 1, 1), ends_on=date(2015, 2, 1))
    overview = of(anna, "all")
    assert overview.first == date(2020, 1, 27) and overview.is_cut


def test_private_writing_does_not_tell_when_somebody_began(anna):
    anna.shows_private_days = False
    anna.save()
    make_entry(client=anna, happened_at=NOW - timedelta(days=100))
    assert of(anna, "all").first == date(2030, 1, 7)


def test_an_empty_course_offers_the_next_step(client, anna):
    shown = page(client, url_of(anna) + "?span=nonsense")
    assert "Nothing was asked for in these weeks." in shown
    assert reverse("admin:clients_client_assign", args=[anna.pk]) in shown


def test_the_title_names_nobody(client, anna, daily):
    shown = page(client, url_of(anna))
    title = shown.split("<title>")[1].split("</title>")[0]
    assert "Anna" not in title and "Pause" not in title


def test_charts_have_words_and_a_table_and_no_style(client, anna, daily):
    done(daily, 1, before=8, after=3)
    shown = page(client, url_of(anna))
    for svg in re.findall(r"<svg class=\"chart-plot.*?</svg>", shown):
        assert 'role="img"' in svg and "<title" in svg and "<desc" in svg
    assert "style=" not in shown.split('id="content"')[1]
    assert shown.count("<table") == shown.count("<caption")


@pytest.mark.parametrize("many", [1, 12])
def test_it_asks_the_database_as_often_for_any_number(
    client, anna, daily, many, django_assert_max_num_queries
):
    once = make_assignment(client=anna, rhythm="once", starts_on=date(2029, 12, 20))
    make_assignment(client=anna, rhythm="before_meeting", starts_on=date(2029, 12, 20))
    measured = give(anna, make_measure())
    for number in range(many):
        done(daily, number, before=8, after=3, named=["shame"], helpful=3)
        done(once, number)
        hand_in(measured, answers(number % 3))
        make_progress_event(client=anna)
        make_consultation(
            client=anna, starts_at=NOW - timedelta(days=number + 1), status="completed"
        )
    # The last is the lock before an access event, which SQLite does not need.
    with django_assert_max_num_queries(23):
        client.get(url_of(anna) + "?span=all")


# --- Events ----------------------------------------------------------------------------------


def note(client, client_record, **fields):
    given = {"day": "2030-01-05", "words": "Moved house", **fields}
    return client.post(url_of(client_record) + "?span=26", given)


def url_of_event(event):
    args = [event.client_id, event.pk]
    return reverse("admin:clients_client_progress_event", args=args)


def test_an_event_is_noted_and_written_down(client, anna):
    response = note(client, anna)
    assert response.url == url_of(anna) + "?span=26#events"
    event = ProgressEvent.objects.get()
    assert (event.client, event.author, event.words) == (anna, anna.counsellor, "Moved house")
    assert AccessEvent.objects.filter(verb="create", subject_id=event.pk).exists()
    shown = page(client, url_of(anna))
    assert shown.count("Moved house") == 2  # in the table and in its form, not in a chart


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"day": "2030-01-11"}, "That day is still to come."),
        ({"day": "1899-12-31"}, "Choose a day from 1900 on."),
        ({"day": "soon"}, "Enter a valid date."),
        ({"words": " "}, "This field is required."),
        ({"words": "a\x00b"}, "Null characters are not allowed."),
        ({"words": "x" * 100_000}, "at most 200 characters"),
    ],
)
def test_what_is_refused_stands_beside_its_field_and_is_not_lost(client, anna, fields, words):
    response = note(client, anna, **fields)
    assert response.status_code == 422
    shown = response.content.decode()
    assert words in shown
    assert "words" in fields or "Moved house" in shown
    assert not ProgressEvent.objects.exists()


def test_an_event_is_changed_and_removed(client, anna):
    event = make_progress_event(client=anna)
    prefix = f"event-{event.pk.hex[:12]}"
    typed = {f"{prefix}-day": "2030-01-06", f"{prefix}-words": "A new job"}
    assert client.post(url_of_event(event), typed).status_code == 302
    event.refresh_from_db()
    assert (event.day, event.words) == (date(2030, 1, 6), "A new job")
    client.post(url_of_event(event), {"remove": "yes"})
    assert not ProgressEvent.objects.exists()
    verbs = AccessEvent.objects.filter(subject_id=event.pk).values_list("verb", flat=True)
    assert list(verbs) == ["change", "change"]


def test_a_change_that_is_refused_opens_its_form_again(client, anna):
    event = make_progress_event(client=anna)
    prefix = f"event-{event.pk.hex[:12]}"
    typed = {f"{prefix}-day": "2040-01-06", f"{prefix}-words": "A new job"}
    response = client.post(url_of_event(event), typed)
    shown = response.content.decode()
    assert response.status_code == 422
    assert "<details open>" in shown and "A new job" in shown
    assert "That day is still to come." in shown


def test_nobody_changes_an_event_of_another_caseload(client, anna):
    other = make_progress_event()
    assert client.post(url_of_event(other), {"remove": "yes"}).status_code == 404
    # Nor under the name of a client of one's own.
    args = [anna.pk, other.pk]
    forged = reverse("admin:clients_client_progress_event", args=args)
    assert client.post(forged, {"remove": "yes"}).status_code == 404
    client.force_login(make_counsellor().user)
    assert note(client, anna).status_code == 404
    assert ProgressEvent.objects.count() == 1


def test_events_before_the_weeks_shown_are_counted_and_all_of_them_listed(client, anna):
    make_progress_event(client=anna, day=date(1999, 5, 1), words="Left home")
    assert "One event lies before these weeks." in page(client, url_of(anna))
    shown = page(client, url_of(anna) + "?span=all")
    assert "Left home" in shown
    assert of(anna, "all").event_marks == ()
