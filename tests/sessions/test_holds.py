"""Times kept until an address is confirmed: placing, confirming, giving back, expiring."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection

from clients.models import Client, Consent, Invitation
from counsel.accounts.practice import Practice
from counsel.common.errors import ConflictError, DomainError
from counsel.reminders.models import Reminder, State
from counsel.reminders.registry import get_kind
from sessions.models import ClientService, Consultation, Hold, Status, WaitingEntry
from sessions.selectors import open_slot
from sessions.services import (
    OverlapRefused,
    TooManyHolds,
    consultation_book,
    hold_confirm,
    hold_release,
    holds_expire,
    holds_forget,
)
from sessions.tokens.holds import hold_token
from tests.factories import (
    make_client,
    make_consent_document,
    make_consultation,
    make_counsellor,
    make_portal_client,
    make_service,
)
from tests.letters import address_of, message_of
from tests.sessions.asking import MONDAY_TEN, NOW, ask, ledger, make_open_service, request

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
ANSWERS = [{"question": "What brings you?", "answer": "🌿 مها"}]


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def state(hold):
    return Hold.objects.get(pk=hold.pk).state


# --- Placing ------------------------------------------------------------------------------


def test_it_keeps_the_time_with_its_buffers_for_as_long_as_the_practice_says():
    Practice.objects.create(confirm_minutes=45)
    hold = ask(make_open_service(buffer_before=5))
    assert hold.expires_at == NOW + timedelta(minutes=45)
    assert (hold.held_from, hold.held_until) == (
        MONDAY_TEN - timedelta(minutes=5),
        MONDAY_TEN + timedelta(minutes=60),
    )


def test_it_keeps_nothing_past_the_start(clock):
    clock.move_to(MONDAY_TEN - timedelta(minutes=10))
    assert ask(make_open_service(minimum_notice=0)).expires_at == MONDAY_TEN


def test_it_asks_by_mail_and_makes_nobody_a_client():
    hold = ask(make_open_service())
    reminder = Reminder.objects.get()
    assert (reminder.kind, reminder.person) == ("booking_confirm", f"hold:{hold.pk}")
    assert (reminder.due_at, reminder.not_after) == (NOW, hold.expires_at)
    assert not Client.objects.exists()
    assert not Consultation.objects.exists()


def test_a_kept_time_is_open_to_nobody_else():
    service = make_open_service()
    ask(service)
    assert open_slot(service, MONDAY_TEN, NOW) is None
    with pytest.raises(ConflictError, match="just been taken"):
        ask(service, email="ben@example.org")
    with pytest.raises(ConflictError, match="just been taken"):
        request(service, email="ben@example.org")


def test_staff_are_told_that_it_is_kept():
    service = make_open_service()
    ask(service)
    with pytest.raises(OverlapRefused) as refused:
        consultation_book(
            service=service,
            client=make_client(counsellor=service.counsellor),
            starts_at=MONDAY_TEN,
        )
    assert refused.value.is_kept


def test_the_same_form_again_is_one_hold_and_one_mail_and_its_newest_words_count():
    service, document = make_open_service(), make_consent_document()
    first = ask(service, consent=document)
    again = ask(service, consent=document, name="Anna Lena", intake=ANSWERS)
    assert again == first
    kept = Hold.objects.get()
    assert (kept.name, kept.intake) == ("Anna Lena", ANSWERS)
    assert Reminder.objects.count() == 1


def test_the_same_form_after_it_was_booked_answers_with_what_was_booked():
    service = make_open_service()
    hold = ask(service)
    booked = hold_confirm(hold=hold)
    assert ask(service).consultation == booked
    assert Consultation.objects.count() == 1


def test_the_same_form_after_it_expired_asks_anew(clock):
    service = make_open_service()
    first = ask(service)
    clock.move_to(first.expires_at)
    assert ask(service) != first
    assert state(first) == "expired"


@pytest.mark.parametrize(
    "starts_at",
    [
        MONDAY_TEN + timedelta(seconds=1),
        MONDAY_TEN - timedelta(hours=2),
        NOW - timedelta(days=3),
        datetime(1, 1, 1, tzinfo=UTC),
        datetime(9999, 12, 31, 23, 59, tzinfo=UTC),
    ],
)
def test_it_keeps_no_time_that_no_page_offered(starts_at):
    with pytest.raises(ConflictError):
        ask(make_open_service(), starts_at)
    assert not Hold.objects.exists()


@pytest.mark.parametrize(("second", "is_open"), [(-1, True), (0, True), (1, False)])
def test_minimum_notice_holds_to_the_second(clock, second, is_open):
    service = make_open_service(minimum_notice=24)
    clock.move_to(MONDAY_TEN - timedelta(hours=24) + timedelta(seconds=second))
    if is_open:
        assert ask(service)
    else:
        with pytest.raises(ConflictError, match="can't be booked any more"):
            ask(service)


@pytest.mark.parametrize(("second", "is_open"), [(-1, False), (0, True), (1, True)])
def test_the_horizon_holds_to_the_second(clock, second, is_open):
    service = make_open_service(horizon=14)
    clock.move_to(MONDAY_TEN - timedelta(days=14) + timedelta(seconds=second))
    if is_open:
        assert ask(service)
    else:
        with pytest.raises(ConflictError):
            ask(service)


def test_an_address_has_three_at_once_with_one_counsellor(clock):
    service = make_open_service()
    for hour in range(3):
        ask(service, MONDAY_TEN + hour * HOUR)
    with pytest.raises(TooManyHolds):
        ask(service, MONDAY_TEN + 3 * HOUR, email="ANNA@example.org")
    assert ask(service, MONDAY_TEN + 3 * HOUR, email="ben@example.org")


def test_an_address_is_sent_five_mails_an_hour_by_all_counsellors_together(clock):
    services = [make_open_service() for _number in range(6)]
    for service in services[:5]:
        ask(service)
    with pytest.raises(TooManyHolds):
        ask(services[5])
    clock.move_to(NOW + HOUR + timedelta(seconds=1))
    assert ask(services[5])


@pytest.mark.parametrize("audience", ["existing", "invited"])
def test_a_service_for_known_people_is_kept_for_no_other_address(audience):
    with pytest.raises(DomainError) as refused:
        ask(make_open_service(audience=audience))
    assert refused.value.field == "email"


def test_who_takes_no_new_clients_keeps_no_time_for_strangers():
    service = make_open_service(counsellor=make_counsellor(accepts_new_clients=False))
    with pytest.raises(DomainError):
        ask(service)


# --- Confirming ---------------------------------------------------------------------------


def test_confirming_books_with_all_that_was_given():
    service, document = make_open_service(), make_consent_document()
    hold = ask(service, consent=document, intake=ANSWERS, language="hi")
    booked = hold_confirm(hold=hold)
    booked.refresh_from_db()
    assert (booked.starts_at, booked.status) == (MONDAY_TEN, Status.CONFIRMED)
    assert (booked.time_zone, booked.intake) == ("Asia/Kolkata", ANSWERS)
    anna = Client.objects.get()
    assert (anna.name, anna.email, anna.language) == ("Anna", "anna@example.org", "hi")
    assert Consent.objects.get(client=anna).document == document
    kept = Hold.objects.get()
    assert (kept.state, kept.consultation, kept.intake) == ("used", booked, None)


def test_confirming_confirms_reminds_and_invites():
    booked = hold_confirm(hold=ask(make_open_service()))
    assert ledger(booked) == [
        ("consultation_confirmed", State.QUEUED),
        ("consultation_reminder", State.QUEUED),
    ]
    assert Invitation.objects.count() == 1


def test_confirming_again_answers_with_the_same():
    hold = ask(make_open_service())
    assert hold_confirm(hold=hold) == hold_confirm(hold=hold)
    assert Consultation.objects.count() == 1
    assert Reminder.objects.filter(kind="consultation_confirmed").count() == 1


def test_what_is_known_of_a_client_stays_as_it_is():
    service = make_open_service()
    known = make_portal_client(counsellor=service.counsellor, email="anna@example.org", name="Kim")
    booked = hold_confirm(hold=ask(service, email="ANNA@example.org", name="Mallory"))
    assert (booked.client, booked.client.name) == (known, "Kim")
    assert known.consents.count() == 1
    assert Invitation.objects.count() == 0


@pytest.mark.parametrize(
    ("service_says", "agreed", "status"),
    [
        (True, None, "confirmed"),
        (True, False, "pending"),
        (False, True, "confirmed"),
        (False, None, "pending"),
    ],
)
def test_it_is_booked_at_once_as_agreed_with_the_client(service_says, agreed, status):
    service = make_open_service(instant=service_says)
    anna = make_client(counsellor=service.counsellor, email="anna@example.org")
    ClientService.objects.create(service=service, client=anna, instant=agreed)
    assert hold_confirm(hold=ask(service)).status == status


def test_a_first_meeting_is_not_booked_by_who_has_had_theirs():
    service = make_open_service(audience="first")
    anna = make_client(counsellor=service.counsellor, email="anna@example.org")
    make_consultation(client=anna, starts_at=NOW - timedelta(days=7), status="completed")
    hold = ask(service)
    with pytest.raises(DomainError, match="first meeting"):
        hold_confirm(hold=hold)
    assert state(hold) == "open"


@pytest.mark.parametrize("swept", [True, False])
def test_an_expired_one_is_booked_all_the_same_if_the_time_is_open(clock, swept):
    hold = ask(make_open_service())
    clock.move_to(hold.expires_at + HOUR)
    if swept:
        holds_expire(hold.expires_at + HOUR)
    assert hold_confirm(hold=hold).starts_at == MONDAY_TEN


def test_an_expired_one_gives_way_to_who_was_faster(clock):
    service = make_open_service()
    late = ask(service)
    clock.move_to(late.expires_at)
    assert ask(service, email="ben@example.org")
    with pytest.raises(ConflictError, match="just been taken"):
        hold_confirm(hold=late)
    assert not Consultation.objects.exists()


def test_what_was_promised_is_kept_although_the_notice_has_passed(clock):
    service = make_open_service(minimum_notice=24)
    clock.move_to(MONDAY_TEN - timedelta(hours=24))
    hold = ask(service)
    clock.move_to(MONDAY_TEN - timedelta(hours=23, minutes=50))
    assert hold_confirm(hold=hold)


def test_nothing_is_booked_once_it_has_begun(clock):
    clock.move_to(MONDAY_TEN - timedelta(minutes=10))
    hold = ask(make_open_service(minimum_notice=0))
    clock.move_to(MONDAY_TEN + timedelta(seconds=1))
    with pytest.raises(ConflictError):
        hold_confirm(hold=hold)


def test_another_open_time_may_be_chosen_instead(clock):
    service = make_open_service(step=10)
    overlapping = MONDAY_TEN + timedelta(minutes=10)
    booked = hold_confirm(hold=ask(service), starts_at=overlapping)
    assert booked.starts_at == overlapping
    assert open_slot(service, MONDAY_TEN - HOUR, NOW) is not None


def test_a_refused_other_time_leaves_the_kept_one_kept():
    service = make_open_service()
    hold = ask(service)
    with pytest.raises(ConflictError):
        hold_confirm(hold=hold, starts_at=MONDAY_TEN + timedelta(minutes=1))
    assert state(hold) == "open"


def test_who_signs_in_meanwhile_uses_what_is_kept_for_them():
    service = make_open_service()
    anna = make_portal_client(counsellor=service.counsellor, email="anna@example.org")
    hold = ask(service)
    booked = request(service, signed_in=anna.user)
    assert hold_confirm(hold=hold) == booked
    assert Consultation.objects.count() == 1


def test_an_offer_that_is_taken_ends_the_waiting():
    service = make_open_service()
    entry = WaitingEntry.objects.create(
        counsellor=service.counsellor,
        service=service,
        name="Anna",
        email="anna@example.org",
        time_zone="Asia/Kolkata",
        state="waiting",
    )
    hold = ask(service)
    Hold.objects.filter(pk=hold.pk).update(purpose="offer", waiting_entry=entry, consent=None)
    document = make_consent_document()
    booked = hold_confirm(hold=hold, consent=document, intake=ANSWERS)
    entry.refresh_from_db()
    assert (entry.state, entry.closed_at) == ("booked", NOW)
    assert booked.intake == ANSWERS
    assert booked.client.consents.get().document == document


# --- Giving back and expiring ---------------------------------------------------------------


def test_given_back_it_is_free_and_no_mail_goes_out():
    service = make_open_service()
    hold = ask(service)
    hold_release(hold=hold)
    hold_release(hold=hold)
    assert state(hold) == "released"
    assert Reminder.objects.get().state == State.CANCELLED
    assert ask(service, email="ben@example.org")
    with pytest.raises(ConflictError, match="given back"):
        hold_confirm(hold=hold)


def test_what_is_booked_is_not_given_back_here():
    hold = ask(make_open_service())
    hold_confirm(hold=hold)
    with pytest.raises(ConflictError, match="booked"):
        hold_release(hold=hold)


def test_an_unconfirmed_one_frees_itself_at_the_next_asking(clock):
    service = make_open_service()
    first = ask(service)
    clock.move_to(first.expires_at - timedelta(seconds=1))
    with pytest.raises(ConflictError):
        ask(service, email="ben@example.org")
    clock.move_to(first.expires_at)
    assert ask(service, email="ben@example.org")
    assert state(first) == "expired"


def test_the_sweep_frees_only_what_is_over():
    first, second = ask(make_open_service()), ask(make_open_service())
    Hold.objects.filter(pk=first.pk).update(expires_at=NOW)
    assert holds_expire(NOW) == 1
    assert (state(first), state(second)) == ("expired", "open")


def test_what_was_never_confirmed_is_forgotten_after_a_week():
    unused, used = ask(make_open_service()), ask(make_open_service())
    hold_confirm(hold=used)
    hold_release(hold=unused)
    assert holds_forget(NOW + timedelta(days=7)) == 0
    assert holds_forget(NOW + timedelta(days=7, seconds=1)) == 1
    assert Hold.objects.get() == used


def test_its_name_says_nothing():
    hold = ask(make_open_service(counsellor=make_counsellor(display_name="Ada")))
    assert "nna" not in str(hold)
    assert "nna" not in Reminder.objects.get().person


def test_buffers_of_a_kept_time_keep_the_neighbours_away():
    service = make_open_service(step=10)
    ask(service)
    beside = make_service(counsellor=service.counsellor, length=50, step=10, buffer_after=0)
    assert open_slot(beside, MONDAY_TEN + timedelta(minutes=50), NOW) is None
    assert open_slot(beside, MONDAY_TEN + timedelta(minutes=60), NOW) is not None


# --- The mail -----------------------------------------------------------------------------


def mail_of(hold):
    return message_of(Reminder.objects.get(subject=f"hold:{hold.pk}"))


def skipped(hold):
    row = Reminder.objects.get(subject=f"hold:{hold.pk}")
    return get_kind("booking_confirm").still_wanted(row, datetime.now(UTC))


def test_the_mail_says_when_by_the_visitors_clock_and_leads_to_one_page():
    hold = ask(make_open_service())
    mail = mail_of(hold)
    assert address_of(Reminder.objects.get(subject=f"hold:{hold.pk}")) == "anna@example.org"
    assert "Monday 7 January, 15:30 (India time)" in mail.body
    assert "kept for you until Thursday 3 January, 15:00 (India time)" in mail.body
    assert f"/held/{hold_token(hold)}/" in mail.body
    assert "Anna" not in mail.body


def test_the_mail_goes_out_only_while_the_time_is_kept(clock):
    given_back, used, late = (ask(make_open_service()) for _number in range(3))
    assert skipped(late) is None
    hold_release(hold=given_back)
    hold_confirm(hold=used)
    clock.move_to(late.expires_at)
    assert [skipped(hold).reason for hold in (given_back, used, late)] == [
        "the time is not kept any more"
    ] * 3


def test_a_mail_about_what_is_forgotten_is_not_wanted():
    hold = ask(make_open_service())
    Hold.objects.all().delete()
    assert skipped(hold).reason == "the time is not kept any more"


@pytest.mark.parametrize(
    ("asked_at", "until"),
    [
        # London, Sunday 31 March 2030: 01:00 becomes 02:00.
        (datetime(2030, 3, 31, 0, 45, tzinfo=UTC), "Sunday 31 March, 02:15 (London time)"),
        # London, Sunday 27 October 2030: 02:00 becomes 01:00.
        (datetime(2030, 10, 27, 0, 45, tzinfo=UTC), "Sunday 27 October, 01:15 (London time)"),
    ],
)
def test_half_an_hour_is_half_an_hour_when_the_clocks_change(clock, asked_at, until):
    clock.move_to(asked_at)
    monday = next_monday_ten(asked_at)
    hold = ask(make_open_service(), monday, time_zone="Europe/London")
    assert hold.expires_at - asked_at == timedelta(minutes=30)
    assert f"until {until}" in mail_of(hold).body
    assert "10:00 (London time)" in mail_of(hold).body


def next_monday_ten(now):
    """10:00 in London on the Monday a week after that Sunday."""
    day = (now + timedelta(days=8)).date()
    return datetime.combine(day, time(10), ZoneInfo("Europe/London")).astimezone(UTC)


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer at a time")
def test_the_sweep_waits_for_nobody_who_has_a_turn(clock):
    """Two that close several, each in its own order, would wait for each other for ever."""
    hold = ask(make_open_service())
    clock.move_to(hold.expires_at)
    other = connection.copy()
    other.set_autocommit(False)
    with connection.cursor() as cursor, other.cursor() as of_other:
        cursor.execute("SET lock_timeout = '1s'")
        of_other.execute("SELECT 1 FROM consultations_hold FOR UPDATE")
        assert holds_expire(hold.expires_at) == 0
        other.rollback()
        assert holds_expire(hold.expires_at) == 1
        cursor.execute("RESET lock_timeout")
    other.close()
