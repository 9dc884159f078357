from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from clients.models import Address, Client
from counsel.accounts.models import Practice
from counsel.desk.needs import Need, caseload_of, needs_of
from exercises.models import RiskFlag
from tests.factories import (
    make_assignment,
    make_client,
    make_consultation,
    make_counsellor,
    make_entry,
)

pytestmark = pytest.mark.django_db
NOW = datetime(2030, 1, 31, 12, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def counsellor():
    return make_counsellor()


@pytest.fixture
def person(counsellor):
    """Somebody who needs nothing."""
    person = make_client(counsellor=counsellor)
    make_consultation(client=person, starts_at=NOW + DAY)
    return person


def needs(counsellor):
    found = needs_of(caseload_of(counsellor.user, NOW), NOW)
    return {row.need.value: row.count for row in found}


def practised(assignment, days_ago, **kw):
    return make_entry(assignment=assignment, happened_at=NOW - days_ago * DAY, **kw)


def given(person, **kw):
    return make_assignment(client=person, **{"starts_on": date(2030, 1, 1), **kw})


def test_somebody_who_comes_again_and_practises_needs_nothing(counsellor, person):
    for days_ago in range(4):
        practised(given(person), days_ago)
    assert needs(counsellor) == {}


@pytest.mark.parametrize(("days_ago", "found"), [(3, {}), (4, {"missed": 1})])
def test_practices_missed_in_a_row_count_from_the_practices_own_number_on(
    counsellor, person, days_ago, found
):
    practised(given(person), days_ago)
    assert needs(counsellor) == found
    Practice.objects.update_or_create(pk=1, defaults={"missed_in_a_row": 2})
    assert needs(counsellor) == {"missed": 1}


@pytest.mark.parametrize(("days_ago", "is_quiet"), [(14, False), (15, True)])
def test_somebody_is_quiet_after_so_many_whole_days(counsellor, person, days_ago, is_quiet):
    practised(given(person), days_ago)
    assert ("quiet" in needs(counsellor)) == is_quiet


def test_a_consultation_called_off_is_none_ahead(counsellor):
    person = make_client(counsellor=counsellor)
    make_consultation(client=person, starts_at=NOW + DAY, status="cancelled_by_client")
    assert needs(counsellor) == {"no_next": 1}
    # One that goes on has not been held yet.
    make_consultation(client=person, starts_at=NOW - timedelta(minutes=5))
    assert needs(counsellor) == {}


def test_somebody_who_wants_something_smaller_does_until_they_have_it(counsellor, person):
    assignment = given(person)
    practised(assignment, 0, outcome="could_not", wants_smaller=True, sharing="shared")
    practised(assignment, 1)
    assert needs(counsellor)["smaller"] == 1


def test_what_was_shared_and_a_flag_stay_whatever_became_of_the_client(counsellor, person):
    entry = make_entry(client=person, sharing="shared", happened_at=NOW)
    RiskFlag.objects.create(client=person, entry=entry)
    given(person)
    Client.objects.filter(pk=person.pk).update(status=Client.Status.ENDED)
    assert needs(counsellor) == {"flag": 1, "unread": 1}


@pytest.mark.parametrize(
    ("fields", "address", "is_told"),
    [
        ({}, {}, False),
        ({"email_refused_at": NOW}, {}, True),
        # Another one takes them; or takes none either.
        ({"email_refused_at": NOW}, {"verified_at": NOW}, False),
        ({}, {"verified_at": NOW, "refused_at": NOW}, True),
        # Not in use yet.
        ({}, {"refused_at": NOW}, False),
        ({"email_refused_at": NOW, "email_wording": "none"}, {}, False),
        ({"email_refused_at": NOW, "status": "prospective"}, {}, True),
        ({"email_refused_at": NOW, "status": "ended"}, {}, False),
    ],
)
def test_messages_that_come_back_are_told_while_somebody_is_to_be_reached(
    counsellor, person, fields, address, is_told
):
    Client.objects.filter(pk=person.pk).update(**fields)
    if address:
        Address.objects.create(client=person, channel="email", value="a@example.org", **address)
    assert ("address" in needs(counsellor)) == is_told


@pytest.mark.parametrize(("wording", "is_told"), [("neutral", True), ("none", False)])
def test_a_number_that_takes_nothing_is_told_where_it_is_wanted(
    counsellor, person, wording, is_told
):
    Client.objects.filter(pk=person.pk).update(sms_wording=wording)
    number = {"channel": "sms", "value": "+447700900123"}
    Address.objects.create(client=person, verified_at=NOW, refused_at=NOW, **number)
    assert ("address" in needs(counsellor)) == is_told


@pytest.mark.parametrize(
    ("fields", "is_told"),
    [
        ({}, True),
        # It would tell whether they practise.
        ({"shows_private_days": False}, False),
        # They want none in any case.
        ({"reminder_hour": None}, False),
        ({"homework_stopped_at": None}, False),
        ({"status": "paused"}, False),
    ],
)
def test_reminders_that_stopped_by_themselves_are_told_of(
    client, counsellor, person, fields, is_told
):
    practised(given(person), 0, sharing="shared", seen=True)
    stopped = {"homework_stopped_at": NOW - 3 * DAY, **fields}
    Client.objects.filter(pk=person.pk).update(**stopped)
    assert needs(counsellor) == ({"stopped": 1} if is_told else {})
    client.force_login(counsellor.user)
    words = "Reminders stopped by themselves on 28 Jan"
    is_on_page = is_told or "status" in fields
    page = client.get(f"/admin/clients/client/{person.pk}/change/").content.decode()
    assert (words in page) == is_on_page
    caseload = client.get("/admin/clients/client/").content.decode()
    assert ("reminders stopped</span>" in caseload) == is_on_page


def crowded(counsellor):
    """A caseload in which each need is there, and one beside it."""
    for owner in (counsellor, make_counsellor()):
        for n in range(3):
            person = make_client(counsellor=owner)
            assignment = given(person)
            practised(assignment, 5 * n, sharing="shared")
            if n == 1:
                said = practised(assignment, 2, outcome="could_not", sharing="shared")
                type(said).objects.filter(pk=said.pk).update(wants_smaller=True)
                RiskFlag.objects.create(client=person, entry=said)
            if n == 2:
                given(make_client(counsellor=owner, name="Quiet", email_refused_at=NOW))
                person.homework_stopped_at = NOW - DAY
                person.save()


def test_each_number_is_the_length_of_the_list_it_leads_to(client, counsellor):
    crowded(counsellor)
    client.force_login(counsellor.user)
    found = needs_of(caseload_of(counsellor.user, NOW), NOW)
    assert [row.need for row in found] == list(Need)
    for row in found:
        listed = client.get(row.url).context["cl"]
        assert (row.need, listed.result_count) == (row.need, row.count)
        assert {person.counsellor for person in listed.result_list} == {counsellor}


def test_it_counts_many_with_the_queries_of_one(counsellor, person, django_assert_num_queries):
    crowded(counsellor)
    caseload = caseload_of(counsellor.user, NOW)
    with django_assert_num_queries(2):
        needs_of(caseload, NOW)
