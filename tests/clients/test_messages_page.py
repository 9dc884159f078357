from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
import time_machine

from clients import replanning
from clients.models import Address, Client
from clients.reach import first_name
from counsel.reminders.models import Reminder
from tests.factories import make_client, make_portal_client

pytestmark = pytest.mark.django_db
PAGE = "/my/settings/messages/"
NOW = datetime(2030, 1, 31, 12, tzinfo=UTC)
TYPED = {"email_wording": "plain", "when": "own", "offsets": ["10080", "60"]}


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def anna(client):
    anna = make_portal_client(name="Anna Berg")
    client.force_login(anna.user)
    return anna


@pytest.fixture
def planned(monkeypatch):
    """For whom the ledger was planned anew."""
    asked = []
    monkeypatch.setattr(replanning, "_replanners", [lambda who, now: asked.append((who.pk, now))])
    return asked


def again(anna):
    return Client.objects.get(pk=anna.pk)


def test_it_keeps_what_the_client_chooses_and_plans_anew(client, anna, planned):
    assert client.post(PAGE, TYPED)["Location"] == PAGE
    kept = again(anna)
    assert (kept.email_wording, kept.reminder_offsets) == ("plain", [10080, 60])
    assert planned == [(anna.pk, NOW)]


@pytest.mark.parametrize(("when", "kept"), [("practice", None), ("never", []), ("own", [60])])
def test_it_tells_the_practices_own_times_from_none(client, anna, when, kept):
    client.post(PAGE, {**TYPED, "when": when, "offsets": ["60"]})
    assert again(anna).reminder_offsets == kept
    assert client.get(PAGE).context["form"]["when"].value() == when


def test_it_shows_what_a_locked_screen_would_show(client, anna):
    page = client.get(PAGE).content.decode()
    assert "Hello Anna, Your appointment" in page
    assert "Hello, Your appointment" in page
    # The day a week ahead, at five by the client's clock, as the mail itself would write it.
    assert "Thursday 7 February, 17:00" in page
    assert "Berg" not in page


def test_showing_it_keeps_nothing(client, anna, django_assert_max_num_queries):
    before = Reminder.objects.count()
    with django_assert_max_num_queries(14):
        client.get(PAGE)
    assert Reminder.objects.count() == before


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email_wording", ""),
        ("email_wording", "loud"),
        ("when", "later"),
        ("offsets", []),
        ("offsets", ["7"]),
        ("offsets", ["x" * 100_000]),
        ("offsets", ["\0"]),
    ],
)
def test_it_says_beside_the_field_what_is_wrong_and_loses_nothing(client, anna, field, value):
    answer = client.post(PAGE, {**TYPED, field: value})
    assert answer.status_code == 200
    form = answer.context["form"]
    assert list(form.errors) == [field]
    assert form["when"].value() == ("later" if field == "when" else "own")
    assert again(anna).email_wording == "neutral"


def test_ways_the_practice_has_not_got_are_not_there(client, anna):
    client.post(PAGE, {**TYPED, "sms_wording": "plain", "push_wording": "plain"})
    kept = again(anna)
    assert (kept.sms_wording, kept.push_wording) == ("none", "none")


def test_text_messages_need_a_verified_number(client, anna, settings):
    settings.SMS_URL = "https://texts.example.org/"
    number = Address.objects.create(client=anna, channel="sms", value="+493012345")
    assert "sms_wording" not in client.get(PAGE).context["form"].fields
    Address.objects.filter(pk=number.pk).update(verified_at=NOW)
    assert client.post(PAGE, {**TYPED, "sms_wording": "neutral"}).status_code == 302
    assert again(anna).sms_wording == "neutral"


# --- Reminders of practice ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "until"),
    [
        ({"how_long": "3"}, date(2030, 2, 3)),
        ({"how_long": "30"}, date(2030, 3, 2)),
        ({"how_long": "day", "until": "2030-02-01"}, date(2030, 2, 1)),
    ],
)
def test_practice_reminders_rest_and_come_again(client, anna, planned, typed, until):
    client.post(PAGE + "pause/", typed)
    assert again(anna).homework_paused_until == until
    assert "Let them come again now" in client.get(PAGE).content.decode()
    client.post(PAGE + "resume/")
    assert again(anna).homework_paused_until is None
    assert len(planned) == 2


def test_days_of_rest_are_those_of_the_clients_own_clock(client, anna):
    Client.objects.filter(pk=anna.pk).update(time_zone="Pacific/Auckland")
    # There it is the first of February already.
    client.post(PAGE + "pause/", {"how_long": "3"})
    assert again(anna).homework_paused_until == date(2030, 2, 4)


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({}, "how_long"),
        ({"how_long": "9000"}, "how_long"),
        ({"how_long": "day"}, "until"),
        ({"how_long": "day", "until": "2030-01-31"}, "until"),
        ({"how_long": "day", "until": "2031-03-31"}, "until"),
        ({"how_long": "day", "until": "soon"}, "until"),
    ],
)
def test_a_rest_that_makes_no_sense_is_explained(client, anna, typed, field):
    answer = client.post(PAGE + "pause/", typed)
    assert answer.status_code == 200
    assert list(answer.context["pause_form"].errors) == [field]
    assert again(anna).homework_paused_until is None


def test_what_stopped_by_itself_is_turned_on_again(client, anna):
    Client.objects.filter(pk=anna.pk).update(homework_stopped_at=NOW)
    assert "Remind me again" in client.get(PAGE).content.decode()
    client.post(PAGE + "resume/")
    assert again(anna).homework_stopped_at is None


def test_who_sees_several_is_told_whose_messages_these_are(client, anna):
    assert "This is about" not in client.get(PAGE).content.decode()
    make_client(user=anna.user)
    assert "This is about" in client.get(PAGE).content.decode()


def test_it_is_about_the_record_one_has_turned_to(client, anna):
    other = make_client(user=anna.user, name="Anna")
    client.post("/my/counsellor/", {"record": str(other.pk)})
    client.post(PAGE, {**TYPED, "email_wording": "none"})
    assert (again(other).email_wording, again(anna).email_wording) == ("none", "neutral")


@pytest.mark.parametrize(
    ("name", "first"),
    [
        *(("Anna", "Anna"), ("Anna Berg", "Anna"), (" Anna  Maria Berg ", "Anna")),
        *(("Berg, Anna", "Anna"), ("Berg, Dr. Anna", "Anna"), ("Anna Berg, MSc", "Anna")),
        *(("Mrs Berg", ""), ("Dr. Anna Berg", "Anna"), ("Mrs", ""), (",", ""), ("", "")),
    ],
)
def test_plain_words_never_call_somebody_by_a_surname(name, first):
    assert first_name(Client(name=name)) == first
