from __future__ import annotations

import pytest
from django.contrib.sessions.models import Session
from django.http import HttpResponse
from django.test import Client as Browser
from django.urls import path

from counsel.accounts.step_up import step_up_required
from counsel.urls import urlpatterns as ours
from tests.factories import PASSWORD, make_client, make_user
from tests.proving import proved

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]
PAGE = "/grave/"


def grave(request):
    return HttpResponse(f"{request.method} done {request.POST.get('why', '')}")


urlpatterns = [path("grave/", step_up_required(grave)), *ours]


@pytest.fixture
def browser():
    user = make_user()
    make_client(user=user)
    browser = Browser()
    browser.force_login(user)
    browser.user = user
    return browser


def test_who_has_just_shown_who_they_are_goes_on(browser):
    fresh = proved(browser.user)
    assert fresh.post(PAGE, {"why": "a reason"}).content == b"POST done a reason"


def test_others_are_asked_first_and_led_back(browser):
    response = browser.get(PAGE)
    assert response["Location"].startswith("/accounts/reauthenticate/")
    response = browser.post(response["Location"], {"password": PASSWORD})
    assert response["Location"] == PAGE
    assert browser.get(PAGE).content == b"GET done "


def test_a_wrong_password_leads_nowhere(browser):
    response = browser.post(browser.get(PAGE)["Location"], {"password": "not it"})
    assert response.status_code == 200
    assert browser.get(PAGE).status_code == 302


def test_a_press_without_words_goes_through_by_itself(browser):
    response = browser.post(PAGE)
    response = browser.post(response["Location"], {"password": PASSWORD})
    assert response.content == b"POST done "


def test_words_stay_on_the_page_and_in_no_session(browser):
    response = browser.post(PAGE, {"why": "kingfisher"})
    assert response.status_code == 401
    assert "kingfisher" in response.content.decode()
    kept = [str(session.get_decoded()) for session in Session.objects.all()]
    assert kept
    assert not any("kingfisher" in text for text in kept)


def test_whoever_has_no_password_signs_in_anew(browser):
    user = make_user(password=None)
    make_client(user=user)
    browser.force_login(user)
    assert browser.get(PAGE)["Location"] == f"/accounts/login/?next={PAGE}"
    assert browser.get("/my/").status_code == 302
