"""A client chooses another time: from a mail without signing in, and in the portal."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from counsel.reminders.models import Reminder, State
from sessions.models import ClientService, Consultation, Side, Status
from sessions.services import consultation_cancel, consultation_reschedule
from sessions.tokens.appointments import appointment_token, moving_token, undo_token
from tests.factories import make_client, make_consultation, make_portal_client, make_rule
from tests.sessions.asking import MONDAY_TEN, NOW, ledger, make_open_service

pytestmark = pytest.mark.django_db
ONE = MONDAY_TEN + timedelta(hours=3)
TWO = MONDAY_TEN + timedelta(hours=4)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def service():
    return make_open_service()


@pytest.fixture
def asha(service):
    return make_portal_client(counsellor=service.counsellor, name="Asha", time_zone="Asia/Kolkata")


@pytest.fixture
def booked(asha, service):
    return make_consultation(client=asha, service=service, starts_at=MONDAY_TEN)


class ByMail:
    """Somebody with the mail, signed in nowhere."""

    def __init__(self, client, consultation):
        self.client = client
        self.consultation = consultation
        self.version = {}

    def times(self, **query):
        token = moving_token(self.consultation)
        return self.client.get(reverse("booking:move_mailed", args=[token]), query)

    def time_page(self, start):
        return reverse("booking:move_mailed_to", args=[moving_token(self.consultation), start])

    def looks_at(self, start):
        return self.client.get(self.time_page(start))

    def moves_to(self, start):
        return self.client.post(self.time_page(start), self.version, follow=True)

    def undoes(self):
        fresh = Consultation.objects.get(pk=self.consultation.pk)
        page = reverse("booking:undo_mailed", args=[undo_token(fresh)])
        return self.client.post(page, follow=True)


class InPortal(ByMail):
    """The same person, signed in."""

    def __init__(self, client, consultation):
        super().__init__(client, consultation)
        self.version = {"version": str(consultation.version)}
        client.force_login(consultation.client.user)

    def times(self, **query):
        return self.client.get(reverse("booking:move", args=[self.consultation.pk]), query)

    def time_page(self, start):
        return reverse("booking:move_to", args=[self.consultation.pk, start])

    def undoes(self):
        fresh = Consultation.objects.get(pk=self.consultation.pk)
        page = reverse("booking:undo", args=[fresh.pk])
        return self.client.post(page, {"version": str(fresh.version)}, follow=True)


@pytest.fixture(params=[ByMail, InPortal])
def person(request, client, booked):
    return request.param(client, booked)


def text(response):
    return " ".join(response.content.decode().replace("&#x27;", "'").split())


# --- Choosing -----------------------------------------------------------------------------


def test_the_open_times_of_the_same_service_are_shown_by_the_readers_clock(person):
    page = text(person.times())
    assert "Monday 7 January, 15:30 (India time)" in page
    assert "India time, UTC+05:30" in page
    assert person.time_page(ONE) in page
    assert ">18:30<" in page


def test_the_time_it_has_is_not_offered_and_stands_in_the_way_of_none(person, service):
    service.buffer_after = 0
    service.step = 25
    service.save()
    page = text(person.times())
    assert person.time_page(MONDAY_TEN) not in page
    assert person.time_page(MONDAY_TEN + timedelta(minutes=15)) in page


def test_turning_to_another_month_needs_no_script(person):
    assert person.time_page(datetime(2030, 2, 4, 9, tzinfo=UTC)) in text(
        person.times(day="2030-02-04")
    )


@pytest.mark.parametrize("day", ["", "x", "\0", "9999-12-31", "0001-01-01", "9" * 5000])
def test_odd_days_are_as_good_as_none(person, day):
    assert person.times(day=day, month=day).status_code == 200


def test_it_asks_as_often_for_many_times_as_for_few(person, service):
    person.times()
    few = queries(person)
    for weekday in range(1, 6):
        make_rule(counsellor=service.counsellor, weekday=weekday)
    assert queries(person) == few <= 12


def queries(person):
    with CaptureQueriesContext(connection) as asked:
        assert person.times().status_code == 200
    return len(asked)


# --- Confirming ---------------------------------------------------------------------------


def test_looking_changes_nothing(person, booked):
    before = Consultation.objects.values().get()
    for _look in range(2):
        page = text(person.looks_at(ONE))
        assert "Move it to this time?" in page
        assert "Monday 7 January, 15:30 (India time)" in page
        assert "Monday 7 January, 18:30 (India time)" in page
        assert "Then you can cancel freely until Sunday 6 January, 18:30 (India time)." in page
    assert person.client.head(person.time_page(ONE)).status_code == 200
    assert Consultation.objects.values().get() == before
    assert not Reminder.objects.exists()


def test_a_click_moves_it_and_says_where_to(person, booked):
    page = text(person.moves_to(ONE))
    fresh = Consultation.objects.get()
    assert (fresh.starts_at, fresh.status, fresh.version) == (ONE, Status.CONFIRMED, 2)
    assert "Monday 7 January, 18:30 (India time)" in page
    assert "You have just moved it here from Monday 7 January, 15:30 (India time)." in page
    assert fresh.changes.get().by == Side.CLIENT


def test_the_same_click_again_says_that_it_is_done(person, booked):
    person.moves_to(ONE)
    again = person.moves_to(ONE)
    assert "That was done already." in text(again)
    assert "Monday 7 January, 18:30 (India time)" in text(again)
    assert again.redirect_chain
    assert Consultation.objects.get().version == 2
    assert [kind for kind, _state in ledger(booked)].count("consultation_confirmed") == 1


def test_another_click_on_the_old_page_moves_nothing(person, booked):
    person.moves_to(ONE)
    assert "This appointment has changed" in text(person.moves_to(TWO))
    assert Consultation.objects.get().starts_at == ONE


def test_a_move_by_the_counsellor_in_the_meantime_wins(person, booked):
    consultation_reschedule(consultation=Consultation.objects.get(), starts_at=TWO)
    page = text(person.moves_to(ONE))
    assert "This appointment has changed" in page
    assert "That was done already." not in page
    assert Consultation.objects.get().starts_at == TWO


def test_an_old_link_does_not_say_where_the_counsellor_moved_it(client, booked):
    person = ByMail(client, booked)
    consultation_reschedule(consultation=Consultation.objects.get(), starts_at=TWO)
    for response in (person.times(), person.looks_at(ONE), person.moves_to(ONE)):
        assert "This appointment has changed" in text(response)
        assert "7 January" not in text(response)


@pytest.mark.parametrize("version", ["", "2", "0", "-1", "x", "\0", "١", "9" * 5000])
def test_in_the_portal_what_changed_since_the_page_was_read_stays(client, booked, version):
    person = InPortal(client, booked)
    person.version = {"version": version}
    assert "This appointment has changed in the meantime." in text(person.moves_to(ONE))
    assert Consultation.objects.get().starts_at == MONDAY_TEN


# --- Taken, too late, over ----------------------------------------------------------------


def test_who_comes_second_gets_words_and_what_is_near(person, booked, service):
    assert person.looks_at(ONE).status_code == 200
    other = make_client(counsellor=service.counsellor)
    make_consultation(client=other, service=service, starts_at=ONE)
    response = person.moves_to(ONE)
    assert response.status_code == 409
    page = text(response)
    assert "That time has just been taken." in page
    assert "These are close:" in page
    assert "it is still on Monday 7 January, 15:30 (India time)" in page
    assert person.time_page(TWO) in page
    assert person.time_page(MONDAY_TEN) not in page
    assert Consultation.objects.get(pk=booked.pk).starts_at == MONDAY_TEN


@pytest.mark.parametrize(
    "start",
    [
        datetime(1, 1, 1, tzinfo=UTC),
        datetime(9999, 12, 31, 23, 59, tzinfo=UTC),
        MONDAY_TEN + timedelta(minutes=1),
        MONDAY_TEN + timedelta(days=1),
        MONDAY_TEN - timedelta(days=7),
        MONDAY_TEN,
    ],
)
def test_a_time_that_is_not_offered_is_refused_in_words(person, start):
    for response in (person.looks_at(start), person.moves_to(start)):
        assert response.status_code == 409
        assert "These are close:" in text(response)
    assert Consultation.objects.get().starts_at == MONDAY_TEN


def test_after_the_last_moment_it_says_until_when_it_was_possible(person, clock):
    clock.move_to(MONDAY_TEN - timedelta(hours=24))
    assert person.looks_at(TWO + timedelta(days=7)).status_code == 200
    clock.move_to(MONDAY_TEN - timedelta(hours=24) + timedelta(seconds=1))
    for response, status in (
        (person.times(), 200),
        (person.looks_at(TWO + timedelta(days=7)), 200),
        (person.moves_to(TWO + timedelta(days=7)), 409),
    ):
        assert response.status_code == status
        assert "That was possible until Sunday 6 January, 15:30 (India time)." in text(response)
        assert "Ask your counsellor" in text(response)
        assert "noted as late" in text(response)
    assert Consultation.objects.get().starts_at == MONDAY_TEN


@pytest.mark.parametrize(
    ("booked_at", "last_moment"),
    [
        # London's clocks go forward on 31 March and back on 27 October: a day before is
        # 24 hours before, not the same hour by the clock.
        (datetime(2030, 4, 1, 9, tzinfo=UTC), "Sunday 31 March, 10:00 (London time)"),
        (datetime(2030, 3, 31, 9, tzinfo=UTC), "Saturday 30 March, 09:00 (London time)"),
        (datetime(2030, 10, 27, 10, tzinfo=UTC), "Saturday 26 October, 11:00 (London time)"),
    ],
)
def test_the_last_moment_is_told_by_the_clock_of_its_day(
    client, service, clock, booked_at, last_moment
):
    anna = make_client(counsellor=service.counsellor)
    booked = make_consultation(client=anna, service=service, starts_at=booked_at)
    clock.move_to(booked_at - timedelta(hours=24))
    person = ByMail(client, booked)
    assert "Choose another time" in text(person.times())
    clock.move_to(booked_at - timedelta(hours=24) + timedelta(seconds=1))
    assert f"That was possible until {last_moment}." in text(person.times())


@pytest.mark.parametrize("by", Side)
def test_what_is_cancelled_is_not_moved(person, booked, by):
    consultation_cancel(consultation=Consultation.objects.get(), by=by)
    page = text(person.moves_to(ONE))
    assert "is cancelled" in page or "can't be moved any more" in page
    assert Consultation.objects.get().starts_at == MONDAY_TEN


def test_strangers_find_nothing(client, booked):
    client.force_login(make_portal_client().user)
    for name, more in (("move", []), ("move_to", [ONE])):
        for key in (booked.pk, uuid.uuid4()):
            page = reverse(f"booking:{name}", args=[key, *more])
            assert client.get(page).status_code == 404
    page = reverse("booking:move_to", args=[booked.pk, ONE])
    assert client.post(page, {"version": "1"}).status_code == 404
    undo = reverse("booking:undo", args=[booked.pk])
    assert client.post(undo, {"version": "1"}).status_code == 404


# --- By request ---------------------------------------------------------------------------


def test_where_times_are_asked_for_it_becomes_a_request_again(person, service, booked):
    service.instant = False
    service.save()
    page = text(person.looks_at(ONE))
    assert "Ask for this time instead?" in page
    assert "This becomes a request again" in page
    person.moves_to(ONE)
    assert Consultation.objects.get().status == Status.PENDING


def test_where_this_client_books_at_once_it_stays_firm(person, service, booked):
    service.instant = False
    service.save()
    ClientService.objects.create(service=service, client=booked.client, instant=True)
    assert "Move it to this time?" in text(person.looks_at(ONE))
    person.moves_to(ONE)
    assert Consultation.objects.get().status == Status.CONFIRMED


# --- Undoing ------------------------------------------------------------------------------


def test_a_move_is_undone_within_three_minutes_and_no_mail_goes_out(person, booked, clock):
    person.moves_to(ONE)
    clock.shift(timedelta(minutes=2, seconds=59))
    page = text(person.undoes())
    fresh = Consultation.objects.get()
    assert (fresh.starts_at, fresh.status, fresh.version) == (MONDAY_TEN, Status.CONFIRMED, 3)
    assert "15:30 (India time)" in page
    assert "Undo" not in page
    assert not ledger(booked, state=State.QUEUED, kind="consultation_confirmed")


def test_undoing_once_more_says_that_it_is_done(client, booked):
    person = InPortal(client, booked)
    person.moves_to(ONE)
    undo = reverse("booking:undo", args=[booked.pk])
    for words in ("That is undone.", "That was done already."):
        assert words in text(client.post(undo, {"version": "2"}, follow=True))
    assert Consultation.objects.get().version == 3


def test_undoing_from_the_mail_once_more_leads_to_the_same_page(client, booked):
    ByMail(client, booked).moves_to(ONE)
    undo = reverse("booking:undo_mailed", args=[undo_token(Consultation.objects.get())])
    pages = [client.post(undo, follow=True) for _click in range(2)]
    assert all("Your appointment is on Monday 7 January, 15:30" in text(page) for page in pages)
    assert Consultation.objects.get().version == 3


def test_after_three_minutes_there_is_no_undoing(person, booked, clock):
    person.moves_to(ONE)
    clock.shift(timedelta(minutes=3))
    page = text(person.undoes())
    assert "can't be undone any more" in page
    assert "You have just moved" not in page
    assert Consultation.objects.get().starts_at == ONE


def test_a_time_given_to_somebody_else_does_not_come_back(person, booked, service):
    person.moves_to(ONE)
    make_consultation(
        client=make_client(counsellor=service.counsellor), service=service, starts_at=MONDAY_TEN
    )
    assert "the time has been given to somebody else" in text(person.undoes())
    assert Consultation.objects.get(pk=booked.pk).starts_at == ONE


def test_what_the_counsellor_did_is_not_the_clients_to_undo(person, booked):
    consultation_reschedule(consultation=Consultation.objects.get(), starts_at=ONE)
    assert "can't be undone any more" in text(person.undoes())
    assert Consultation.objects.get().starts_at == ONE


def test_the_link_of_the_mail_holds_again_after_undoing(client, booked):
    person = ByMail(client, booked)
    person.moves_to(ONE)
    person.undoes()
    assert "Move it to this time?" in text(person.looks_at(TWO))
    person.moves_to(TWO)
    again = person.moves_to(TWO)
    assert "That was done already." in text(again)
    assert Consultation.objects.get().starts_at == TWO
    old = client.get(reverse("booking:appointment", args=[appointment_token(booked)]))
    assert "This appointment has changed" in text(old)
