"""Two entries saved at the same moment, on a database that lets both begin."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime

import pytest
from django.db import connections, transaction

from exercises.models import Assignment
from exercises.services.programmes import assignment_release, programme_give, programmes_go_on
from tests.factories import make_counsellor, make_entry, make_portal_client, make_programme

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]
NOW = datetime(2030, 1, 7, 10, tzinfo=UTC)
TODAY = date(2030, 1, 7)


@pytest.fixture
def given():
    """The first, and the second that waits until it was practised on two days."""
    anna = make_portal_client(counsellor=make_counsellor())
    after = {"release": "after_one_before", "days": 2, "lasts_days": 7}
    programme = make_programme({}, after, owner=anna.counsellor)
    enrolment = programme_give(programme=programme, client=anna, starts_on=TODAY)
    return list(enrolment.assignments.order_by("created_at"))


def at_once(*acts):
    """Each in a thread and a connection of its own; gives back what went wrong."""
    wrong = []

    def run(act):
        try:
            act()
        except Exception as error:
            wrong.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return wrong


def saving(assignment, day, barrier):
    """What `entry_submit` does: the entry first, in one transaction with what it opens."""

    def save():
        with transaction.atomic():
            make_entry(assignment=assignment, local_date=day)
            # Both have written, neither has committed: neither can see the other's.
            barrier.wait(timeout=10)
            programmes_go_on(assignment=assignment, now=NOW)

    return save


def test_of_two_days_saved_at_once_the_second_sees_the_first(given):
    first, second = given
    barrier = threading.Barrier(2)
    days = (TODAY, date(2030, 1, 8))
    assert at_once(*(saving(first, day, barrier) for day in days)) == []
    second.refresh_from_db()
    assert (second.status, second.starts_on) == ("active", date(2030, 1, 8))
    assert second.ends_on == date(2030, 1, 14)


def test_many_at_once_open_it_once_and_nobody_is_turned_away(given):
    first, second = given
    make_entry(assignment=first, local_date=TODAY)
    barrier = threading.Barrier(6)
    days = [date(2030, 1, day) for day in range(8, 14)]
    assert at_once(*(saving(first, day, barrier) for day in days)) == []
    second.refresh_from_db()
    assert (second.status, second.starts_on) == ("active", date(2030, 1, 8))
    assert Assignment.objects.filter(status="waiting").count() == 0


def test_opened_by_practice_and_by_hand_at_once_it_is_opened_once(given):
    first, second = given
    make_entry(assignment=first, local_date=TODAY)
    barrier = threading.Barrier(2)

    def by_hand():
        barrier.wait(timeout=10)
        assignment_release(assignment=Assignment.objects.select_related("client").get(pk=second.pk))

    wrong = at_once(saving(first, date(2030, 1, 8), barrier), by_hand)
    assert [type(error).__name__ for error in wrong] in ([], ["ConflictError"])
    second.refresh_from_db()
    assert second.status == "active"
    assert (second.ends_on - second.starts_on).days == 6
