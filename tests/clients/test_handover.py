"""Handing a client over: what stands in the way, and what moves when it is accepted."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from clients.models import Cover, Handover
from clients.services import (
    cover_lend,
    handover_accept,
    handover_decline,
    handover_offer,
    handover_take_back,
)
from clients.ties import open_matters
from counsel.common.errors import ConflictError, DomainError
from counsel.reminders.models import Reminder
from counsel.reminders.services import reminder_plan
from exercises.models import RiskFlag
from exercises.services.measures import score_make
from sessions.models import ClientService, Consultation, ConsultationChange, Series
from sessions.notes import one_text
from sessions.series.asked import Asked
from sessions.services import (
    consultation_book,
    consultation_cancel,
    consultation_undo,
    note_begin,
    note_save,
    note_sign,
    series_book,
    waiting_join,
)
from tests.exercises.measuring import make_measure, risky
from tests.factories import (
    make_client,
    make_consultation,
    make_counsellor,
    make_cover,
    make_entry,
    make_handover,
    make_hold,
    make_portal_client,
    make_process_note,
    make_service,
    make_waiting_entry,
)

pytestmark = pytest.mark.django_db
NOW = datetime(2030, 1, 7, 9, tzinfo=UTC)
CONSENT = {"consent_on": date(2030, 1, 6), "consent_how": "spoken"}


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def maya():
    return make_counsellor()


@pytest.fixture
def tom():
    return make_counsellor()


@pytest.fixture
def anna(maya):
    return make_portal_client(counsellor=maya)


def offer(client, to):
    return handover_offer(client=client, to=to, **CONSENT)


def accept(client, to):
    return handover_accept(handover=offer(client, to))


def test_the_client_is_the_colleagues_from_the_instant_they_accept(anna, tom):
    handover = offer(anna, tom)
    anna.refresh_from_db()
    assert anna.counsellor != tom
    handover_accept(handover=handover)
    anna.refresh_from_db()
    handover.refresh_from_db()
    assert anna.counsellor == tom
    assert (handover.answer, handover.answered_at) == ("accepted", NOW)


def test_a_note_is_signed_before_and_one_that_is_empty_stands_in_nobodys_way(anna, tom):
    held = make_consultation(client=anna, status="completed", starts_at=NOW - timedelta(days=2))
    note = note_begin(consultation=held, author=anna.counsellor)
    handover = offer(anna, tom)
    note_save(note=note, version=1, written=one_text("We began."))
    [matter] = open_matters(anna, NOW)
    assert (
        matter.words
        == "Sign your note of the consultation on Saturday 5 January, 09:00 (London time)."
    )
    with pytest.raises(DomainError):
        handover_accept(handover=handover)
    note_sign(note=note, version=2, by=anna.counsellor)
    handover_accept(handover=handover)


@pytest.mark.parametrize("answer", [handover_decline, handover_take_back])
def test_declined_or_taken_back_nothing_moves_and_nobody_can_accept(anna, tom, maya, answer):
    handover = offer(anna, tom)
    answer(handover=handover)
    with pytest.raises(ConflictError):
        handover_accept(handover=handover)
    anna.refresh_from_db()
    assert anna.counsellor == maya
    offer(anna, tom)


def test_a_client_is_offered_to_one_colleague_at_a_time(anna, tom):
    offer(anna, tom)
    with pytest.raises(ConflictError):
        offer(anna, make_counsellor())


@pytest.mark.parametrize(
    ("field", "wrong"),
    [("consent_on", {"consent_on": date(2030, 1, 8)}), ("to", {"to": None})],
)
def test_it_asks_for_consent_and_a_colleague(anna, tom, maya, field, wrong):
    asked = {"client": anna, "to": tom, **CONSENT, **wrong}
    asked["to"] = asked["to"] or maya
    with pytest.raises(DomainError) as refused:
        handover_offer(**asked)
    assert refused.value.field == field


def _booked(client):
    make_consultation(client=client, starts_at=NOW + timedelta(days=1))
    return "consultation"


def _never_noted(client):
    make_consultation(client=client, starts_at=NOW - timedelta(days=30))
    return "consultation"


def _in_a_series(client):
    service = make_service(counsellor=client.counsellor)
    series_book(asked=Asked(service, client, "weekly", date(2030, 1, 9), NOW.time(), count=3))
    return "series"


def _kept(client):
    service = make_service(counsellor=client.counsellor)
    make_hold(service=service, email=client.email.upper())
    return "calendar"


def _waiting(client):
    service = make_service(counsellor=client.counsellor)
    make_waiting_entry(service=service, client=client)
    return "waitingentry"


@pytest.mark.parametrize("something", [_booked, _never_noted, _in_a_series, _kept, _waiting])
def test_what_is_open_stands_in_the_way_and_leads_to_where_it_is_settled(anna, tom, something):
    place = something(anna)
    (matter,) = open_matters(anna, NOW)
    assert place in matter.url
    with pytest.raises(DomainError):
        offer(anna, tom)
    assert not Handover.objects.exists()


def test_what_was_settled_or_is_with_somebody_else_does_not(anna, tom):
    make_consultation(client=anna, status="completed", starts_at=NOW - timedelta(days=7))
    make_consultation(client=anna, status="cancelled_by_client", starts_at=NOW + timedelta(days=7))
    make_hold(service=make_service(), email=anna.email)
    kept = make_service(counsellor=anna.counsellor)
    make_hold(service=kept, email=anna.email, expires_at=NOW)
    make_waiting_entry(service=kept, client=anna, state="booked")
    assert open_matters(anna, NOW) == []


def test_what_becomes_open_after_the_offer_stands_in_the_way_of_accepting(anna, tom, maya):
    handover = offer(anna, tom)
    _booked(anna)
    with pytest.raises(DomainError) as refused:
        handover_accept(handover=handover)
    assert maya.display_name in refused.value.message
    handover.refresh_from_db()
    assert handover.answer == ""


def test_cover_ends_with_it(anna, tom):
    running, over = (
        make_cover(client=anna, ends_at=NOW + timedelta(days=1)),
        make_cover(client=anna),
    )
    Cover.objects.filter(pk=over.pk).update(ends_at=NOW)
    accept(anna, tom)
    running.refresh_from_db()
    over.refresh_from_db()
    assert (running.ended_at, running.ended_by) == (NOW, "counsellor")
    assert over.ended_at is None


def test_only_who_accepts_learns_that_they_have_this_address(anna, tom, maya):
    make_client(counsellor=tom, email=anna.email.upper())
    handover = offer(anna, tom)
    with pytest.raises(DomainError) as refused:
        handover_accept(handover=handover)
    assert "already have a client" in refused.value.message
    handover.refresh_from_db()
    assert handover.answer == ""


def test_nobody_is_twice_in_one_caseload(anna, tom):
    make_client(counsellor=tom, user=anna.user)
    with pytest.raises(DomainError):
        accept(anna, tom)


def test_messages_to_the_client_are_the_new_counsellors_sent_ones_too(anna, tom, maya):
    sent = reminder_plan(
        counsellor=maya,
        kind="invitation",
        subject=f"invitation:{anna.pk}",
        person=f"client:{anna.pk}",
        due_at=NOW,
        not_after=NOW,
    )
    Reminder.objects.filter(pk=sent.pk).update(state="sent", finished_at=NOW)
    accept(anna, tom)
    assert not Reminder.objects.filter(counsellor=maya, person__contains=str(anna.pk)).exists()
    assert Reminder.objects.visible_to(tom.user).filter(pk=sent.pk).exists()


def test_past_meetings_are_on_no_page_of_either_and_stay_in_the_record(anna, tom, maya):
    service = make_service(counsellor=maya)
    series = Series.objects.create(
        counsellor=maya,
        client=anna,
        service=service,
        rhythm="weekly",
        time_zone="UTC",
        first_day=NOW,
        at=NOW.time(),
        count=2,
    )
    past = NOW - timedelta(days=3)
    row = make_consultation(client=anna, service=service, starts_at=past, status="completed")
    ConsultationChange.objects.create(
        consultation=row,
        version=2,
        at=past,
        by="counsellor",
        action="completed",
        from_status="confirmed",
        to_status="completed",
        from_starts_at=past,
        to_starts_at=past,
    )
    models = (Consultation, ConsultationChange, Series)
    assert all(model.objects.visible_to(maya.user).exists() for model in models)
    accept(anna, tom)
    for reader in (maya, tom):
        assert not any(model.objects.visible_to(reader.user).exists() for model in models)
    row.refresh_from_db()
    assert (row.counsellor, series.client) == (maya, anna)
    assert Consultation.objects.of_user(anna.user).exists()


def test_process_notes_are_sealed_while_the_client_is_elsewhere(anna, tom, maya):
    note = make_process_note(client=anna, author=maya)
    seen_by = lambda: [  # noqa: E731
        type(note).objects.visible_to(reader.user).exists() for reader in (maya, tom)
    ]
    assert seen_by() == [True, False]
    accept(anna, tom)
    assert seen_by() == [False, False]
    anna.refresh_from_db()
    accept(anna, maya)
    assert seen_by() == [True, False]


def test_what_was_agreed_about_services_ends(anna, tom, maya):
    ClientService.objects.create(client=anna, service=make_service(counsellor=maya))
    accept(anna, tom)
    assert not ClientService.objects.exists()


def test_an_open_flag_is_the_new_counsellors_who_is_written_to(anna, tom, maya):
    entry = make_entry(client=anna, version=make_measure(), sharing="shared", answers=risky(1))
    score_make(entry=entry, now=NOW)
    accept(anna, tom)
    assert RiskFlag.objects.visible_to(tom.user).exists()
    assert not RiskFlag.objects.visible_to(maya.user).exists()
    waiting = Reminder.objects.filter(kind="risk_flag", state="queued")
    assert {row.person for row in waiting} == {f"counsellor:{tom.pk}"}
    assert waiting.count() == 2


def test_nothing_is_booked_lent_or_undone_with_the_former_counsellor(anna, tom, maya, now):
    service = make_service(counsellor=maya)
    called_off = make_consultation(client=anna, service=service, starts_at=NOW + timedelta(days=3))
    consultation_cancel(consultation=called_off, by="client")
    stale = type(anna).objects.select_related("counsellor").get(pk=anna.pk)
    accept(anna, tom)
    when = NOW + timedelta(days=2)
    asked = Asked(service, stale, "weekly", date(2030, 1, 9), NOW.time(), count=2)
    here = {"email": stale.email, "name": "A", "time_zone": "UTC", "language": "en-gb"}
    for late in (
        lambda: consultation_book(service=service, client=stale, starts_at=when),
        lambda: series_book(asked=asked),
        lambda: waiting_join(service=service, client=stale, **here),
        lambda: consultation_undo(consultation=called_off, by="client"),
        lambda: cover_lend(
            client=stale,
            to=tom,
            first_day=date(2030, 1, 8),
            last_day=date(2030, 1, 8),
            **CONSENT,
        ),
        lambda: offer(stale, tom),
    ):
        with pytest.raises(ConflictError):
            late()


def test_a_colleague_who_has_not_been_asked_sees_no_offer(anna, tom, maya):
    handover = make_handover(client=anna, to=tom)
    readers = (tom, maya, make_counsellor())
    seen = [Handover.objects.offered_to(reader.user).exists() for reader in readers]
    assert seen == [True, False, False]
    handover_accept(handover=handover)
    assert not Handover.objects.visible_to(maya.user).exists()
    assert not Handover.objects.offered_to(tom.user).exists()
