"""Somebody close to a client: who may be invited, who may say yes, and what ends it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction

from counsel.accounts.models import User
from counsel.common.errors import ConflictError, DomainError
from counsel.reminders.models import Reminder
from exercises.models import Partner, SmallShare
from exercises.selectors.partners import ties_of_partner
from exercises.services.partners import (
    partner_accept,
    partner_decline,
    partner_end,
    partner_invite,
    partner_leave,
)
from exercises.services.small_shares import (
    small_share_open,
    small_share_send,
    small_share_take_back,
)
from tests.factories import (
    make_counsellor,
    make_partner,
    make_portal_client,
    make_small_share,
    make_user,
)

pytestmark = pytest.mark.django_db
NOW = datetime(2030, 1, 7, 9, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def ravi(db):
    return make_portal_client(name="Ravi", email="ravi@example.org")


def invite(client_record, email="ben@example.org", **fields):
    return partner_invite(client=client_record, name="Ben", email=email, **fields)


def accept(partner, signed_in=None):
    return partner_accept(
        partner=partner, time_zone="Asia/Kolkata", language="en-gb", signed_in=signed_in
    )


# --- Inviting -------------------------------------------------------------------------------


def test_it_invites_by_one_mail_for_two_weeks(ravi):
    partner = invite(ravi, signs_as="R.")
    assert (partner.user, partner.accepted_at) == (None, None)
    assert partner.expires_at == NOW + timedelta(days=14)
    mail = Reminder.objects.get()
    assert (mail.kind, mail.person) == ("partner_invitation", f"partner:{partner.pk}")
    # Three minutes to think again.
    assert mail.due_at == NOW + timedelta(minutes=3)


def test_it_takes_a_double_click_for_one(ravi):
    assert invite(ravi) == invite(ravi, email="BEN@example.org")
    assert Reminder.objects.count() == 1


@pytest.mark.parametrize("is_there", [False, True])
def test_it_invites_nobody_beside_somebody(ravi, is_there):
    first = invite(ravi)
    if is_there:
        accept(first)
    with pytest.raises(ConflictError):
        invite(ravi, email="cleo@example.org")


def test_the_database_keeps_one_open_tie(ravi):
    make_partner(client=ravi)
    with pytest.raises(IntegrityError, match=r"one_open|client"), transaction.atomic():
        make_partner(client=ravi)


def test_nobody_leaves_what_goes_on(ravi):
    tie = make_partner(client=ravi)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE exercises_partner SET left_at = accepted_at WHERE id = %s",
            [tie.pk if connection.vendor == "postgresql" else tie.pk.hex],
        )


def test_an_invitation_that_ran_out_makes_room(ravi, clock):
    first = invite(ravi)
    clock.move_to(NOW + timedelta(days=14))
    invite(ravi, email="cleo@example.org")
    first.refresh_from_db()
    assert (first.ended_at, first.ended_by) == (NOW + timedelta(days=14), "client")


@pytest.mark.parametrize("email", ["ravi@example.org", "RAVI@example.org"])
def test_nobody_invites_themselves(ravi, email):
    with pytest.raises(DomainError) as refused:
        invite(ravi, email=email)
    assert refused.value.field == "email"


def test_a_counsellor_does_not_become_their_clients_partner(ravi):
    with pytest.raises(DomainError) as refused:
        invite(ravi, email=ravi.counsellor.user.email.upper())
    assert refused.value.field == "email"


def test_at_most_three_invitations_a_day(ravi, clock):
    for number in range(3):
        partner_end(partner=invite(ravi, email=f"person{number}@example.org"))
    with pytest.raises(DomainError):
        invite(ravi, email="cleo@example.org")
    clock.move_to(NOW + DAY)
    invite(ravi, email="cleo@example.org")


@pytest.mark.parametrize("again", ["ben@example.org", "Ben+2@example.org"])
def test_one_address_is_written_to_three_times_a_month_at_most(ravi, clock, again):
    for number in range(3):
        clock.move_to(NOW + number * 2 * DAY)
        partner_end(partner=invite(ravi))
    clock.move_to(NOW + 10 * DAY)
    with pytest.raises(DomainError) as refused:
        invite(ravi, email=again)
    assert refused.value.field == "email"
    clock.move_to(NOW + 30 * DAY)
    invite(ravi, email=again)


def test_a_no_is_kept_for_good(ravi, clock):
    partner_decline(partner=invite(ravi))
    clock.move_to(NOW + 400 * DAY)
    with pytest.raises(DomainError):
        invite(ravi)
    # Of another client it says nothing.
    invite(make_portal_client())


@pytest.mark.parametrize("status", ["paused", "ended"])
def test_nobody_is_invited_while_the_clients_own_way_rests(ravi, status):
    ravi.status = status
    with pytest.raises(DomainError):
        invite(ravi)


# --- Saying yes or no -----------------------------------------------------------------------


def test_whoever_says_yes_to_the_same_person_again_has_one_page_of_theirs(ravi):
    """What was ended before is over, so that nobody leaves the same person twice."""
    user = accept(first := invite(ravi))
    partner_end(partner=first)
    other = make_partner(client=make_portal_client(), user=user)
    again = invite(ravi)
    accept(again, signed_in=user)
    assert set(ties_of_partner(user)) == {again, other}
    first.refresh_from_db()
    assert first.ended_by == "client"


def test_a_yes_makes_a_user_without_the_clients_words_for_them(ravi):
    partner = invite(ravi)
    user = accept(partner)
    partner.refresh_from_db()
    assert (partner.user, partner.accepted_at) == (user, NOW)
    assert (user.email, user.name, user.time_zone) == ("ben@example.org", "", "Asia/Kolkata")
    assert not user.has_usable_password()
    assert Reminder.objects.get().state == "cancelled"


def test_only_one_yes_counts(ravi):
    partner = invite(ravi)
    accept(partner)
    with pytest.raises(ConflictError):
        accept(partner, signed_in=User.objects.get(email="ben@example.org"))


@pytest.mark.parametrize("who", ["client of another", "client of the same", "staff", "nobodys"])
def test_whoever_signs_in_here_already_says_yes_as_themselves(ravi, who):
    email = {"email": "ben@example.org"}
    there = {
        "client of another": lambda: make_portal_client(**email).user,
        "client of the same": lambda: make_portal_client(counsellor=ravi.counsellor, **email).user,
        "staff": lambda: make_counsellor(**email).user,
        "nobodys": lambda: make_user(**email),
    }[who]()
    partner = invite(ravi, email="Ben@example.org")
    for other in (None, make_user()):
        with pytest.raises(DomainError):
            accept(partner, signed_in=other)
    before = User.objects.values().get(pk=there.pk)
    assert accept(partner, signed_in=there) == there
    assert User.objects.values().get(pk=there.pk) == before


def test_nobody_else_says_yes_for_the_invited(ravi):
    partner = invite(ravi)
    with pytest.raises(DomainError):
        accept(partner, signed_in=make_user())
    partner.refresh_from_db()
    assert partner.accepted_at is None
    assert not User.objects.filter(email="ben@example.org").exists()


@pytest.mark.parametrize("why", ["withdrawn", "declined", "run out", "paused", "client gone"])
def test_a_yes_can_come_too_late(ravi, clock, why):
    partner = invite(ravi)
    if why == "withdrawn":
        partner_end(partner=partner)
    elif why == "declined":
        partner_decline(partner=partner)
    elif why == "run out":
        clock.move_to(partner.expires_at)
    elif why == "paused":
        ravi.status = "paused"
        ravi.save()
    else:
        ravi.user.is_active = False
        ravi.user.save()
    with pytest.raises(ConflictError):
        accept(partner)
    assert not User.objects.filter(email="ben@example.org").exists()


# --- Ending ---------------------------------------------------------------------------------


def test_the_client_ends_it_and_no_mail_goes_anywhere(ravi):
    tie = make_partner(client=ravi)
    share = small_share_send(partner=tie, text="I liked our walk.")
    partner_end(partner=tie)
    tie.refresh_from_db()
    assert (tie.ended_at, tie.ended_by, tie.left_at) == (NOW, "client", None)
    assert not SmallShare.objects.of_partner(tie.user).exists()
    assert {row.state for row in Reminder.objects.all()} == {"cancelled"}
    with pytest.raises(ConflictError):
        small_share_open(share=share)


def test_the_partner_leaves(ravi):
    tie = make_partner(client=ravi)
    partner_leave(partner=tie)
    tie.refresh_from_db()
    assert (tie.ended_at, tie.ended_by, tie.left_at) == (NOW, "partner", NOW)
    assert not Partner.objects.of_partner(tie.user).exists()


def test_leaving_what_the_client_has_ended_does_not_say_otherwise(ravi, clock):
    tie = make_partner(client=ravi)
    partner_end(partner=tie)
    clock.move_to(NOW + DAY)
    partner_leave(partner=tie)
    tie.refresh_from_db()
    assert (tie.ended_at, tie.ended_by, tie.left_at) == (NOW, "client", NOW + DAY)


def test_the_first_end_stands(ravi, clock):
    tie = make_partner(client=ravi)
    partner_leave(partner=tie)
    clock.move_to(NOW + DAY)
    partner_end(partner=tie)
    partner_leave(partner=tie)
    tie.refresh_from_db()
    assert (tie.ended_at, tie.ended_by, tie.left_at) == (NOW, "partner", NOW)


def test_a_no_after_a_yes_ends_nothing(ravi):
    tie = make_partner(client=ravi)
    partner_decline(partner=tie)
    tie.refresh_from_db()
    assert tie.ended_at is None


# --- Small shares ---------------------------------------------------------------------------

ANY_UNICODE = "🫂" * 500
WORDS = ["I liked our walk.", ANY_UNICODE, "एक छोटी बात", "<script>alert(1)</script>", "a\nb"]


@pytest.mark.parametrize("text", WORDS)
def test_what_is_sent_is_what_is_read(ravi, text):
    tie = make_partner(client=ravi)
    share = small_share_send(partner=tie, text=text)
    assert SmallShare.objects.of_partner(tie.user).get().text == text
    assert small_share_open(share=share).text == text


@pytest.mark.parametrize("text", ["", " \n ", "x" * 501, "🫂" * 501, "a\x00b", "a\ud800b"])
def test_what_cannot_be_sent_is_refused_beside_the_field(ravi, text):
    tie = make_partner(client=ravi)
    with pytest.raises(DomainError) as refused:
        small_share_send(partner=tie, text=text)
    assert refused.value.field == "text"
    assert not SmallShare.objects.exists()


def test_the_words_lie_encrypted(ravi):
    make_small_share(partner=make_partner(client=ravi), text="kanarienvogel")
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM exercises_smallshare")
        assert "kanarienvogel" not in repr(cursor.fetchall())


def test_two_clicks_send_one(ravi, clock):
    tie = make_partner(client=ravi)
    first = small_share_send(partner=tie, text="Hello")
    assert small_share_send(partner=tie, text="Hello") == first
    clock.move_to(NOW + timedelta(minutes=10))
    assert small_share_send(partner=tie, text="Hello") != first


@pytest.mark.parametrize("state", ["invited", "ended", "left"])
def test_nothing_is_sent_to_nobody(ravi, state):
    tie = make_partner(client=ravi, **({"user": None} if state == "invited" else {}))
    if state == "ended":
        partner_end(partner=tie)
    if state == "left":
        partner_leave(partner=tie)
    with pytest.raises(ConflictError):
        small_share_send(partner=tie, text="Hello")


@pytest.mark.parametrize("status", ["paused", "ended"])
def test_nothing_new_comes_while_the_clients_own_way_rests(ravi, status):
    tie = make_partner(client=ravi)
    share = make_small_share(partner=tie)
    ravi.status = status
    ravi.save()
    with pytest.raises(DomainError):
        small_share_send(partner=tie, text="Hello")
    # What is there is still theirs to take back.
    assert list(SmallShare.objects.of_partner(tie.user)) == [share]
    small_share_take_back(share=share)
    assert not SmallShare.objects.of_partner(tie.user).exists()


def test_nothing_is_read_of_a_client_who_could_not_take_it_back(ravi):
    tie = make_partner(client=ravi)
    make_small_share(partner=tie)
    ravi.user.is_active = False
    ravi.user.save()
    assert not SmallShare.objects.of_partner(tie.user).exists()


def test_opening_marks_it_read_once(ravi, clock):
    share = make_small_share(partner=make_partner(client=ravi))
    small_share_open(share=share)
    clock.move_to(NOW + DAY)
    assert small_share_open(share=share).seen_at == NOW


def test_what_is_taken_back_is_gone_at_once_and_says_whether_it_was_read(ravi):
    tie = make_partner(client=ravi)
    read, unread = make_small_share(partner=tie), make_small_share(partner=tie)
    small_share_open(share=read)
    assert small_share_take_back(share=read).seen_at == NOW
    assert small_share_take_back(share=unread).seen_at is None
    for share in (read, unread):
        with pytest.raises(ConflictError):
            small_share_open(share=share)
    unread.refresh_from_db()
    assert unread.seen_at is None


def test_a_partner_of_two_reads_both_and_ends_one(ravi):
    ben = make_user(email="ben@example.org")
    ties = [make_partner(client=one, user=ben) for one in (ravi, make_portal_client())]
    shares = [make_small_share(partner=tie) for tie in ties]
    assert set(SmallShare.objects.of_partner(ben)) == set(shares)
    partner_leave(partner=ties[0])
    assert list(SmallShare.objects.of_partner(ben)) == [shares[1]]
