"""The client's pages about somebody close to them."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from exercises.models import Partner, SmallShare
from exercises.services.partners import partner_decline, partner_end, partner_leave
from exercises.services.small_shares import small_share_open, small_share_take_back
from tests.factories import (
    make_entry,
    make_partner,
    make_portal_client,
    make_small_share,
    make_user,
    make_version,
)

pytestmark = pytest.mark.django_db
PAGE, SHARE = reverse("exercises:partner"), reverse("exercises:small_share")
WHO = {"name": "Ben", "email": "ben@example.org", "signs_as": "R.", "agree": "on"}
SENTENCE = [
    {
        "key": "words",
        "title": "Find the words",
        "fields": [
            {"key": "mine", "kind": "short_text", "label": "My sentence", "role": "share"},
            {"key": "fear", "kind": "short_text", "label": "What do I fear?"},
        ],
    }
]


@pytest.fixture
def tie(ravi):
    return make_partner(client=ravi, name="Ben")


def page(http):
    return http.get(PAGE).content.decode()


def test_it_says_what_they_will_and_wont_see_before_anybody_is_invited(http):
    words = page(http)
    assert "Only invite somebody you feel safe with" in words
    assert reverse("help") in words.split("<footer")[0]
    for told in ("What they get", "What they never see", "What they can find out by themselves"):
        assert told in words


def test_it_invites_and_shows_how_it_stands(http, ravi):
    assert http.post(PAGE, WHO)["Location"] == PAGE
    partner = Partner.objects.get()
    assert (partner.client, partner.name, partner.signs_as) == (ravi, "Ben", "R.")
    words = page(http)
    assert "ben@example.org" in words
    assert "They can say yes until" in words
    assert "Invite one person" not in words


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("agree", ""),
        ("name", ""),
        ("name", "Ben\nBcc: x@example.org"),
        ("name", "x" * 121),
        ("signs_as", "R\x00"),
        ("signs_as", "x" * 61),
        ("email", "ben"),
        ("email", "bén@example.org"),
        ("email", "ben@example.org\nBcc: x@example.org"),
        ("email", "x" * 250 + "@example.org"),
    ],
)
def test_it_says_beside_the_field_what_is_wrong_and_loses_nothing(http, field, value):
    answer = http.post(PAGE, {**WHO, field: value})
    assert answer.status_code == 422
    words = answer.content.decode()
    assert f'id="id_{field}_error"' in words or f'id="error_1_id_{field}"' in words
    kept = {name: typed for name, typed in WHO.items() if name not in {field, "agree"}}
    assert all(f'value="{typed}"' in words for typed in kept.values())
    assert not Partner.objects.exists()


def test_what_the_rules_refuse_stands_beside_the_field(http, ravi):
    answer = http.post(PAGE, {**WHO, "email": ravi.email})
    assert answer.status_code == 422
    assert "your own address" in answer.content.decode()


@pytest.mark.parametrize("known", [False, True])
def test_it_does_not_tell_whether_an_address_signs_in_here(http, known):
    if known:
        make_portal_client(email="ben@example.org")
    http.post(PAGE, WHO)
    words = page(http)
    for row in Partner.objects.all():
        words = words.replace(str(row.pk), "")
    assert "Said yes" not in words
    assert "They can say yes until" in words


@pytest.mark.parametrize(
    ("how", "told"),
    [
        (partner_end, "the invitation ended on"),
        (partner_decline, "they said no"),
    ],
)
def test_it_says_what_became_of_an_invitation(http, ravi, how, told):
    how(partner=make_partner(client=ravi, user=None))
    assert told in page(http)


@pytest.mark.parametrize(
    ("how", "told"), [(partner_end, "ended on"), (partner_leave, "they have left")]
)
def test_it_says_who_ended_it(http, tie, how, told):
    how(partner=tie)
    words = page(http)
    assert told in words
    assert "Invite one person" in words


def test_it_says_that_an_invitation_ran_out(http, ravi):
    make_partner(client=ravi, user=None, expires_at=timezone.now())
    words = page(http)
    assert "ran out" in words
    assert "Invite one person" in words


def test_it_ends_it_by_one_press(http, tie):
    http.post(reverse("exercises:partner_end"))
    tie.refresh_from_db()
    assert tie.ended_by == "client"
    # Nothing is left to end: a second press does no harm.
    assert http.post(reverse("exercises:partner_end")).status_code == 302


def test_nobody_ends_what_is_another_clients(http, mira):
    theirs = make_partner(client=mira)
    http.post(reverse("exercises:partner_end"))
    theirs.refresh_from_db()
    assert theirs.ended_at is None


# --- Sending --------------------------------------------------------------------------------


def test_it_sends_what_was_written(http, tie):
    assert http.post(SHARE, {"text": "I liked our walk.", "entry": ""})["Location"] == PAGE
    share = SmallShare.objects.get()
    assert (share.partner, share.text, share.entry) == (tie, "I liked our walk.", None)
    words = page(http)
    assert "I liked our walk." in words
    assert "Not opened yet" in words


@pytest.mark.parametrize("text", ["", "x" * 501, "a\x00b", "🫂" * 501])
def test_what_does_not_fit_comes_back_as_it_was(http, tie, text):
    answer = http.post(SHARE, {"text": text})
    assert answer.status_code == 422
    assert text in answer.content.decode()
    assert not SmallShare.objects.exists()


def test_the_browser_is_told_no_limit_that_would_cut_off_what_is_pasted(http, tie):
    assert "maxlength" not in http.get(SHARE).content.decode()


def an_entry(client_record, **fields):
    answers = {"mine": "I liked our walk.", "fear": "Goldregen"}
    version = make_version(steps=SENTENCE)
    return make_entry(client=client_record, version=version, answers=answers, **fields)


@pytest.mark.parametrize("state", ["draft", "submitted"])
def test_it_begins_with_the_words_of_an_exercise_and_no_others(http, ravi, tie, state):
    entry = an_entry(ravi, state=state)
    words = http.post(SHARE, {"entry": entry.pk}).content.decode()
    assert "I liked our walk." in words
    assert "Goldregen" not in words
    assert not SmallShare.objects.exists()
    http.post(SHARE, {"entry": entry.pk, "text": "Our walk."})
    share = SmallShare.objects.get()
    assert (share.entry, share.text) == (entry, "Our walk.")


def test_an_exercise_without_such_words_begins_with_none(http, ravi, tie):
    entry = make_entry(client=ravi, answers={"words": "Goldregen"})
    assert "Goldregen" not in http.post(SHARE, {"entry": entry.pk}).content.decode()


@pytest.mark.parametrize("named", ["mira's", "nonsense", "\x00", "x" * 100_000])
def test_it_takes_no_words_out_of_anything_else(http, mira, tie, named):
    key = an_entry(mira).pk if named == "mira's" else named
    for more in ({}, {"text": "Hello"}):
        assert http.post(SHARE, {"entry": key, **more}).status_code == 404
    assert not SmallShare.objects.exists()


def test_it_takes_none_from_the_same_persons_other_record(http, ravi, tie):
    other = make_portal_client()
    other.user = ravi.user
    other.status = "ended"
    other.save()
    assert http.post(SHARE, {"entry": an_entry(other).pk}).status_code == 404


@pytest.mark.parametrize("state", ["nobody", "invited", "ended", "paused"])
def test_words_that_nobody_would_read_are_given_back(http, ravi, state):
    if state != "nobody":
        tie = make_partner(client=ravi, **({"user": None} if state == "invited" else {}))
    if state == "ended":
        partner_leave(partner=tie)
    if state == "paused":
        ravi.status = "paused"
        ravi.save()
    answer = http.post(SHARE, {"text": "I liked our walk."})
    assert answer.status_code == 409
    assert "I liked our walk." in answer.content.decode()
    assert not SmallShare.objects.exists()


def test_words_sent_after_signing_out_are_given_back(client, tie):
    answer = client.post(SHARE, {"text": "I liked our walk."})
    assert answer.status_code == 401
    assert "I liked our walk." in answer.content.decode()


# --- What was sent --------------------------------------------------------------------------


@pytest.mark.parametrize(("is_read", "told"), [(True, "had read it"), (False, "had not opened it")])
def test_taking_back_is_honest_about_what_was_read(http, tie, is_read, told):
    share = make_small_share(partner=tie)
    if is_read:
        small_share_open(share=share)
    answer = http.post(reverse("exercises:small_share_back", args=[share.pk]), follow=True)
    assert told in answer.content.decode()
    assert not SmallShare.objects.of_partner(tie.user).exists()


def test_nobody_takes_back_what_is_another_clients(http, mira):
    share = make_small_share(partner=make_partner(client=mira))
    assert http.post(reverse("exercises:small_share_back", args=[share.pk])).status_code == 404


def test_the_partner_takes_nothing_back(client, tie):
    share = make_small_share(partner=tie)
    client.force_login(tie.user)
    assert client.post(reverse("exercises:small_share_back", args=[share.pk])).status_code == 404


def test_each_says_how_it_stands_and_never_when_it_was_read(http, tie):
    shares = [make_small_share(partner=tie, text=f"Number {n}") for n in range(4)]
    for share in shares[1:3]:
        small_share_open(share=share)
    for share in shares[2:]:
        small_share_take_back(share=share)
    words = page(http)
    for told in ("Not opened yet", "Read", "Taken back, read before", "Taken back, unread"):
        assert words.count(f'">{told}</span>') == 1
    assert not re.search(r"\d\d:\d\d", words)


@pytest.mark.parametrize("count", [1, 30])
def test_the_page_costs_the_same_however_much_was_sent(http, tie, count, django_assert_num_queries):
    for number in range(count):
        created = timezone.now() - timedelta(hours=number + 1)
        make_small_share(partner=tie, created_at=created)
    # Signed in, user; client; tie, last ended; how many, and these.
    with django_assert_num_queries(2 + 1 + 2 + 2):
        http.get(PAGE)


def test_a_client_who_is_somebodys_partner_finds_the_way_there(http, ravi):
    home = reverse("clients:home")
    there = reverse("exercises:with")
    assert f'href="{there}"' not in http.get(home).content.decode()
    tie = make_partner(user=ravi.user)
    assert f'href="{there}"' in http.get(home).content.decode()
    assert f'href="{home}"' in http.get(there).content.decode()
    partner_leave(partner=tie)
    assert f'href="{there}"' not in http.get(home).content.decode()


def test_settings_lead_here(http):
    assert f'href="{PAGE}"' in http.get(reverse("clients:settings")).content.decode()


def test_it_is_for_clients_only(client):
    client.force_login(make_user())
    for address in (PAGE, SHARE):
        assert client.get(address).status_code == 404
        assert client.post(address, WHO).status_code == 404


@pytest.mark.parametrize(
    ("mine", "is_there", "offered"),
    [("A bit shy.", True, True), ("A bit shy.", False, False), (None, True, False)],
)
def test_words_written_to_be_shared_can_be_sent_from_their_entry(
    http, ravi, mine, is_there, offered
):
    if is_there:
        make_partner(client=ravi, name="Kiebitz")
    answers = {"mine": mine} if mine else {}
    entry = make_entry(client=ravi, version=make_version(steps=SENTENCE), answers=answers)
    for name in ("exercises:entry", "exercises:finish"):
        words = http.get(reverse(name, args=[entry.pk])).content.decode()
        assert ("Send these words to" in words) is offered
        assert ("Kiebitz" in words) is offered
