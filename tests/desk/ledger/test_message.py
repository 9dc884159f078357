"""How one message reads: for the counsellor whose ledger it is, and with no key in it."""

from __future__ import annotations

import re

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from counsel.accounts.models import Counsellor, User
from counsel.audit.models import AccessEvent
from counsel.reminders.models import Reminder
from counsel.reminders.registry import get_kind
from sessions.services import consultation_cancel
from tests.desk.ledger.planning import DAY, NOW, book, message_at, plan
from tests.factories import make_client, make_counsellor, make_manager
from tests.letters import message_of
from tests.reminders.samples import MORNING, everything
from tests.sessions.reading import text
from tests.thorough import THOROUGH

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def anna(client):
    anna = make_client(name="Anna", email="anna@example.org")
    client.force_login(anna.counsellor.user)
    return anna


def confirmation(anna):
    return Reminder.objects.get(
        kind="consultation_confirmed", subject=f"consultation:{book(anna).pk}"
    )


def test_what_waits_is_shown_as_it_would_go_out(client, anna):
    row = confirmation(anna)
    told = text(client.get(message_at(row)))
    assert "As it would go out now" in told
    assert message_of(row).subject in told
    assert "Monday 7 January, 09:00" in told
    assert "Goes to anna@example.org" in told
    assert "appointment.ics" in told and "BEGIN:VCALENDAR" in told


def test_it_says_why_it_would_not_go_out(client, anna):
    row = confirmation(anna)
    Reminder.objects.filter(pk=row.pk).update(occurrence="v7")
    page = client.get(message_at(row))
    assert "It would not go out as things are: the appointment has changed since." in text(page)
    assert "message-paper" not in page.content.decode()


def test_one_that_was_sent_is_shown_as_it_would_read_today(client, anna, clock):
    row = confirmation(anna)
    Reminder.objects.filter(pk=row.pk).update(state="sent", finished_at=NOW)
    told = text(client.get(message_at(row)))
    assert "As it would read today No copy is kept of what goes out." in told
    assert "Monday 7 January" in told


def test_one_that_was_sent_is_shown_also_where_it_would_not_go_out_any_more(client, anna, clock):
    row = confirmation(anna)
    Reminder.objects.filter(pk=row.pk).update(state="sent", finished_at=NOW)
    Reminder.objects.filter(pk=row.pk).update(occurrence="v7")
    told = text(client.get(message_at(row)))
    assert "the appointment has changed since" in told
    assert "Monday 7 January" in told


def test_one_that_cannot_be_written_says_so_and_no_more(client, anna):
    row = plan(anna)
    Reminder.objects.filter(pk=row.pk).update(kind="unheard-of")
    told = text(client.get(message_at(row)))
    assert "It cannot be written (KeyError)." in told


def test_one_about_what_was_deleted_says_so(client, anna):
    told = text(client.get(message_at(plan(anna))))
    assert "what it was about is not there any more" in told


def test_whether_a_client_practised_is_not_to_be_read_there(client, anna):
    row = plan(anna, "practice_today", state="failed")
    told = text(client.get(message_at(row)))
    assert "depends on what the client has done, which is theirs" in told
    assert "nothing is open" not in told and "switched off" not in told
    assert client.get(message_at(row, "mail")).status_code == 404


def test_another_address_of_theirs_is_not_told(client, anna):
    row = confirmation(anna)
    anna.addresses.create(channel="email", value="elsewhere@example.org", verified_at=NOW)
    page = client.get(message_at(row)).content.decode()
    assert "elsewhere@example.org" not in page
    assert "Goes to the address they gave for messages." in page


def test_every_kind_reads_as_it_is_sent_and_without_its_keys(client, clock):
    """Whoever holds a link from a mail can act as the client."""
    clock.move_to(MORNING, tick=False)
    everything()
    own = Reminder.objects.exclude(kind__in=["practice_today"])
    shown, forms = 0, set()
    for row in own:
        kind = get_kind(row.kind)
        unwanted = kind.still_wanted(row, MORNING) is not None
        form = (row.kind, row.channel, row.about, unwanted)
        # Of several alike one tells the same.
        if form in forms and not THOROUGH:
            continue
        forms.add(form)
        client.force_login(row.counsellor.user)
        page = client.get(message_at(row))
        if kind.unseen_by_counsellors:
            assert page.status_code == 404
            continue
        if unwanted:
            continue
        message, body = message_of(row), page.content.decode()
        if row.channel == "email":
            body += client.get(message_at(row, "mail")).content.decode()
        shown += 1
        assert message.subject in text(page).replace("&#x27;", "'")
        for key in keys_of(message):
            assert key not in body, row.kind
    assert shown > 10


