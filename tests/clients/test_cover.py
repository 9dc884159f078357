"""Lending a record: to whom, from when to when, and that it ends by itself."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.http import Http404

from clients.access import client_open_to
from clients.models import Cover
from clients.services import cover_end, cover_lend
from counsel.common.errors import ConflictError, DomainError
from tests.factories import make_client, make_counsellor, make_cover, make_manager, make_user

pytestmark = pytest.mark.django_db
NOW = datetime(2030, 3, 1, 9, tzinfo=UTC)
MOMENT = timedelta(microseconds=1)


@pytest.fixture
def tom():
    return make_counsellor()


@pytest.fixture
def anna():
    return make_client(counsellor=make_counsellor(time_zone="Europe/London"))


def lend(client, to, first=date(2030, 3, 4), last=date(2030, 3, 17), **fields):
    fields.setdefault("consent_on", date(2030, 2, 28))
    fields.setdefault("consent_how", "spoken")
    with time_machine.travel(NOW, tick=False):
        return cover_lend(client=client, to=to, first_day=first, last_day=last, **fields)


def reads(user, client, at):
    try:
        return client_open_to(user, client.pk, at) == client
    except Http404:
        return False


@pytest.mark.parametrize(
    ("zone", "first", "last", "starts", "ends"),
    [
        # Clocks go forward in London on 31 March, back on 27 October 2030.
        ("Europe/London", (3, 30), (3, 31), (3, 30, 0), (3, 31, 23)),
        ("Europe/London", (10, 27), (10, 27), (10, 26, 23), (10, 28, 0)),
        # In New York forward on 10 March, back on 3 November.
        ("America/New_York", (3, 9), (3, 10), (3, 9, 5), (3, 11, 4)),
        ("America/New_York", (11, 3), (11, 3), (11, 3, 4), (11, 4, 5)),
    ],
)
def test_it_is_read_from_the_first_instant_to_the_last_of_the_lenders_days(
    tom, zone, first, last, starts, ends
):
    anna = make_client(counsellor=make_counsellor(time_zone=zone), time_zone="Asia/Kolkata")
    lend(anna, tom, date(2030, *first), date(2030, *last))
    starts, ends = datetime(2030, *starts, tzinfo=UTC), datetime(2030, *ends, tzinfo=UTC)
    read_at = [reads(tom.user, anna, at) for at in (starts - MOMENT, starts, ends - MOMENT, ends)]
    assert read_at == [False, True, True, False]


def test_only_the_colleague_reads_and_only_that_record(tom, anna):
    cover = make_cover(client=anna, to=tom)
    within = cover.starts_at
    others = (make_counsellor().user, make_manager(), make_user(), anna.counsellor.user)
    assert [reads(user, anna, within) for user in (tom.user, *others)] == [True, *[False] * 4]
    assert not reads(tom.user, make_client(counsellor=anna.counsellor), within)
    tom.user.is_active = False
    tom.user.save()
    assert not reads(tom.user, anna, within)


def test_ended_before_its_time_nobody_reads_any_more(tom, anna):
    cover = make_cover(client=anna, to=tom)
    with time_machine.travel(cover.starts_at + timedelta(days=1), tick=False) as clock:
        assert reads(tom.user, anna, cover.starts_at + timedelta(days=1))
        assert cover_end(cover=cover, by=Cover.EndedBy.CLIENT)
        assert not reads(tom.user, anna, cover.starts_at + timedelta(days=1))
        clock.shift(timedelta(days=1))
        assert not cover_end(cover=cover, by=Cover.EndedBy.COUNSELLOR)
    cover.refresh_from_db()
    assert (cover.ended_at, cover.ended_by) == (cover.starts_at + timedelta(days=1), "client")


def test_one_that_is_over_is_not_ended_again(tom, anna):
    cover = make_cover(client=anna, to=tom)
    with time_machine.travel(cover.ends_at, tick=False):
        assert not cover_end(cover=cover, by=Cover.EndedBy.CLIENT)


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("first_day", {"first": date(2030, 2, 28)}),
        ("first_day", {"first": date(2031, 3, 3), "last": date(2031, 3, 4)}),
        ("first_day", {"first": date.max, "last": date.max}),
        ("last_day", {"last": date(2030, 3, 3)}),
        ("last_day", {"last": date(2030, 3, 4) + timedelta(days=92)}),
        ("last_day", {"last": date.max}),
        ("consent_on", {"consent_on": date(2030, 3, 2)}),
    ],
)
def test_it_refuses_days_that_cannot_be(tom, anna, field, wrong):
    with pytest.raises(DomainError) as refused:
        lend(anna, tom, **wrong)
    assert refused.value.field == field
    assert not Cover.objects.exists()


def test_it_lends_for_ninety_two_days_and_begins_today(tom, anna):
    first = date(2030, 3, 1)
    cover = lend(anna, tom, first, first + timedelta(days=91))
    assert cover.starts_at == datetime(2030, 3, 1, tzinfo=UTC)


def test_it_is_lent_to_another_who_works_here(tom, anna):
    gone = make_counsellor()
    gone.user.is_staff = False
    gone.user.save()
    for nobody in (anna.counsellor, gone):
        with pytest.raises(DomainError) as refused:
            lend(anna, nobody)
        assert refused.value.field == "to"


def test_the_same_days_are_lent_once_to_one_colleague(tom, anna):
    lend(anna, tom)
    with pytest.raises(DomainError):
        lend(anna, tom, date(2030, 3, 17), date(2030, 3, 20))
    lend(anna, tom, date(2030, 3, 18), date(2030, 3, 20))
    lend(anna, make_counsellor())


def test_a_client_who_was_handed_over_is_not_lent_by_the_former_counsellor(tom, anna):
    stale = type(anna).objects.get(pk=anna.pk)
    anna.counsellor = make_counsellor()
    anna.save()
    with pytest.raises(ConflictError):
        lend(stale, tom)


def test_why_is_kept_as_no_one_can_read_it_in_the_database(tom, anna):
    cover = lend(anna, tom, reason="Surgery in March")
    with connection.cursor() as cursor:
        cursor.execute("SELECT reason FROM clients_cover")
        assert "Surgery" not in cursor.fetchone()[0]
    cover.refresh_from_db()
    assert cover.reason == "Surgery in March"
