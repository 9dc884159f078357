"""A flag that stays open is told to somebody else; and nothing about flags ever costs an entry."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db.models import ProtectedError
from django.urls import reverse

from counsel.accounts.practice import Practice
from counsel.common.errors import DomainError
from counsel.reminders.claims import claim
from counsel.reminders.dispatch import run_due
from counsel.reminders.models import Heartbeat, Reminder
from counsel.reminders.services import reminder_plan
from counsel.reminders.words import assert_neutral
from exercises.models import Entry, RiskFlag
from exercises.services import measures
from exercises.services.correcting import entry_correct
from exercises.services.flags import flag_close
from exercises.services.practising import entry_share
from tests.exercises.measuring import give, hand_in, make_measure, risky
from tests.factories import make_counsellor, make_cover, make_manager, make_portal_client
from tests.roles import as_application
from tests.sessions.reading import text

pytestmark = pytest.mark.django_db
NOW = datetime(2030, 1, 7, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def tom():
    return make_counsellor(display_name="Tom")


@pytest.fixture
def maya(tom):
    return make_counsellor(display_name="Maya", stand_in=tom)


@pytest.fixture
def boss():
    return make_manager()


@pytest.fixture
def anna(maya):
    return make_portal_client(name="Anna Quellwasser", counsellor=maya)


@pytest.fixture
def flag(anna):
    return hand_in(give(anna, make_measure()), risky(2)).risk_flag


def told(mailoutbox, *hours):
    """Who was written to by each of these hours after the flag, one after the other."""
    found = []
    for hour in hours:
        now = NOW + timedelta(hours=hour)
        mailoutbox.clear()
        with time_machine.travel(now, tick=False):
            run_due(now)
        found.append({mail.to[0] for mail in mailoutbox})
    return found


def desk(client, user, hours):
    with time_machine.travel(NOW + timedelta(hours=hours), tick=False):
        client.force_login(user)
        return client.get("/admin/")


# --- Who else is asked ----------------------------------------------------------------------


def test_one_left_open_goes_to_the_stand_in_then_to_the_practice_and_each_is_asked_once(
    flag, tom, maya, boss, mailoutbox
):
    hours = (0, 23, 24, 25, 47, 48, 49, 24 * 8)
    own, other, last = maya.user.email, tom.user.email, boss.email
    expected = [{own}, set(), {own, other}, set(), set(), {last}, set(), set()]
    assert told(mailoutbox, *hours) == expected


def test_it_names_nobody_and_says_nothing(flag, mailoutbox):
    told(mailoutbox, 0, 24)
    bodies = {(mail.subject, mail.body) for mail in mailoutbox}
    assert len(bodies) == 1
    for words in bodies.pop():
        assert assert_neutral(words) == []
        assert "Anna" not in words and "Maya" not in words


def test_without_a_stand_in_who_works_here_it_goes_to_the_practice(flag, tom, boss, mailoutbox):
    tom.user.is_active = False
    tom.user.save()
    Practice.objects.create(flag_hours=2)
    assert told(mailoutbox, 0, 1, 2)[1:] == [set(), {boss.email}]


def test_one_that_is_closed_in_time_is_told_to_nobody_else(flag, maya, tom, mailoutbox):
    told(mailoutbox, 0)
    flag_close(flag=flag, by=maya, done="Called.")
    assert told(mailoutbox, 24, 48) == [set(), set()]


def test_whoever_stands_in_later_is_asked_too(flag, maya, mailoutbox):
    told(mailoutbox, 0, 24)
    maya.stand_in = make_counsellor(display_name="Ida")
    maya.save()
    assert told(mailoutbox, 25) == [{maya.stand_in.user.email}]


def test_the_desk_of_the_stand_in_says_whose_flag_waits_and_not_about_whom(
    client, flag, tom, maya, boss
):
    words = "A flag of Maya is open since Mon 7 Jan, 09:00."
    assert words not in text(desk(client, tom.user, 23))
    for user in (tom.user, boss):
        shown = desk(client, user, 24)
        assert words in text(shown)
        assert "Anna" not in shown.content.decode()
        assert str(flag.pk) not in shown.content.decode()
    assert words not in text(desk(client, make_counsellor().user, 24))
    assert client.get(f"/admin/exercises/riskflag/{flag.pk}/change/").status_code == 404
    flag_close(flag=flag, by=maya, done="Called.")
    assert words not in text(desk(client, tom.user, 24))


def test_whoever_has_the_record_lent_is_asked_at_once_and_as_long_as_it_is(
    client, anna, maya, tom, mailoutbox
):
    """Who lends a record is away. What is over, or is of another client, asks nobody."""
    ida, zoe = make_counsellor(display_name="Ida"), make_counsellor()
    make_cover(client=anna, to=ida, ends_at=NOW + timedelta(hours=30))
    make_cover(client=anna, to=zoe, ends_at=NOW - timedelta(hours=1))
    make_cover(client=make_portal_client(counsellor=maya), to=zoe)
    hand_in(give(anna, make_measure()), risky(1))
    assert told(mailoutbox, 0) == [{maya.user.email, ida.user.email}]
    words = "A flag of Maya is open since Mon 7 Jan, 09:00."
    assert words in text(desk(client, ida.user, 0))
    for user, hours in ((zoe.user, 0), (tom.user, 0), (ida.user, 31)):
        assert words not in text(desk(client, user, hours))


@pytest.mark.services
def test_behind_the_second_wall_who_may_know_that_one_waits_still_does(client, flag, tom, boss):
    with as_application():
        assert "A flag of Maya is open" in text(desk(client, tom.user, 24))
        shown = text(desk(client, boss, 24))
        assert "A flag of Maya is open" in shown and "1 flag is open" in shown


def test_a_manager_with_a_caseload_is_shown_others_flags_and_not_their_own_twice(client, flag):
    own = make_counsellor(user=make_manager(), display_name="Both")
    hand_in(give(make_portal_client(counsellor=own), make_measure()), risky(1))
    shown = text(desk(client, own.user, 24))
    assert "A flag of Maya" in shown and "A flag of Both" not in shown


def test_a_counsellor_names_a_colleague_who_works_here(client, maya, tom):
    gone = make_counsellor()
    gone.user.is_active = False
    gone.user.save()
    client.force_login(maya.user)
    page = reverse("admin:accounts_counsellor_change", args=[maya.pk])
    sent = {"display_name": "Maya", "morning_hour": 7, "change_news": "late", "late_hours": 24}
    for wrong in (maya.pk, gone.pk, "x"):
        errors = client.post(page, {**sent, "stand_in": wrong}).context["adminform"].form.errors
        assert list(errors) == ["stand_in"]
    ida = make_counsellor(display_name="Ida")
    client.post(page, {**sent, "stand_in": ida.pk})
    maya.refresh_from_db()
    assert maya.stand_in == ida
    client.force_login(make_manager())
    assert "Who looks in your place" in client.get(page).content.decode()


# --- In front of everything else ------------------------------------------------------------


def test_it_goes_before_whatever_else_is_late(anna, maya):
    for number in range(3):
        reminder_plan(
            counsellor=maya,
            kind="morning_list",
            subject=f"counsellor:{maya.pk}",
            person=f"counsellor:{maya.pk}",
            occurrence=str(number),
            due_at=NOW - timedelta(hours=20),
            not_after=NOW + timedelta(hours=1),
        )
    hand_in(give(anna, make_measure()), risky(1))
    (first,) = claim(NOW, 1)
    assert (first.kind, first.due_at) == ("risk_flag", NOW)
    again = Reminder.objects.get(kind="risk_flag", occurrence="again")
    assert again.try_at == again.due_at > NOW


def test_with_the_mail_server_down_the_desk_shows_it(client, anna, maya, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    hand_in(give(anna, make_measure()), risky(1))
    run_due(NOW)
    assert "1 flag is open" in text(desk(client, maya.user, 0))
    assert Reminder.objects.get(kind="risk_flag", occurrence="first").state == "queued"


# --- It outlasts what becomes of the answer, and costs no entry ---------------------------------


def test_no_later_answer_and_nobody_who_deletes_takes_it_away(flag):
    with pytest.raises(DomainError):
        entry_correct(entry=flag.entry)
    entry_share(entry=flag.entry, sharing="private")
    hand_in(flag.entry.assignment, risky(0))
    with pytest.raises(ProtectedError):
        flag.entry.delete()
    assert RiskFlag.objects.get().closed_at is None


@pytest.mark.parametrize("broken", ["risk_in", "flag_raise"])
def test_an_entry_is_kept_where_raising_fails_and_the_flag_follows(
    anna, maya, monkeypatch, caplog, broken, mailoutbox
):
    def fail(*args, **kwargs):
        raise RuntimeError("Item 9, and a name")

    with monkeypatch.context() as patch:
        patch.setattr(measures, broken, fail)
        entry = hand_in(give(anna, make_measure()), risky(3))
        run_due(NOW)
    assert Entry.objects.get().state == "submitted"
    assert not RiskFlag.objects.exists()
    # Loud: the planners' heartbeat stays away, and the desk says so.
    assert not Heartbeat.objects.filter(name="plan").exists()
    assert any(record.levelno == logging.CRITICAL for record in caplog.records)
    assert "Item 9" not in caplog.text
    run_due(NOW + timedelta(minutes=1))
    assert RiskFlag.objects.get().entry == entry
    assert [mail.to for mail in mailoutbox] == [[maya.user.email]]
