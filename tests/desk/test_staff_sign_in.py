from __future__ import annotations

import uuid

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.core import mail
from django.test import Client as Browser
from django.urls import reverse

from counsel.accounts.services import user_create
from counsel.audit.models import AccessEvent, Verb
from tests.factories import PASSWORD, make_counsellor, make_manager, make_portal_client
from tests.proving import proved

pytestmark = pytest.mark.django_db
SEEN = {"seen": "on"}


@pytest.fixture
def ida():
    return user_create(email="ida@example.org", name="Ida", password=PASSWORD, is_staff=True)


@pytest.fixture
def signed_in(ida):
    """At two places, by the door."""
    browsers = [Browser(), Browser()]
    for browser in browsers:
        browser.post("/accounts/login/", {"login": ida.email, "password": PASSWORD})
        assert browser.get("/accounts/sessions/").status_code in (200, 302)
    assert UserSession.objects.filter(user=ida).count() == 2
    return browsers


def at(name, user):
    return reverse(f"admin:staff_sign_in{name}", args=[user.pk])


def lock(user):
    Authenticator.objects.create(user=user, type="totp", data={"secret": "x"})
    Authenticator.objects.create(user=user, type="recovery_codes", data={"seed": "x"})


def test_a_manager_ends_every_sign_in_of_somebody(ida, signed_in):
    manager = make_manager()
    proved(manager).post(at("_end", ida))
    assert not UserSession.objects.filter(user=ida).exists()
    for browser in signed_in:
        assert browser.get("/start/")["Location"].startswith("/accounts/login/")
    event = AccessEvent.objects.get(verb=Verb.CHANGE)
    assert (event.actor, event.subject_id, event.reason) == (manager, ida.pk, "sign-ins ended")


def test_a_lost_lock_is_taken_away_by_who_has_seen_them(
    ida, signed_in, django_capture_on_commit_callbacks
):
    lock(ida)
    manager = make_manager()
    refused = proved(manager).post(at("_lock", ida), {})
    assert refused.status_code == 422 and Authenticator.objects.count() == 2
    mail.outbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        proved(manager).post(at("_lock", ida), SEEN)
    assert not Authenticator.objects.filter(user=ida).exists()
    assert not UserSession.objects.filter(user=ida).exists()
    (told,) = mail.outbox
    assert told.to == [ida.email]
    assert AccessEvent.objects.get(verb=Verb.CHANGE).reason == "second lock taken away"
    browser = Browser()
    browser.post("/accounts/login/", {"login": ida.email, "password": PASSWORD})
    assert browser.get("/admin/")["Location"] == reverse("second_lock")


def test_nobody_takes_away_their_own(ida):
    manager = make_manager()
    lock(manager)
    assert proved(manager).post(at("_lock", manager), SEEN).status_code == 422
    assert Authenticator.objects.count() == 2


@pytest.mark.parametrize("act", ["_end", "_lock"])
def test_others_are_refused_and_who_is_not_proved_is_asked(ida, client, act):
    lock(ida)
    assert proved(make_counsellor().user).post(at(act, ida), SEEN).status_code == 403
    assert proved(make_manager()).post(at(act, make_portal_client().user), SEEN).status_code == 404
    client.force_login(make_manager())
    assert client.post(at(act, ida), SEEN).status_code in (302, 401)
    assert Authenticator.objects.count() == 2


def test_one_of_ones_own_sign_ins_is_ended_and_nobody_elses(ida, signed_in):
    lock_less, other = signed_in
    anna = make_portal_client().user
    theirs = UserSession.objects.create(user=anna, ip="192.0.2.1", session_key="x" * 32)
    first = UserSession.objects.filter(user=ida, session_key=other.session.session_key).get()
    here = proved(anna)
    here.post("/accounts/sessions/", {"end": str(first.pk)})
    assert UserSession.objects.filter(pk=first.pk).exists()
    here.post("/accounts/sessions/", {"end": str(theirs.pk)})
    assert not UserSession.objects.filter(pk=theirs.pk).exists()


def test_a_client_is_signed_out_by_the_address_and_a_wrong_one_looks_alike():
    anna = make_portal_client().user
    at_home = Browser()
    at_home.force_login(anna)
    UserSession.objects.create(user=anna, ip="192.0.2.1", session_key=at_home.session.session_key)
    page = reverse("admin:staff_sign_out")
    desk = proved(make_manager())
    answers = [
        desk.post(page, {"email": email}, follow=True).text
        for email in (anna.email.upper(), "nobody@example.org")
    ]
    told = [answer[answer.index("Whoever signs in") :][:90] for answer in answers]
    assert told[0] == told[1]
    assert not UserSession.objects.filter(user=anna).exists()
    assert at_home.get("/my/").status_code == 302
    events = AccessEvent.objects.filter(reason="sign-ins ended")
    assert {event.subject_id for event in events} == {anna.pk, uuid.UUID(int=0)}
    assert desk.post(page, {"email": "x"}).status_code == 422
    assert proved(make_counsellor().user).post(page, {"email": anna.email}).status_code == 403
