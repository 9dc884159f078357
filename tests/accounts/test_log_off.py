from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client as Browser
from hypothesis import given
from hypothesis import strategies as st

from counsel.accounts.demo_code import demo_code_for, demo_lock
from counsel.accounts.log_off import Limits
from counsel.accounts.services import user_create
from tests.accounts.test_second_step import sign_in
from tests.factories import PASSWORD, make_client, make_counsellor

NOW = datetime(2030, 3, 30, 23, 30, tzinfo=UTC)
ADDRESS = "anna@example.org"
IDLE = {"client": timedelta(minutes=60), "staff": timedelta(minutes=15)}
WHOLE = {"client": timedelta(days=7), "staff": timedelta(hours=12)}
HOME = {"client": "/my/", "staff": "/admin/accounts/counsellor/"}


@pytest.fixture(autouse=True)
def fresh_limits(db):
    cache.clear()


@pytest.fixture
def clock():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture(params=["client", "staff"])
def who(request, clock):
    return request.param


@pytest.fixture
def browser(who):
    return signed_in_as(who)


def signed_in_as(who):
    user = user_create(email=ADDRESS, password=PASSWORD, is_staff=who == "staff")
    browser = Browser()
    if who == "client":
        make_client(user=user, email=ADDRESS)
        sign_in(browser)
    else:
        make_counsellor(user=user)
        demo_lock(user)
        sign_in(browser)
        browser.post("/accounts/2fa/authenticate/", {"code": demo_code_for(user)})
    return browser


def is_in(browser, who):
    return browser.get(HOME[who]).status_code == 200


def test_nobody_is_signed_out_while_they_are_there(browser, who, clock):
    clock.shift(IDLE[who])
    assert is_in(browser, who)
    clock.shift(IDLE[who] - timedelta(seconds=1))
    assert is_in(browser, who)


def test_a_sign_in_nobody_uses_ends(browser, who, clock):
    clock.shift(IDLE[who] + timedelta(seconds=1))
    assert not is_in(browser, who)
    clock.shift(-timedelta(minutes=10))
    assert not is_in(browser, who)


def test_every_sign_in_ends_however_much_it_is_used(browser, who, clock, settings):
    # Seldom used, so that a whole week of it is soon gone through.
    idle = WHOLE[who] / 8
    settings.STAFF_IDLE_MINUTES = settings.CLIENT_IDLE_MINUTES = idle / timedelta(minutes=1)
    for _step in range(8):
        clock.shift(idle * 0.9)
        assert is_in(browser, who)
    clock.shift(idle * 0.95)
    assert not is_in(browser, who)


def test_a_busy_minute_writes_nothing(browser, who, clock, django_assert_max_num_queries):
    assert is_in(browser, who)
    before = browser.session["sign_in_seen"]
    clock.shift(timedelta(seconds=59))
    assert is_in(browser, who)
    assert browser.session["sign_in_seen"] == before


def test_a_session_that_says_nothing_of_its_beginning_is_none(clock):
    browser = signed_in_as("client")
    session = browser.session
    del session["sign_in_began"], session["sign_in_seen"]
    session.save()
    assert not is_in(browser, "client")


@pytest.mark.parametrize(
    ("who", "page"),
    [("client", "/my/settings/"), ("staff", "/admin/accounts/counsellor/add/")],
)
def test_what_was_typed_meanwhile_is_not_lost(who, page, clock):
    browser = signed_in_as(who)
    clock.shift(timedelta(hours=2))
    response = browser.post(page, {"name": "two words, typed slowly"})
    assert response.status_code == 401
    assert "two words, typed slowly" in response.content.decode()


def test_whoever_left_is_out_at_once(clock):
    browser = signed_in_as("staff")
    make_counsellor().user.__class__.objects.filter(email=ADDRESS).update(is_active=False)
    assert not is_in(browser, "staff")


def test_a_new_password_ends_every_other_sign_in(clock):
    browser = signed_in_as("client")
    elsewhere = Browser()
    sign_in(elsewhere)
    new = {"password1": "quite another long one", "password2": "quite another long one"}
    browser.post("/accounts/password/change/", {"oldpassword": PASSWORD, **new})
    assert is_in(browser, "client")
    assert not is_in(elsewhere, "client")


moments = st.floats(min_value=0, max_value=4e9)
spans = st.timedeltas(min_value=timedelta(seconds=1), max_value=timedelta(days=30))


@given(moments, moments, moments, spans, spans)
def test_the_rule_knows_no_more_than_two_ages(now, began, seen, idle, whole):
    over = Limits(idle, whole).are_over(now=now, began=began, seen=seen)
    assert over == (now - seen > idle.total_seconds() or now - began > whole.total_seconds())
