"""Odd looks are found by pure rules, shown to a manager without a name, and looked into."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from counsel.audit import oddness
from counsel.audit.models import AccessEvent, AccessReview, Verb
from counsel.audit.oddness import Looks, Person, Record, findings, is_many, same_surname
from counsel.audit.services import record_access
from tests.factories import make_client, make_counsellor, make_manager, make_user
from tests.proving import proved

NOON = datetime(2030, 1, 7, 12, tzinfo=UTC)
PAGE = reverse("admin:odd_access")
WHO = [Person(uuid.UUID(int=n), f"Ada Name{n}", ZoneInfo("Asia/Tokyo")) for n in range(3)]
THEIRS = [Record(uuid.UUID(int=100 + n), f"Bo Name{n}", WHO[n % 3].pk) for n in range(9)]


@given(
    st.lists(
        st.tuples(
            st.sampled_from([it.pk for it in WHO] + [uuid.UUID(int=99)]),
            st.sampled_from([it.pk for it in THEIRS]),
            st.integers(0, 72),
        )
    )
)
def test_each_look_is_found_when_a_rule_says_so_and_else_not(drawn):
    people, records = {it.pk: it for it in WHO}, {it.pk: it for it in THEIRS}
    looks = [
        Looks(who, record, "", at := NOON + timedelta(hours=hour), at, 1)
        for who, record, hour in drawn
    ]
    found = findings(looks, people, records, {})
    assert found == findings(reversed(looks), people, records, {})
    told = {(it.who, it.record, it.day): it for it in found}
    assert len(told) == len(found) == len({it.pk for it in found})
    for look in looks:
        if look.who not in people:
            assert look.who not in {it.who for it in found}
            continue
        here = look.first.astimezone(people[look.who].zone)
        one = told.get((look.who, look.record, here.date()))
        kinds = one.kinds if one else frozenset()
        record = records[look.record]
        assert (oddness.NOT_THEIRS in kinds) == (record.owner != look.who)
        same = same_surname(people[look.who].name, record.name)
        assert (oddness.SURNAME in kinds) == same
        if here.hour >= 22 or here.hour < 6:
            assert oddness.NIGHT in kinds


def test_many_is_both_many_and_far_above_the_usual():
    assert not is_many(14, 0) and is_many(15, 0)
    assert not is_many(30, 10) and is_many(31, 10)
    assert same_surname("Mia de Vries", "JAN VRIES") and not same_surname("", "Jan Vries")


@pytest.fixture
def seen(db):
    """Four odd looks and an ordinary one, of yesterday."""
    with time_machine.travel(NOON - timedelta(days=1), tick=False) as clock:
        mira = make_counsellor(user=make_user(name="Mira Olsen", is_staff=True), time_zone="UTC")
        own = make_client(counsellor=mira, name="Noor Canary")
        kin = make_client(counsellor=mira, name="Per Olsen")
        other = make_client(name="Anna Canary")
        look(mira, own)
        look(mira, kin)
        look(mira, other, "cover")
        late = make_client(counsellor=mira, name="Late Canary")
        clock.shift(timedelta(hours=11))
        look(mira, late)
    with time_machine.travel(NOON, tick=False):
        yield mira, own, kin, other, late


def look(counsellor, client, reason=""):
    record_access(
        verb=Verb.READ,
        subject=client,
        client_id=client.pk,
        actor=counsellor.user,
        reason=reason,
    )


def test_what_is_odd_is_listed_with_why_and_nobodys_name(seen):
    _mira, own, kin, other, late = seen
    page = proved(make_manager()).get(PAGE).text
    assert "Mira Olsen" in page and "Canary" not in page and "Per" not in page.split("<main")[-1]
    for client, why in (
        (kin, "the same surname"),
        (other, "not their client"),
        (late, "at night"),
    ):
        assert why in page.partition(f"record {str(client.pk)[:8]}")[2].partition("</li>")[0]
    assert f"record {str(own.pk)[:8]}" not in page and "on cover" in page


def test_somebody_else_looks_into_it_and_it_moves_to_the_others(seen):
    mira, _own, kin, _other, _late = seen
    manager = make_manager(name="Ida Manager")
    browser = proved(manager)
    (found,) = [it for it in browser.get(PAGE).context["rows"] if it["record"] == str(kin.pk)[:8]]
    at = reverse("admin:odd_access_review", args=[found["pk"]])
    assert browser.post(at, {f"{found['pk']}-words": " "}).status_code == 422
    browser.post(at, {f"{found['pk']}-words": "No kin: I asked."})
    answer = browser.get(PAGE)
    assert found["pk"] not in {row["pk"] for row in answer.context["rows"]}
    assert [row["pk"] for row in answer.context["done"]] == [found["pk"]]
    assert "No kin: I asked." in answer.text and "Ida Manager" in answer.text
    row = AccessReview.objects.get()
    assert (row.by, row.about, row.client_id) == (manager, mira.user, kin.pk)
    event = AccessEvent.objects.first()
    assert (event.actor, event.subject_id) == (manager, row.pk)
    # More of it is another finding.
    with time_machine.travel(NOON - timedelta(days=1), tick=False):
        look(mira, kin)
    assert browser.get(PAGE).context["done"] == []


def test_nobody_looks_into_their_own_and_no_counsellor_comes_here(seen):
    mira = seen[0]
    assert proved(mira.user).get(PAGE).status_code == 403
    mira.user.runs_practice = True
    mira.user.save()
    browser = proved(mira.user)
    row = browser.get(PAGE).context["rows"][0]
    at = reverse("admin:odd_access_review", args=[row["pk"]])
    answer = browser.post(at, {f"{row['pk']}-words": "Fine."})
    assert answer.status_code == 422 and "Somebody else has to look" in answer.text
    gone = reverse("admin:odd_access_review", args=[uuid.uuid4()])
    assert browser.post(gone, {}).status_code == 404
    assert not AccessReview.objects.exists()


def test_far_more_records_than_usual_is_found_and_costs_no_more_questions(
    seen, django_assert_max_num_queries
):
    mira = seen[0]
    browser = proved(make_manager())
    browser.get(PAGE)
    for number in range(15):
        look(mira, make_client(counsellor=mira, name=f"Client Number{number}"))
    with django_assert_max_num_queries(10):
        page = browser.get(PAGE).text
    assert "many more than usual" in page and "many records" in page
