"""Writing programmes: what is refused, and what of it is kept."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.core.exceptions import ValidationError

from counsel.common.errors import ConflictError, DomainError
from exercises.models import Programme
from exercises.selectors.programmes import state_of
from exercises.services.programme_writing import (
    LONGEST_PROGRAMME,
    problems,
    programme_bring_back,
    programme_change,
    programme_copy,
    programme_create,
    programme_delete,
    programme_put_away,
)
from exercises.services.programmes import programme_give
from tests.factories import make_client, make_counsellor, make_programme, make_version

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(db):
    return make_counsellor()


def item(version, **changes):
    given = {
        "exercise": version.exercise,
        "release": "at_once",
        "days": None,
        "on_date": None,
        "rationale": "Because.",
        "rhythm": "daily",
        "times_a_week": None,
        "weekdays": "",
        "every_weeks": None,
        "lasts_days": None,
        "reminders": True,
    }
    return {**given, **changes}


AFTER = {"release": "after_one_before"}


def test_it_is_written_in_the_order_given(ada):
    items = [item(make_version()), item(make_version(), **AFTER, days=2)]
    programme = programme_create(owner=ada, title=" First weeks ", summary="Slowly.", items=items)
    assert (programme.owner, programme.title, programme.summary) == (ada, "First weeks", "Slowly.")
    kept = programme.items.values_list("position", "exercise", "release", "days")
    assert list(kept) == [
        (0, items[0]["exercise"].pk, "at_once", None),
        (1, items[1]["exercise"].pk, "after_one_before", 2),
    ]


@pytest.mark.parametrize(
    ("first", "second", "field"),
    [
        (AFTER | {"days": 1}, {}, "release"),
        ({"rhythm": "once"}, AFTER | {"days": 2}, "days"),
        ({"lasts_days": 3}, AFTER | {"days": 4}, "days"),
    ],
)
def test_it_says_what_can_never_open(ada, first, second, field):
    items = [item(make_version(), **first), item(make_version(), **second)]
    assert [problem.field for problem in problems(ada, items)] == [field]
    with pytest.raises(DomainError) as refused:
        programme_create(owner=ada, title="Weeks", summary="", items=items)
    assert refused.value.field == field
    assert not Programme.objects.exists()


@pytest.mark.parametrize(
    ("first", "days"), [({"rhythm": "once"}, 1), ({"lasts_days": 3}, 3), ({}, 366)]
)
def test_it_takes_what_can(ada, first, days):
    items = [item(make_version(), **first), item(make_version(), **AFTER, days=days)]
    assert list(problems(ada, items)) == []


def test_it_holds_only_what_its_owner_may_give(ada):
    hers = make_version(owner=make_counsellor())
    shared = make_version(owner=make_counsellor())
    shared.exercise.for_practice = True
    put_away = make_version(owner=ada)
    put_away.exercise.put_away_at = datetime(2030, 1, 1, tzinfo=UTC)
    for version in (shared, put_away):
        version.exercise.save()
    items = [item(version) for version in (make_version(), shared, hers, put_away)]
    assert [(p.place, p.field) for p in problems(ada, items)] == [(2, "exercise"), (3, "exercise")]


def test_it_holds_one_exercise_at_least_and_thirty_at_most(ada):
    exercise = make_version()
    for items in ([], [item(exercise)] * (LONGEST_PROGRAMME + 1)):
        with pytest.raises(DomainError):
            programme_create(owner=ada, title="Weeks", summary="", items=items)
    programme_create(owner=ada, title="W", summary="", items=[item(exercise)] * LONGEST_PROGRAMME)


@pytest.mark.parametrize(
    "wrong",
    [
        {"release": "after_days"},
        {"release": "on_date"},
        {"rhythm": "times_a_week"},
        {"rhythm": "weekdays"},
        {"rhythm": "every_weeks"},
        {"rationale": ""},
    ],
)
def test_the_tables_refuse_what_is_not_whole(ada, wrong):
    with pytest.raises(ValidationError):
        programme_create(
            owner=ada, title="Weeks", summary="", items=[item(make_version(), **wrong)]
        )
    assert not Programme.objects.exists()


def test_a_change_replaces_all_of_it(ada):
    programme = make_programme({}, {}, owner=ada)
    only = item(make_version(), rationale="New.")
    programme_change(
        programme=programme, title="New", summary="", items=[only], seen=state_of(programme)
    )
    programme.refresh_from_db()
    assert programme.title == "New"
    assert list(programme.items.values_list("rationale", flat=True)) == ["New."]


def test_of_two_windows_the_later_one_notices(ada):
    programme = make_programme({}, owner=ada)
    seen = state_of(programme)
    change = {"programme": programme, "summary": "", "items": [item(make_version())]}
    programme_change(title="First", seen=seen, **change)
    with pytest.raises(ConflictError, match="another window"):
        programme_change(title="Second", seen=seen, **change)
    programme.refresh_from_db()
    assert programme.title == "First"


def test_a_copy_is_one_of_its_own(ada):
    programme = make_programme({"rationale": "A"}, {"rationale": "B"}, owner=ada, title="x" * 120)
    copied = programme_copy(programme=programme)
    assert copied.pk != programme.pk
    assert copied.title.startswith("Copy of x")
    assert len(copied.title) == 120
    assert list(copied.items.values_list("rationale", flat=True)) == ["A", "B"]
    assert programme.items.count() == 2


def test_it_is_put_away_and_brought_back(ada):
    programme = make_programme(owner=ada)
    programme_put_away(programme=programme)
    programme.refresh_from_db()
    assert programme.put_away_at is not None
    programme_bring_back(programme=programme)
    programme.refresh_from_db()
    assert programme.put_away_at is None


def test_it_is_deleted_only_while_nobody_was_given_it(ada):
    programme = make_programme(owner=ada)
    given = make_programme(owner=ada)
    client = make_client(counsellor=ada)
    programme_give(programme=given, client=client, starts_on=datetime(2030, 1, 1).date())
    programme_delete(programme=programme)
    with pytest.raises(DomainError, match="Put it away"):
        programme_delete(programme=given)
    assert list(Programme.objects.all()) == [given]
