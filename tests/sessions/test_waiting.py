"""The waiting list: joining, one offer at a time, and what never comes to life again."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
import time_machine
from django.core import mail

from counsel.accounts.practice import Practice
from counsel.common.errors import ConflictError, DomainError
from counsel.reminders.dispatch import run_due
from sessions.models import Consultation, Hold, Status, WaitingEntry
from sessions.selectors import open_slot
from sessions.services import (
    consultation_book,
    consultation_cancel,
    consultation_undo,
    hold_confirm,
    hold_release,
    offers_make,
    waiting_confirm,
    waiting_join,
    waiting_leave,
    waiting_wish,
)
from sessions.services.waiting import waiting_forget
from tests.factories import (
    make_client,
    make_consent_document,
    make_consultation,
    make_counsellor,
    make_portal_client,
    make_rule,
    make_service,
    make_waiting_entry,
)

pytestmark = pytest.mark.django_db
NOW = datetime(2030, 1, 3, 8, tzinfo=UTC)
# The only hour of the counsellor's week.
MONDAY = datetime(2030, 1, 7, 10, tzinfo=UTC)
A_WEEK = timedelta(weeks=1)


@pytest.fixture
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def service(clock):
    make_consent_document(slug="booking", version=1)
    counsellor = make_counsellor(time_zone="Europe/London")
    make_rule(counsellor=counsellor, weekday=0, starts=time(10), ends=time(11))
    return make_service(counsellor=counsellor, length=50, step=60, horizon=10)


def offers():
    return list(Hold.objects.filter(purpose=Hold.Purpose.OFFER).order_by("created_at"))


def join(service, **given):
    given = {"name": "Anna", "email": "anna@example.org", "time_zone": "Europe/London", **given}
    return waiting_join(service=service, language="en-gb", **given)


class TestJoining:
    def test_a_stranger_waits_from_the_click_behind_the_mail_on(self, service):
        entry = join(service, weekdays=[2, 0, 2])
        assert entry.state == WaitingEntry.State.UNCONFIRMED
        run_due()
        assert [m.to for m in mail.outbox] == [["anna@example.org"]]
        assert not offers()

        waiting_confirm(entry=entry)
        waiting_confirm(entry=entry)
        entry.refresh_from_db()
        assert (entry.state, entry.weekdays) == (WaitingEntry.State.WAITING, [0, 2])

    def test_a_client_of_their_own_waits_at_once(self, service):
        client = make_client(counsellor=service.counsellor)
        entry = join(service, email=client.email, client=client)
        assert (entry.state, entry.client) == (WaitingEntry.State.WAITING, client)
        run_due()
        assert [m.subject for m in mail.outbox] == ["A time has come free"]

    def test_an_address_waits_once_and_gets_one_link_an_hour(self, service, clock):
        first = join(service)
        assert join(service, email="ANNA@example.org", name="Mallory").pk == first.pk
        run_due()
        assert len(mail.outbox) == 1
        clock.shift(timedelta(hours=1))
        join(service)
        run_due()
        assert len(mail.outbox) == 2

    def test_a_stranger_changes_no_wish_of_one_who_waits(self, service):
        entry = make_waiting_entry(service=service, email="anna@example.org", weekdays=[4])
        join(service, name="Mallory", weekdays=[0])
        entry.refresh_from_db()
        assert (entry.name, entry.weekdays) != ("Mallory", [0])
        assert entry.weekdays == [4]

    def test_hours_in_the_wrong_order_are_refused_beside_their_field(self, service):
        with pytest.raises(DomainError) as refused:
            join(service, earliest=time(12), latest=time(9))
        assert refused.value.field == "latest"
        assert not WaitingEntry.objects.exists()

    def test_who_never_confirms_is_taken_off_after_two_days(self, service, clock):
        entry = join(service)
        clock.shift(timedelta(days=2))
        run_due()
        with pytest.raises(ConflictError):
            waiting_confirm(entry=entry)


class TestOffers:
    def test_an_opening_is_offered_to_one_at_a_time_in_order(self, service, clock):
        first, second = make_waiting_entry(service=service), make_waiting_entry(service=service)
        assert offers_make(NOW) == 1
        assert offers_make(NOW) == 0
        (offer,) = offers()
        assert (offer.waiting_entry, offer.starts_at) == (first, MONDAY)
        assert offer.expires_at == NOW + timedelta(hours=12)
        assert open_slot(service, MONDAY, NOW) is None

        clock.move_to(offer.expires_at)
        run_due()
        offer.refresh_from_db()
        assert offer.state == Hold.State.EXPIRED
        assert [o.waiting_entry for o in offers()] == [first, second]
        assert [m.to[0] for m in mail.outbox] == [second.email]

    def test_no_is_passed_on_and_never_asked_again(self, service):
        first, second = make_waiting_entry(service=service), make_waiting_entry(service=service)
        offers_make(NOW)
        hold_release(hold=offers()[0])
        offers_make(NOW)
        hold_release(hold=offers()[1])
        assert offers_make(NOW) == 0
        assert [o.waiting_entry for o in offers()] == [first, second]
        first.refresh_from_db()
        assert first.state == WaitingEntry.State.WAITING

    def test_yes_books_it_and_ends_the_waiting(self, service):
        entry = make_waiting_entry(service=service)
        offers_make(NOW)
        booked = hold_confirm(hold=offers()[0])
        assert (booked.starts_at, booked.status) == (MONDAY, Status.CONFIRMED)
        assert booked.client.email == entry.email
        entry.refresh_from_db()
        assert entry.state == WaitingEntry.State.BOOKED
        assert offers_make(NOW) == 0

    def test_a_cancelled_booking_never_arms_its_old_offer_again(self, service, clock):
        make_waiting_entry(service=service)
        offers_make(NOW)
        (offer,) = offers()
        booked = hold_confirm(hold=offer)
        consultation_cancel(consultation=booked, by="client")
        clock.shift(timedelta(minutes=10))
        run_due()
        assert hold_confirm(hold=offer).pk == booked.pk
        booked.refresh_from_db()
        assert booked.status == Status.CANCELLED_BY_CLIENT
        assert len(offers()) == 1
        assert open_slot(service, MONDAY, NOW) is not None

    def test_an_opening_waits_until_it_cannot_be_undone_any_more(self, service, clock):
        taken = consultation_book(
            service=service, client=make_client(counsellor=service.counsellor), starts_at=MONDAY
        )
        make_waiting_entry(service=service)
        consultation_cancel(consultation=taken, by="counsellor")
        run_due()
        assert not offers()
        consultation_undo(consultation=taken, by="counsellor")

        consultation_cancel(consultation=taken, by="counsellor")
        clock.shift(timedelta(minutes=3))
        run_due()
        assert [o.starts_at for o in offers()] == [MONDAY]

    def test_it_suits_the_wishes_by_their_own_clock(self, service):
        make_waiting_entry(service=service, weekdays=[1], time_zone="Europe/London")
        make_waiting_entry(service=service, earliest=time(20), time_zone="Europe/London")
        # Ten in the morning in London is eleven at night on Kiritimati... plus an hour: Tuesday.
        far = make_waiting_entry(service=service, weekdays=[1], time_zone="Pacific/Kiritimati")
        offers_make(NOW)
        assert [o.waiting_entry for o in offers()] == [far]

    def test_two_who_wait_for_one_hour_of_two_services_are_not_both_offered_it(self, service):
        other = make_service(counsellor=service.counsellor, length=30, step=60, horizon=10)
        make_waiting_entry(service=service)
        make_waiting_entry(service=other)
        assert offers_make(NOW) == 1

    def test_a_first_meeting_is_not_offered_to_somebody_who_had_theirs(self, service):
        service.audience = "first"
        service.save()
        client = make_client(counsellor=service.counsellor)
        make_consultation(client=client, service=service, starts_at=NOW - A_WEEK)
        make_waiting_entry(service=service, email=client.email)
        assert offers_make(NOW) == 0

    @pytest.mark.parametrize("maximum", ["daily_maximum", "weekly_maximum"])
    def test_no_more_is_offered_than_a_day_or_a_week_may_hold(self, service, maximum):
        make_rule(counsellor=service.counsellor, weekday=0, starts=time(13), ends=time(15))
        setattr(service, maximum, 1)
        service.save()
        make_waiting_entry(service=service)
        make_waiting_entry(service=service)
        assert offers_make(NOW) == 1

    def test_coming_back_to_one_that_is_over_gives_the_next_one_back(self, service, clock):
        make_rule(counsellor=service.counsellor, weekday=0, starts=time(13), ends=time(14))
        entry = make_waiting_entry(service=service)
        offers_make(NOW)
        clock.shift(timedelta(hours=12))
        run_due()
        first, second = offers()
        assert (first.state, second.state) == (Hold.State.EXPIRED, Hold.State.OPEN)
        assert hold_confirm(hold=first).starts_at == MONDAY
        second.refresh_from_db()
        entry.refresh_from_db()
        assert (second.state, entry.state) == (Hold.State.RELEASED, WaitingEntry.State.BOOKED)

    def test_the_practice_says_how_long_it_is_kept(self, service):
        Practice.objects.create(offer_hours=2)
        make_waiting_entry(service=service)
        offers_make(NOW)
        assert offers()[0].expires_at == NOW + timedelta(hours=2)

    def test_nobody_waiting_costs_one_query(self, service, django_assert_num_queries):
        with django_assert_num_queries(1):
            offers_make(NOW)

    @pytest.mark.parametrize("people", [2, 12])
    def test_the_queries_of_those_in_vain_do_not_grow(
        self, service, people, django_assert_num_queries
    ):
        for _ in range(people):
            make_waiting_entry(service=service, weekdays=[3])
        with django_assert_num_queries(10):
            offers_make(NOW)


class TestLeaving:
    def test_leaving_gives_the_offer_back(self, service):
        first, second = make_waiting_entry(service=service), make_waiting_entry(service=service)
        offers_make(NOW)
        waiting_leave(entry=first)
        waiting_leave(entry=first)
        offers_make(NOW)
        assert [(o.waiting_entry, o.state) for o in offers()] == [
            (first, Hold.State.RELEASED),
            (second, Hold.State.OPEN),
        ]
        with pytest.raises(ConflictError):
            waiting_wish(entry=first, weekdays=[], earliest=None, latest=None)

    def test_other_wishes_keep_the_place(self, service):
        entry = make_waiting_entry(service=service, weekdays=[3])
        make_waiting_entry(service=service)
        waiting_wish(entry=entry, weekdays=[0], earliest=time(9), latest=None)
        offers_make(NOW)
        assert offers()[0].waiting_entry == entry

    def test_a_week_after_nothing_that_was_typed_is_left(self, service, clock):
        waits = make_waiting_entry(service=service)
        offers_make(NOW)
        gone = make_waiting_entry(service=service)
        hold_release(hold=offers()[0])
        offers_make(NOW)
        waiting_leave(entry=gone)
        waiting_forget(NOW + A_WEEK)
        assert WaitingEntry.objects.count() == 2
        waiting_forget(NOW + A_WEEK + timedelta(seconds=1))
        assert [offer.waiting_entry for offer in offers()] == [waits]
        assert WaitingEntry.objects.get() == waits


class TestPages:
    @pytest.fixture
    def address(self, service):
        return f"/c/{service.counsellor.slug}/{service.slug}/waiting/"

    def given(self, **more):
        typed = {"name": "Anna", "email": "anna@example.org", "zone": "Asia/Kolkata"}
        return {**typed, "weekdays": ["0"], "earliest": "09:00", **more}

    def link(self, path):
        run_due()
        body = mail.outbox[-1].body
        return "/" + body.split(f"/{path}/", 1)[1].split()[0].join([f"{path}/", ""])

    def test_the_answer_is_the_same_whoever_the_address_belongs_to(self, client, address, service):
        known = make_client(counsellor=service.counsellor, email="anna@example.org")
        answers = [
            client.post(address, self.given(email=email))
            for email in (known.email, "nobody@example.org", "nobody@example.org")
        ]
        assert {answer.status_code for answer in answers} == {200}
        assert len({answer.content for answer in answers}) == 1
        assert WaitingEntry.objects.get(email=known.email).time_zone == "Asia/Kolkata"

    def test_from_the_mail_to_the_list_and_off_it(self, client, address):
        client.post(address, self.given())
        page = self.link("waiting")
        assert "Put you on the list?" in client.get(page).content.decode()
        assert WaitingEntry.objects.get().state == WaitingEntry.State.UNCONFIRMED
        assert client.post(page, {"confirm": "1"}).status_code == 302
        assert "You are on the list" in client.get(page).content.decode()
        client.post(page, {"wish": "1", "weekdays": ["2", "4"], "latest": "17:00"})
        entry = WaitingEntry.objects.get()
        assert (entry.weekdays, entry.earliest, entry.latest) == ([2, 4], None, time(17))
        client.post(page, {"leave": "1"})
        assert "You are not on the list" in client.get(page).content.decode()
        assert client.post(page, {"confirm": "1"}).status_code == 409

    def test_what_was_typed_is_kept_beside_what_was_wrong(self, client, address):
        answer = client.post(address, self.given(email="no address", latest="08:00"))
        assert answer.status_code == 422
        words = answer.content.decode()
        assert 'value="Anna"' in words and "no address" in words
        assert "must not be earlier" in words
        assert not WaitingEntry.objects.exists()

    def test_programs_and_strange_clocks_are_told(self, client, address):
        assert client.post(address, self.given(website="x")).status_code == 422
        assert client.post(address, self.given(zone="Mars/Phobos")).status_code == 422
        assert not WaitingEntry.objects.exists()

    def test_an_offer_is_taken_with_consent_by_one_click(self, client, service):
        make_waiting_entry(service=service, email="anna@example.org", time_zone="Asia/Kolkata")
        page = self.link("offer")
        words = client.get(page).content.decode()
        assert "Monday 7 January, 15:30 (India time)" in words
        document = words.split('name="document" value="')[1].split('"')[0]
        assert client.post(page, {"document": document}).status_code == 422
        assert not Consultation.objects.exists()
        taken = client.post(page, {"document": document, "agree": "on"})
        assert taken.status_code == 302 and "/booked/" in taken["Location"]
        booked = Consultation.objects.get()
        assert booked.client.consents.count() == 1
        assert "/booked/" in client.get(page)["Location"]

    def test_no_is_said_by_one_click_and_stays_said(self, client, service):
        make_waiting_entry(service=service)
        page = self.link("offer")
        client.post(page, {"no": "1"})
        assert "You gave this time back" in client.get(page).content.decode()
        again = client.post(page, {"agree": "on", "document": ""})
        assert again.status_code in (409, 422)
        assert not Consultation.objects.exists()

    def test_an_offer_whose_time_ran_out_says_so(self, client, service, clock):
        make_waiting_entry(service=service)
        page = self.link("offer")
        clock.shift(timedelta(hours=13))
        run_due()
        assert "This offer is over" in client.get(page).content.decode()

    def test_a_link_is_of_no_use_elsewhere(self, client, service):
        make_waiting_entry(service=service)
        token = self.link("offer").split("/")[2]
        assert client.get(f"/waiting/{token}/").status_code == 404
        assert client.get(f"/offer/{token}x/").status_code == 404
        entry = WaitingEntry.objects.get()
        Hold.objects.update(email="else@example.org")
        assert client.get(f"/offer/{token}/").status_code == 404
        assert entry.state == WaitingEntry.State.WAITING

    def test_a_signed_in_client_is_on_the_list_without_a_mail(self, client, address, service):
        known = make_portal_client(counsellor=service.counsellor)
        client.force_login(known.user)
        answer = client.post(address, self.given(email=known.email))
        assert answer.status_code == 302
        assert WaitingEntry.objects.get().client == known
