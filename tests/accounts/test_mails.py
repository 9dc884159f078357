"""Every mail that signing in can send, as it goes over the wire."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from allauth.account.adapter import get_adapter
from django.conf import settings as django_settings
from django.core import mail
from django.utils import timezone

from counsel.accounts.models import User
from counsel.accounts.services import user_create
from counsel.reminders.words import banned_in_mail
from tests.factories import make_client

TEMPLATES = Path(django_settings.BASE_DIR) / "templates"
KINDS = sorted(
    str(path.relative_to(TEMPLATES)).removesuffix("_subject.txt")
    for folder in ("account", "mfa")
    for path in (TEMPLATES / folder / "email").glob("*_subject.txt")
)
# Mails about addresses that a person cannot add, change or delete here, links we never send,
# and sign-ups there are none of.
NEVER_SENT = {
    "account/email/account_already_exists",
    "account/email/email_changed",
    "account/email/email_confirmation_signup",
    "account/email/email_deleted",
    "account/email/password_reset_key",
}


@pytest.mark.parametrize("kind", KINDS)
def test_no_mail_gives_anything_away(rf, kind):
    anna = User(name="Anna Quellwasser", email="anna.quellwasser@example.org")
    context = {"code": "ABC-DEF", "timestamp": timezone.now(), "ip": "192.0.2.1", "user": anna}
    get_adapter(rf.get("/")).send_mail(kind, "to@example.org", context)
    (message,) = mail.outbox
    assert message.subject
    raw = message.message().as_bytes()
    assert banned_in_mail(raw) == []
    assert not re.search(rb"Anna|Quellwasser|List-Unsubscribe", raw)


def test_every_mail_of_the_library_has_our_own_words():
    import allauth

    theirs = Path(allauth.__file__).parent / "templates"
    wanted = {
        str(path.relative_to(theirs)).removesuffix("_subject.txt")
        for folder in ("account", "mfa")
        for path in (theirs / folder / "email").glob("*_subject.txt")
    }
    assert wanted - NEVER_SENT == set(KINDS)


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/accounts/login/code/", "/accounts/password/reset/"])
@pytest.mark.parametrize("email", ["anna@example.org", "nobody@example.org"])
def test_a_forged_host_reaches_no_mail(client, settings, path, email):
    settings.ALLOWED_HOSTS = ["*"]
    make_client(user=user_create(email="anna@example.org"))
    client.post(
        path, {"email": email}, headers={"host": "evil.example", "x-forwarded-host": "evil"}
    )
    (message,) = mail.outbox
    assert "evil" not in message.message().as_string()


@pytest.mark.django_db
def test_a_wrong_host_gets_nothing(client):
    assert client.get("/", headers={"host": "evil.example"}).status_code == 400


def test_the_message_id_names_no_machine(rf, settings):
    settings.DEFAULT_FROM_EMAIL = "Appointments <appointments@mail.example>"
    get_adapter(rf.get("/")).send_mail("account/email/login_code", "a@example.org", {"code": "X"})
    assert mail.outbox[0].message()["Message-ID"].endswith("@mail.example>")
