"""Series at the desk, through HTTP."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta

import pytest
import time_machine
from django.urls import reverse

from counsel.audit.models import AccessEvent, Verb
from sessions.models import Consultation, Series, Status
from sessions.series.asked import Asked
from sessions.services import series_book
from tests.factories import make_client, make_consultation, make_counsellor, make_rule, make_service
from tests.sessions.reading import text

pytestmark = pytest.mark.django_db
# A Wednesday before the clocks go forward on Sunday 31 March.
NOW = datetime(2030, 3, 6, 9, tzinfo=UTC)
ADD = "/admin/consultations/series/add/"
FIRST = datetime(2030, 3, 19, 10, tzinfo=UTC)
WEEK = timedelta(weeks=1)
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def ada(client):
    counsellor = make_counsellor(time_zone="Europe/London")
    make_rule(counsellor=counsellor, weekday=1, starts=time(9), ends=time(17))
    client.force_login(counsellor.user)
    return counsellor


@pytest.fixture
def anna(ada):
    return make_client(counsellor=ada, name="Anna", time_zone="Asia/Kolkata")


@pytest.fixture
def service(ada):
    return make_service(counsellor=ada, buffer_after=0)


@pytest.fixture
def booked(anna, service):
    series_book(asked=Asked(service, anna, "weekly", FIRST.date(), time(10), count=3))
    return rows()


def rows():
    return list(Consultation.objects.filter(series__isnull=False).order_by("starts_at"))


def asking(anna, service, /, **fields):
    typed = {"rhythm": "weekly", "first_day": "2030-03-19", "at": "10:00", "count": "3"}
    return {"client": anna.pk, "service": service.pk, **typed, **fields}


def shown(response):
    """The mark of the dates on the page, which goes back with what is decided about them."""
    return re.search(r'name="shown" value="(\w+)"', response.content.decode())[1]


def look(client, where, fields):
    response = client.post(where, {**fields, "act": "look"})
    assert response.status_code == 200
    return response


def act(client, where, fields, **decided):
    """Looks at the dates, then does it."""
    mark = shown(look(client, where, fields))
    verb = "book" if where == ADD else where.rstrip("/").rpartition("/")[2]
    return client.post(where, {**fields, **decided, "shown": mark, "act": verb})


def page(name, series, start=None):
    return reverse(f"admin:consultations_series_{name}", args=[series.pk])


# --- Booking ------------------------------------------------------------------------------


def test_dates_are_looked_at_by_both_clocks_before_they_are_booked(client, anna, service):
    seen = text(look(client, ADD, asking(anna, service)))
    assert "Tuesday 19 March, 10:00 free 15:30 for the client (India time)" in seen
    assert "Tuesday 2 April, 10:00 free 14:30 for the client (India time)" in seen
    assert seen.count("The clocks go forward before this one, by 1 hour.") == 1
    assert "Book 3 consultations" in seen
    assert not Series.objects.exists()


def test_the_clocks_going_back_are_marked(client, anna, service):
    typed = asking(anna, service, first_day="2030-10-22", count="2")
    assert "The clocks go back before this one, by 1 hour." in text(look(client, ADD, typed))


def test_booking_leads_to_the_series_and_leaves_one_access_event(client, anna, service):
    response = act(client, ADD, asking(anna, service))
    series = Series.objects.get()
    assert response.url == page("change", series)
    assert [row.starts_at for row in rows()] == [FIRST, FIRST + WEEK, FIRST + 2 * WEEK - HOUR]
    event = AccessEvent.objects.get(verb=Verb.CREATE)
    assert (event.client_id, event.subject_id) == (anna.pk, series.pk)


def test_a_conflict_comes_with_open_times_and_is_decided(client, anna, service):
    ben = make_client(counsellor=anna.counsellor, name="Ben")
    make_consultation(client=ben, service=service, starts_at=FIRST + WEEK)
    typed = asking(anna, service)
    seen = look(client, ADD, typed)
    assert "Taken: Ben, 10:00–10:50." in text(seen)
    assert "1 date is still to be decided." in text(seen)
    assert '<option value="20300326T1100Z">11:00</option>' in seen.content.decode()
    refused = act(client, ADD, typed)
    assert "Please decide about: 26 March 2030." in text(refused)
    assert not Series.objects.exists()
    act(client, ADD, typed, **{"at-2030-03-26": "20300326T1100Z", "out": "2030-03-19"})
    assert [row.starts_at for row in rows()] == [FIRST + WEEK + HOUR, FIRST + 2 * WEEK - HOUR]


def test_what_was_decided_stays_on_the_page(client, anna, service):
    decided = {"at-2030-03-26": "20300326T1100Z", "out": "2030-03-19"}
    seen = look(client, ADD, {**asking(anna, service), **decided}).content.decode()
    assert '<option value="20300326T1100Z" selected>11:00</option>' in seen
    assert 'name="out" value="2030-03-19" checked' in seen
    assert "Book 2 consultations" in seen


def test_an_overlap_wants_its_reason_beside_the_field(client, anna, service):
    ben = make_client(counsellor=anna.counsellor, name="Ben")
    make_consultation(client=ben, service=service, starts_at=FIRST)
    decided = {"at-2030-03-19": "overlap"}
    assert "To let some overlap, say why." in text(
        act(client, ADD, asking(anna, service), **decided)
    )
    act(client, ADD, asking(anna, service), **decided, overlap_reason="both together")
    assert [row.overlap_reason for row in rows()] == ["both together", "", ""]


def test_a_skipped_time_is_to_decide_and_a_repeated_one_asks_which(client, anna, service):
    typed = asking(anna, service, first_day="2030-03-24", at="01:30", count="2")
    seen = look(client, ADD, typed)
    assert "The clocks go forward: there is no 01:30 that day." in text(seen)
    assert '<option value="20300331T0130Z">02:30</option>' in seen.content.decode()
    typed = asking(anna, service, first_day="2030-10-20", at="01:30", count="2")
    seen = look(client, ADD, typed).content.decode()
    assert "as planned, 01:30 (UTC+01:00)" in seen
    assert '<option value="20301027T0130Z">01:30 (UTC)</option>' in seen


def test_dates_nobody_has_looked_at_are_not_booked(client, anna, service):
    mark = shown(look(client, ADD, asking(anna, service)))
    typed = asking(anna, service, at="11:00", act="book", shown=mark)
    assert "Please look at them first." in text(client.post(ADD, typed))
    assert not Series.objects.exists()


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        *[("count", typed) for typed in ("1", "105", "x", "-1", "9" * 40, "\0")],
        *[("first_day", typed) for typed in ("", "2030-02-30", "9999-12-31", "2030-03-05")],
        *[("last_day", typed) for typed in ("2030-13-01", "9999-12-31", "0001-01-01")],
        *[("at", typed) for typed in ("", "25:00", "10:00\0")],
        *[("rhythm", typed) for typed in ("", "hourly")],
        *[("client", typed) for typed in ("", "x", "0" * 32)],
    ],
)
def test_bad_input_gets_words_and_no_dates(client, anna, service, field, typed):
    response = look(client, ADD, asking(anna, service, **{field: typed}))
    assert "Please look at this again" in text(response)
    assert "series-dates" not in response.content.decode()


@pytest.mark.parametrize(
    "typed", ["", "x", "00010101T0000Z", "99991231T2359Z", "20300326T9999Z", "\0", "overlap" * 99]
)
def test_a_forged_decision_is_as_if_it_were_not_there(client, anna, service, typed):
    decided = {"at-2030-03-26": typed, "out": ["\0", "x", "2030-03-01"]}
    act(client, ADD, asking(anna, service), **decided)
    assert len(rows()) == 3


@pytest.mark.parametrize("field", ["client", "service"])
def test_rows_of_others_are_neither_shown_nor_accepted(client, anna, service, field):
    other = make_client(name="Zanna") if field == "client" else make_service(name="Zanna")
    assert "Zanna" not in client.get(f"{ADD}?{field}={other.pk}").content.decode()
    response = look(client, ADD, asking(anna, service, **{field: other.pk}))
    assert "Zanna" not in response.content.decode()


def test_a_long_series_takes_no_more_queries(client, anna, service, django_assert_max_num_queries):
    for count in ("2", "104"):
        with django_assert_max_num_queries(20):
            look(client, ADD, asking(anna, service, count=count))


# --- Its page, moving and cancelling --------------------------------------------------------


def test_the_page_lists_every_one_with_its_status(client, booked):
    seen = text(client.get(page("change", booked[0].series)))
    assert "Tuesday 19 March, 10:00 confirmed" in seen
    assert "Tuesday 2 April, 10:00 confirmed" in seen
    assert AccessEvent.objects.filter(verb=Verb.READ, client_id=booked[0].client_id).count() == 1
    assert "every week" in text(client.get("/admin/consultations/series/"))


def test_one_of_it_leads_to_the_others(client, booked):
    one = reverse("admin:consultations_consultation_change", args=[booked[1].pk])
    shown = client.get(one).content.decode()
    for name in ("move", "cancel"):
        assert f'href="{page(name, booked[0].series)}?from={booked[1].pk}"' in shown


def test_this_and_the_following_are_looked_at_and_moved(client, booked):
    where = page("move", booked[0].series)
    typed = {"from": booked[1].pk, "scope": "following", "weekday": "1", "at": "15:00"}
    seen = text(look(client, where, typed))
    assert "Tuesday 26 March, 15:00 free It is now on Tuesday 26 March, 10:00." in seen
    assert "Move 2 consultations" in seen
    response = act(client, where, typed)
    assert response.url == page("change", booked[0].series)
    assert [row.starts_at.hour for row in rows()] == [10, 15, 14]
    assert AccessEvent.objects.filter(verb=Verb.CHANGE).count() == 1


def test_one_may_stay_as_it_is(client, booked):
    typed = {"from": booked[0].pk, "scope": "all", "weekday": "1", "at": "15:00"}
    act(client, page("move", booked[0].series), typed, out=str(booked[1].pk))
    assert [row.starts_at.hour for row in rows()] == [15, 10, 14]


def test_who_looked_before_another_change_looks_again(client, booked):
    where = page("move", booked[0].series)
    typed = {"from": booked[0].pk, "scope": "all", "weekday": "1", "at": "15:00"}
    mark = shown(look(client, where, typed))
    act(client, where, {**typed, "from": booked[2].pk, "scope": "following", "at": "11:00"})
    response = client.post(where, {**typed, "act": "move", "shown": mark})
    assert "Please look at them first." in text(response)
    assert [row.starts_at.hour for row in rows()] == [10, 10, 10]


@pytest.mark.parametrize("name", ["move", "cancel"])
def test_this_one_alone_is_a_matter_of_the_consultation(client, booked, name):
    typed = {"from": booked[1].pk, "scope": "one", "weekday": "1", "at": "15:00", "act": "look"}
    response = client.post(page(name, booked[0].series), typed)
    assert f"/consultation/{booked[1].pk}/" in response.url


def test_the_following_are_looked_at_and_cancelled(client, booked):
    where = page("cancel", booked[0].series)
    typed = {"from": booked[1].pk, "scope": "following"}
    seen = text(look(client, where, typed))
    assert "Tuesday 26 March, 10:00" in seen
    assert "Cancel 2 consultations" in seen
    act(client, where, typed)
    off = Status.CANCELLED_BY_COUNSELLOR
    assert [row.status for row in rows()] == [Status.CONFIRMED, off, off]


@pytest.mark.parametrize("name", ["move", "cancel"])
@pytest.mark.parametrize("query", ["", "?from=x", "?from=\t", "?scope=\t", "?from=%00"])
def test_any_address_is_answered(client, booked, name, query):
    assert client.get(page(name, booked[0].series) + query).status_code in {200, 400}


@pytest.mark.parametrize("name", ["change", "move", "cancel", "history"])
def test_another_counsellors_are_not_there(client, ada, name):
    service = make_service()
    other = make_client(counsellor=service.counsellor)
    series = series_book(asked=Asked(service, other, "weekly", FIRST.date(), time(10), count=2))
    assert client.get(page(name, series)).status_code == 404
    assert client.post(page(name, series), {"act": "cancel"}).status_code in {403, 404}


def test_where_none_is_to_come_there_is_nothing_to_change(client, booked, clock):
    clock.move_to(FIRST + 9 * WEEK)
    client.force_login(booked[0].counsellor.user)
    assert client.get(page("move", booked[0].series)).status_code == 404
    assert "Move those to come" not in text(client.get(page("change", booked[0].series)))
