"""Booking a time, through HTTP: who, what happens next, and everything forged."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.urls import reverse

from clients.models import Client, Consent
from clients.selectors import current_consent
from clients.services import consent_documents_load
from sessions.models import Consultation, Status
from sessions.tokens import appointment_token, booked_token
from tests.factories import (
    make_client,
    make_consultation,
    make_counsellor,
    make_portal_client,
    make_rule,
    make_service,
)
from tests.sessions.reading import text

pytestmark = pytest.mark.django_db
NOW = datetime(2030, 1, 3, 9, tzinfo=UTC)
START = datetime(2030, 1, 7, 10, tzinfo=UTC)
DETAILS = "/c/ada/meeting/20300107T1000Z/"


@pytest.fixture(autouse=True)
def clock():
    cache.clear()
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def service():
    consent_documents_load()
    counsellor = make_counsellor(slug="ada", display_name="Ada Okoro")
    make_rule(counsellor=counsellor, weekday=0, starts=time(9), ends=time(17))
    return make_service(
        counsellor=counsellor, slug="meeting", name="Meeting", length=50, buffer_after=10
    )


def form(**fields):
    return {
        "name": "Anna",
        "email": "anna@example.org",
        "agree": "on",
        "zone": "Europe/London",
        "key": "k" * 32,
        "document": str(current_consent("booking", "en-gb").pk),
        **fields,
    }


# --- Booking ------------------------------------------------------------------------------


def test_it_repeats_the_time_by_both_clocks(client, service):
    shown = text(client.get(DETAILS + "?zone=Asia/Kolkata"))
    assert "Monday 7 January, 15:30 (India time)" in shown
    assert "For Ada Okoro: Monday 7 January, 10:00 (London time)" in shown


def test_it_books_and_says_what_happens_next(client, service):
    response = client.post(DETAILS, form(zone="Asia/Kolkata"))
    booked = Consultation.objects.get()
    assert (booked.status, booked.time_zone) == (Status.CONFIRMED, "Asia/Kolkata")
    assert Consent.objects.count() == 1
    assert response["Location"] == reverse("booking:booked", args=[booked_token(booked)])
    shown = text(client.get(response["Location"]))
    assert "Your appointment is on Monday 7 January, 15:30 (India time)." in shown
    assert "Anna" not in shown
    assert "Ada" not in shown


def test_a_service_by_request_says_that_it_waits(client, service):
    service.instant = False
    service.save()
    response = client.post(DETAILS, form(), follow=True)
    assert "You asked for Monday 7 January, 10:00 (London time)." in text(response)
    assert Consultation.objects.get().status == Status.PENDING


def test_a_double_click_is_one_booking_and_one_answer(client, service):
    first, second = (client.post(DETAILS, form()) for _click in range(2))
    assert first["Location"] == second["Location"]
    assert Consultation.objects.count() == 1


def test_a_taken_time_is_told_kindly_and_nothing_typed_is_lost(client, service):
    client.post(DETAILS, form())
    response = client.post(DETAILS, form(email="ben@example.org", name="Ben", key="b" * 32))
    page = response.content.decode()
    assert response.status_code == 409
    assert "That time has just been taken. These are close:" in text(response)
    assert 'name="name" value="Ben"' in page
    assert 'value="ben@example.org"' in page
    assert 'formaction="/c/ada/meeting/20300107T1100Z/"' in page


def test_a_time_chosen_anew_brings_what_was_typed(client, service):
    response = client.post("/c/ada/meeting/20300107T1100Z/", form(again="1", name="Ben"))
    page = response.content.decode()
    assert response.status_code == 200
    assert 'value="Ben"' in page
    assert "checked" in page
    assert "Monday 7 January, 11:00" in page
    assert not Consultation.objects.exists()


def test_the_answer_is_the_same_whether_the_address_is_known(client, service):
    make_client(counsellor=service.counsellor, email="known@example.org", name="Somebody")
    known = client.post(DETAILS, form(email="known@example.org"), follow=True)
    other = "/c/ada/meeting/20300114T1000Z/"
    new = client.post(other, form(email="new@example.org"), follow=True)
    same = text(known).replace("7 January", "14 January").replace("6 January", "13 January")
    assert same == text(new)


def test_what_is_known_of_a_client_is_not_changed_by_a_stranger(client, service):
    record = make_client(counsellor=service.counsellor, email="known@example.org", name="Kim")
    client.post(DETAILS, form(email="known@example.org", name="Mallory", zone="Asia/Tokyo"))
    fresh = Client.objects.get()
    assert (fresh.name, fresh.time_zone) == (record.name, record.time_zone)


@pytest.mark.parametrize("who", ["nobody", "somebody else", "the client"])
def test_only_the_client_agrees_for_a_client_with_a_page_of_their_own(client, service, who):
    record = make_portal_client(counsellor=service.counsellor, email="known@example.org")
    if who != "nobody":
        client.force_login(record.user if who == "the client" else make_portal_client().user)
    assert client.post(DETAILS, form(email="known@example.org")).status_code == 302
    assert record.consents.count() == (1 if who == "the client" else 0)


LONG = "x" * 100_000


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("name", "", "Please write a name."),
        ("name", "   ", "Please write a name."),
        ("name", LONG, "at most 120 characters"),
        ("name", "A\0nna", "Null characters are not allowed."),
        ("name", "Anna\r\nBcc: x@example.org", "on one line"),
        ("email", "", "Please write your e-mail address."),
        ("email", "anna", "valid email address"),
        ("email", LONG, "valid email address"),
        ("email", "ann\u212a@example.org", "plain letters before the @"),
        ("email", "m\u0131a@example.org", "plain letters before the @"),
        ("email", "a@b.example\nBcc: c@d.example", "valid email address"),
        ("agree", "", "tick the box"),
        ("zone", "Mars/Phobos", "We don't know that time zone."),
        ("zone", "\0", "We don't know that time zone."),
        ("zone", LONG, "We don't know that time zone."),
        ("website", "https://spam.example", "Please send this again"),
    ],
)
def test_wrong_input_is_said_beside_the_field_and_kept(client, service, field, typed, words):
    given = {key: value for key, value in form(**{field: typed}).items() if value}
    response = client.post(DETAILS, given)
    page = response.content.decode().replace("&#x27;", "'")
    assert response.status_code == 422
    assert words in page
    assert 'value="anna@example.org"' in page or 'value="Anna"' in page
    assert not Consultation.objects.exists()


@pytest.mark.parametrize(
    "name",
    ["🙂‍↔️ Ann", "\u202eannA", "أمينة", "<script>alert(1)</script>", "{{ 7 }}", "é" * 120],
)
def test_any_persons_name_is_taken_as_it_is(client, service, name):
    response = client.post(DETAILS, form(name=name), follow=True)
    assert response.status_code == 200
    assert Client.objects.get().name == name


def test_markup_in_a_name_is_shown_as_typed(client, service):
    page = client.post(DETAILS, form(name="<script>x</script>", email="")).content.decode()
    assert "<script>x" not in page
    assert "&lt;script&gt;x&lt;/script&gt;" in page


@pytest.mark.parametrize("hidden", ["key", "document"])
@pytest.mark.parametrize("forged", [None, "", "\0", LONG, "é", "0" * 15])
def test_forged_hidden_fields_never_break(client, service, hidden, forged):
    given = form(**{hidden: forged or ""})
    if forged is None:
        del given[hidden]
    response = client.post(DETAILS, given)
    assert response.status_code in {302, 422}


def test_agreeing_to_another_text_is_not_agreeing(client, service):
    response = client.post(DETAILS, form(document="0" * 32))
    assert response.status_code == 422
    assert not Consultation.objects.exists()


@pytest.mark.parametrize(
    "start",
    [
        "00010101T0000Z",
        "99991231T2359Z",
        "20300107T0959Z",
        "20300107T1800Z",
        "20291231T1000Z",
        "20310107T1000Z",
    ],
)
def test_times_that_are_not_offered_are_refused(client, service, start):
    path = f"/c/ada/meeting/{start}/"
    for response in (client.get(path), client.post(path, form())):
        assert response.status_code == 409
        assert "These are close:" in text(response)
    assert not Consultation.objects.exists()


@pytest.mark.parametrize(
    "start", ["20301307T1000Z", "20300230T1000Z", "now", "2030", "00000000T0000Z"]
)
def test_an_address_that_is_no_time_is_not_found(client, service, start):
    assert client.get(f"/c/ada/meeting/{start}/").status_code == 404


def test_bookings_from_one_connection_are_limited_and_kept(client, service):
    service.step = 5
    service.save()
    statuses = [
        client.post(DETAILS, form(key=f"{number:032d}", email=f"p{number}@example.org"))
        for number in range(21)
    ]
    assert {response.status_code for response in statuses[1:20]} == {409}
    assert statuses[20].status_code == 429
    assert 'value="p20@example.org"' in statuses[20].content.decode()
    elsewhere = client.post(DETAILS, form(email="z@example.org"), REMOTE_ADDR="10.9.8.7")
    assert elsewhere.status_code == 409


def test_mails_to_one_address_are_limited_from_wherever_they_are_asked_for(client, service):
    def ask(number, email):
        wish = form(key=f"{number:032d}", email=email)
        return client.post(DETAILS, wish, REMOTE_ADDR=f"10.9.8.{number}").status_code

    statuses = [ask(number, email) for number, email in enumerate(["a@b.org", "A@B.org"] * 6)]
    assert statuses == [302, *[409] * 9, 429, 429]
    assert ask(12, "c@b.org") == 409


def test_without_a_consent_text_booking_is_not_open(client):
    counsellor = make_counsellor(slug="ada")
    make_service(counsellor=counsellor, slug="meeting")
    assert client.get(DETAILS).status_code == 503


# --- The pages behind tokens --------------------------------------------------------------


@pytest.fixture
def booked(service):
    anna = make_client(counsellor=service.counsellor, name="Zanna", email="z@example.org")
    return make_consultation(client=anna, service=service, starts_at=START)


def appointment(consultation):
    return reverse("booking:appointment", args=[appointment_token(consultation)])


def test_opening_the_link_of_a_mail_changes_nothing(client, booked):
    before = Consultation.objects.values().get()
    for ask in (client.head, client.get, client.get):
        assert ask(appointment(booked)).status_code == 200
    assert Consultation.objects.values().get() == before


def test_the_page_says_when_and_never_who(client, booked):
    response = client.get(appointment(booked))
    shown = text(response)
    assert "Monday 7 January, 10:00 (London time)" in shown
    assert "You can cancel freely until Sunday 6 January, 10:00 (London time)." in shown
    assert not [word for word in ("Zanna", "Ada", "Meeting", "z@example") if word in shown]
    assert "no-store" in response["Cache-Control"]
    assert response["Referrer-Policy"] in {"no-referrer", "same-origin"}
    assert "noindex" in response.content.decode()


def test_a_click_cancels_once_and_a_second_visit_is_friendly(client, booked):
    first, second = (client.post(appointment(booked), follow=True) for _click in range(2))
    assert "This appointment is cancelled" in text(first)
    assert "This appointment is cancelled" in text(second)
    fresh = Consultation.objects.get()
    assert (fresh.status, fresh.version) == (Status.CANCELLED_BY_CLIENT, 2)


def test_cancelling_late_is_said_before_and_noted(client, booked, clock):
    clock.move_to(START - timedelta(hours=2))
    assert "it will be noted as late" in text(client.get(appointment(booked)))
    client.post(appointment(booked))
    assert Consultation.objects.get().status == Status.CANCELLED_LATE


def test_what_has_begun_cannot_be_cancelled(client, booked, clock):
    clock.move_to(START)
    response = client.post(appointment(booked))
    assert "This appointment is over" in text(response)
    assert Consultation.objects.get().status == Status.CONFIRMED


def test_a_link_from_before_a_change_does_nothing(client, booked):
    old = appointment(booked)
    Consultation.objects.update(version=2)
    response = client.post(old)
    assert "This appointment has changed" in text(response)
    assert "7 January" not in text(response)
    assert Consultation.objects.get().status == Status.CONFIRMED


def test_the_calendar_file_is_there_as_long_as_it_holds(client, booked):
    path = reverse("booking:calendar", args=[appointment_token(booked)])
    response = client.get(path)
    assert response["Content-Type"].startswith("text/calendar")
    assert b"DTSTART:20300107T100000Z" in response.content
    Consultation.objects.update(version=2)
    assert client.get(path).status_code == 404


def test_tokens_open_nothing_but_their_own_page(client, booked):
    wrong = {
        "/booked/": [appointment_token(booked), str(booked.pk), "x", "x:y", "%00"],
        "/appointments/": [booked_token(booked), str(booked.pk), "x", "x:y", "%00"],
    }
    for prefix, tokens in wrong.items():
        for token in tokens:
            assert client.get(f"{prefix}{token}/").status_code == 404


def test_a_changed_token_is_none(client, booked):
    token = appointment_token(booked)
    for place in (0, 33, -1):
        letters = list(token)
        letters[place] = "0" if letters[place] != "0" else "1"
        assert client.get(f"/appointments/{''.join(letters)}/").status_code == 404


@pytest.mark.parametrize("status", ["declined", "cancelled_by_counsellor", "completed"])
def test_the_booked_page_tells_no_more_once_it_is_off(client, booked, status):
    Consultation.objects.update(status=status)
    shown = text(client.get(reverse("booking:booked", args=[booked_token(booked)])))
    assert "7 January" not in shown


def test_the_booked_page_tells_nothing_that_changed_since(client, booked):
    """Whoever books has not shown that the address is theirs: news goes to the address alone."""
    page = reverse("booking:booked", args=[booked_token(booked)])
    Consultation.objects.update(version=2)
    shown = client.get(page)
    assert "This appointment has changed" in text(shown)
    assert "7 January" not in text(shown)
    assert "/appointments/" not in shown.content.decode()
