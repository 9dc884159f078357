"""What the manager decides for the whole practice."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from counsel.accounts.practice import Practice, practice
from counsel.reminders.models import Reminder
from sessions.services import consultation_book
from tests.factories import make_client, make_manager, make_service

pytestmark = pytest.mark.django_db
LIST = reverse("admin:accounts_practice_changelist")
ADD = reverse("admin:accounts_practice_add")
CHANGE = reverse("admin:accounts_practice_change", args=[1])
BLOG = {
    "frame_hosts": "https://blog.example.org",
    "confirm_minutes": 20,
    "offer_hours": 6,
    "reminder_offsets": [1440, 120],
    "quiet_from": 22,
    "quiet_until": 7,
    "soften_after": 4,
    "stop_after": 8,
    "missed_in_a_row": 3,
    "quiet_days": 14,
    "flag_hours": 24,
    "retention_years": 7,
}


@pytest.fixture
def desk(client):
    client.force_login(make_manager())
    return client


def test_the_first_row_is_written_and_then_changed(desk):
    assert practice().frame_origins == []
    assert desk.get(LIST)["Location"] == ADD
    desk.post(ADD, BLOG)
    assert practice().frame_origins == ["https://blog.example.org"]
    assert desk.get(LIST)["Location"] == CHANGE
    desk.post(CHANGE, {**BLOG, "frame_hosts": ""})
    assert practice().frame_origins == []
    assert practice().confirm_minutes == 20
    assert practice().reminder_offsets == [1440, 120]
    assert (practice().quiet_from, practice().quiet_until) == (22, 7)


def test_there_is_one_row_and_it_stays(desk):
    Practice.objects.create()
    assert desk.get(ADD).status_code == 403
    assert desk.post(ADD, BLOG).status_code == 403
    assert desk.post(reverse("admin:accounts_practice_delete", args=[1])).status_code == 403
    assert Practice.objects.count() == 1


@pytest.mark.parametrize(
    "hosts",
    [
        "blog.example.org",
        "http://blog.example.org",
        "https://blog.example.org/page",
        "https://*.example.org",
        "'self'",
        "https://blog.example.org; script-src *",
        "https://blog.example.org,https://b.example",
    ],
)
def test_only_whole_addresses_are_taken(desk, hosts):
    response = desk.post(ADD, {**BLOG, "frame_hosts": hosts})
    assert "Write one address a line" in response.content.decode()
    assert not Practice.objects.exists()


# --- When reminders go ----------------------------------------------------------------------


def page(response):
    return response.content.decode()


def ticked(response):
    form = response.context["adminform"].form
    return [row.data["value"] for row in form["reminder_offsets"] if row.data["selected"]]


def test_the_leads_are_ticked_in_order_and_one_of_before_stays_to_choose(desk):
    Practice.objects.create(reminder_offsets=[2160, 60])
    response = desk.get(CHANGE)
    assert ticked(response) == [2160, 60]
    assert "36 hours before" in page(response)
    desk.post(CHANGE, {**BLOG, "reminder_offsets": [60, 2160]})
    assert practice().reminder_offsets == [2160, 60]


def test_none_at_all_is_a_choice(desk):
    desk.post(ADD, {**BLOG, "reminder_offsets": []})
    assert practice().reminder_offsets == []
    assert ticked(desk.get(CHANGE)) == []


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"reminder_offsets": [10080, 4320, 2880, 1440, 180, 120]}, "Tick 5 at most."),
        ({"reminder_offsets": [7]}, "not one of the available choices"),
        ({"quiet_from": 24}, "not one of the available choices"),
        ({"quiet_until": "morning"}, "not one of the available choices"),
        ({"stop_after": 4}, "They must become fewer before they stop."),
    ],
)
def test_what_cannot_be_is_said_beside_its_field_and_nothing_is_lost(desk, wrong, words):
    response = desk.post(ADD, {**BLOG, **wrong, "offer_hours": 7})
    (field,) = wrong
    errors = response.context["adminform"].form.errors
    assert list(errors) == [field]
    assert words in str(errors[field])
    assert 'value="7"' in page(response)
    assert not Practice.objects.exists()


def test_saving_plans_all_coming_reminders_anew(desk):
    anna = make_client()
    service = make_service(counsellor=anna.counsellor)
    starts_at = (timezone.now() + timedelta(days=9)).replace(hour=14, minute=0)
    consultation_book(service=service, client=anna, starts_at=starts_at)
    desk.post(ADD, BLOG)
    rows = Reminder.objects.filter(kind="consultation_reminder", state="queued")
    assert sorted(rows.values_list("offset_minutes", flat=True)) == [-1440, -120]


def test_the_first_look_at_it_shows_what_holds_without_it(desk):
    """Saved as it is, it changes nothing: least of all does it turn the reminders off."""
    form = desk.get(ADD).context["adminform"].form
    without = Practice()
    shown = {name: form[name].value() or "" for name in form.fields}
    assert shown == {name: getattr(without, name) for name in form.fields}
