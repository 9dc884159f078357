"""How messages fare, on the page that says so, and the line on every desk where they do not."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine

from counsel.accounts.models import User
from counsel.reminders.models import Heartbeat, Queue, Reminder
from tests.desk.ledger.planning import DAY, HOUR, LIST, NOW, plan
from tests.factories import make_client, make_counsellor, make_manager
from tests.sessions.reading import text

pytestmark = pytest.mark.django_db
PAGE = f"{LIST}health/"
MENDED = f"{PAGE}email/mended/"
MINUTE = timedelta(minutes=1)
STOPPED = "Messages have not gone out since 09:12: the mail server does not accept our sign-in."
NUMBER = re.compile(r'<a data-counts="failed" href="([^"]+)"><strong>(\d+)')


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def manager():
    return make_manager(time_zone="Europe/London")


@pytest.fixture
def owner():
    return make_counsellor()


@pytest.fixture
def see(client):
    def see(user, page="/admin/"):
        client.force_login(user)
        return text(client.get(page))

    return see


@pytest.fixture
def held(clock):
    Queue.objects.create(
        channel="email",
        held_since=NOW + 12 * MINUTE,
        held_until=NOW + 27 * MINUTE,
        held_code=535,
        last_sent_at=NOW,
    )
    clock.move_to(NOW + 20 * MINUTE, tick=False)


def beats(send=NOW, plans=NOW):
    Heartbeat.objects.create(name="send", at=send)
    Heartbeat.objects.create(name="plan", at=plans)


# --- The line on the desk ---------------------------------------------------------------------


def test_a_stopped_queue_says_so_on_every_desk(see, client, owner, manager, held):
    for user in (owner.user, make_counsellor().user, manager):
        assert STOPPED in see(user)
        assert f'href="{PAGE}"' in client.get("/admin/").content.decode()


def test_it_says_the_day_where_that_is_another(see, owner, held, clock):
    clock.move_to(NOW + DAY, tick=False)
    assert "since 3 Jan, 09:12: the mail server" in see(owner.user)


@pytest.mark.parametrize(
    ("channel", "code", "what", "why"),
    [
        ("email", 530, "Messages", "the mail server does not accept our sign-in"),
        ("email", 553, "Messages", "the mail server does not accept us as the sender"),
        ("sms", 401, "Text messages", "the text message service does not accept our account"),
        ("sms", 402, "Text messages", "there is no credit left for them"),
        ("push", 403, "Notifications", "the notification service does not accept our key"),
    ],
)
def test_each_channel_says_what_stops_it(see, owner, manager, held, channel, code, what, why):
    Queue.objects.update(channel=channel, held_code=code)
    words = f"{what} have not gone out since 09:12: {why}."
    assert words in see(owner.user)
    told = see(manager, PAGE)
    assert words in told and f"The answer was {code}." in told


def test_where_nothing_sends_any_more_it_says_since_when(see, owner):
    beats(send=NOW - 11 * MINUTE)
    words = "Messages have not gone out since 08:49: what sends them does not run."
    assert words in see(owner.user)
    Heartbeat.objects.filter(name="send").update(at=NOW - 9 * MINUTE)
    assert words not in see(owner.user)


def test_where_nothing_plans_any_more_it_says_since_when(see, owner):
    beats(plans=NOW - 11 * MINUTE)
    assert "No new messages have been planned since 08:49" in see(owner.user)


@pytest.mark.parametrize(("minutes", "is_told"), [(9, False), (11, True)])
def test_what_should_have_gone_out_is_told(see, owner, manager, minutes, is_told):
    beats()
    due_at = NOW - minutes * MINUTE
    plan(make_client(), due_at=due_at)
    assert ("A message that was due at 08:49 has not gone out." in see(manager)) is is_told
    assert ("due for more than ten minutes and has not gone out." in see(owner.user)) is is_told


def test_no_hour_of_a_message_is_told_to_whoever_has_a_caseload(see, owner):
    """That a reminder to practise went out, or waits, is a day without practice."""
    User.objects.filter(pk=owner.user_id).update(is_superuser=True)
    owner.user.refresh_from_db()
    beats()
    Queue.objects.create(channel="email", last_sent_at=NOW - 61 * MINUTE)
    plan(make_client(counsellor=owner), "practice_today", due_at=NOW - 37 * MINUTE)
    for page in ("/admin/", PAGE):
        told = see(owner.user, page)
        assert "has not gone out" in told
        assert "07:59" not in told and "08:23" not in told


def test_before_anything_ever_ran_nothing_is_wrong(see, owner, manager):
    plan(make_client())
    for user in (owner.user, manager):
        page = see(user)
        assert "not going out" not in page and "has not gone out" not in page
    assert "Nothing has gone out yet, and nothing is late." in see(owner.user, PAGE)


def test_where_nothing_ever_ran_it_is_told_once_something_is_late(see, manager):
    plan(make_client(), due_at=NOW - HOUR)
    assert "A message that was due at 08:00 has not gone out." in see(manager)


def test_what_a_stopped_channel_holds_back_is_told_once(see, owner, held):
    beats(send=NOW + 20 * MINUTE, plans=NOW + 20 * MINUTE)
    plan(make_client(), due_at=NOW - HOUR)
    page = see(owner.user)
    assert STOPPED in page
    assert "has not gone out" not in page


def test_where_all_is_well_no_desk_speaks_of_it(see, client, owner, manager):
    beats()
    for user in (owner.user, manager):
        client.force_login(user)
        assert not client.get("/admin/").context["alarms"]
    assert "Messages go out as they should." in see(owner.user, PAGE)


# --- The page -----------------------------------------------------------------------------------


def test_a_manager_reads_what_is_stopped_since_when_and_what_to_do(see, manager, held):
    beats(send=NOW + 19 * MINUTE)
    told = see(manager, PAGE)
    for words in (
        STOPPED,
        "E-mail: what to do",
        "put them into COUNSEL_MAIL_URL. The answer was 535.",
        "It is tried by itself at Thu 3 Jan, 09:27, with one message.",
        "Nothing is lost",
        "It is mended: try again now",
        "What is due was last looked through Thu 3 Jan, 09:19:00",
        "Reminders were last planned Thu 3 Jan, 09:00:00",
        "Times are London time.",
    ):
        assert words in told


def test_a_counsellor_reads_it_and_has_no_button(see, client, owner, held):
    told = see(owner.user, PAGE)
    assert STOPPED in told
    assert "Whoever runs the practice or the system sees this on their desk too" in told
    assert "It is mended" not in told and "COUNSEL_MAIL_URL" not in told
    assert client.post(MENDED).status_code == 403
    assert Queue.objects.get().held_since


def test_mended_the_channel_is_taken_up_again(client, manager, held):
    client.force_login(manager)
    page = client.post(MENDED, follow=True)
    assert "What waits goes out within a minute or two." in text(page)
    assert Queue.objects.get().held_since is None
    assert "It goes out again already." in text(client.post(MENDED, follow=True))


def test_a_look_mends_nothing(client, manager, held):
    client.force_login(manager)
    client.get(PAGE)
    assert client.get(MENDED).status_code == 405
    assert client.post(f"{PAGE}smoke/mended/").status_code == 404
    assert Queue.objects.get().held_since


def test_it_says_since_when_something_waits_by_which_channel(see, manager):
    beats()
    plan(make_client(), due_at=NOW - HOUR, channel="sms")
    assert "Text message not set up – Thu 3 Jan, 08:00" in see(manager, PAGE)


@pytest.mark.parametrize("who", ["manager", "counsellor"])
def test_each_number_of_failures_is_as_long_as_its_list(client, manager, owner, who):
    anna, ben = make_client(counsellor=owner), make_client()
    ages = (HOUR, 23 * HOUR, 25 * HOUR, 6 * DAY, 8 * DAY)
    for person in (anna, ben):
        for number, age in enumerate(ages):
            for channel in ("email", "sms"):
                occurrence = f"{channel}{number}"
                at = NOW - age
                state = "failed" if number % 2 else "uncertain"
                fields = {"due_at": at, "not_after": at + DAY, "occurrence": occurrence}
                plan(person, state=state, channel=channel, **fields)
        plan(person, "practice_today", state="sent", due_at=NOW - HOUR)
        plan(person, state="sent", due_at=NOW - HOUR, occurrence="sent")
    client.force_login(manager if who == "manager" else owner.user)
    numbers = NUMBER.findall(client.get(PAGE).content.decode())
    each = 2 if who == "manager" else 1
    assert [int(number) for _url, number in numbers] == [2 * each, 4 * each] * 2
    for url, number in numbers:
        assert client.get(url.replace("&amp;", "&")).context["cl"].result_count == int(number)


def test_it_says_why_the_most_frequent_first(see, manager):
    anna = make_client()
    for number, reason in enumerate(["refused (550)", "refused (550)", "given up"]):
        at = NOW - (number + 1) * 20 * HOUR
        fields = {"due_at": at, "not_after": at + DAY, "occurrence": str(number)}
        plan(anna, state="failed", reason=reason, **fields)
    told = see(manager, PAGE)
    assert "Refused (550) 1 2 Given up 0 1" in told


def test_a_manager_reads_no_name_and_no_words(client, manager):
    anna = make_client(name="Canary")
    plan(anna, state="failed", reason="refused (550)")
    client.force_login(manager)
    assert "Canary" not in client.get(PAGE).content.decode()


def test_it_asks_as_often_for_many(client, manager, django_assert_max_num_queries):
    client.force_login(manager)
    anna = make_client()
    for number in range(20):
        plan(anna, state="failed", occurrence=str(number), reason=f"refused ({500 + number})")
    with django_assert_max_num_queries(8):
        client.get(PAGE)
    assert Reminder.objects.count() == 20
