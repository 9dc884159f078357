from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from counsel.accounts.models import User
from counsel.reminders.models import Reminder
from counsel.reminders.services import reminder_plan
from tests.costs import LISTED
from tests.factories import make_client, make_counsellor, make_manager
from tests.sessions.reading import text

pytestmark = pytest.mark.django_db

LIST = reverse("admin:reminders_reminder_changelist")


def plan(person, kind="consultation_reminder"):
    now = timezone.now()
    return reminder_plan(
        counsellor=person.counsellor,
        kind=kind,
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


@pytest.mark.parametrize("role", ["hold", "waiting"])
def test_it_names_nobody_who_is_no_client_yet(client, role):
    anna = make_client(name="Anna")
    row = plan(anna)
    Reminder.objects.update(person=f"{role}:{row.pk}")
    client.force_login(anna.counsellor.user)
    assert "somebody who asked for a time" in client.get(LIST).content.decode()
    assert client.get(f"{LIST}{row.pk}/change/").status_code == 200


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
    with django_assert_max_num_queries(6 + LISTED):
        client.get(LIST)


def test_it_leads_to_the_kept_mails_only_while_they_are_kept(client, settings):
    client.force_login(make_counsellor().user)
    mailbox = reverse("mailbox:list")
    assert mailbox not in client.get(LIST).content.decode()
    settings.EMAIL_BACKEND = "counsel.reminders.mailbox.EmailBackend"
    assert mailbox in client.get(LIST).content.decode()


@pytest.mark.parametrize("state", ["queued", "sent", "skipped", "cancelled"])
@pytest.mark.parametrize("is_manager", [False, True])
def test_it_does_not_tell_whether_a_client_had_to_be_reminded_to_practise(
    client, state, is_manager
):
    """A reminder withdrawn on a day without practice is a private "I couldn't"."""
    anna = make_client(name="Anna")
    row = plan(anna, "practice_today")
    settled = timezone.now() if state != "queued" else None
    Reminder.objects.update(state=state, finished_at=settled)
    User.objects.update(is_superuser=is_manager)
    client.force_login(User.objects.get())
    assert "Anna" not in client.get(LIST).content.decode()
    for page in ("change", "history"):
        assert client.get(f"{LIST}{row.pk}/{page}/").status_code == 404


@pytest.mark.parametrize("state", ["failed", "uncertain"])
def test_it_tells_that_a_client_cannot_be_reached(client, state):
    anna = make_client(name="Anna")
    plan(anna, "practice_today")
    Reminder.objects.update(state=state, finished_at=timezone.now())
    client.force_login(anna.counsellor.user)
    assert "<bdi>Anna</bdi>" in client.get(LIST).content.decode()


@pytest.mark.parametrize("reason", ["nothing is open for today", "for the second time"])
def test_of_one_that_may_have_arrived_it_does_not_tell_whether_it_was_still_needed(client, reason):
    """Cut off while sending, and then either tried again or, since they practised, not."""
    anna = make_client(name="Anna")
    row = plan(anna, "practice_today")
    earlier, later = row.due_at + timedelta(minutes=1), row.due_at + timedelta(minutes=17)
    again = {"resent_at": later, "handed_over_at": later} if reason == "for the second time" else {}
    Reminder.objects.update(
        **{"state": "uncertain", "finished_at": later, "handed_over_at": earlier, **again},
        reason=f"cut off; {reason}",
        attempts=2 if again else 1,
    )
    client.force_login(anna.counsellor.user)
    own = f"{LIST}{row.pk}/"
    messages = f"/admin/clients/client/{anna.pk}/messages/"
    shown = []
    for page in (LIST, f"{own}change/", f"{own}message/", f"{own}again/", messages):
        shown.append(text(client.get(page)))
        assert reason not in shown[-1]
    assert reason not in text(client.get(f"{LIST}health/"))
    assert "May have been sent" in shown[1]
    # Whichever it was, the pages are the same to the letter.
    clock = re.compile(r"\d\d:\d\d")
    assert {at for page in shown[1:4] for at in clock.findall(page)} <= {
        f"{timezone.localtime(row.due_at):%H:%M}"
    }


def test_it_shows_every_row_to_a_manager_who_knows_no_client(client):
    anna = make_client(name="Anna")
    plan(anna, "practice_today")
    client.force_login(make_manager())
    assert f"client {str(anna.pk)[:8]}" in client.get(LIST).content.decode()


def test_who_runs_the_practice_can_ask_what_a_message_of_a_day_spoke_of(client):
    anna = make_client()
    row = plan(anna, "practice_today")
    Reminder.objects.update(about="measure practice", state="failed", finished_at=timezone.now())

    def found(part, user):
        client.force_login(user)
        page = client.get(f"{LIST}?kind=practice_today:{part}")
        return set(page.context["cl"].queryset), text(page)

    manager = make_manager()
    listed, page = found("measure", manager)
    assert (listed, "Practice reminder: measure due" in page) == ({row}, True)
    assert found("reply", manager)[0] == set()
    # To a counsellor it would say what had been done by then.
    for part in ("measure", "reply"):
        listed, page = found(part, anna.counsellor.user)
        assert (listed, "Practice reminder: measure due" in page) == ({row}, False)
