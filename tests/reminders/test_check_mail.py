from __future__ import annotations

import io
import smtplib

import pytest
from django.core.mail.backends import smtp
from django.core.management import CommandError, call_command


@pytest.fixture(autouse=True)
def _sound(settings, monkeypatch):
    settings.EMAIL_BACKEND = "counsel.reminders.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_USE_TLS = "smtp.example.net", True
    settings.DEFAULT_FROM_EMAIL = "Diary <diary@quiet-pages.net>"
    settings.BASE_URL = "https://quiet-pages.net"
    monkeypatch.setattr(smtp.EmailBackend, "open", lambda self: True)


def check():
    """What it says, and whether it is red."""
    out = io.StringIO()
    try:
        call_command("check_mail", stdout=out, no_color=True)
    except CommandError:
        return out.getvalue(), True
    return out.getvalue(), False


def test_a_sound_setting_passes_and_the_records_are_said_as_not_looked_up():
    said, is_red = check()
    assert not is_red
    assert "lets us in" in said
    assert "not looked up" in said
    for record in ("quiet-pages.net", "_dmarc.quiet-pages.net", "_domainkey.quiet-pages.net"):
        assert record in said


@pytest.mark.parametrize(
    ("host", "is_red"), [("smtp.example.net", True), ("localhost", False), ("127.0.0.1", False)]
)
def test_it_is_red_on_plain_smtp_to_another_machine(settings, host, is_red):
    settings.EMAIL_HOST, settings.EMAIL_USE_TLS = host, False
    said, red = check()
    assert red == is_red
    assert ("plain text" in said) == is_red


def test_it_sends_no_password_over_an_open_line(settings, monkeypatch):
    opened = []
    monkeypatch.setattr(smtp.EmailBackend, "open", lambda self: opened.append(self))
    settings.EMAIL_USE_TLS = False
    check()
    assert opened == []


@pytest.mark.parametrize(
    ("name", "value", "is_red"),
    [
        ("DEFAULT_FROM_EMAIL", "Appointments <appointments@localhost>", True),
        ("DEFAULT_FROM_EMAIL", "Diary <diary@example.org>", True),
        ("DEFAULT_FROM_EMAIL", "Dr Berg <berg@quiet-pages.net>", False),
        ("BASE_URL", "https://therapy.example.net", False),
        ("BASE_URL", "https://203.0.113.7", False),
    ],
)
def test_it_names_a_sender_and_a_host_that_tell_or_do_not_exist(settings, name, value, is_red):
    before, _red = check()
    setattr(settings, name, value)
    said, red = check()
    assert said != before
    assert red == is_red


@pytest.mark.parametrize(
    "error",
    [
        smtplib.SMTPAuthenticationError(535, b"no"),
        smtplib.SMTPNotSupportedError("STARTTLS"),
        ConnectionRefusedError(),
    ],
)
def test_it_is_red_where_the_server_does_not_let_us_in(monkeypatch, error):
    def refuse(self):
        raise error

    monkeypatch.setattr(smtp.EmailBackend, "open", refuse)
    said, is_red = check()
    assert is_red
    assert "does not let us in" in said


def test_mails_kept_in_files_are_said(settings):
    settings.EMAIL_BACKEND = "counsel.reminders.mailbox.EmailBackend"
    assert "reach nobody" in check()[0]
