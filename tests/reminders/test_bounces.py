from __future__ import annotations

import io
import mailbox
from datetime import UTC, datetime

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import OperationalError

from clients.models import Client
from clients.reach import person_of
from clients.services import address_give, address_verify, invitation_send
from counsel.reminders.bounces import bounce_note
from counsel.reminders.carriers.email import message_id
from counsel.reminders.dispatch import dispatch_due
from counsel.reminders.dsn import Bounce, Fate
from counsel.reminders.models import Reminder
from tests.factories import make_client
from tests.reminders.test_dsn import FOLDER

pytestmark = pytest.mark.django_db
NOW = datetime(2030, 2, 4, 9, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def anna():
    return make_client(email="Anna@example.net")


@pytest.fixture
def row(anna):
    """One that has gone out to her."""
    return sent(anna)


def sent(anna):
    invitation_send(client=anna)
    dispatch_due(NOW)
    row = Reminder.objects.filter(person=person_of(anna)).latest("created_at")
    assert row.state == "sent"
    return row


def report(row, name="postfix"):
    text = (FOLDER / f"{name}.eml").read_text(encoding="utf-8")
    return text.replace("<ROW@example.org>", message_id(row)).encode()


def bounced(row, fate, status="5.1.1", address="anna@example.net"):
    return bounce_note(Bounce(row.pk, fate, status, address), NOW)


def feed(monkeypatch, raw):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(raw)))
    out = io.StringIO()
    call_command("read_bounces", stdout=out)
    return out.getvalue()


def again(thing):
    return type(thing).objects.get(pk=thing.pk)


@pytest.mark.parametrize("name", ["postfix", "exchange", "gmail"])
def test_nothing_goes_to_an_address_that_takes_none(monkeypatch, anna, row, name):
    assert "1 about mails of ours" in feed(monkeypatch, report(row, name))
    assert again(row).state == "failed"
    assert "came back (5.1.1" in again(row).reason
    assert again(anna).email_refused_at == NOW
    # The next one to go there.
    Reminder.objects.filter(pk=row.pk).update(state="queued", finished_at=None, handed_over_at=None)
    dispatch_due(NOW)
    assert again(row).state == "skipped"
    assert "takes no mails" in again(row).reason


def test_a_delay_is_noted_and_no_more(monkeypatch, anna, row):
    feed(monkeypatch, report(row, "delayed"))
    assert (again(row).state, again(row).reason) == ("sent", "delayed on its way (4.4.1)")
    assert again(anna).email_refused_at is None


def test_one_that_was_lost_says_nothing_about_the_address(anna, row):
    bounced(row, Fate.LOST, "5.7.1")
    assert again(row).state == "failed"
    assert again(anna).email_refused_at is None


def test_hearing_it_twice_changes_nothing(anna, row):
    assert bounced(row, Fate.REFUSED)
    first = again(row)
    with time_machine.travel(NOW.replace(hour=11)):
        assert bounced(row, Fate.REFUSED)
    assert again(row).finished_at == first.finished_at
    assert again(anna).email_refused_at == NOW


def test_a_report_about_a_row_that_never_went_out_is_forged(anna):
    invitation_send(client=anna)
    waiting = Reminder.objects.get(person=person_of(anna))
    assert not bounced(waiting, Fate.REFUSED)
    assert (again(waiting).state, again(anna).email_refused_at) == ("queued", None)


def test_a_report_names_no_address_but_that_of_its_row(anna, row):
    other = make_client(email="ben@example.net", counsellor=anna.counsellor)
    bounced(row, Fate.REFUSED, address="ben@example.net")
    assert again(other).email_refused_at is None
    assert again(anna).email_refused_at is None


@pytest.mark.parametrize("odd", ["an\x00na@example.net", "an\udc80na@example.net"])
def test_an_address_that_no_database_takes_stops_no_other_report(anna, row, odd):
    assert bounced(row, Fate.REFUSED, address=odd)
    assert again(row).state == "failed"
    assert again(anna).email_refused_at is None


def test_a_report_of_an_address_that_was_changed_meanwhile_is_no_news(anna, row):
    Client.objects.filter(pk=anna.pk).update(email="new@example.net")
    bounced(row, Fate.REFUSED)
    assert again(anna).email_refused_at is None


def test_one_shown_to_work_since_then_stays_in_use(anna, row):
    from clients.codes import code_of

    with time_machine.travel(NOW.replace(hour=10), tick=False):
        given = address_give(client=anna, channel="email", value="quiet@example.net")
        address_verify(address=given, code=code_of(given))
        bounced(row, Fate.REFUSED, address="quiet@example.net")
    assert again(given).refused_at is None


@pytest.mark.parametrize("raw", [b"", b"hello", b"\xff" * 100])
def test_what_is_no_report_is_read_and_left_alone(monkeypatch, raw):
    assert feed(monkeypatch, raw) == "1 read, 0 about mails of ours\n"


def test_reports_in_a_maildir_are_read_once(tmp_path, row):
    folder = mailbox.Maildir(tmp_path / "bounces")
    folder.add(report(row))
    folder.add(b"Subject: hello\n\nwords")
    out = io.StringIO()
    call_command("read_bounces", tmp_path / "bounces", stdout=out)
    call_command("read_bounces", tmp_path / "bounces", stdout=out)
    assert out.getvalue().splitlines() == [
        "2 read, 1 about mails of ours",
        "0 read, 0 about mails of ours",
    ]
    assert len(mailbox.Maildir(tmp_path / "bounces")) == 2
    assert again(row).state == "failed"


def test_reports_in_an_mbox_are_read(tmp_path, row):
    box = mailbox.mbox(tmp_path / "bounces")
    box.add(report(row))
    box.add(report(row, "gmail"))
    box.close()
    out = io.StringIO()
    call_command("read_bounces", tmp_path / "bounces", stdout=out)
    assert out.getvalue() == "2 read, 2 about mails of ours\n"


def test_a_folder_that_is_none_is_said(tmp_path):
    for path in (tmp_path / "nowhere", tmp_path):
        with pytest.raises(CommandError):
            call_command("read_bounces", path)


def test_without_a_database_the_mail_server_is_asked_to_try_again(monkeypatch, row):
    def gone(*args):
        raise OperationalError

    monkeypatch.setattr("counsel.reminders.management.commands.read_bounces.bounce_note", gone)
    with pytest.raises(CommandError) as error:
        feed(monkeypatch, report(row))
    assert error.value.returncode == 75
