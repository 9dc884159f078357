from __future__ import annotations

import re
import uuid
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core import mail
from django.core.cache import cache
from django.test import Client as Browser

from counsel.audit.models import AccessEvent, Verb
from tests.accounts.test_second_step import add_app, code_of, make_anna, sign_in
from tests.factories import make_counsellor

pytestmark = pytest.mark.django_db
NOBODY = uuid.UUID(int=0)


@pytest.fixture(autouse=True)
def fresh_limits():
    cache.clear()


def knock(email, password):
    return Browser(REMOTE_ADDR="192.0.2.7").post(
        "/accounts/login/", {"login": email, "password": password}
    )


def test_a_sign_in_says_who_when_from_where_and_how(client):
    anna = make_anna()
    client.post("/accounts/login/code/", {"email": anna.email})
    code = re.search(r"^([A-Z0-9]{4}-[A-Z0-9]{4})$", mail.outbox[-1].body, re.MULTILINE).group(1)
    client.post("/accounts/login/code/confirm/", {"code": code}, REMOTE_ADDR="192.0.2.7")
    event = AccessEvent.objects.get()
    assert (event.verb, event.actor, event.subject_id) == (Verb.SIGN_IN, anna, anna.pk)
    assert (event.ip, event.reason, event.client_id) == ("192.0.2.7", "code", None)
    assert event.request_id


def test_a_wrong_password_is_told_of_the_one_it_was_tried_for():
    user = make_counsellor().user
    knock(user.email.upper(), "wrong")
    event = AccessEvent.objects.get()
    assert (event.verb, event.actor, event.subject_id) == (Verb.REFUSE, user, user.pk)
    assert (event.ip, event.reason) == ("192.0.2.7", "password")


def test_what_was_typed_is_kept_nowhere():
    knock("canary@example.org", "canary")
    event = AccessEvent.objects.get()
    assert (event.actor, event.subject_id) == (None, NOBODY)
    assert "canary" not in str(AccessEvent.objects.values().get())


def test_a_password_that_is_right_is_no_sign_in_before_the_second_step(client):
    anna = make_anna()
    secret = add_app(client)
    written = AccessEvent.objects.count()
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=1), tick=False):
        sign_in(client)
        assert AccessEvent.objects.count() == written
        client.post("/accounts/2fa/authenticate/", {"code": "000000"})
        refused = AccessEvent.objects.first()
        client.post("/accounts/2fa/authenticate/", {"code": code_of(secret)})
        came = AccessEvent.objects.first()
    assert (refused.verb, refused.actor, refused.reason) == (Verb.REFUSE, anna, "second step")
    assert (came.verb, came.actor, came.reason) == (Verb.SIGN_IN, anna, "password + mfa")
