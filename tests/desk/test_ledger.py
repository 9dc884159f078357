from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from counsel.reminders.services import reminder_plan
from tests.factories import make_client, make_counsellor, make_manager

pytestmark = pytest.mark.django_db

LIST = reverse("admin:reminders_reminder_changelist")


def plan(person):
    now = timezone.now()
    return reminder_plan(
        counsellor=person.counsellor,
        kind="consultation_reminder",
        subject=f"consultation:{person.pk}",
        person=f"client:{person.pk}",
        due_at=now,
        not_after=now + timedelta(hours=1),
    )


def test_it_names_the_counsellors_own_client(client):
    anna = make_client(name="Anna")
    plan(anna)
    client.force_login(anna.counsellor.user)
    page = client.get(LIST).content.decode()
    assert "<bdi>Anna</bdi>" in page
    assert reverse("admin:clients_client_change", args=[anna.pk]) in page


def test_it_names_nobody_to_a_manager(client):
    anna = make_client(name="Anna")
    plan(anna)
    client.force_login(make_manager())
    page = client.get(LIST).content.decode()
    assert "Anna" not in page
    assert f"client {str(anna.pk)[:8]}" in page


@pytest.mark.parametrize("many", [1, 12])
def test_it_looks_the_names_up_once(client, many, django_assert_max_num_queries):
    counsellor = make_counsellor()
    for _number in range(many):
        plan(make_client(counsellor=counsellor))
    client.force_login(counsellor.user)
    with django_assert_max_num_queries(6):
        client.get(LIST)


def test_it_leads_to_the_kept_mails_only_while_they_are_kept(client, settings):
    client.force_login(make_counsellor().user)
    mailbox = reverse("mailbox:list")
    assert mailbox not in client.get(LIST).content.decode()
    settings.EMAIL_BACKEND = "counsel.reminders.mailbox.EmailBackend"
    assert mailbox in client.get(LIST).content.decode()
