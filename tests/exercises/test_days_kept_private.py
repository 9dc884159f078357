"""A client who keeps the days of private practice: nothing a counsellor does tells them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from exercises.models import Rhythm
from exercises.services.assigning import assignment_change, assignment_withdraw, seal_of
from exercises.services.programmes import enrolment_end, programme_give
from exercises.services.resting import assignment_pause
from tests.factories import (
    make_assignment,
    make_counsellor,
    make_entry,
    make_portal_client,
    make_programme,
)

TODAY = date(2030, 1, 7)
NOW = datetime(2030, 1, 7, 10, tzinfo=UTC)
TOMORROW = TODAY + timedelta(days=1)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


def withdrawn(assignment):
    return assignment_withdraw(assignment=assignment).withdrawn_on


def rests_from(assignment):
    return assignment_pause(assignment=assignment, until=None).first_day


def asked_so_until(assignment):
    changed = assignment_change(
        assignment=assignment,
        seen=seal_of(assignment),
        rationale=assignment.rationale,
        rhythm=Rhythm.TIMES_A_WEEK,
        times_a_week=3,
        starts_on=assignment.starts_on,
        reminders=True,
    )
    return date.fromisoformat(changed.earlier[-1]["until"]) + timedelta(days=1)


@pytest.mark.parametrize("act", [withdrawn, rests_from, asked_so_until])
@pytest.mark.parametrize(
    ("shows", "sharing", "first"),
    [(True, "private", TOMORROW), (False, "shared", TOMORROW), (False, "private", TODAY)],
)
def test_the_day_from_which_a_change_holds_tells_only_what_may_be_known(act, shows, sharing, first):
    client = make_portal_client(shows_private_days=shows)
    assignment = make_assignment(client=client, starts_on=date(2030, 1, 1))
    make_entry(assignment=assignment, sharing=sharing)
    assert act(assignment) == first


def test_the_end_of_a_programme_tells_no_more():
    client = make_portal_client(counsellor=make_counsellor(), shows_private_days=False)
    programme = make_programme({}, owner=client.counsellor)
    enrolment = programme_give(programme=programme, client=client, starts_on=TODAY)
    assignment = enrolment.assignments.get()
    make_entry(assignment=assignment, sharing="private")
    enrolment_end(enrolment=enrolment)
    assignment.refresh_from_db()
    assert assignment.withdrawn_on == TODAY
