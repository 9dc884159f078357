from __future__ import annotations

import pytest
from django.urls import reverse

from clients.models import SafetyPlan
from clients.services import safety_plan_keep
from counsel.audit.models import AccessEvent, Verb
from counsel.common.errors import ConflictError
from tests.factories import (
    make_client,
    make_consent_document,
    make_counsellor,
    make_cover,
    make_emergency_access,
    make_portal_client,
    make_safety_plan,
)
from tests.proving import proved

pytestmark = pytest.mark.django_db
PLAN, EDIT, FILE = (reverse(f"clients:{name}") for name in ("plan", "plan_edit", "plan_file"))


@pytest.fixture
def anna():
    return make_portal_client(name="Anna", emergency_contact="Ben, 555 0100")


@pytest.fixture
def browser(client, anna):
    client.force_login(anna.user)
    return client


def save(browser, anna, seen="0", **words):
    return browser.post(EDIT, {"record": str(anna.pk), "seen": seen, **words})


def test_they_write_it_read_it_and_change_it(browser, anna):
    assert "Begin" in browser.get(PLAN).text
    assert save(browser, anna, people="My sister, 555 0101")["Location"] == PLAN
    page = browser.get(PLAN).text
    assert "My sister, 555 0101" in page and "yours alone" in page
    assert 'href="tel:' in page
    assert "My sister" in browser.get(EDIT).text
    save(browser, anna, seen="1", people="My brother", is_shared="on")
    plan = SafetyPlan.objects.get(client=anna)
    assert (plan.people, plan.is_shared, plan.version) == ("My brother", True, 2)
    save(browser, anna, seen="2", people=" ")
    assert not SafetyPlan.objects.filter(client=anna).exists()


def test_another_window_undoes_nothing_and_loses_nothing(browser, anna):
    make_safety_plan(client=anna, people="From the one")
    answer = save(browser, anna, seen="0", people="From the other")
    assert answer.status_code == 409
    assert "From the one" in answer.text and "From the other" in answer.text
    assert SafetyPlan.objects.get(client=anna).people == "From the one"
    with pytest.raises(ConflictError):
        safety_plan_keep(client=anna, words={"people": "x"}, is_shared=False, seen=7)


@pytest.mark.parametrize("words", ["x" * 2_001, "a\x00b"])
def test_what_is_refused_stays_on_the_page(browser, anna, words):
    answer = save(browser, anna, people=words, helps="A walk")
    assert answer.status_code == 422 and "A walk" in answer.text
    assert not SafetyPlan.objects.filter(client=anna).exists()


def test_first_it_is_said_that_nobody_watches_and_nothing_typed_is_lost(browser, anna):
    make_consent_document(slug="not-watched", title="Nobody watches")
    first = save(browser, anna, people="My sister", is_shared="on").text
    assert "Nobody watches" in first and "My sister" in first
    save(browser, anna, people="My sister", is_shared="on", understood="yes")
    assert SafetyPlan.objects.get(client=anna).is_shared


def test_it_opens_without_us_and_asks_nobody_for_anything(browser, anna):
    assert browser.get(FILE)["Location"] == PLAN
    make_safety_plan(client=anna, people="<b>My sister</b>")
    answer = browser.get(FILE)
    assert answer["Content-Disposition"] == 'attachment; filename="my-page.html"'
    assert "&lt;b&gt;My sister" in answer.text
    assert "default-src 'none'" in answer.text
    for loads in ("<script", "src=", "<link", "http:", "https:"):
        assert loads not in answer.text
    assert "<title>My page</title>" in answer.text


def test_nobody_else_reads_it_until_it_is_shared(anna):
    """Their counsellor, who it is lent to, who opened the record in an emergency, a stranger."""
    plan = make_safety_plan(client=anna)
    colleague, opener, stranger = (make_counsellor().user for _ in range(3))
    make_cover(
        client=anna, to=colleague.counsellor, starts_at=plan.changed_at, ends_at=_later(plan)
    )
    make_emergency_access(client=anna, by=opener, began_at=plan.changed_at, ends_at=_later(plan))
    desk = reverse("admin:clients_client_plan", args=[anna.pk])
    lent = reverse("admin:cover_client", args=[anna.pk])
    pages = {anna.counsellor.user: desk, colleague: lent, opener: lent, stranger: desk}
    seen = {True: [], False: []}
    for shared in (False, True):
        SafetyPlan.objects.filter(client=anna).update(is_shared=shared)
        seen[shared] = ["My sister" in proved(who).get(at).text for who, at in pages.items()]
    assert seen == {False: [False] * 4, True: [True, True, True, False]}


def test_whom_to_call_is_shown_in_an_emergency_and_not_to_who_stands_in(anna):
    plan = make_safety_plan(client=anna)
    colleague, opener = (make_counsellor().user for _ in range(2))
    span = {"client": anna, "ends_at": _later(plan)}
    make_cover(**span, to=colleague.counsellor, starts_at=plan.changed_at)
    make_emergency_access(**span, by=opener, began_at=plan.changed_at)
    lent = reverse("admin:cover_client", args=[anna.pk])
    shown = ["555 0100" in proved(who).get(lent).text for who in (colleague, opener)]
    assert shown == [False, True]


def test_reading_it_at_the_desk_leaves_an_event(anna):
    make_safety_plan(client=anna, is_shared=True)
    proved(anna.counsellor.user).get(reverse("admin:clients_client_plan", args=[anna.pk]))
    assert AccessEvent.objects.get(client_id=anna.pk).verb == Verb.READ


def test_each_client_has_their_own(browser, anna):
    make_safety_plan(client=make_client(counsellor=anna.counsellor), people="Not hers")
    assert "Not hers" not in browser.get(PLAN).text
    assert save(browser, make_portal_client(), people="x").status_code == 404


def _later(plan):
    return plan.changed_at.replace(year=plan.changed_at.year + 1)
