"""Asking to be forgotten: what holds from then on, and when the record goes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from clients.models import (
    Client,
    Cover,
    Handover,
    Invitation,
    LegalHold,
    PushDevice,
    RestrictedBy,
)
from clients.reach import reach
from clients.selectors import invitation_is_open
from clients.services import (
    client_restrict,
    invitation_accept,
    legal_hold_lift,
    legal_hold_set,
)
from counsel.accounts.practice import Practice
from counsel.audit.models import AccessEvent
from counsel.common.errors import ConflictError, DomainError
from counsel.desk.practice.consultations import consultations_in
from counsel.desk.practice.spans import Span
from counsel.records.cleaning import clean_up
from counsel.records.erasing import erase_due
from counsel.records.forgetting import erasure_ask, erasure_take_back
from counsel.records.keeping import keeping_of
from counsel.records.models import Tombstone
from counsel.reminders.models import Reminder
from counsel.reminders.planners import plan_due
from counsel.reminders.registry import Skip
from counsel.reminders.services import reminder_plan
from exercises.models import Enrolment, Entry, Partner
from exercises.services.measures import score_make
from sessions.models import CalendarFeed, Consultation, WaitingEntry
from sessions.services import consultation_request, feed_make
from tests.exercises.measuring import make_measure, risky
from tests.factories import (
    make_assignment,
    make_client,
    make_consent_document,
    make_consultation,
    make_counsellor,
    make_cover,
    make_device,
    make_entry,
    make_handover,
    make_legal_hold,
    make_partner,
    make_portal_client,
    make_programme,
    make_rule,
    make_service,
    make_waiting_entry,
)

pytestmark = pytest.mark.django_db
NOW = datetime(2030, 1, 7, 9, tzinfo=UTC)
YEARS = 7


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture(autouse=True)
def _own_file(settings, tmp_path):
    settings.TOMBSTONES_FILE = tmp_path / "tombstones.jsonl"


@pytest.fixture
def anna():
    """Last seen on 31 December 2029."""
    anna = make_portal_client()
    make_consultation(
        client=anna, status="completed", starts_at=datetime(2029, 12, 31, 10, tzinfo=UTC)
    )
    return anna


def ask(client, by=RestrictedBy.CLIENT):
    return erasure_ask(client=client, by=by, request=None)


def is_gone(client):
    return not Client.objects.filter(pk=client.pk).exists()


def test_on_the_last_day_it_is_there_and_on_the_next_it_is_gone(anna, now):
    assert ask(anna) is False
    for day in ("2030-01-08", "2036-12-30", "2036-12-31"):
        now.move_to(datetime.fromisoformat(f"{day}T00:00+00:00") - timedelta(seconds=1))
        assert erase_due() == 0
    now.move_to(datetime(2036, 12, 31, tzinfo=UTC))
    assert erase_due() == 1
    assert is_gone(anna) and Tombstone.objects.get().rule == "kept long enough"


def test_days_are_those_of_the_counsellors_clock(now):
    maya = make_counsellor(time_zone="Pacific/Auckland")
    anna = make_client(counsellor=maya)
    # In the evening in London it is the first of January there.
    make_consultation(
        client=anna, status="completed", starts_at=datetime(2029, 12, 31, 20, tzinfo=UTC)
    )
    assert keeping_of(anna, NOW).last_day == date(2030, 1, 1)
    ask(anna)
    assert erase_due(datetime(2036, 12, 31, 10, 59, tzinfo=UTC)) == 0
    assert erase_due(datetime(2036, 12, 31, 11, 0, tzinfo=UTC)) == 1


def test_what_was_last_on_a_leap_day_is_kept_through_february(now):
    anna = make_client()
    make_consultation(
        client=anna, status="completed", starts_at=datetime(2028, 2, 29, 10, tzinfo=UTC)
    )
    ask(anna)
    assert erase_due(datetime(2035, 2, 28, 23, 59, tzinfo=UTC)) == 0
    assert erase_due(datetime(2035, 3, 1, tzinfo=UTC)) == 1


def test_the_practice_says_for_how_many_years(anna):
    Practice.objects.create(retention_years=1)
    ask(anna)
    assert erase_due(datetime(2030, 12, 30, 23, 59, tzinfo=UTC)) == 0
    Practice.objects.update(retention_years=2)
    assert erase_due(datetime(2030, 12, 31, tzinfo=UTC)) == 0
    assert erase_due(datetime(2031, 12, 31, tzinfo=UTC)) == 1


def test_whoever_never_had_a_consultation_is_erased_at_once():
    anna = make_portal_client(status="prospective")
    make_entry(client=anna)
    make_consultation(client=anna, status="declined", starts_at=NOW - timedelta(days=3))
    assert ask(anna) is True
    assert is_gone(anna) and not Entry.objects.exists() and not Consultation.objects.exists()
    assert Tombstone.objects.get().rule == "nothing to keep"


def test_without_a_consultation_the_years_of_a_client_begin_with_the_request():
    anna = make_client(status="ended")
    assert ask(anna) is False
    assert keeping_of(anna, NOW).erased_on == date(2037, 1, 7)


@pytest.mark.parametrize(
    ("status", "counts"),
    [("no_show", True), ("confirmed", True), ("cancelled_late", False), ("declined", False)],
)
def test_a_consultation_counts_that_took_place_or_may_have(status, counts):
    anna = make_client(status="prospective")
    make_consultation(client=anna, status=status, starts_at=NOW - timedelta(days=1))
    assert (keeping_of(anna, NOW).last_day is not None) is counts


def test_a_hold_keeps_it_until_it_is_lifted(anna):
    late = datetime(2040, 1, 1, tzinfo=UTC)
    ask(anna)
    hold = legal_hold_set(
        client=anna, by=anna.counsellor.user, reason="A complaint.", since=NOW.date(), until=None
    )
    assert erase_due(late) == 0
    legal_hold_lift(hold=hold, by=anna.counsellor.user)
    assert erase_due(late) == 1
    assert not LegalHold.objects.exists()


def test_a_hold_with_a_last_day_ends_with_that_day(anna):
    ask(anna)
    make_legal_hold(client=anna, until=date(2038, 5, 3))
    assert erase_due(datetime(2038, 5, 3, 22, 59, tzinfo=UTC)) == 0
    assert erase_due(datetime(2038, 5, 3, 23, tzinfo=UTC)) == 1


def test_one_that_is_still_to_begin_holds_nothing_yet(anna):
    ask(anna)
    make_legal_hold(client=anna, since=date(2037, 1, 2))
    assert keeping_of(anna, datetime(2037, 1, 1, tzinfo=UTC)).is_due
    assert not keeping_of(anna, datetime(2037, 1, 2, tzinfo=UTC)).is_due


def test_held_nothing_is_erased_at_once_either():
    anna = make_client(status="prospective")
    make_legal_hold(client=anna)
    assert ask(anna) is False and not is_gone(anna)


def test_a_hold_is_lifted_once_and_does_not_end_before_it_begins(anna):
    maya = anna.counsellor.user
    hold = make_legal_hold(client=anna)
    legal_hold_lift(hold=hold, by=maya)
    with pytest.raises(ConflictError):
        legal_hold_lift(hold=hold, by=maya)
    for until in (date(2030, 1, 8), date(2030, 1, 6)):
        with pytest.raises(DomainError) as refused:
            legal_hold_set(client=anna, by=maya, reason="x", since=date(2030, 1, 9), until=until)
        assert refused.value.field == "until"


def test_nothing_is_planned_and_no_programme_goes_on(anna):
    programme, today = make_programme(), NOW.date()
    enrolment = Enrolment.objects.create(client=anna, programme=programme, starts_on=today)
    first = make_assignment(client=anna, starts_on=today, rhythm="daily", enrolment=enrolment)
    make_entry(assignment=first, sharing="shared")
    make_assignment(client=anna, starts_on=today, rhythm="daily")
    after = {"after": first, "after_days": 1, "enrolment": enrolment}
    waiting = make_assignment(client=anna, status="waiting", **after)
    ask(anna)
    later = NOW + timedelta(days=1)
    plan_due(later)
    assert not Reminder.objects.filter(finished_at=None).exists()
    waiting.refresh_from_db()
    assert waiting.status == "waiting"
    erasure_take_back(client=anna, request=None)
    plan_due(NOW)
    assert Reminder.objects.filter(finished_at=None).exists()
    waiting.refresh_from_db()
    assert waiting.status == "active"


def test_an_invitation_that_is_still_open_opens_nothing(anna):
    newcomer = make_client(counsellor=anna.counsellor)
    invitation = Invitation.objects.create(client=newcomer, expires_at=NOW + timedelta(days=3))
    client_restrict(client=newcomer, by="practice")
    invitation = Invitation.objects.get(pk=invitation.pk)
    assert not invitation_is_open(invitation, NOW)
    with pytest.raises(ConflictError):
        invitation_accept(invitation=invitation, time_zone="UTC", signed_in=None)


def test_numbers_of_the_practice_are_without_them(anna):
    week = consultations_in(Span(date(2029, 12, 31), date(2030, 1, 6)), [], NOW, UTC)
    assert not week.is_empty
    ask(anna)
    assert consultations_in(Span(date(2029, 12, 31), date(2030, 1, 6)), [], NOW, UTC).is_empty


def test_it_is_asked_once(anna):
    ask(anna)
    with pytest.raises(ConflictError):
        ask(anna)


def test_from_then_on_it_is_in_nobodys_sight(anna):
    entry = make_entry(client=anna, sharing="shared")
    maya = anna.counsellor.user
    assert Entry.objects.visible_to(maya).exists() and Client.objects.visible_to(maya).exists()
    ask(anna)
    for reader in (maya, anna.user):
        for model in (Entry, Client, Consultation):
            assert not model.objects.visible_to(reader).exists()
            assert not model.objects.of_user(reader).exists()
    assert Entry.objects.filter(client=anna).get() == entry
    assert list(Client.objects.kept_of(maya)) == [anna]


def test_no_message_goes_out_and_the_ledger_says_why(anna):
    plan = {"counsellor": anna.counsellor, "kind": "invitation", "person": f"client:{anna.pk}"}
    plan |= {"due_at": NOW, "not_after": NOW + timedelta(days=1)}
    waiting = reminder_plan(subject="invitation:1", **plan)
    ask(anna)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.reason) == ("cancelled", "their record is to be erased")
    late = reminder_plan(subject="invitation:2", **plan)
    assert reach(late) == Skip("their record is to be erased")


def test_whatever_ties_them_to_others_ends(anna):
    make_cover(client=anna)
    make_handover(client=anna)
    tie = make_partner(client=anna)
    waiting = make_waiting_entry(
        service=make_service(counsellor=anna.counsellor), client=anna, email=anna.email
    )
    feed_make(owner=anna)
    ask(anna)
    tie.refresh_from_db()
    waiting.refresh_from_db()
    assert tie.ended_by == Partner.EndedBy.CLIENT
    assert waiting.state == WaitingEntry.State.LEFT
    assert not Cover.objects.filter(ended_at=None).exists()
    assert not Handover.objects.filter(answer="").exists()
    assert not CalendarFeed.objects.filter(revoked_at=None).exists()


def test_notifications_about_another_counsellor_still_come(anna):
    other = make_client(user=anna.user)
    device = make_device(client=anna)
    ask(anna)
    device.refresh_from_db()
    assert device.client == other and PushDevice.objects.of_user(anna.user).exists()


def test_what_is_booked_stands_in_the_way(anna):
    make_consultation(client=anna, starts_at=NOW + timedelta(hours=1))
    with pytest.raises(DomainError, match="booked"):
        ask(anna)
    assert not Client.objects.filter(restricted_at__isnull=False).exists()


def test_an_answer_that_asks_to_be_looked_at_is_looked_at_first(anna):
    entry = make_entry(client=anna, version=make_measure(), sharing="shared", answers=risky(1))
    score_make(entry=entry, now=NOW)
    with pytest.raises(DomainError, match="looked at"):
        ask(anna)


def test_taken_back_it_is_as_it_was(anna):
    ask(anna)
    erasure_take_back(client=anna, request=None)
    assert Client.objects.visible_to(anna.counsellor.user).exists()
    assert erase_due(datetime(2040, 1, 1, tzinfo=UTC)) == 0
    reasons = set(AccessEvent.objects.values_list("verb", "reason"))
    assert {("change", "erasure asked for"), ("change", "erasure taken back")} == reasons


def test_whoever_books_again_takes_it_back_and_the_years_count_anew(anna, now):
    ask(anna)
    service = make_service(counsellor=anna.counsellor, is_public=True)
    make_rule(counsellor=anna.counsellor)
    starts_at = datetime(2030, 1, 14, 10, tzinfo=UTC)
    consultation_request(
        service=service,
        starts_at=starts_at,
        name="Somebody",
        email=anna.email.upper(),
        time_zone="Europe/London",
        consent=make_consent_document(),
        idempotency_key="one",
    )
    anna.refresh_from_db()
    assert (anna.restricted_at, anna.restricted_by) == (None, "")
    assert AccessEvent.objects.filter(client_id=anna.pk, reason="came back").exists()
    Consultation.objects.filter(client=anna).update(status="completed")
    assert keeping_of(anna, starts_at + timedelta(days=1)).erased_on == date(2037, 1, 14)


def test_what_waits_for_a_broken_run_is_erased_by_the_next(anna):
    client_restrict(client=anna, by="client")
    late = datetime(2040, 1, 1, tzinfo=UTC)
    assert [erase_due(late), erase_due(late)] == [1, 0]
    assert not Reminder.objects.exists()


def test_sessions_that_are_over_are_not_kept(client, anna, now):
    client.force_login(anna.user)
    now.move_to(NOW + timedelta(days=30))
    clean_up()
    from django.contrib.sessions.models import Session

    assert not Session.objects.exists()
