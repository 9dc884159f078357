"""Asking for a time through HTTP: the form, the mail's page, and everything forged."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clients.models import Client
from clients.selectors import current_consent
from clients.services import consent_documents_load
from counsel.reminders.models import Reminder
from sessions.models import Consultation, Hold, IntakeQuestion, Status
from sessions.services import holds_expire
from sessions.tokens.appointments import booked_token
from sessions.tokens.holds import asked_token, hold_token
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
# The most queries of one asking, whoever asks.
ASKING = 18


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


# --- Asking ------------------------------------------------------------------------------


def test_it_repeats_the_time_by_both_clocks(client, service):
    shown = text(client.get(DETAILS + "?zone=Asia/Kolkata"))
    assert "Monday 7 January, 15:30 (India time)" in shown
    assert "For Ada Okoro: Monday 7 January, 10:00 (London time)" in shown


def test_it_keeps_the_time_and_sends_to_the_mail(client, service):
    response = client.post(DETAILS, form(zone="Asia/Kolkata"))
    kept = Hold.objects.get()
    assert (kept.time_zone, kept.language) == ("Asia/Kolkata", "en-gb")
    assert response["Location"] == reverse("booking:asked", args=[asked_token(kept)])
    shown = text(client.get(response["Location"]))
    assert "Look in your mail" in shown
    assert "Monday 7 January, 15:30 (India time)" in shown
    assert "Until Thursday 3 January, 15:00 (India time) nobody else can take it." in shown
    assert not Consultation.objects.exists()
    assert not Client.objects.exists()


def test_a_double_click_is_one_hold_one_mail_and_one_answer(client, service):
    first, second = (client.post(DETAILS, form()) for _click in range(2))
    assert first["Location"] == second["Location"]
    assert Hold.objects.count() == 1
    assert Reminder.objects.count() == 1


def test_going_back_to_the_form_leads_to_the_mail_in_that_browser_alone(client, service):
    page = client.post(DETAILS, form())["Location"]
    assert client.get(DETAILS)["Location"] == page
    assert Browser().get(DETAILS).status_code == 409
    client.post(page)
    assert client.get(DETAILS).status_code == 200


def test_a_slip_in_the_address_gives_the_time_back_to_be_asked_for_anew(client, service):
    page = client.post(DETAILS, form(email="slip@example.org"))["Location"]
    response = client.post(page)
    assert response["Location"] == DETAILS + "?zone=Europe%2FLondon"
    assert client.get(response["Location"]).status_code == 200
    assert "not kept any more" in text(client.get(page))


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
    assert not Hold.objects.exists()


def test_nothing_tells_whether_the_address_is_known(client, service):
    make_portal_client(counsellor=service.counsellor, email="known@example.org")
    known = client.post(DETAILS, form(email="known@example.org"))
    other = "/c/ada/meeting/20300114T1000Z/"
    new = client.post(other, form(email="new@example.org"))
    assert known.status_code == new.status_code
    shown = text(client.get(known["Location"]))
    assert shown.replace("7 January", "14 January") == text(client.get(new["Location"]))


def test_asking_costs_the_same_few_queries_for_known_and_unknown(client, service):
    make_portal_client(counsellor=service.counsellor, email="known@example.org")
    wishes = [form(email="known@example.org"), form(email="new@example.org")]
    counted = []
    for path, wish in zip([DETAILS, "/c/ada/meeting/20300114T1000Z/"], wishes, strict=True):
        with CaptureQueriesContext(connection) as queries:
            assert client.post(path, wish).status_code == 302
        # The limiter's cache may be the database, or not.
        words = [query["sql"] for query in queries if '"cache"' not in query["sql"]]
        counted.append(len([sql for sql in words if "SAVEPOINT" not in sql]))
    assert counted[0] == counted[1] <= ASKING


def test_the_form_asks_a_fixed_number_of_questions(client, service, django_assert_max_num_queries):
    with django_assert_max_num_queries(7):
        client.get(DETAILS)


@pytest.mark.parametrize("who", ["nobody", "somebody else", "the client elsewhere"])
def test_who_is_not_signed_in_with_that_address_confirms_by_mail(client, service, who):
    record = make_portal_client(counsellor=service.counsellor, email="known@example.org")
    elsewhere = make_portal_client(email="elsewhere@example.org")
    if who != "nobody":
        client.force_login(record.user if who == "the client elsewhere" else elsewhere.user)
    address = "elsewhere@example.org" if who == "the client elsewhere" else "known@example.org"
    client.post(DETAILS, form(email=address))
    assert not Consultation.objects.exists()
    assert Hold.objects.get().email == address


def test_a_signed_in_client_books_at_once(client, service):
    record = make_portal_client(counsellor=service.counsellor, email="known@example.org")
    client.force_login(record.user)
    shown = client.get(DETAILS).content.decode()
    assert 'value="known@example.org"' in shown
    assert "Book it" in shown
    first, second = (client.post(DETAILS, form(email="KNOWN@example.org")) for _click in range(2))
    booked = Consultation.objects.get()
    assert first["Location"] == reverse("booking:booked", args=[booked_token(booked)])
    assert second["Location"] == first["Location"]
    assert record.consents.count() == 1
    shown = text(client.get(first["Location"]))
    assert "Your appointment is on Monday 7 January, 10:00 (London time)." in shown
    assert "Ada" not in shown


def test_a_signed_in_client_is_told_that_a_first_meeting_was_had(client, service):
    service.audience = "first"
    service.save()
    record = make_portal_client(counsellor=service.counsellor)
    make_consultation(client=record, starts_at=NOW - timedelta(days=9), status="completed")
    client.force_login(record.user)
    response = client.post(DETAILS, form(email=record.email))
    assert response.status_code == 422
    assert "This is for a first meeting." in text(response)
    assert Consultation.objects.count() == 1


def test_a_service_for_clients_takes_their_own_address_alone(client, service):
    service.audience = "existing"
    service.save()
    record = make_portal_client(counsellor=service.counsellor)
    client.force_login(record.user)
    response = client.post(DETAILS, form(email="other@example.org"))
    assert response.status_code == 422
    assert "the address at which you get mail from here" in text(response)
    assert not Hold.objects.exists()


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
    assert not Hold.objects.exists()


@pytest.mark.parametrize(
    "name",
    ["🙂‍↔️ Ann", "\u202eannA", "أمينة", "<script>alert(1)</script>", "{{ 7 }}", "é" * 120],
)
def test_any_persons_name_is_taken_as_it_is(client, service, name):
    response = client.post(DETAILS, form(name=name), follow=True)
    assert response.status_code == 200
    assert Hold.objects.get().name == name


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
    assert not Hold.objects.exists()


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
    assert not Hold.objects.exists()


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


# --- The service's own questions ------------------------------------------------------------


@pytest.fixture
def questions(service):
    def ask(position, kind, label, **fields):
        return IntakeQuestion.objects.create(
            service=service, position=position, kind=kind, label=label, **fields
        )

    return [
        ask(1, "short", "How did you hear of us?"),
        ask(2, "long", "What brings you?", required=True, help_text="A few words."),
        ask(3, "yes_no", "Have you been here before?", required=True),
        ask(4, "choice", "Where do you live?", choices="Town\n\nCountry\nTown"),
    ]


def answered(questions, *answers):
    fields = (f"q_{question.pk.hex}" for question in questions)
    return {field: answer for field, answer in zip(fields, answers, strict=True) if answer}


WORDS = "Evenings 🌿\r\nمها, and “quotes” <b>"


def test_it_says_above_the_button_that_nobody_watches_and_keeps_who_agreed_to_it(client, service):
    """Whoever books has agreed to a text, in its version, that says it in full."""
    page = client.get(DETAILS).content.decode()
    line = page.index("This is not watched.")
    assert reverse("help") in page[line : page.index("<button", line)]
    booking = current_consent("booking", "en-gb")
    assert "Nobody watches these pages day and night." in booking.text
    client.post(DETAILS, form(document=str(booking.pk)))
    assert Hold.objects.get().consent == booking


def test_answers_are_kept_as_they_were_asked_and_written(client, service, questions):
    client.post(DETAILS, form(**answered(questions, "", WORDS, "no", "Country")))
    hold = Hold.objects.get()
    assert hold.intake == [
        {"question": "What brings you?", "answer": WORDS},
        {"question": "Have you been here before?", "answer": "No"},
        {"question": "Where do you live?", "answer": "Country"},
    ]
    client.post(mailed(hold))
    assert Consultation.objects.get().intake == hold.intake


def test_a_signed_in_client_answers_too(client, service, questions):
    record = make_portal_client(counsellor=service.counsellor)
    client.force_login(record.user)
    client.post(DETAILS, form(email=record.email, **answered(questions, "", "x", "yes", "")))
    assert [a["answer"] for a in Consultation.objects.get().intake] == ["x", "Yes"]


def test_what_must_be_answered_is_said_beside_it_and_the_rest_is_kept(client, service, questions):
    given = form(email="", **answered(questions, "A friend", "", "", "Country"))
    response = client.post(DETAILS, given)
    page = response.content.decode()
    assert response.status_code == 422
    assert page.count("Please answer this.") == 4
    assert 'value="A friend"' in page
    assert re.search(r'value="Country"[^>]*checked', page)


@pytest.mark.parametrize(
    ("number", "typed", "words"),
    [
        (0, "x" * 501, "at most 500 characters"),
        (0, "two\nlines", "on one line"),
        (1, "x" * 5001, "at most 5000 characters"),
        (1, "nul\0", "Null characters"),
        (2, "maybe", "Select a valid choice"),
        (3, "Moon", "Select a valid choice"),
    ],
)
def test_a_forged_answer_is_refused_in_words(client, service, questions, number, typed, words):
    given = answered(questions, "", "x", "yes", "") | answered(
        questions[number : number + 1], typed
    )
    response = client.post(DETAILS, form(**given))
    assert response.status_code == 422
    assert words in response.content.decode()


def test_answers_are_kept_when_another_time_is_chosen(client, service, questions):
    make_consultation(
        client=make_client(counsellor=service.counsellor), service=service, starts_at=START
    )
    given = form(**answered(questions, "A friend", WORDS, "yes", "Town"))
    taken = client.post(DETAILS, given)
    assert taken.status_code == 409
    hidden = dict(
        re.findall(r'type="hidden" name="(q_\w+)" value="([^"]*)"', taken.content.decode())
    )
    assert set(hidden) == {f"q_{question.pk.hex}" for question in questions}
    again = client.post("/c/ada/meeting/20300107T1100Z/", {**given, "again": "1"})
    page = again.content.decode()
    assert again.status_code == 200
    assert "&lt;b&gt;</textarea>" in page
    assert re.search(r'value="yes"[^>]*checked', page)


# --- The page behind the mail ---------------------------------------------------------------


def mailed(hold):
    return reverse("booking:hold", args=[hold_token(hold)])


@pytest.fixture
def hold(client, service):
    client.post(DETAILS, form(zone="Asia/Kolkata"))
    return Hold.objects.get()


def test_opening_it_changes_nothing(client, hold):
    before = Hold.objects.values().get()
    for look in (client.head, client.get, client.get):
        assert look(mailed(hold)).status_code == 200
    assert Hold.objects.values().get() == before
    assert not Consultation.objects.exists()


def test_it_says_when_and_on_which_terms_and_never_who(client, hold):
    response = client.get(mailed(hold))
    shown = text(response)
    assert "Monday 7 January, 15:30 (India time)" in shown
    assert "India time, UTC+05:30" in shown
    assert "You can cancel freely until 24 hours before." in shown
    assert not [word for word in ("Anna", "anna@", "Ada", "Meeting") if word in shown]
    assert "no-store" in response["Cache-Control"]
    assert response["Referrer-Policy"] in {"no-referrer", "same-origin"}
    assert "noindex" in response.content.decode()


@pytest.mark.parametrize(
    ("instant", "words", "status"),
    [
        (True, "Your appointment is on Monday 7 January, 15:30 (India time).", Status.CONFIRMED),
        (False, "You asked for Monday 7 January, 15:30 (India time).", Status.PENDING),
    ],
)
def test_one_click_books_and_a_second_is_friendly(client, service, hold, instant, words, status):
    service.instant = instant
    service.save()
    for response in (client.post(mailed(hold), follow=True) for _click in range(2)):
        assert response.status_code == 200
        assert words in text(response)
    assert Consultation.objects.get().status == status
    assert words in text(client.get(mailed(hold), follow=True))
    assert "This time is yours" in text(
        client.get(reverse("booking:asked", args=[asked_token(hold)]))
    )


def test_given_back_it_books_nothing(client, hold):
    response = client.post(mailed(hold), {"give_back": "1"}, follow=True)
    assert "This time was given back" in text(response)
    assert client.post(mailed(hold)).status_code == 409
    assert not Consultation.objects.exists()


def test_expired_but_free_it_is_said_and_booked_all_the_same(client, hold, clock):
    clock.shift(timedelta(minutes=31))
    assert "It is not kept for you any more, but nobody has taken it yet." in text(
        client.get(mailed(hold))
    )
    client.post(mailed(hold))
    assert Consultation.objects.get().starts_at == START


def test_expired_and_taken_another_time_is_one_tap_away(client, service, hold, clock):
    clock.shift(timedelta(minutes=31))
    holds_expire(datetime.now(UTC))
    make_consultation(
        client=make_client(counsellor=service.counsellor), service=service, starts_at=START
    )
    assert "These are close; a tap books one:" in text(client.get(mailed(hold)))
    refused = client.post(mailed(hold))
    assert refused.status_code == 409
    assert 'name="start" value="20300107T1100Z"' in refused.content.decode()
    shown = client.post(mailed(hold), {"start": "20300107T1100Z"}, follow=True)
    assert "Your appointment is on Monday 7 January, 16:30 (India time)." in text(shown)


@pytest.mark.parametrize(("start", "status"), [("x", 404), ("\0", 404), ("20300107T1001Z", 409)])
def test_a_forged_other_time_is_refused(client, hold, start, status):
    assert client.post(mailed(hold), {"start": start}).status_code == status
    assert not Consultation.objects.exists()


def test_once_it_began_nothing_is_booked(client, hold, clock):
    clock.move_to(START + timedelta(minutes=1))
    assert "This time is over" in text(client.get(mailed(hold)))
    assert client.post(mailed(hold)).status_code == 409


def test_only_the_owner_of_the_address_learns_that_a_first_meeting_was_had(client, service):
    service.audience = "first"
    service.save()
    known = make_client(counsellor=service.counsellor, email="known@example.org")
    make_consultation(client=known, starts_at=NOW - timedelta(days=9), status="completed")
    asked = client.post(DETAILS, form(email="known@example.org"), follow=True)
    assert "Look in your mail" in text(asked)
    hold = Hold.objects.get()
    assert "This one is for a first meeting" in text(client.get(mailed(hold)))
    assert client.post(mailed(hold)).status_code == 409
    assert Consultation.objects.count() == 1


def test_tokens_open_nothing_but_their_own_page(client, hold):
    wrong = {
        "/held/": [asked_token(hold), str(hold.pk), "x", "x:y", "%00"],
        "/asked/": [hold_token(hold), str(hold.pk), "x", "x:y", "%00"],
        "/booked/": [hold_token(hold)],
    }
    for prefix, tokens in wrong.items():
        for token in tokens:
            assert client.get(f"{prefix}{token}/").status_code == 404


def test_the_page_behind_the_mail_asks_a_fixed_number_of_questions(
    client, hold, django_assert_max_num_queries
):
    with django_assert_max_num_queries(4):
        client.get(mailed(hold))