def keys_of(message):
    """Whatever in its links is not a plain word."""
    files = (file.content for file in message.attachments)
    words = "\n".join([message.body, message.link, *files])
    links = re.findall(r"https?://[^/\s]+(\S*)", words)
    return {
        part
        for link in links
        for part in re.split(r"[/?#]", link)
        if part and not re.fullmatch(r"[a-z-]+", part)
    }


def test_a_link_of_a_key_is_shown_without_it(client, anna):
    row = confirmation(anna)
    [key] = keys_of(message_of(row))
    page = client.get(message_at(row)).content.decode()
    assert key not in page
    assert "/appointments/…/" in page


def test_it_is_shown_as_a_mail_with_its_own_styles_and_nothing_else(client, anna):
    row = confirmation(anna)
    assert message_at(row, "mail") in client.get(message_at(row)).content.decode()
    page = client.get(message_at(row, "mail"))
    assert "Monday 7 January, 09:00" in text(page)
    policy = page["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "sandbox" in policy
    assert "frame-ancestors 'self'" in policy
    assert page["X-Frame-Options"] == "SAMEORIGIN"


@pytest.mark.parametrize("channel", ["sms", "push"])
def test_a_line_alone_is_no_mail(client, anna, channel, settings):
    settings.SMS_URL = "https://texts.example/"
    row = confirmation(anna)
    Reminder.objects.filter(pk=row.pk).update(channel=channel)
    anna.addresses.create(channel="sms", value="+447700900123", verified_at=NOW)
    type(anna).objects.update(sms_wording="neutral", push_wording="neutral")
    assert client.get(message_at(row, "mail")).status_code == 404
    page = client.get(message_at(row)).content.decode()
    assert "/mail/" not in page and "message-subject" not in page


def test_a_look_changes_nothing_and_leaves_one_event(client, anna):
    row = confirmation(anna)
    before = list(Reminder.objects.values())
    with CaptureQueriesContext(connection) as captured:
        client.get(message_at(row))
    written = [q["sql"] for q in captured if not q["sql"].startswith(("SELECT", "SAVE", "REL"))]
    assert [sql.split()[2] for sql in written if "INSERT" in sql] == ['"audit_accessevent"']
    assert not [sql for sql in written if sql.startswith(("UPDATE", "DELETE"))]
    assert list(Reminder.objects.values()) == before
    [event] = AccessEvent.objects.all()
    assert (event.verb, event.subject_id, event.client_id) == ("read", row.pk, anna.pk)


def test_it_is_kept_in_no_cache(client, anna):
    assert "no-store" in client.get(message_at(confirmation(anna)))["Cache-Control"]


@pytest.mark.parametrize("page", ["message", "mail", "again"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_it_is_nobody_elses(client, anna, page, method):
    row = confirmation(anna)
    client.force_login(make_counsellor().user)
    assert getattr(client, method)(message_at(row, page)).status_code in (404, 405)
    client.force_login(make_manager())
    assert getattr(client, method)(message_at(row, page)).status_code == 403
    row.refresh_from_db()
    assert (row.state, row.asked_again) == ("queued", 0)


def test_a_counsellor_who_runs_the_practice_reads_their_own_alone(client, anna):
    row = confirmation(anna)
    ben = make_counsellor()
    User.objects.filter(pk__in=[ben.user_id, anna.counsellor.user_id]).update(is_superuser=True)
    assert client.get(message_at(row)).status_code == 200
    client.force_login(ben.user)
    assert client.get(message_at(row)).status_code == 404


def test_what_goes_to_the_counsellor_says_so(client, anna):
    Counsellor.objects.update(change_news="all")
    anna.counsellor.refresh_from_db()
    consultation = book(anna)
    consultation_cancel(consultation=consultation, by="client")
    row = Reminder.objects.get(kind="counsellor_request")
    assert "to you" in text(client.get(message_at(row)))


def test_it_leads_to_sending_again_only_where_that_can_be(client, anna, clock):
    row = confirmation(anna)
    again = message_at(row, "again")
    assert again not in client.get(message_at(row)).content.decode()
    Reminder.objects.filter(pk=row.pk).update(state="failed", finished_at=NOW)
    assert again in client.get(message_at(row)).content.decode()
    clock.move_to(NOW + 5 * DAY, tick=False)
    page = client.get(message_at(row))
    assert again not in page.content.decode()
    assert "It cannot be sent again now." in text(page)
