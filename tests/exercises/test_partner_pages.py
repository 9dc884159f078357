"""The partner's own pages: what is sent, listening, the way out, and not a thing more."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core import signing
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from counsel.accounts.models import User
from exercises.models import Entry, Partner
from exercises.partner_tokens import partner_token
from exercises.services.partners import partner_decline, partner_end, partner_leave
from exercises.services.small_shares import small_share_take_back
from tests.factories import (
    make_counsellor,
    make_partner,
    make_portal_client,
    make_small_share,
    make_user,
)

pytestmark = pytest.mark.django_db
WITH = reverse("exercises:with")
NAMES = ("Quetzal", "Kiebitz", "Kastanie", "Counsel", "Weissdorn")


@pytest.fixture
def ravi(db):
    counsellor = make_counsellor(display_name="Dr Kastanie", slug="kastanie")
    return make_portal_client(name="Quetzal", counsellor=counsellor)


@pytest.fixture
def invited(ravi):
    return make_partner(
        client=ravi, user=None, name="Kiebitz", signs_as="Weissdorn", email="ben@example.org"
    )


@pytest.fixture
def tie(ravi):
    return make_partner(client=ravi, name="Kiebitz", signs_as="Weissdorn")


@pytest.fixture
def browser(client, tie):
    """In which the partner has signed in."""
    client.force_login(tie.user)
    return client


def link(partner):
    return reverse("exercises:with_invitation", args=[partner_token(partner)])


def accept(client, partner, **data):
    return client.post(link(partner), {"do": "accept", "time_zone": "Asia/Kolkata", **data})


def opened(share):
    return reverse("exercises:with_share", args=[share.pk])


# --- The link in the mail -------------------------------------------------------------------


def test_opening_the_link_changes_nothing_and_names_nobody(client, invited):
    before = Partner.objects.values().get()
    for method in (client.head, client.get, client.get):
        answer = method(link(invited))
        assert answer.status_code == 200
    words = answer.content.decode()
    assert Partner.objects.values().get() == before
    assert not User.objects.filter(email="ben@example.org").exists()
    assert "no-store" in answer["Cache-Control"]
    assert "noindex" in words
    for name in (*NAMES, "ben@"):
        assert name not in words
    assert "feel safe" in words
    assert reverse("help") in words.split("<footer")[0]


def test_a_yes_opens_their_page_and_no_other(client, invited):
    assert accept(client, invited)["Location"] == WITH
    words = client.get(WITH).content.decode()
    assert "Weissdorn" in words
    assert "Kiebitz" not in words
    assert "Quetzal" not in words
    assert client.get(reverse("start"))["Location"] == WITH
    assert client.get(reverse("clients:home")).status_code == 404


def test_whoever_comes_again_signs_in(client, invited):
    accept(client, invited)
    client.logout()
    for answer in (client.get(link(invited)), accept(client, invited)):
        assert "opened it already" in answer.content.decode()
    assert client.get(WITH).status_code == 302


@pytest.mark.parametrize("how", ["withdrawn", "declined", "run out", "ended", "left"])
def test_what_is_over_says_so_and_not_why(client, ravi, how):
    user = {} if how in {"ended", "left"} else {"user": None}
    partner = make_partner(client=ravi, **user)
    address = link(partner)
    if how in {"withdrawn", "ended"}:
        partner_end(partner=partner)
    elif how == "declined":
        partner_decline(partner=partner)
    elif how == "left":
        partner_leave(partner=partner)
    else:
        Partner.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    words = client.get(address).content.decode()
    # Whether the client ended it is not told even here.
    told = "opened it already" if how == "ended" else "run out"
    assert told in words
    assert told in accept(client, partner).content.decode()


@pytest.mark.parametrize(
    "spoilt",
    [
        *("{id}:{signature}x", "00000000000000000000000000000000:{signature}", "{id}", "{id}:"),
        *(":{signature}", "x", "%00", "{id}:{signature}\N{ARABIC LETTER MEEM}"),
    ],
)
def test_it_opens_nothing_for_a_spoilt_link(client, invited, spoilt):
    key, _, signature = partner_token(invited).partition(":")
    address = f"/with/invitation/{spoilt.format(id=key, signature=signature)}/"
    for answer in (client.get(address), client.post(address, {"do": "accept"})):
        assert answer.status_code == 404
        assert "opens nothing" in answer.content.decode()
    invited.refresh_from_db()
    assert invited.accepted_at is None


def test_a_link_is_bound_to_the_address_it_went_to(client, invited):
    address = link(invited)
    Partner.objects.update(email="cleo@example.org")
    assert client.post(address, {"do": "accept", "time_zone": "UTC"}).status_code == 404


def test_a_token_of_another_kind_opens_nothing(client, invited):
    other = signing.Signer(salt="clients.invitation:ben@example.org").sign(invited.pk.hex)
    assert client.get(f"/with/invitation/{other}/").status_code == 404


def test_a_token_holds_nothing_readable(invited):
    assert re.fullmatch(r"/with/invitation/[0-9a-f]{32}:[\w-]{43}/", link(invited))


@pytest.mark.parametrize("zone", ["", "Mars/Phobos", "../../etc/passwd", "x" * 100_000])
def test_it_asks_again_for_a_zone_that_is_none(client, invited, zone):
    answer = accept(client, invited, time_zone=zone)
    assert answer.status_code == 422
    assert 'id="id_time_zone_error"' in answer.content.decode()
    assert not User.objects.filter(email="ben@example.org").exists()


def test_somebody_who_signs_in_here_already_is_asked_to_do_so(client, invited):
    there = make_portal_client(email="ben@example.org").user
    words = accept(client, invited).content.decode()
    assert f"/accounts/login/?next={link(invited).replace(':', '%3A')}" in words
    client.force_login(make_user())
    assert "Somebody else is signed in" in accept(client, invited).content.decode()
    client.force_login(there)
    assert "time_zone" not in client.get(link(invited)).content.decode()
    assert client.post(link(invited), {"do": "accept"})["Location"] == WITH
    invited.refresh_from_db()
    assert invited.user == there
    # A client still begins on their own pages.
    assert client.get(reverse("start"))["Location"] == reverse("clients:home")


def test_a_no_needs_no_sign_in(client, invited):
    make_user(email="ben@example.org")
    answer = client.post(link(invited), {"do": "decline"})
    assert "You said no" in answer.content.decode()
    invited.refresh_from_db()
    assert (invited.ended_by, invited.accepted_at) == ("partner", None)


def test_only_the_two_answers_are_one(client, invited):
    client.post(link(invited), {"do": "something", "time_zone": "UTC"})
    invited.refresh_from_db()
    assert (invited.accepted_at, invited.ended_at) == (None, None)


# --- Their page -----------------------------------------------------------------------------


def test_it_shows_days_newest_first_and_words_only_once_opened(browser, tie):
    for days, text in ((2, "Goldregen"), (1, "Eisvogel")):
        created = timezone.now() - timedelta(days=days)
        make_small_share(partner=tie, text=text, created_at=created)
    words = browser.get(WITH).content.decode()
    assert "Goldregen" not in words
    first, second = re.findall(r'href="(/with/share/[^"]+)"', words)
    assert "Eisvogel" in browser.get(first).content.decode()
    assert "Goldregen" in browser.get(second).content.decode()
    # The day it was sent, and no hour by which one could tell when the client practises.
    assert not re.search(r"\d\d:\d\d", words)


def test_opening_marks_it_read_and_looking_ahead_does_not(browser, tie):
    share = make_small_share(partner=tie)
    browser.head(opened(share))
    browser.get(WITH)
    share.refresh_from_db()
    assert share.seen_at is None
    browser.get(opened(share))
    share.refresh_from_db()
    assert share.seen_at is not None


def test_there_is_no_way_to_answer(browser, tie):
    share = make_small_share(partner=tie)
    words = browser.get(opened(share)).content.decode().replace("/accounts/logout/", "")
    assert "<textarea" not in words
    assert words.count("<form") == 1  # signing out
    assert browser.post(opened(share), {"text": "x"}).status_code == 405


def test_hostile_words_are_words(browser, tie):
    share = make_small_share(partner=tie, text="<script>alert(1)</script>")
    assert "<script>alert" not in browser.get(opened(share)).content.decode()


def test_what_was_taken_back_is_gone_at_once(browser, tie):
    share = make_small_share(partner=tie)
    browser.get(opened(share))
    small_share_take_back(share=share)
    assert browser.get(opened(share)).status_code == 404
    assert str(share.pk) not in browser.get(WITH).content.decode()


def without_token(answer):
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", answer.content.decode())


def test_an_end_looks_like_a_quiet_day(browser, tie, ravi):
    """Neither the page nor its addresses tell that the client has ended it, paused or gone."""
    quiet = without_token(browser.get(WITH))
    share = make_small_share(partner=tie)
    partner_end(partner=tie)
    assert without_token(browser.get(WITH)) == quiet
    assert browser.get(opened(share)).status_code == 404
    assert browser.get(reverse("start"))["Location"] == WITH
    ravi.user.is_active = False
    ravi.user.save()
    assert without_token(browser.get(WITH)) == quiet


@pytest.mark.parametrize("status", ["paused", "ended", "prospective"])
def test_how_the_client_stands_with_the_practice_is_not_told(browser, tie, ravi, status):
    make_small_share(partner=tie)
    before = without_token(browser.get(WITH))
    ravi.status = status
    ravi.save()
    assert without_token(browser.get(WITH)) == before


def test_no_page_names_the_practice_or_the_counsellor_or_what_they_are_called(
    browser, tie, settings
):
    settings.PRACTICE_NAME = "Kastanie and friends"
    call_command("load_library")
    share = make_small_share(partner=tie, text="Our walk.")
    addresses = [WITH, opened(share), reverse("exercises:with_listening", args=[1]), link(tie)]
    for address in addresses:
        words = browser.get(address).content.decode()
        for name in ("Quetzal", "Kiebitz", "Kastanie"):
            assert name not in words
        for there in re.findall(r'href="([^"]*)"', words):
            assert not there.startswith(("/my/", "/admin/", "/c/"))


def test_leaving_closes_the_page_and_tells_the_client(browser, tie):
    left = browser.post(reverse("exercises:with_leave", args=[tie.pk]))
    assert "You have left" in left.content.decode()
    assert browser.get(WITH).status_code == 404
    tie.refresh_from_db()
    assert tie.ended_by == "partner"


def test_what_the_client_ended_can_be_left_all_the_same(browser, tie):
    partner_end(partner=tie)
    browser.post(reverse("exercises:with_leave", args=[tie.pk]))
    assert browser.get(WITH).status_code == 404


def test_nobody_leaves_for_another(browser, ravi):
    theirs = make_partner()
    assert browser.post(reverse("exercises:with_leave", args=[theirs.pk])).status_code == 404
    theirs.refresh_from_db()
    assert theirs.ended_at is None


def test_of_two_it_tells_which_is_which(browser, tie):
    other = make_partner(user=tie.user, signs_as="Holunder")
    make_small_share(partner=tie)
    make_small_share(partner=other)
    words = browser.get(WITH).content.decode()
    for name in ("Weissdorn", "Holunder"):
        assert f"From <bdi>{name}</bdi>" in words
        assert f"Leave: <bdi>{name}</bdi>" in words
    left = browser.post(reverse("exercises:with_leave", args=[other.pk]), follow=True)
    words = left.content.decode()
    assert "Weissdorn" in words
    assert "Holunder" not in words


@pytest.mark.parametrize("count", [1, 30])
def test_the_page_costs_the_same_however_much_is_there(
    browser, tie, count, django_assert_num_queries
):
    for number in range(count):
        created = timezone.now() - timedelta(hours=number + 1)
        make_small_share(partner=tie, created_at=created)
    # Signed in, user; ties; how many, and these; the exercise; whether they are a client, too.
    with django_assert_num_queries(2 + 1 + 2 + 1 + 1):
        browser.get(WITH)


# --- Active listening -----------------------------------------------------------------------


def test_it_is_read_along_from_the_first_step_to_the_last_and_keeps_nothing(browser, tie):
    call_command("load_library")
    address = reverse("exercises:with_listening", args=[1])
    assert f'href="{address}"' in browser.get(WITH).content.decode()
    seen = []
    while address != WITH:
        words = browser.get(address).content.decode()
        seen.append(re.search("<h1>(.*?)</h1>", words)[1])
        assert "Nothing of this is kept" in words
        assert not re.search(r"<(input(?! type=\"hidden\" name=\"csrf)|textarea|select)", words)
        address = re.search(r'class="btn btn-primary" href="([^"]+)"', words)[1]
    assert seen == ["Make room", "Listen", "Say back", "Thank them"]
    assert browser.post(reverse("exercises:with_listening", args=[1])).status_code == 405
    assert not Entry.objects.exists()


@pytest.mark.parametrize("number", [0, 5, 10**30])
def test_there_is_no_other_step(browser, number):
    call_command("load_library")
    assert browser.get(reverse("exercises:with_listening", args=[number])).status_code == 404


def test_before_the_library_is_loaded_it_is_not_offered(browser):
    assert "/with/listening/" not in browser.get(WITH).content.decode()
    assert browser.get(reverse("exercises:with_listening", args=[1])).status_code == 404


@pytest.mark.parametrize("who", ["client", "staff", "nobody"])
def test_whoever_is_nobodys_partner_finds_nothing(client, tie, who):
    share = make_small_share(partner=tie)
    people = {
        "client": tie.client.user,
        "staff": tie.client.counsellor.user,
        "nobody": make_user(),
    }
    client.force_login(people[who])
    call_command("load_library")
    for address in (WITH, opened(share), reverse("exercises:with_listening", args=[1])):
        assert client.get(address).status_code == 404
    share.refresh_from_db()
    assert share.seen_at is None
