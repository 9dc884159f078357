"""A counsellor's calendars elsewhere: kept at the desk, read by the worker for busy times."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
import time_machine
from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from counsel.common.errors import DomainError
from counsel.common.fetch import Limits
from counsel.common.network import Network
from sessions import tasks
from sessions.calendars.apart import busy_spans_apart
from sessions.calendars.busy import busy_spans
from sessions.models import BusyTime, ImportedCalendar
from sessions.selectors import open_slots
from sessions.services import (
    calendar_add,
    calendar_read_soon,
    calendar_remove,
    calendar_turn,
    calendars,
    calendars_read,
    consultation_book,
)
from sessions.services.hours import counsellor_move_zone
from tests.common.hosts import running_host
from tests.factories import make_client, make_counsellor, make_rule, make_service
from tests.sessions.ics import event, file

pytestmark = pytest.mark.django_db
NOW = datetime(2030, 1, 3, 9, tzinfo=UTC)
QUARTER = timedelta(minutes=15)
DESK = "/admin/consultations/importedcalendar/"
MONDAY = file(event("DTSTART:20300107T100000Z", "DTEND:20300107T113000Z", "SUMMARY:Canary dentist"))
TUESDAY = file(event("DTSTART:20300108T100000Z", "DTEND:20300108T110000Z"))
Trouble = ImportedCalendar.Trouble


@pytest.fixture(scope="module")
def host(tmp_path_factory):
    with running_host(tmp_path_factory.mktemp("host")) as host:
        yield host


@pytest.fixture(autouse=True)
def clock(host):
    host.answers.clear()
    host.requests.clear()
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture(autouse=True)
def _here(monkeypatch):
    """Starting a process for each file takes most of a second; two tests below do."""
    monkeypatch.setattr(calendars, "busy_spans_apart", busy_spans)


@pytest.fixture
def ada():
    return make_counsellor(time_zone="Asia/Kolkata")


@pytest.fixture
def add(ada, host):
    def add(path="/mine.ics", counsellor=ada, **fields):
        return calendar_add(
            counsellor=counsellor, name=fields.pop("name", "Home"), address=host.url(path)
        )

    return add


@pytest.fixture
def read(host):
    def read(**more):
        return calendars_read(timezone.now(), network=host.network(), **more)

    return read


def spans(calendar):
    rows = BusyTime.objects.filter(calendar=calendar).order_by("starts_at")
    return [f"{row.starts_at:%m-%d %H:%M}/{row.ends_at:%m-%d %H:%M}" for row in rows]


def fresh(calendar):
    return ImportedCalendar.objects.get(pk=calendar.pk)


# --- Reading ---------------------------------------------------------------------------------


def test_its_busy_times_are_kept_and_nothing_else_of_it(add, read, host):
    host.says("/mine.ics", body=MONDAY, headers=['ETag: "1"', "Last-Modified: Wed"])
    calendar = add()
    counts = read()
    assert (counts.read, counts.unchanged, counts.failed) == (1, 0, 0)
    assert spans(calendar) == ["01-07 10:00/01-07 11:30"]
    calendar = fresh(calendar)
    assert (calendar.tried_at, calendar.fetched_at, calendar.trouble) == (NOW, NOW, "")
    assert (calendar.etag, calendar.last_modified) == ('"1"', "Wed")
    with connection.cursor() as cursor:
        for table in ("consultations_busytime", "consultations_importedcalendar"):
            cursor.execute(f"SELECT * FROM {table}")  # noqa: S608
            stored = str(cursor.fetchall())
            assert "Canary" not in stored
            assert "mine.ics" not in stored


def test_a_file_is_read_in_a_process_of_its_own(add, read, host, monkeypatch):
    monkeypatch.setattr(calendars, "busy_spans_apart", busy_spans_apart)
    host.says("/mine.ics", body=MONDAY)
    calendar = add()
    read()
    assert spans(calendar) == ["01-07 10:00/01-07 11:30"]


def test_whole_days_are_by_the_counsellors_clock(add, read, host):
    host.says("/mine.ics", body=file(event("DTSTART;VALUE=DATE:20300107")))
    calendar = add()
    read()
    assert spans(calendar) == ["01-06 18:30/01-07 18:30"]


def test_another_clock_of_the_counsellor_has_it_read_anew(add, read, host, ada):
    host.says("/mine.ics", body=file(event("DTSTART;VALUE=DATE:20300107")), headers=['ETag: "1"'])
    calendar = add()
    read()
    counsellor_move_zone(counsellor=ada, time_zone="Europe/London")
    assert read().read == 1
    assert "If-None-Match" not in host.requests[-1]
    assert spans(calendar) == ["01-07 00:00/01-08 00:00"]


def test_it_is_read_every_quarter_of_an_hour(add, read, host, clock):
    host.says("/mine.ics", body=MONDAY)
    add()
    asked = []
    for minutes in (0, 1, 14, 15, 16, 30):
        clock.move_to(NOW + timedelta(minutes=minutes))
        read()
        asked.append(len(host.requests))
    assert asked == [1, 1, 1, 2, 2, 3]


def test_what_has_not_changed_is_not_sent_again_but_once_a_day(add, read, host, clock):
    host.says("/mine.ics", body=MONDAY, headers=['ETag: "1"'])
    calendar = add()
    read()
    host.says("/mine.ics", status="304 Not Modified")
    clock.move_to(NOW + QUARTER)
    assert read().unchanged == 1
    assert 'If-None-Match: "1"' in host.requests[-1]
    assert spans(calendar) == ["01-07 10:00/01-07 11:30"]
    assert fresh(calendar).fetched_at == NOW + QUARTER

    host.says("/mine.ics", body=TUESDAY)
    clock.move_to(NOW + timedelta(days=1))
    assert read().read == 1
    assert "If-None-Match" not in host.requests[-1]
    assert spans(calendar) == ["01-08 10:00/01-08 11:00"]


def test_only_what_changed_is_written(add, read, host, clock):
    host.says("/mine.ics", body=MONDAY)
    calendar = add()
    read()
    before = BusyTime.objects.get().pk
    both = MONDAY.replace(b"END:VCALENDAR", b"") + TUESDAY.split(b"EN\r\n", 1)[1]
    host.says("/mine.ics", body=both)
    clock.move_to(NOW + QUARTER)
    read()
    assert len(spans(calendar)) == 2
    assert BusyTime.objects.order_by("starts_at").first().pk == before


# --- When it goes wrong ------------------------------------------------------------------------


def refuse(name, port):
    return ["10.0.0.1"]


def unknown(name, port):
    raise OSError


@pytest.mark.parametrize(
    ("says", "trouble"),
    [
        ({"status": "404 No"}, Trouble.REFUSED),
        ({"status": "500 Oh"}, Trouble.REFUSED),
        ({"status": "304 Not Modified"}, Trouble.REFUSED),
        ({"body": b"<html>Sign in</html>"}, Trouble.UNREADABLE),
        ({"body": MONDAY[:-30]}, Trouble.UNREADABLE),
        ({"body": b"x" * (5 * 1024 * 1024 + 1)}, Trouble.TOO_LARGE),
        ({"status": "302 Found", "headers": ["Location: http://[::1]/"]}, Trouble.ADDRESS),
    ],
)
def test_trouble_is_noted_and_the_old_busy_times_stay(add, read, host, clock, says, trouble):
    host.says("/mine.ics", body=MONDAY)
    calendar = add()
    read()
    clock.move_to(NOW + timedelta(days=1))
    host.says("/mine.ics", **says)
    assert read().failed == 1
    calendar = fresh(calendar)
    assert calendar.trouble == trouble
    assert (calendar.tried_at, calendar.fetched_at) == (NOW + timedelta(days=1), NOW)
    assert spans(calendar) == ["01-07 10:00/01-07 11:30"]

    host.says("/mine.ics", body=TUESDAY)
    clock.move_to(NOW + timedelta(days=1) + QUARTER)
    read()
    assert fresh(calendar).trouble == ""
    assert spans(calendar) == ["01-08 10:00/01-08 11:00"]


@pytest.mark.parametrize(
    ("resolve", "trouble"), [(refuse, Trouble.ADDRESS), (unknown, Trouble.UNREACHABLE)]
)
def test_a_name_that_leads_inside_or_nowhere_is_trouble(add, host, resolve, trouble):
    calendar = add()
    network = Network(resolve=resolve)
    assert calendars_read(NOW, network=network).failed == 1
    assert fresh(calendar).trouble == trouble
    assert host.requests == []


def test_a_file_that_asks_for_work_without_end_is_trouble(add, read, host, monkeypatch):
    monkeypatch.setattr(calendars, "busy_spans_apart", partial(busy_spans_apart, seconds=1))
    endless = event("DTSTART:19700101T000000Z", "DURATION:PT1S", "RRULE:FREQ=SECONDLY")
    host.says("/mine.ics", body=file(endless))
    calendar = add()
    read()
    assert fresh(calendar).trouble == Trouble.TOO_LARGE


def test_one_that_cannot_even_be_opened_does_not_keep_the_others_waiting(add, read, host):
    host.says("/mine.ics", body=MONDAY)
    broken, well = add(name="A"), add(name="B")
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE consultations_importedcalendar SET address = 'v1:gone:AAAA' WHERE name = 'A'"
        )
    counts = read()
    assert (counts.read, counts.failed) == (1, 1)
    assert fresh(broken).trouble == Trouble.UNREADABLE
    assert spans(well) == ["01-07 10:00/01-07 11:30"]


def test_a_run_begins_nothing_more_when_its_time_is_over_and_goes_on_in_the_next(add, read, host):
    host.says("/mine.ics", body=MONDAY)
    add(name="A"), add(name="B")
    assert read(seconds=0).read == 0
    assert read().read == 2


# --- Who, and when not -------------------------------------------------------------------------


def test_those_turned_off_and_those_of_people_who_left_are_not_read(add, read, host, ada):
    host.says("/mine.ics", body=MONDAY)
    calendar_turn(calendar=add(), on=False)
    gone = make_counsellor()
    gone.user.is_active = False
    gone.user.save()
    add(counsellor=gone)
    assert (read().read, host.requests) == (0, [])


def test_asking_for_it_has_the_next_run_read_it(add, read, host, clock):
    host.says("/mine.ics", body=MONDAY)
    calendar = add()
    read()
    clock.move_to(NOW + timedelta(minutes=1))
    calendar_read_soon(calendar=calendar)
    assert read().read == 1
    calendar_turn(calendar=calendar, on=False)
    calendar_read_soon(calendar=calendar)
    assert read().read == 0
    calendar_turn(calendar=calendar, on=True)
    assert read().read == 1


def turn_off(*, calendar):
    calendar_turn(calendar=calendar, on=False)


@pytest.mark.parametrize("overtake", [calendar_remove, turn_off, calendar_read_soon])
def test_a_reading_that_was_overtaken_writes_nothing(add, host, overtake):
    """The calendar is removed, turned off or asked for anew while its answer is under way."""
    host.says("/mine.ics", body=MONDAY)
    calendar = add()

    def resolve(name, port):
        overtake(calendar=fresh(calendar))
        return ["127.0.0.1"]

    calendars_read(NOW, network=host.network(resolve=resolve))
    assert not BusyTime.objects.exists()
    assert not ImportedCalendar.objects.filter(fetched_at__isnull=False).exists()


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer at a time")
@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_read_each_calendar_once(add, host):
    host.says("/mine.ics", body=MONDAY)
    own = [add(name=str(number)) for number in range(4)]

    def work(_number):
        try:
            return calendars_read(NOW, network=host.network()).read
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(work, range(2)))
    assert sum(done) == len(host.requests) == 4
    assert all(spans(calendar) == ["01-07 10:00/01-07 11:30"] for calendar in own)


def test_the_worker_and_the_command_do_the_same(monkeypatch, capsys):
    ran = []
    monkeypatch.setattr(tasks, "calendars_read", lambda now: ran.append(now) or calendars.Counts())
    tasks.calendars_fetch()
    assert ran == [NOW]
    call_command("fetch_calendars")
    assert "read 0, unchanged 0, failed 0" in capsys.readouterr().out
    beat = settings.CELERY_BEAT_SCHEDULE["calendars"]
    assert beat["task"] == tasks.calendars_fetch.name
    assert beat["options"]["expires"] < beat["schedule"]


# --- What it does to open times ------------------------------------------------------------------


def test_its_busy_times_are_offered_to_nobody_while_staff_may_book_over_them(read, host):
    grace = make_counsellor(time_zone="Europe/London")
    make_rule(counsellor=grace)
    service = make_service(counsellor=grace, length=60, minimum_notice=0, buffer_after=0)
    host.says("/mine.ics", body=MONDAY)
    day = datetime(2030, 1, 7).date()

    def offered():
        slots = open_slots(service, day, day, NOW)
        return [slot.start.hour for slot in slots if not slot.start.minute]

    before = offered()
    assert {9, 10, 11, 12} <= set(before)
    calendar = calendar_add(counsellor=grace, name="Home", address=host.url("/mine.ics"))
    read()
    assert [hour for hour in before if hour not in offered()] == [10, 11]
    start = datetime(2030, 1, 7, 10, tzinfo=UTC)
    consultation_book(service=service, client=make_client(counsellor=grace), starts_at=start)
    calendar_turn(calendar=calendar, on=False)
    assert 11 in offered()


# --- The desk ------------------------------------------------------------------------------------


@pytest.fixture
def desk(client, ada):
    client.force_login(ada.user)
    return client


def text(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def page(calendar):
    return f"{DESK}{calendar.pk}/change/"


def do(desk, calendar, change):
    return desk.post(f"{DESK}{calendar.pk}/do/{change}/", follow=True)


def test_the_desk_says_how_each_calendar_stands(desk, add, read, host, clock):
    assert "None so far." in text(desk.get(DESK))
    host.says("/mine.ics", body=MONDAY)
    calendar = add()
    assert "waiting It is read within a minute or two." in text(desk.get(DESK))
    read()
    shown = text(desk.get(DESK))
    assert "Last read on Thursday 3 January, 14:30 (India time). 1 busy time ahead." in shown
    host.says("/mine.ics", status="404 No")
    clock.move_to(NOW + QUARTER)
    read()
    for address in (DESK, page(calendar)):
        shown = text(desk.get(address))
        assert "Its server did not hand it over." in shown
        assert "14:30 (India time); the times read then stay kept until" in shown


@pytest.mark.parametrize("trouble", [code for code in Trouble.values if code])
def test_every_trouble_has_its_words(desk, add, trouble):
    calendar = add()
    ImportedCalendar.objects.update(trouble=trouble, tried_at=NOW)
    shown = text(desk.get(page(calendar)))
    assert "not read" in shown
    assert "Nothing has been read so far, so none of its times are kept." in shown


def test_adding_one_keeps_its_address_to_itself(desk, ada):
    typed = {"name": "Home", "address": "webcal://calendar.example/private-canary.ics"}
    shown = desk.post(f"{DESK}add/", typed, follow=True)
    calendar = ImportedCalendar.objects.get()
    assert calendar.counsellor == ada
    assert calendar.address == "https://calendar.example/private-canary.ics"
    pages = [shown, desk.get(page(calendar)), desk.get(f"{DESK}{calendar.pk}/remove/")]
    pages.append(desk.get(f"{DESK}{calendar.pk}/history/"))
    assert all("canary" not in it.content.decode() for it in pages)
    assert "Read from calendar.example." in text(pages[1])


@pytest.mark.parametrize(
    "address",
    [
        *("calendar", "http://calendar.example/a.ics", "https://127.0.0.1/a.ics"),
        "https://ada:word@calendar.example/a.ics",
    ],
)
def test_an_address_that_is_never_read_is_refused_with_what_was_typed_kept(desk, address):
    shown = desk.post(f"{DESK}add/", {"name": "Home", "address": address})
    assert "beginning with https:// or webcal://" in text(shown)
    assert f'value="{address}"' in shown.content.decode()
    assert not ImportedCalendar.objects.exists()


def test_there_is_an_end_to_how_many(desk, ada, add):
    for number in range(calendars.MOST_CALENDARS):
        add(name=str(number))
    with pytest.raises(DomainError):
        add()
    typed = {"name": "Home", "address": "https://calendar.example/a.ics"}
    assert "That is enough calendars." in text(desk.post(f"{DESK}add/", typed))


def test_it_is_renamed_turned_off_and_on_and_read_from_the_desk(desk, add, read, host):
    host.says("/mine.ics", body=MONDAY)
    calendar = add()
    read()
    desk.post(page(calendar), {"name": "Family"})
    assert fresh(calendar).name == "Family"
    assert "Please give it a name." in text(desk.post(page(calendar), {"name": " "}))
    assert "Its times are open to be booked." in text(do(desk, calendar, "off"))
    assert not fresh(calendar).is_on
    do(desk, calendar, "on")
    assert fresh(calendar).is_on
    read()
    assert "It is read within a minute or two." in text(do(desk, calendar, "read"))
    # Planned, and left to the worker.
    assert len(host.requests) == 2
    assert fresh(calendar).tried_at is None
    assert do(desk, calendar, "explode").status_code == 404


def test_removing_one_takes_its_busy_times_along_after_asking(desk, add, read, host):
    host.says("/mine.ics", body=MONDAY)
    calendar = add()
    read()
    remove = f"{DESK}{calendar.pk}/remove/"
    assert "can be booked again at once" in text(desk.get(remove))
    assert ImportedCalendar.objects.exists()
    desk.post(remove)
    assert not ImportedCalendar.objects.exists()
    assert not BusyTime.objects.exists()


def test_the_list_costs_the_same_for_one_and_for_many(desk, add):
    add()
    desk.get(DESK)
    with CaptureQueriesContext(connection) as one:
        desk.get(DESK)
    for number in range(5):
        add(name=str(number))
    with CaptureQueriesContext(connection) as many:
        desk.get(DESK)
    assert len(one) == len(many)


def test_the_limits_fit_the_worker():
    """One run at its slowest ends before Celery ends it."""
    slowest = calendars.RUN_SECONDS + Limits().seconds + 60
    assert slowest < settings.CELERY_TASK_SOFT_TIME_LIMIT
