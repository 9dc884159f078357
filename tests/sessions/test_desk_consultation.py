"""One consultation at the desk: looked at, changed, put back, exchanged."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from counsel.audit.models import AccessEvent, Verb
from counsel.reminders.models import Reminder
from sessions.models import Consultation, Side, Status
from sessions.services import consultation_cancel, consultation_confirm, consultation_reschedule
from tests.factories import make_client, make_consultation, make_counsellor, make_service

pytestmark = pytest.mark.django_db
NOW = datetime(2030, 1, 3, 9, tzinfo=UTC)
START = datetime(2030, 1, 7, 10, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def anna(client):
    """Of a counsellor in Kolkata, who is signed in."""
    counsellor = make_counsellor(time_zone="Asia/Kolkata")
    client.force_login(counsellor.user)
    return make_client(counsellor=counsellor, name="Anna")


@pytest.fixture
def service(anna):
    return make_service(counsellor=anna.counsellor, name="Meeting")


@pytest.fixture
def booked(anna, service):
    return make_consultation(client=anna, service=service, starts_at=START)


@pytest.fixture
def asked(anna, service):
    return make_consultation(client=anna, service=service, starts_at=START, status="pending")


@pytest.fixture
def bens(anna, service):
    ben = make_client(counsellor=anna.counsellor, name="Ben")
    return make_consultation(client=ben, service=service, starts_at=START + timedelta(days=1))


def text(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def page(consultation):
    return reverse("admin:consultations_consultation_change", args=[consultation.pk])


def swap(consultation):
    return reverse("admin:consultations_consultation_swap", args=[consultation.pk])


def do(client, consultation, change, version="1", **fields):
    path = reverse("admin:consultations_consultation_do", args=[consultation.pk, change])
    return client.post(path, {"version": version, **fields}, follow=True)


# --- Looking ------------------------------------------------------------------------------


def test_looking_leaves_a_trace_and_offers_no_field_to_change(client, anna, service):
    consultation = make_consultation(client=anna, service=service, starts_at=START)
    shown = client.get(page(consultation)).content.decode()
    assert "Monday 7 January, 15:30 (India time)" in shown
    assert "Monday 7 January, 10:00 (London time)" in shown
    assert not re.search(r'name="(status|starts_at|client)', shown)
    event = AccessEvent.objects.get()
    assert (event.verb, event.client_id) == (Verb.READ, anna.pk)


def test_posting_the_page_changes_nothing(client, anna, service):
    consultation = make_consultation(client=anna, service=service, starts_at=START)
    response = client.post(page(consultation), {"status": "completed", "starts_at_0": "2030-01-01"})
    assert response.status_code == 403
    assert Consultation.objects.get().status == Status.CONFIRMED


@pytest.mark.parametrize(
    ("before", "change", "after"),
    [
        ("pending", "confirm", Status.CONFIRMED),
        ("pending", "decline", Status.DECLINED),
        ("confirmed", "cancel", Status.CANCELLED_BY_COUNSELLOR),
        ("confirmed", "held", Status.COMPLETED),
        ("confirmed", "not-attended", Status.NO_SHOW),
    ],
)
def test_a_button_is_one_change_with_a_trace(client, anna, service, clock, before, change, after):
    consultation = make_consultation(client=anna, service=service, starts_at=START, status=before)
    if change in {"held", "not-attended"}:
        clock.move_to(START + timedelta(hours=1))
    client.force_login(anna.counsellor.user)
    do(client, consultation, change)
    assert Consultation.objects.get().status == after
    assert AccessEvent.objects.filter(verb=Verb.CHANGE, client_id=anna.pk).count() == 1


def test_a_button_pressed_twice_or_too_early_says_so(client, anna, service):
    consultation = make_consultation(
        client=anna, service=service, starts_at=START, status="pending"
    )
    do(client, consultation, "confirm")
    assert "has changed in the meantime" in text(do(client, consultation, "decline"))
    assert "It has not begun yet." in text(do(client, consultation, "held", version="2"))
    assert Consultation.objects.get().status == Status.CONFIRMED
    assert AccessEvent.objects.filter(verb=Verb.CHANGE).count() == 1


def test_buttons_are_posts_and_known_ones(client, anna, service):
    consultation = make_consultation(client=anna, service=service, starts_at=START)
    path = reverse("admin:consultations_consultation_do", args=[consultation.pk, "cancel"])
    assert client.get(path).status_code == 405
    assert do(client, consultation, "erase").status_code == 404
    assert Consultation.objects.get().version == 1


def test_moving_tells_the_client_once(client, anna, service):
    consultation = make_consultation(client=anna, service=service, starts_at=START)
    path = reverse("admin:consultations_consultation_move", args=[consultation.pk])
    assert 'value="15:30"' in client.get(path).content.decode()
    client.post(path, {"day": "2030-01-08", "at": "15:30", "version": 1})
    assert Consultation.objects.get().starts_at == START + timedelta(days=1)
    assert Reminder.objects.filter(kind="consultation_confirmed", state="queued").count() == 1


def test_moving_into_another_needs_a_reason(client, anna, service):
    consultation = make_consultation(client=anna, service=service, starts_at=START)
    make_consultation(client=anna, service=service, starts_at=START + timedelta(days=1))
    path = reverse("admin:consultations_consultation_move", args=[consultation.pk])
    response = client.post(path, {"day": "2030-01-08", "at": "15:30", "version": 1})
    assert "say why" in text(response)
    assert Consultation.objects.get(pk=consultation.pk).starts_at == START


def test_an_outdated_page_moves_nothing(client, booked):
    path = reverse("admin:consultations_consultation_move", args=[booked.pk])
    response = client.post(path, {"day": "2030-01-08", "at": "15:30", "version": 7})
    assert "has changed in the meantime" in text(response)
    assert Consultation.objects.get().starts_at == START


# --- What became of it, and what was said ---------------------------------------------------


def test_its_history_is_told_by_the_counsellors_clock(client, asked, clock):
    consultation_confirm(consultation=asked)
    consultation_reschedule(consultation=asked, starts_at=START + timedelta(days=1))
    consultation_cancel(consultation=asked, by=Side.CLIENT)
    shown = text(client.get(page(asked)))
    assert "Thu 3 Jan, 14:30 confirmed, by you asked for confirmed" in shown
    assert "moved, by you Mon 7 Jan, 15:30 Tue 8 Jan, 15:30" in shown
    assert "cancelled, by the client confirmed cancelled by the client" in shown


def test_answers_and_words_stand_on_the_page(client, anna, service):
    asked = [{"question": "What brings you?", "answer": "My <knee>"}]
    consultation = make_consultation(
        client=anna, service=service, starts_at=START, intake=asked, words="Until soon."
    )
    shown = client.get(page(consultation)).content.decode()
    assert "What brings you?" in shown
    assert "My &lt;knee&gt;" in shown
    assert "Until soon." in shown


def queries(client, path):
    with CaptureQueriesContext(connection) as seen:
        client.get(path)
    # Only PostgreSQL has to be asked for the lock on the log of who looked.
    return sum("pg_advisory" not in query["sql"] for query in seen)


def test_the_page_costs_the_same_however_long_its_history(client, booked):
    # What a process asks once and then knows (the kinds of Django's own log) is no page's cost.
    client.get(page(booked))
    costs = []
    for number in range(3):
        starts_at = START + timedelta(days=number + 1)
        consultation_reschedule(consultation=booked, starts_at=starts_at)
        costs.append(queries(client, page(booked)))
    assert costs[0] == costs[1] == costs[2] <= 17


# --- Words with a change ------------------------------------------------------------------


@pytest.mark.parametrize("change", ["confirm", "decline", "cancel"])
def test_words_go_with_a_change(client, anna, service, change):
    status = "confirmed" if change == "cancel" else "pending"
    consultation = make_consultation(client=anna, service=service, starts_at=START, status=status)
    assert "whoever opens its link can read them" in text(client.get(page(consultation)))
    do(client, consultation, change, words="Bring the letter.")
    assert Consultation.objects.get().words == "Bring the letter."


@pytest.mark.parametrize("typed", ["x" * 2001, "a\0b"])
def test_words_that_cannot_be_kept_are_shown_again(client, asked, typed):
    response = do(client, asked, "confirm", words=typed)
    assert response.context["form"].errors.keys() == {"words"}
    assert "Confirm" in text(response)
    assert Consultation.objects.get().status == Status.PENDING


def test_words_are_not_lost_when_it_has_changed_meanwhile(client, asked):
    consultation_reschedule(consultation=asked, starts_at=START + timedelta(days=1))
    response = do(client, asked, "decline", words="Not then, I am away.")
    assert "has changed in the meantime" in text(response)
    assert "Not then, I am away." in response.content.decode()
    assert "Tuesday 8 January, 15:30" in text(response)
    again = do(client, asked, "decline", version="2", words="Not then, I am away.")
    assert "Declined." in text(again)


def test_of_what_has_begun_nobody_is_said_to_hear(client, anna, asked, clock):
    clock.move_to(START + timedelta(hours=1))
    client.force_login(anna.counsellor.user)
    response = do(client, asked, "decline")
    assert "Declined." in text(response)
    assert "The client hears" not in text(response)
    assert not Reminder.objects.exists()


# --- Undoing ------------------------------------------------------------------------------


def test_a_change_is_undone_by_its_button_within_three_minutes(client, asked, clock):
    assert "until 14:33:00" in text(do(client, asked, "confirm"))
    clock.shift(timedelta(seconds=179))
    assert "Undone. Nobody was told." in text(do(client, asked, "undo", version="2"))
    assert Consultation.objects.get().status == Status.PENDING
    assert not Reminder.objects.filter(state="queued").exists()
    assert AccessEvent.objects.filter(verb=Verb.CHANGE).count() == 2


def test_after_three_minutes_there_is_no_button_and_no_undoing(client, asked, clock):
    do(client, asked, "confirm")
    clock.shift(timedelta(minutes=3))
    assert "/do/undo/" not in client.get(page(asked)).content.decode()
    assert "be undone any more" in text(do(client, asked, "undo", version="2"))
    assert Consultation.objects.get().status == Status.CONFIRMED


def test_what_the_client_did_is_not_the_counsellors_to_undo(client, booked):
    consultation_cancel(consultation=booked, by=Side.CLIENT)
    assert "/do/undo/" not in client.get(page(booked)).content.decode()


# --- Exchanging ---------------------------------------------------------------------------


def test_both_new_times_are_shown_before_anything_moves(client, booked, bens):
    shown = text(client.get(swap(booked), {"other": bens.pk}))
    assert "Anna , Meeting Tuesday 8 January, 15:30 (India time)" in shown
    assert "Ben , Meeting Monday 7 January, 15:30 (India time)" in shown
    assert Consultation.objects.filter(version=1).count() == 2
    seen = AccessEvent.objects.filter(verb=Verb.READ).values_list("client_id", flat=True)
    assert set(seen) == {booked.client_id, bens.client_id}


def test_a_click_exchanges_them_and_leaves_two_traces(client, booked, bens):
    given = {"other": bens.pk, "version": 1, "other_version": 1}
    response = client.post(swap(booked), given, follow=True)
    assert "Exchanged." in text(response)
    assert Consultation.objects.get(pk=bens.pk).starts_at == START
    changed = AccessEvent.objects.filter(verb=Verb.CHANGE).values_list("client_id", flat=True)
    assert set(changed) == {booked.client_id, bens.client_id}


@pytest.mark.parametrize("version", ["version", "other_version"])
def test_one_that_changed_meanwhile_is_said_and_shown_as_it_is(client, booked, bens, version):
    given = {"other": bens.pk, "version": 1, "other_version": 1, version: 9}
    response = client.post(swap(booked), given)
    assert "has changed in the meantime" in text(response)
    assert "Exchange them" in text(response)
    assert Consultation.objects.filter(version=1).count() == 2


def test_where_it_does_not_fit_the_words_say_so(client, anna, booked, bens, service):
    longer = make_service(counsellor=anna.counsellor, length=120)
    third = make_consultation(
        client=bens.client, service=longer, starts_at=START + timedelta(days=2)
    )
    make_consultation(client=bens.client, service=service, starts_at=START + timedelta(hours=1))
    given = {"other": third.pk, "version": 1, "other_version": 1}
    response = client.post(swap(booked), given)
    assert "just been taken" in text(response)
    assert not Consultation.objects.exclude(version=1).exists()


@pytest.mark.parametrize("other", ["another's", "itself", "called off", "past", "x"])
def test_only_a_coming_one_of_ones_own_is_offered_or_taken(client, anna, service, booked, other):
    zanna = make_client(name="Zanna")
    past = {"starts_at": NOW - timedelta(days=1), "client": anna, "service": service}
    off = {"starts_at": NOW + timedelta(days=1), "status": "declined", "client": anna}
    made = {
        "another's": make_consultation(client=zanna, starts_at=START),
        "itself": booked,
        "called off": make_consultation(service=service, **off),
        "past": make_consultation(**past),
    }
    chosen = made[other].pk if other in made else other
    for response in (
        client.get(swap(booked), {"other": chosen}),
        client.post(swap(booked), {"other": chosen, "version": 1, "other_version": 1}),
    ):
        assert response.context["form"].errors.keys() == {"other"}
        assert "Zanna" not in response.content.decode()
    assert not Consultation.objects.exclude(version=1).exists()


def test_the_choice_costs_the_same_however_long(client, booked, bens, service):
    costs = []
    for number in range(3):
        others = make_client(counsellor=booked.counsellor)
        starts_at = START + timedelta(days=2 + number)
        make_consultation(client=others, service=service, starts_at=starts_at)
        costs.append(queries(client, swap(booked)))
    assert costs[0] == costs[1] == costs[2] <= 12
