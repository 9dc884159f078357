from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from exercises.models import Assignment
from exercises.services.assigning import assignment_create, assignment_withdraw
from tests.factories import make_assignment


def create(ravi, version, **fields):
    given = {"rationale": " Because. ", "rhythm": "daily", "starts_on": date(2030, 1, 7), **fields}
    return assignment_create(client=ravi, version=version, **given)


def test_it_gives_a_client_an_exercise(ravi, version):
    created = create(ravi, version)
    assert (created.rationale, created.status) == ("Because.", "active")


def test_it_keeps_only_what_belongs_to_the_rhythm(ravi, version):
    weekly = create(ravi, version, rhythm="weekdays", weekdays=[4, 0, 4], times_a_week=3)
    assert (weekly.weekdays, weekly.times_a_week) == ("04", None)
    some_days = create(ravi, version, rhythm="times_a_week", weekdays=[1], times_a_week=3)
    assert (some_days.weekdays, some_days.times_a_week) == ("", 3)


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"rationale": "  "}, "rationale"),
        ({"rhythm": "hourly"}, "rhythm"),
        ({"rhythm": "times_a_week", "times_a_week": 8}, "times_a_week"),
        ({"rhythm": "times_a_week"}, "__all__"),
        ({"rhythm": "weekdays"}, "__all__"),
        ({"ends_on": date(2030, 1, 6)}, "__all__"),
    ],
)
def test_it_says_what_is_wrong(ravi, version, wrong, named):
    with pytest.raises(ValidationError) as refusal:
        create(ravi, version, **wrong)
    assert named in refusal.value.message_dict
    assert not Assignment.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"ends_on": date(2029, 12, 31)},
        {"rhythm": "times_a_week"},
        {"rhythm": "weekdays"},
    ],
)
def test_the_database_refuses_it_too(ravi, version, wrong):
    with pytest.raises(IntegrityError), transaction.atomic():
        make_assignment(client=ravi, version=version, **wrong)


def test_it_takes_it_back(assignment):
    assignment_withdraw(assignment=assignment)
    assert Assignment.objects.get().status == "withdrawn"
