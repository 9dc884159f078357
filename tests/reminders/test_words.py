"""No mail tells that somebody sees a counsellor: every registered kind, in every wording.

Note to whoever registers a kind: bring it about in `samples.everything()`. This module finds
registered kinds by itself and fails for one that has no row there.
"""

from __future__ import annotations

from collections import defaultdict
from email import message_from_bytes
from email.policy import default

import pytest
import time_machine
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction

from counsel.reminders.carriers.email import compose
from counsel.reminders.models import Reminder
from counsel.reminders.registry import kinds, role_of
from counsel.reminders.words import BANNED, BANNED_WHOLE, assert_neutral, banned_in_mail
from tests.letters import message_of
from tests.reminders import samples

KINDS = sorted(kind.key for kind in kinds())


@pytest.fixture(scope="module")
def sent(django_db_setup, django_db_blocker):
    """Every mail as it goes over the wire, by its kind; brought about once for all of them."""
    mails = defaultdict(list)
    with (
        django_db_blocker.unblock(),
        time_machine.travel(samples.MORNING, tick=False),
        transaction.atomic(),
    ):
        samples.everything()
        for row in Reminder.objects.filter(kind__in=KINDS):
            mail = compose(row, role_of(row).reach(row), message_of(row))
            mails[row.kind].append(mail.message().as_bytes())
        transaction.set_rollback(True)
    return mails


@pytest.fixture
def mails(sent):
    """Every mail of the kind of that key."""

    def mails(key):
        assert sent[key], f"bring about a {key} in tests/reminders/samples.py"
        return sent[key]

    return mails


@pytest.mark.parametrize("key", KINDS)
def test_no_mail_tells(mails, key):
    for raw in mails(key):
        assert banned_in_mail(raw) == []
        text = "\n".join(_decoded(raw)).lower()
        assert [trap for trap in samples.TRAPS if trap.lower() in text] == []


@pytest.mark.parametrize("key", KINDS)
def test_every_mail_is_plain_and_links_home_only(mails, key):
    for raw in mails(key):
        assert b"text/html" not in raw
        links = [word for text in _decoded(raw) for word in text.split() if "://" in word]
        assert [link for link in links if not link.startswith(settings.BASE_URL)] == []


def _decoded(raw):
    message = message_from_bytes(raw, policy=default)
    yield from (f"{name}: {value}" for name, value in message.items())
    for part in message.walk():
        if not part.is_multipart():
            yield str(part.get_content())


def test_every_language_has_its_words():
    languages = {code.partition("-")[0] for code, _name in settings.LANGUAGES}
    assert languages == set(BANNED) == set(BANNED_WHOLE)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Your appointment is on Tuesday.", []),
        ("Your THERAPY hour", ["therapy"]),
        ("Counselling and Psychologist", ["counselling", "psychologist"]),
        ("Dr Smith", ["dr"]),
        ("Dream drive, hydrate", []),
        ("https://anna-therapy.example.org/x", ["therapy"]),
        ("https://diary.example.org/my/session/", ["session"]),
        ("https://diary.example.org/appointments/0c:therapy-dr/", []),
        ("https://diary.example.org/a-dr-b/", []),
    ],
)
def test_it_finds_words_that_tell(text, found):
    assert assert_neutral(text) == found


@pytest.mark.parametrize(
    "fields",
    [
        {"subject": "Your thérapie, your therapy"},
        {"from_email": "Anna's Counselling <a@example.org>"},
        {"body": "Ready for your session, Zoë?"},
        {"headers": {"X-Mailer": "Counsel 1"}},
        {"headers": {"Message-ID": "<1@therapy.example>"}},
        {"attachments": [("session.txt", "x", "text/plain")]},
        {"attachments": [("a.ics", "SUMMARY:Thera\r\n py with Zoë\r\n", "text/calendar")]},
    ],
)
def test_it_looks_everywhere_in_a_mail(fields):
    neutral = {"subject": "Yours", "body": "Hello", "from_email": "a@example.org"}
    mail = EmailMessage(**{**neutral, "to": ["counsellor@therapy.example"], **fields})
    assert len(banned_in_mail(mail.message().as_bytes())) == 1


def test_it_does_not_mind_whom_a_mail_is_for():
    mail = EmailMessage("Yours", "Hello", "a@example.org", ["anna@psychotherapy.example"])
    assert banned_in_mail(mail.message().as_bytes()) == []
