"""The mails about consultations, and the calendar files in them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from dateutil import tz
from dateutil.parser import parse
from django.core.mail import EmailMessage

from counsel.reminders.models import Channel, Reminder, State
from counsel.reminders.registry import get_kind
from counsel.reminders.words import banned_in_mail
from sessions import planning
from sessions.calendars.files import calendar_file
from sessions.models import Consultation, Status
from sessions.services import (
    consultation_book,
    consultation_cancel,
    consultation_confirm,
    consultation_decline,
    consultation_reschedule,
)
from tests.factories import make_client, make_consultation, make_service
from tests.letters import address_of, message_of

pytestmark = pytest.mark.django_db
NOW = datetime(2030, 1, 3, 9, tzinfo=UTC)
START = datetime(2030, 1, 7, 10, tzinfo=UTC)
CANARIES = ("Zanna", "Doctor Okapi", "Trauma meeting", "Clinic Lane", "8675")


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def anna():
    record = make_client(name="Zanna", email="zanna@example.org", time_zone="Asia/Kolkata")
    record.counsellor.display_name = "Doctor Okapi"
    record.counsellor.save()
    return record


def booked(anna, **fields):
    service = make_service(
        counsellor=anna.counsellor,
        name="Trauma meeting",
        place_details="1 Clinic Lane",
        fee="8675.31",
    )
    return consultation_book(service=service, client=anna, starts_at=START, **fields)


def waiting(kind):
    return Reminder.objects.get(kind=kind, state=State.QUEUED)


def message(kind):
    return message_of(waiting(kind))


def skipped(kind):
    reminder = Reminder.objects.filter(kind=kind).latest("created_at")
    return get_kind(kind).still_wanted(reminder, datetime.now(UTC))


def as_sent(message):
    mail = EmailMessage(
        message.subject, message.body, "Appointments <a@b.example>", ["anna@example.org"]
    )
    for file in message.attachments:
        mail.attach(file.filename, file.content, file.mimetype)
    return mail.message().as_bytes()


def asked_for(anna):
    pending = make_consultation(client=anna, starts_at=START, status="pending")
    planning.plan_request(pending, NOW)
    return pending


def declined(anna):
    consultation_decline(consultation=asked_for(anna))


def called_off(anna):
    consultation_cancel(consultation=booked(anna), by="counsellor", words="Zanna, I am ill.")


def moved_while_asked_for(anna):
    asked = asked_for(anna)
    Reminder.objects.filter(kind="consultation_requested").update(state=State.SENT, finished_at=NOW)
    consultation_reschedule(consultation=asked, starts_at=START + timedelta(days=1))


@pytest.mark.parametrize(
    ("kind", "bring_about"),
    [
        ("consultation_requested", asked_for),
        ("consultation_requested", moved_while_asked_for),
        ("counsellor_request", asked_for),
        ("consultation_confirmed", booked),
        ("consultation_reminder", booked),
        ("consultation_cancelled", called_off),
        ("consultation_declined", declined),
    ],
)
def test_no_mail_gives_a_hint(anna, kind, bring_about):
    bring_about(anna)
    raw = as_sent(message(kind))
    assert banned_in_mail(raw) == []
    assert not [word for word in CANARIES if word in message(kind).body]


def plainly(anna):
    anna.email_wording = "plain"
    anna.save()


@pytest.mark.parametrize(
    ("kind", "bring_about"),
    [
        ("consultation_requested", asked_for),
        ("consultation_confirmed", booked),
        ("consultation_reminder", booked),
    ],
)
def test_plain_words_greet_by_the_first_name_and_say_with_whom(anna, kind, bring_about):
    anna.name = "Zanna\r\nBcc: x@example.org Okapi"
    plainly(anna)
    bring_about(anna)
    mail = message(kind)
    assert mail.body.startswith("Hello Zanna,\n")
    assert "\nWith: Doctor Okapi\n" in mail.body
    assert "Bcc" not in mail.body
    assert mail.short.startswith("Hello Zanna. ")
    line = mail.short.removeprefix("Hello Zanna. ")
    around = [mail.subject, line, *(file.content for file in mail.attachments)]
    assert not [word for word in CANARIES for text in around if word in text]


def test_neutral_words_name_nobody(anna):
    booked(anna)
    body = message("consultation_confirmed").body
    assert body.startswith("Hello,\n")
    assert "With:" not in body


@pytest.mark.parametrize(
    ("kind", "bring_about", "line"),
    [
        ("consultation_requested", asked_for, "We have your request: Mon 7 Jan, 15:30 (India)"),
        ("consultation_confirmed", booked, "Confirmed: Mon 7 Jan, 15:30 (India)"),
        ("consultation_reminder", booked, "Reminder: Mon 7 Jan, 15:30 (India)"),
        ("consultation_cancelled", called_off, "Cancelled: Mon 7 Jan, 15:30 (India)"),
        ("consultation_declined", declined, "Not confirmed: Mon 7 Jan, 15:30 (India)"),
    ],
)
def test_a_message_of_one_line_says_what_and_when_with_the_link(anna, kind, bring_about, line):
    bring_about(anna)
    said = message(kind)
    assert said.short == line
    assert "/appointments/" in said.link


def test_news_go_by_every_channel_the_client_wants(anna, monkeypatch):
    monkeypatch.setattr("clients.reach.available_channels", lambda: tuple(Channel))
    anna.sms_wording = "neutral"
    anna.save()
    called_off(anna)
    rows = Reminder.objects.filter(kind="consultation_cancelled")
    assert sorted(rows.values_list("channel", flat=True)) == ["email", "sms"]


def test_a_mail_says_when_by_the_clients_clock_and_how_to_cancel(anna):
    booked(anna)
    body = message("consultation_confirmed").body
    assert "Monday 7 January, 15:30 (India time)" in body
    assert "India time, UTC+05:30" in body
    assert "cancel freely until Sunday 6 January, 15:30" in body
    assert "choose another time until Sunday 6 January, 15:30" in body
    assert "/appointments/" in body


def test_the_mail_after_a_move_says_that_it_is_new(anna):
    moved = booked(anna)
    sent = Reminder.objects.filter(kind="consultation_confirmed")
    sent.update(state=State.SENT, finished_at=NOW)
    consultation_reschedule(consultation=moved, starts_at=START + timedelta(days=1))
    mail = message("consultation_moved")
    assert mail.subject == "Your appointment has a new time"
    assert mail.short == "New time: Tue 8 Jan, 15:30 (India)"
    assert "Tuesday 8 January" in mail.body


def test_words_stay_on_the_page_and_the_mail_only_points_there(anna):
    consultation_decline(consultation=asked_for(anna), words="Call me on 8675.")
    body = message("consultation_declined").body
    assert "There is a note about it for you" in body
    assert "/appointments/" in body
    assert "8675" not in body


def test_a_client_who_cancels_is_not_sent_to_the_words_of_before(anna):
    consultation = asked_for(anna)
    consultation_confirm(consultation=consultation, words="Until soon.")
    assert "There is a note for you" in message("consultation_confirmed").body
    consultation_cancel(consultation=consultation, by="client")
    assert "note" not in message("consultation_cancelled").body


def test_a_firm_one_that_is_asked_for_anew_moves_in_the_clients_calendar(anna):
    consultation = booked(anna)
    sent = Reminder.objects.filter(kind="consultation_confirmed")
    sent.update(state=State.SENT, finished_at=NOW)
    Consultation.objects.update(status=Status.PENDING)
    consultation.refresh_from_db()
    consultation_reschedule(consultation=consultation, starts_at=START + timedelta(days=1))
    mail = message("consultation_requested")
    assert mail.subject == "Your request has a new time"
    assert read(mail.attachments[0].content)["STATUS"] == "TENTATIVE"
    consultation_decline(consultation=consultation)
    assert "CANCEL" in message("consultation_declined").attachments[0].content


def test_a_counsellor_is_sent_to_the_desk_and_told_no_more(anna):
    asked_for(anna)
    mail = message("counsellor_request")
    assert address_of(waiting("counsellor_request")) == anna.counsellor.user.email
    assert "/admin/" in mail.body


@pytest.mark.parametrize("kind", ["consultation_confirmed", "consultation_reminder"])
def test_nothing_goes_out_for_what_is_not_on_any_more(anna, kind):
    gone = booked(anna)
    assert skipped(kind) is None
    Consultation.objects.filter(pk=gone.pk).update(status=Status.CANCELLED_LATE, version=2)
    assert skipped(kind).reason


def test_a_reminder_of_another_time_is_not_wanted(anna):
    moved = booked(anna)
    later = START + timedelta(hours=5)
    Consultation.objects.filter(pk=moved.pk).update(
        starts_at=later,
        ends_at=later + timedelta(minutes=50),
        held_from=later,
        held_until=later + timedelta(hours=1),
    )
    assert skipped("consultation_reminder").reason == "the appointment was moved"


def test_a_reminder_is_not_wanted_once_it_has_begun(anna, clock):
    booked(anna)
    clock.move_to(START)
    assert skipped("consultation_reminder").reason == "the appointment has begun"


def test_booked_within_a_day_there_is_no_reminder_left_to_send(anna, clock):
    clock.move_to(START - timedelta(hours=23))
    booked(anna)
    assert not Reminder.objects.filter(kind="consultation_reminder").exists()


# --- Calendar files, read back by another library than the one that wrote them --------------


def read(text):
    """The properties of the one event and of the calendar around it."""
    lines = text.replace("\r\n ", "").split("\r\n")
    properties = [line.partition(":")[::2] for line in lines if ":" in line]
    return {name.partition(";")[0]: value for name, value in properties}


@pytest.mark.parametrize(
    "start",
    [
        START,
        datetime(2030, 3, 31, 0, 30, tzinfo=UTC),
        datetime(2030, 3, 31, 1, 30, tzinfo=UTC),
        datetime(2030, 10, 27, 0, 30, tzinfo=UTC),
        datetime(2030, 10, 27, 1, 30, tzinfo=UTC),
    ],
)
@pytest.mark.parametrize(
    "zone", ["Europe/London", "Asia/Kolkata", "America/Sao_Paulo", "Australia/Lord_Howe", "UTC"]
)
def test_a_file_gives_the_same_instant_in_every_zone(anna, start, zone):
    event = read(calendar_file(make_consultation(client=anna, starts_at=start)))
    begins, ends = (parse(event[name]) for name in ("DTSTART", "DTEND"))
    on_the_wall = begins.astimezone(tz.gettz(zone)).replace(tzinfo=None)
    assert on_the_wall == start.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    assert (ends - begins).total_seconds() == 50 * 60


def test_a_file_says_when_and_nothing_else(anna):
    text = calendar_file(booked(anna))
    assert set(read(text)) == {
        *("BEGIN", "END", "PRODID", "VERSION", "METHOD"),
        *("UID", "SEQUENCE", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "STATUS"),
    }
    assert read(text)["SUMMARY"] == "Appointment"
    assert not [word for word in CANARIES if word in text]


def test_a_file_keeps_its_name_and_counts_up(anna):
    consultation = booked(anna)
    first = read(calendar_file(consultation))
    consultation_reschedule(consultation=consultation, starts_at=START + timedelta(days=1))
    second = read(calendar_file(consultation))
    assert second["UID"] == first["UID"]
    assert int(second["SEQUENCE"]) > int(first["SEQUENCE"])


def test_a_cancelled_one_takes_itself_out_of_the_calendar(anna):
    called_off(anna)
    (file,) = message("consultation_cancelled").attachments
    event = read(file.content)
    assert (event["METHOD"], event["STATUS"]) == ("CANCEL", "CANCELLED")
    assert b'method="CANCEL"' in as_sent(message("consultation_cancelled"))


def test_what_was_only_asked_for_brings_no_file(anna):
    asked_for(anna)
    assert message("consultation_requested").attachments == ()
