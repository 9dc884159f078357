from __future__ import annotations

from datetime import UTC, datetime

import pytest
import time_machine

from counsel.audit.models import AccessEvent
from counsel.reminders.models import Reminder
from exercises.models import RiskFlag
from exercises.services.flags import flag_close
from exercises.services.practising import entry_share
from tests.costs import LISTED
from tests.exercises.measuring import give, hand_in, make_measure, risky
from tests.factories import make_counsellor, make_manager, make_portal_client
from tests.sessions.reading import text

pytestmark = pytest.mark.django_db
NOW = datetime(2030, 1, 7, 9, tzinfo=UTC)
LIST = "/admin/exercises/riskflag/"


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def anna(client):
    anna = make_portal_client(name="Anna", counsellor=make_counsellor(display_name="Maya"))
    client.force_login(anna.counsellor.user)
    return anna


@pytest.fixture
def flag(anna):
    return hand_in(give(anna, make_measure()), risky(2)).risk_flag


def url_of(flag):
    return f"{LIST}{flag.pk}/change/"


def close(client, flag, done="Called, and made a plan."):
    return client.post(f"{LIST}{flag.pk}/close/", {"done": done})


def page(client, url):
    return client.get(url).content.decode()


def test_the_desk_opens_with_it(client, flag):
    shown = page(client, "/admin/")
    assert "1 flag is open" in shown
    assert f'href="{LIST}?state=open"' in shown
    assert shown.index("1 flag is open") < shown.index('id="today"')


def test_the_desk_is_silent_where_there_is_none(client, anna):
    assert "flag is open" not in page(client, "/admin/")


def test_it_shows_whom_it_is_about_when_and_where_to_read(client, flag):
    shown = page(client, url_of(flag))
    assert "<bdi>Anna</bdi>" in shown
    assert "Monday 7 January 2030, 09:00" in shown
    assert f"/admin/clients/client/{flag.client_id}/entries/{flag.entry_id}/" in shown
    assert flag.client.email in shown


def test_it_outlasts_answers_that_were_taken_back_and_shows_none_of_them(client, flag):
    entry_share(entry=flag.entry, sharing="private")
    shown = page(client, url_of(flag))
    assert "taken these answers back" in shown
    assert str(flag.entry_id) not in shown
    assert "Answer 2" not in shown and "Placeholder" not in shown
    assert "1 flag is open" in page(client, "/admin/")


def test_words_of_what_was_done_close_it(client, flag):
    assert close(client, flag)["Location"] == LIST
    flag.refresh_from_db()
    assert (flag.closed_at, flag.closed_by) == (NOW, flag.client.counsellor)
    assert "flag is open" not in page(client, "/admin/")
    shown = page(client, url_of(flag))
    assert "Called, and made a plan." in shown
    assert "Maya" in shown
    assert "<form" not in shown.split('class="desk-read"')[1].split("</main>")[0]
    assert Reminder.objects.get(kind="risk_flag", occurrence="again").state == "cancelled"


@pytest.mark.parametrize("done", ["", "   ", "a\x00b", "x" * 5_001])
def test_without_them_it_stays_open_and_says_why_beside_the_field(client, flag, done):
    response = close(client, flag, done)
    assert response.status_code == 422
    assert response.context["form"].errors.keys() == {"done"}
    flag.refresh_from_db()
    assert flag.closed_at is None


def test_it_is_closed_once(client, flag):
    close(client, flag)
    response = close(client, flag, "Something else.")
    assert response["Location"] == url_of(flag)
    flag.refresh_from_db()
    assert flag.done == "Called, and made a plan."


def test_open_ones_stand_first(client, anna, flag):
    with time_machine.travel(datetime(2030, 1, 8, 9, tzinfo=UTC)):
        later = hand_in(give(anna, make_measure()), risky(1)).risk_flag
        flag_close(flag=later, by=anna.counsellor, done="Done.")
    rows = client.get(LIST).context["cl"].result_list
    assert [row.pk for row in rows] == [flag.pk, later.pk]
    shown = page(client, LIST)
    assert '<span class="status status-risk">open</span>' in shown
    assert "closed, Tue 8 Jan" in shown


def test_closed_ones_can_be_left_out(client, flag):
    def listed(state):
        return list(client.get(f"{LIST}?state={state}").context["cl"].result_list)

    assert (listed("open"), listed("closed")) == ([flag], [])
    close(client, flag)
    assert (listed("open"), listed("closed"), listed("x")) == ([], [flag], [flag])


def test_each_look_and_each_closing_is_written_down(client, flag):
    client.get(url_of(flag))
    close(client, flag)
    written = AccessEvent.objects.order_by("sequence").values_list("verb", "subject", "client_id")
    assert list(written) == [
        ("read", "exercises.riskflag", flag.client_id),
        ("change", "exercises.riskflag", flag.client_id),
    ]


def test_another_counsellor_finds_none(client, flag):
    client.force_login(make_counsellor().user)
    assert client.get(url_of(flag)).status_code == 404
    assert close(client, flag).status_code == 404
    assert "flag is open" not in page(client, "/admin/")
    assert RiskFlag.objects.get().closed_at is None


def test_a_manager_sees_how_many_and_how_old_and_no_name(client, flag):
    client.force_login(make_manager())
    shown = page(client, "/admin/")
    assert "1 flag is open" in text(client.get("/admin/"))
    assert "the oldest since Mon 7 Jan, 09:00" in shown
    assert "Anna" not in shown and LIST not in shown
    for url in (LIST, url_of(flag)):
        assert client.get(url).status_code == 403
    assert close(client, flag).status_code == 403


def test_nobody_adds_changes_or_deletes_one(client, flag):
    assert client.get(f"{LIST}add/").status_code == 403
    assert client.post(url_of(flag), {"done": "x"}).status_code in (403, 405)
    assert client.post(f"{LIST}{flag.pk}/delete/", {"post": "yes"}).status_code == 403
    assert RiskFlag.objects.get().closed_at is None


@pytest.mark.parametrize("flags", [1, 8])
def test_the_list_costs_the_same_however_many_there_are(
    client, anna, flags, django_assert_max_num_queries
):
    for _ in range(flags):
        hand_in(give(anna, make_measure()), risky(1))
    with django_assert_max_num_queries(8 + LISTED):
        client.get(LIST)
