"""Which messages a counsellor chooses to get, on the page that is theirs."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import time_machine
from django.urls import reverse

from counsel.accounts.models import ChangeNews
from counsel.reminders.models import Reminder, State
from sessions.morning import morning_lists_plan
from tests.factories import make_client, make_consultation, make_counsellor, make_manager

pytestmark = pytest.mark.django_db
NOW = datetime(2030, 1, 7, 6, 55, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def ada(client):
    counsellor = make_counsellor(display_name="Ada")
    client.force_login(counsellor.user)
    return counsellor


def page(counsellor):
    return reverse("admin:accounts_counsellor_change", args=[counsellor.pk])


def choose(client, counsellor, **fields):
    form = {
        **{"display_name": "Ada", "headline": "", "about": "", "accepts_new_clients": "on"},
        **{"morning_hour": 7, "change_news": "late", "late_hours": 24},
        **fields,
    }
    response = client.post(page(counsellor), form)
    counsellor.refresh_from_db()
    return response


def test_a_counsellor_chooses_for_themselves(client, ada):
    assert "Messages to you" in client.get(page(ada)).content.decode()
    choose(client, ada, morning_hour=6, change_news="all", late_hours=48)
    assert (ada.morning_hour, ada.change_news, ada.late_hours) == (6, ChangeNews.ALL, 48)
    choose(client, ada, morning_hour="")
    assert ada.morning_hour is None


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"morning_hour": 24}, "morning_hour"),
        ({"morning_hour": "early"}, "morning_hour"),
        ({"change_news": "some"}, "change_news"),
        ({"late_hours": 0}, "late_hours"),
        ({"late_hours": 169}, "late_hours"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(client, ada, wrong, field):
    response = choose(client, ada, **wrong)
    assert list(response.context["adminform"].form.errors) == [field]


def test_nobody_chooses_for_another(client, ada):
    client.force_login(make_manager())
    assert "Messages to you" not in client.get(page(ada)).content.decode()
    choose(client, ada, morning_hour=5, change_news="none", slug=ada.slug)
    assert (ada.morning_hour, ada.change_news) == (7, ChangeNews.LATE)


def test_another_hour_moves_the_list_that_waits(client, ada):
    make_consultation(client=make_client(counsellor=ada), starts_at=NOW.replace(hour=10))
    morning_lists_plan(NOW)
    choose(client, ada, morning_hour=8)
    (row,) = Reminder.objects.filter(kind="morning_list", state=State.QUEUED)
    assert row.due_at == NOW.replace(hour=8, minute=0)
    choose(client, ada, morning_hour="")
    assert not Reminder.objects.filter(kind="morning_list", state=State.QUEUED).exists()
