from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from clients.codes import code_of
from clients.models import Address, Client
from clients.reach import person_of
from clients.services import address_give, address_remove, address_verify, invitation_send
from counsel.common.errors import DomainError
from counsel.reminders.models import Reminder
from counsel.reminders.registry import Skip, role_of
from counsel.reminders.writing import write
from tests.factories import make_client, make_portal_client
from tests.letters import address_of

pytestmark = pytest.mark.django_db
PAGE = "/my/settings/messages/email/"
NOW = datetime(2030, 1, 31, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def anna(client):
    anna = make_portal_client(name="Anna", email="anna@example.org")
    client.force_login(anna.user)
    return anna


def give(client, value="quiet@example.org", page=PAGE):
    return client.post(page, {"value": value})


def given(anna, channel="email"):
    return Address.objects.get(client=anna, verified_at__isnull=True, channel=channel)


def used(anna, channel="email"):
    return Address.objects.filter(client=anna, verified_at__isnull=False, channel=channel).first()


def verified(anna, value="quiet@example.org", channel="email"):
    address = address_give(client=anna, channel=channel, value=value)
    address_verify(address=address, code=code_of(address))
    return used(anna, channel)


def rows(kind):
    return list(Reminder.objects.filter(kind=kind).order_by("created_at"))


def written(row):
    return write(row, NOW)


def test_a_new_address_is_used_once_its_code_is_typed(client, anna):
    assert give(client)["Location"] == PAGE
    (row,) = rows("address_check")
    mail = written(row)
    code = code_of(given(anna))
    assert mail.reach.address == "quiet@example.org"
    assert code in mail.message.body
    assert code in mail.message.short
    assert used(anna) is None
    answer = client.post(PAGE + "code/", {"code": f" {code[:3]} {code[3:]} "})
    assert answer["Location"] == "/my/settings/messages/"
    assert used(anna).value == "quiet@example.org"


def test_the_one_before_is_told_in_neutral_words(anna):
    verified(anna)
    (row,) = rows("address_changed")
    mail = written(row)
    assert mail.reach.address == "anna@example.org"
    assert "quiet@" not in mail.message.body
    verified(anna, "other@example.org")
    (second,) = [other for other in rows("address_changed") if other != row]
    assert written(second).reach.address == "quiet@example.org"


def test_until_then_the_one_before_stays_in_use(client, anna):
    verified(anna)
    give(client, "other@example.org")
    assert used(anna).value == "quiet@example.org"
    assert given(anna).value == "other@example.org"


def test_the_code_stands_nowhere_in_the_database(anna):
    address = address_give(client=anna, channel="email", value="quiet@example.org")
    code = code_of(address)
    rows = [*Address.objects.values_list(), *Reminder.objects.values_list()]
    assert code not in str([[cell for cell in row if isinstance(cell, str)] for row in rows])


def test_five_wrong_codes_are_the_last(client, anna):
    give(client)
    right = code_of(given(anna))
    wrong = "000000" if right != "000000" else "111111"
    for _ in range(5):
        answer = client.post(PAGE + "code/", {"code": wrong})
        assert list(answer.context["code_form"].errors) == ["code"]
    client.post(PAGE + "code/", {"code": right})
    assert used(anna) is None
    client.post(PAGE + "again/")
    assert code_of(given(anna)) != right
    client.post(PAGE + "code/", {"code": code_of(given(anna))})
    assert used(anna) is not None


@pytest.mark.parametrize(("minutes", "is_good"), [(29, True), (30, False)])
def test_a_code_is_good_for_half_an_hour(client, anna, clock, minutes, is_good):
    give(client)
    clock.shift(minutes * MINUTE)
    client.post(PAGE + "code/", {"code": code_of(given(anna))})
    assert (used(anna) is not None) == is_good


def test_a_new_code_makes_the_one_before_worthless(client, anna):
    give(client)
    first = code_of(given(anna))
    client.post(PAGE + "again/")
    withdrawn, waiting = rows("address_check")
    assert (withdrawn.state, waiting.state) == ("cancelled", "queued")
    # One that a worker had in hand already asks before it goes out.
    assert isinstance(written(withdrawn), Skip)
    client.post(PAGE + "code/", {"code": first})
    assert used(anna) is None


@pytest.mark.parametrize("code", ["", "x" * 10_000, "\0", "१२३४५६", "12345"])
def test_what_is_no_code_is_none(client, anna, code):
    give(client)
    assert client.post(PAGE + "code/", {"code": code}).status_code == 200
    assert used(anna) is None


@pytest.mark.parametrize(
    "value",
    [
        *("", "quiet", "a@b@c", "a@example.org\nBcc: b@example.org", "x" * 300 + "@example.org"),
        # Those lead to the mail server's own machine, or inside.
        *("root@localhost", "a@[127.0.0.1]"),
    ],
)
def test_what_is_no_address_is_explained_and_not_lost(client, anna, value):
    answer = give(client, value)
    assert answer.status_code == 200
    assert list(answer.context["form"].errors) == ["value"]
    assert answer.context["form"]["value"].value() == value
    assert rows("address_check") == []


def test_whether_somebody_else_has_the_address_makes_no_difference(client, anna):
    make_portal_client(email="taken@example.org", counsellor=anna.counsellor)
    taken, free = give(client, "taken@example.org"), give(client, "free@example.org")
    assert (taken.status_code, taken.headers) == (free.status_code, free.headers)
    assert [row.state for row in rows("address_check")] == ["cancelled", "queued"]


def test_so_many_codes_are_enough_for_an_hour(client, anna):
    for number in range(6):
        assert give(client, f"quiet{number}@example.org").status_code == 302
    refused = give(client, "quiet7@example.org")
    assert refused.status_code == 429
    assert refused.context["form"]["value"].value() == "quiet7@example.org"
    assert given(anna).value == "quiet5@example.org"


def test_one_mailbox_is_not_written_to_by_many(client):
    for number in range(7):
        client.force_login(make_portal_client().user)
        assert give(client, "Ben@example.org").status_code == (302 if number < 6 else 429)


def test_nobody_types_the_code_of_somebody_else(client, anna):
    other = make_portal_client()
    address = address_give(client=other, channel="email", value="quiet@example.org")
    client.post(PAGE + "code/", {"code": code_of(address)})
    assert (used(other), used(anna)) == (None, None)


def test_every_message_goes_to_the_address_that_is_in_use_when_it_goes(anna):
    invited = make_client(email="own@example.org")
    invitation_send(client=invited)
    row = Reminder.objects.get(kind="invitation", person=person_of(invited))
    assert address_of(row) == "own@example.org"
    verified(invited)
    assert address_of(row) == "quiet@example.org"
    address_remove(client=invited, channel="email")
    assert address_of(row) == "own@example.org"


def test_taking_it_away_sends_nothing_to_it(client, anna):
    verified(anna)
    client.post(PAGE + "remove/")
    assert used(anna) is None
    assert {row.state for row in rows("address_check")} == {"cancelled"}
    assert [row.state for row in rows("address_changed")] == ["cancelled"]


def test_one_that_waits_can_be_left_alone(client, anna):
    verified(anna)
    give(client, "other@example.org")
    client.post(PAGE + "forget/")
    assert used(anna).value == "quiet@example.org"
    assert anna.addresses.count() == 1
    # That of the first stays as it was. Both are of one moment, in no order.
    assert sorted(row.state for row in rows("address_check")) == ["cancelled", "queued"]


@pytest.mark.parametrize(("act", "data"), [("code", {"code": "123456"}), ("again", {})])
def test_a_button_pressed_twice_shows_how_things_are(client, anna, act, data):
    verified(anna)
    response = client.post(f"{PAGE}{act}/", data, follow=True)
    assert "quiet@example.org" in response.content.decode()


def test_ones_own_address_is_tried_again_by_a_code(client, anna):
    Client.objects.filter(pk=anna.pk).update(email_refused_at=NOW)
    assert "came back" in client.get("/my/settings/messages/").content.decode()
    give(client, "Anna@example.org")
    client.post(PAGE + "code/", {"code": code_of(given(anna))})
    anna.refresh_from_db()
    assert anna.email_refused_at is None
    assert not anna.addresses.exists()


def test_the_one_in_use_need_not_be_given_again(client, anna):
    answer = give(client, "ANNA@example.org")
    assert list(answer.context["form"].errors) == ["value"]


def test_a_refused_one_is_said_and_tried_again(client, anna):
    address = verified(anna)
    row = Reminder(kind="invitation", person=person_of(anna), channel="email")
    role_of(row).refused(row, "quiet@example.org")
    assert isinstance(role_of(row).reach(row), Skip)
    assert "came back" in client.get(PAGE).content.decode()
    give(client)
    client.post(PAGE + "code/", {"code": code_of(given(anna))})
    assert used(anna).pk != address.pk
    assert address_of(row) == "quiet@example.org"


def test_a_slip_in_the_new_one_is_said_while_they_wait(client, anna):
    give(client, "qiuet@example.org")
    (row,) = rows("address_check")
    role_of(row).refused(row, "qiuet@example.org")
    assert "takes no messages" in client.get(PAGE).content.decode()


def test_the_code_also_goes_to_those_who_want_no_messages_and_the_notice_does_not(anna):
    Client.objects.filter(pk=anna.pk).update(email_wording="none")
    verified(anna)
    (check,), (changed,) = rows("address_check"), rows("address_changed")
    assert not isinstance(role_of(check).reach(check), Skip)
    assert isinstance(role_of(changed).reach(changed), Skip)


def test_staff_see_nothing_of_it(anna):
    verified(anna)
    assert not Reminder.objects.visible_to(anna.counsellor.user).exists()


# --- Numbers --------------------------------------------------------------------------------


@pytest.fixture
def _texting(settings):
    settings.SMS_URL = "https://texts.example.org/"


def test_a_number_page_is_not_there_without_text_messages(client, anna):
    assert client.get("/my/settings/messages/sms/").status_code == 404
    assert client.get("/my/settings/messages/push/").status_code == 404


@pytest.mark.usefixtures("_texting")
def test_a_number_is_verified_by_text_message(client, anna):
    page = "/my/settings/messages/sms/"
    give(client, "+44 (7700) 900-123", page)
    (row,) = rows("address_check")
    assert (row.channel, written(row).reach.address) == ("sms", "+447700900123")
    client.post(page + "code/", {"code": code_of(given(anna, "sms"))})
    assert used(anna, "sms").value == "+447700900123"
    assert rows("address_changed") == []


@pytest.mark.usefixtures("_texting")
def test_one_number_is_not_written_to_by_many_however_it_is_written(client):
    spelt = ["+447700900123", "+44 7700 900123", "+44-7700-900-123", "+44 (7700) 900.123"]
    answers = []
    for number in range(8):
        client.force_login(make_portal_client().user)
        answers.append(give(client, spelt[number % 4], "/my/settings/messages/sms/").status_code)
    assert answers == [302] * 6 + [429] * 2


@pytest.mark.usefixtures("_texting")
@pytest.mark.parametrize("value", ["07700 900123", "+0123456789", "+44", "+" + "1" * 16, "help"])
def test_a_number_needs_its_country(client, anna, value):
    answer = give(client, value, "/my/settings/messages/sms/")
    assert list(answer.context["form"].errors) == ["value"]


def test_without_a_number_there_are_no_text_messages(anna):
    verified(anna, "+447700900123", "sms")
    Client.objects.filter(pk=anna.pk).update(sms_wording="plain")
    anna.refresh_from_db()
    address_remove(client=anna, channel="sms")
    assert Client.objects.get(pk=anna.pk).sms_wording == "none"


def test_a_wrong_code_counts_though_it_raises(anna):
    address = address_give(client=anna, channel="email", value="quiet@example.org")
    with pytest.raises(DomainError):
        address_verify(address=address, code="x")
    assert given(anna).tries == 1
