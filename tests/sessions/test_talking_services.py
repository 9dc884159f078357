from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction

from counsel.audit.models import Verb
from counsel.audit.services import record_access
from counsel.common.errors import ConflictError
from sessions.models import Side, TalkingPoint
from sessions.services import (
    consultation_complete,
    consultation_mark_no_show,
    consultation_undo,
    talking_point_settle,
    talking_point_write,
)
from sessions.talking import first_opened, last_talked_about, mark_of, open_talking_point
from tests.factories import (
    make_client,
    make_consultation,
    make_counsellor,
    make_portal_client,
    make_talking_point,
)

pytestmark = pytest.mark.django_db
NOW = datetime(2030, 1, 3, 9, tzinfo=UTC)
START = datetime(2030, 1, 7, 10, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def asha():
    return make_portal_client()


def write(client, text, now=NOW, **seen):
    return talking_point_write(client=client, text=text, now=now, **seen)


def stands(client):
    point = open_talking_point(client)
    return point and (point.text, point.written_at)


# --- Writing ------------------------------------------------------------------------------------


def test_it_stands_there_until_it_is_written_anew(asha):
    write(asha, "  The call with my sister.\n")
    assert stands(asha) == ("The call with my sister.", NOW)
    write(asha, "Sleep.", NOW + HOUR)
    assert stands(asha) == ("Sleep.", NOW + HOUR)
    assert TalkingPoint.objects.count() == 1


def test_the_same_words_once_more_change_nothing(asha):
    write(asha, "Sleep.", seen="")
    write(asha, "Sleep.", NOW + HOUR, seen="")
    assert stands(asha) == ("Sleep.", NOW)


@pytest.mark.parametrize("nothing", ["", " \n "])
def test_taken_back_nothing_of_it_is_left(asha, nothing):
    write(asha, "Sleep.")
    write(asha, nothing)
    assert not TalkingPoint.objects.exists()


def test_taking_back_what_is_not_there_is_no_error(asha):
    assert write(asha, "") is None


@pytest.mark.parametrize("text", ["Work.", ""])
def test_words_written_elsewhere_meanwhile_are_not_overwritten_unseen(asha, text):
    seen = mark_of(write(asha, "Sleep."))
    write(asha, "My father.", NOW + HOUR)
    with pytest.raises(ConflictError):
        write(asha, text, NOW + HOUR, seen=seen)
    assert stands(asha) == ("My father.", NOW + HOUR)


def test_each_of_two_counsellors_has_their_own(asha):
    other = make_client(user=asha.user)
    write(asha, "Sleep.")
    assert open_talking_point(other) is None
    assert not TalkingPoint.objects.visible_to(other.counsellor.user).exists()
    assert TalkingPoint.objects.visible_to(asha.counsellor.user).get().text == "Sleep."


def test_the_database_keeps_one_open_for_each_client(asha):
    make_talking_point(client=asha)
    with pytest.raises(IntegrityError), transaction.atomic():
        make_talking_point(client=asha)


def test_its_words_are_not_in_the_database_in_plain_text(asha):
    write(asha, "Kanarienvogel")
    with connection.cursor() as cursor:
        cursor.execute("SELECT text FROM consultations_talkingpoint")
        assert "Kanarienvogel" not in cursor.fetchone()[0]


# --- Settled by the counsellor ----------------------------------------------------------------


def test_settled_it_makes_room_for_the_next(asha):
    talking_point_settle(point=write(asha, "Sleep."), now=NOW + HOUR)
    assert open_talking_point(asha) is None
    assert last_talked_about(asha).settled_at == NOW + HOUR
    write(asha, "Work.", NOW + 2 * HOUR)
    assert stands(asha) == ("Work.", NOW + 2 * HOUR)


def test_words_the_counsellor_has_not_read_are_not_settled(asha):
    as_read = TalkingPoint.objects.get(pk=write(asha, "Sleep.").pk)
    write(asha, "My father.", NOW + HOUR)
    with pytest.raises(ConflictError):
        talking_point_settle(point=as_read, now=NOW + HOUR)
    assert stands(asha) == ("My father.", NOW + HOUR)


def test_what_was_taken_back_is_not_settled(asha):
    as_read = TalkingPoint.objects.get(pk=write(asha, "Sleep.").pk)
    write(asha, "")
    with pytest.raises(ConflictError):
        talking_point_settle(point=as_read, now=NOW)


# --- Settled with the consultation ------------------------------------------------------------


@pytest.fixture
def booked(asha):
    return make_consultation(client=asha, starts_at=START)


def test_held_it_settles_what_was_written_before_its_end(asha, booked, clock):
    point = write(asha, "Sleep.")
    clock.move_to(START + 2 * HOUR, tick=False)
    consultation_complete(consultation=booked)
    point.refresh_from_db()
    assert point.settled_at == START + 2 * HOUR


def test_held_it_leaves_what_was_written_after_it_for_the_next(asha, booked, clock):
    write(asha, "Afterwards.", booked.ends_at)
    clock.move_to(START + 24 * HOUR, tick=False)
    consultation_complete(consultation=booked)
    assert stands(asha) == ("Afterwards.", booked.ends_at)


def test_not_attended_it_leaves_everything_for_the_next(asha, booked, clock):
    write(asha, "Sleep.")
    clock.move_to(START + 2 * HOUR, tick=False)
    consultation_mark_no_show(consultation=booked)
    assert stands(asha) == ("Sleep.", NOW)


def test_held_it_leaves_other_clients_alone(booked, clock):
    other = make_portal_client(counsellor=booked.counsellor)
    write(other, "Sleep.")
    clock.move_to(START + 2 * HOUR, tick=False)
    consultation_complete(consultation=booked)
    assert stands(other)


def held_and_undone(booked, clock, between=lambda: None):
    clock.move_to(START + 2 * HOUR, tick=False)
    consultation_complete(consultation=booked)
    between()
    clock.shift(60)
    consultation_undo(consultation=booked, by=Side.COUNSELLOR)


def test_undone_it_stands_there_again(asha, booked, clock):
    write(asha, "Sleep.")
    held_and_undone(booked, clock)
    assert stands(asha) == ("Sleep.", NOW)


def test_undone_it_opens_nothing_that_was_talked_about_before(asha, booked, clock):
    talking_point_settle(point=write(asha, "Sleep."), now=NOW + HOUR)
    held_and_undone(booked, clock)
    assert open_talking_point(asha) is None


def test_undone_it_does_not_stand_in_the_way_of_newer_words(asha, booked, clock):
    write(asha, "Sleep.")
    held_and_undone(booked, clock, lambda: write(asha, "Newer.", START + 2 * HOUR))
    assert stands(asha) == ("Newer.", START + 2 * HOUR)


# --- Opened -----------------------------------------------------------------------------------


def opened(client, user, subject=None):
    subject = subject or client
    return record_access(verb=Verb.READ, subject=subject, client_id=client.pk, actor=user)


def test_it_tells_when_the_counsellor_first_opened_the_page_since(asha, clock):
    counsellor = asha.counsellor.user
    opened(asha, counsellor)
    clock.shift(HOUR)
    point = write(asha, "Sleep.", NOW + HOUR)
    opened(asha, make_counsellor().user)
    opened(asha, counsellor, subject=make_consultation(client=asha))
    assert first_opened(point) is None
    clock.shift(HOUR)
    opened(asha, counsellor)
    clock.shift(HOUR)
    opened(asha, counsellor)
    assert first_opened(point) == NOW + 2 * HOUR
