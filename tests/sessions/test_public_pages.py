"""The visitor's pages, through HTTP: who, when, booking it, and everything forged."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.urls import reverse

from clients.models import Client, Consent
from clients.selectors import current_consent
from clients.services import consent_documents_load
from sessions.models import AvailabilityException, AvailabilityRule, Consultation, Status
from sessions.tokens import appointment_token, booked_token
from tests.factories import (
    make_client,
    make_consultation,
    make_counsellor,
    make_portal_client,
    make_rule,
    make_service,
)

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


def text(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


# --- Who and when -------------------------------------------------------------------------


def test_the_page_shows_services_and_the_next_free_time(client, service):
    shown = text(client.get("/c/ada/"))
    assert "Ada Okoro" in shown
    assert "50 minutes, in person" in shown
    assert "Monday 7 January, 09:00 (London time)" in shown


def test_services_that_are_not_public_are_not_there(client, service):
    make_service(counsellor=service.counsellor, slug="hidden", name="Hidden", is_public=False)
    assert "Hidden" not in text(client.get("/c/ada/"))
    assert client.get("/c/ada/hidden/").status_code == 404
    assert client.post("/c/ada/hidden/20300107T1000Z/", form()).status_code == 404


@pytest.mark.parametrize("path", ["/c/ada/", "/c/ada/meeting/", DETAILS])
def test_who_takes_no_new_clients_has_no_page(client, service, path):
    service.counsellor.accepts_new_clients = False
    service.counsellor.save()
    assert client.get(path).status_code == 404
    assert client.post(path, form()).status_code in {404, 405}


@pytest.mark.parametrize("path", ["/c/bob/", "/c/bob/meeting/", "/c/ada/nothing/", "/c/ada/%00/"])
def test_unknown_addresses_are_not_found(client, service, path):
    assert client.get(path).status_code == 404


def test_another_counsellors_service_is_not_found_here(client, service):
    make_service(slug="other")
    assert client.get("/c/ada/other/").status_code == 404


@pytest.mark.parametrize("count", [1, 5])
def test_the_public_page_asks_as_often_for_many_services_as_for_one(
    client, service, count, django_assert_max_num_queries
):
    for _number in range(count - 1):
        make_service(counsellor=service.counsellor)
    with django_assert_max_num_queries(5):
        client.get("/c/ada/")


def test_the_times_page_asks_five_times_at_most(client, service, django_assert_max_num_queries):
    with django_assert_max_num_queries(5):
        client.get("/c/ada/meeting/")


def test_times_stand_under_the_visitors_own_dates(client, service):
    shown = text(client.get("/c/ada/meeting/?zone=Pacific/Auckland"))
    assert "Monday 7 January 22:00" in shown
    assert "Tuesday 8 January 00:00" in shown
    assert "Auckland time, UTC+13:00" in shown


def test_an_old_name_of_a_zone_is_understood(client, service):
    shown = client.get("/c/ada/meeting/?zone=Asia/Calcutta")
    assert "India time, UTC+05:30" in text(shown)
    assert '<option value="Asia/Kolkata" selected>' in shown.content.decode()


@pytest.mark.parametrize("zone", ["Mars/Phobos", "", "../../etc/passwd", "%00", "x" * 5000])
def test_an_unknown_zone_is_said_beside_the_field(client, service, zone):
    response = client.get(f"/c/ada/meeting/?zone={zone}")
    assert response.status_code == 200
    assert "Choose a time zone from the list." in text(response)
    assert "09:00" in text(response)


def test_a_signed_in_reader_sees_their_own_clock(client, service):
    asha = make_portal_client(time_zone="Asia/Kolkata")
    client.force_login(asha.user)
    assert "India time" in text(client.get("/c/ada/meeting/"))


@pytest.mark.parametrize(
    "wish", ["", "yesterday", "2030-02-30", "0001-01-01", "9999-12-31", "%00", "2029-01-01"]
)
def test_any_week_in_the_address_is_answered(client, service, wish):
    assert client.get(f"/c/ada/meeting/?from={wish}").status_code == 200


def test_weeks_turn_from_the_first_to_the_last(client, service):
    """Following "Later" meets every open Monday up to the horizon, and ends."""
    seen, path = set(), "/c/ada/meeting/"
    for _week in range(30):
        page = client.get(path).content.decode()
        seen |= set(re.findall(r"/c/ada/meeting/(\d{8})T", page))
        later = re.search(r'href="(\?from=[^"]+)">Later', page)
        if later is None:
            break
        path = "/c/ada/meeting/" + later.group(1).replace("&amp;", "&")
    mondays = {f"{START + timedelta(weeks=week):%Y%m%d}" for week in range(8)}
    assert seen == mondays


def test_an_empty_week_leads_to_the_next_free_time(client, service):
    AvailabilityException.objects.create(
        counsellor=service.counsellor,
        kind="time_off",
        starts_at=START - timedelta(days=1),
        ends_at=START + timedelta(days=8),
    )
    shown = text(client.get("/c/ada/meeting/?from=2030-01-05"))
    assert "The next free time is Monday 21 January, 09:00 (London time)." in shown


def test_with_nothing_open_at_all_the_pages_say_so(client, service):
    AvailabilityRule.objects.all().delete()
    assert "No free times at the moment." in text(client.get("/c/ada/"))
    assert "Nothing is free in these days" in text(client.get("/c/ada/meeting/"))


def test_busy_and_away_look_the_same(client, service):
    hour = timedelta(hours=1)
    AvailabilityException.objects.create(
        counsellor=service.counsellor, kind="time_off", starts_at=START, ends_at=START + hour
    )
    away = text(client.get("/c/ada/meeting/"))
    AvailabilityException.objects.all().delete()
    make_consultation(
        client=make_client(counsellor=service.counsellor), service=service, starts_at=START
    )
    assert text(client.get("/c/ada/meeting/")) == away


def test_clocks_put_forward_no_time_is_offered_that_does_not_exist(client, service, clock):
    """London, Sunday 31 March 2030: 01:00 becomes 02:00."""
    clock.move_to(datetime(2030, 3, 28, 9, tzinfo=UTC))
    make_rule(counsellor=service.counsellor, weekday=6, starts=time(0), ends=time(4))
    shown = text(client.get("/c/ada/meeting/"))
    assert "Sunday 31 March 00:00 , Sunday 31 March 02:00" in shown
    assert "UTC, from Sunday 31 March UTC+01:00" in shown


def test_clocks_put_back_the_hour_that_comes_twice_is_told_apart(client, service, clock):
    """The counsellor is in UTC, so both are open; the visitor in London sees 01:00 twice."""
    clock.move_to(datetime(2030, 10, 24, 9, tzinfo=UTC))
    service.counsellor.time_zone = "UTC"
    service.counsellor.save()
    make_rule(counsellor=service.counsellor, weekday=6, starts=time(0), ends=time(3))
    shown = text(client.get("/c/ada/meeting/?zone=Europe/London"))
    assert "01:00 (UTC+01:00)" in shown
    assert "01:00 (UTC)" in shown


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
