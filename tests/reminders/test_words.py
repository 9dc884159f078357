"""No mail tells that somebody sees a counsellor: every registered kind, in every wording.

Note to whoever registers a kind: bring it about in `samples.everything()`. This module finds
registered kinds by itself and fails for one that has no row there.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from email import message_from_bytes
from email.policy import default
from functools import cached_property
from html import unescape

import pytest
import time_machine
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction

from counsel.reminders.carriers.email import compose
from counsel.reminders.models import Reminder, Wording
from counsel.reminders.registry import get_kind, kinds, role_of
from counsel.reminders.words import BANNED, BANNED_WHOLE, assert_neutral, banned_in_mail
from tests.letters import message_of
from tests.reminders import samples

pytestmark = pytest.mark.django_db

KINDS = sorted(kind.key for kind in kinds())
WORDINGS = (Wording.NEUTRAL, Wording.PLAIN)
# What somebody who asked for plain words may read in the words themselves, and nowhere else.
MAY_BE_NAMED = ("Dr Kastanie",)
_HIDDEN = re.compile(r'<div style="display:none[^"]*">(.*?)</div>', re.DOTALL)


@dataclass(frozen=True)
class Seen:
    """One message as it goes over the wire; `named` is whom its words may name."""

    mail: EmailMessage
    named: tuple[str, ...]
    short: tuple[str, ...]

    @cached_property
    def parsed(self):
        return message_from_bytes(self.mail.message().as_bytes(), policy=default)

    @property
    def text(self):
        return self.parsed.get_body(("plain",)).get_content()

    @property
    def html(self):
        return self.parsed.get_body(("html",)).get_content()


@pytest.fixture(scope="module")
def sent(django_db_setup, django_db_blocker):
    """Every message in both wordings, by its kind; brought about once for all of them."""
    seen = defaultdict(list)
    with (
        django_db_blocker.unblock(),
        time_machine.travel(samples.MORNING, tick=False),
        transaction.atomic(),
    ):
        samples.everything()
        for wording in WORDINGS:
            samples.let_all_have(wording)
            for row in Reminder.objects.filter(kind__in=KINDS):
                seen[row.kind].append(_seen(row))
        transaction.set_rollback(True)
    return seen


def _seen(row):
    reach, message = role_of(row).reach(row), message_of(row)
    mail = compose(row, reach, message)
    mail.message()
    named = (reach.name, *MAY_BE_NAMED) if reach.name else ()
    return Seen(mail, named, (message.short, message.link))


@pytest.fixture
def mails(sent):
    """Every message of the kind of that key."""

    def mails(key):
        assert sent[key], f"bring about a {key} in tests/reminders/samples.py"
        return sent[key]

    return mails


@pytest.mark.parametrize("key", KINDS)
def test_no_mail_tells(mails, key):
    for seen in mails(key):
        raw = seen.mail.message().as_bytes()
        for name in seen.named:
            raw = raw.replace(name.encode(), b"")
        assert banned_in_mail(raw) == []
        assert _trapped("\n".join(_decoded(raw))) == []


@pytest.mark.parametrize("key", KINDS)
def test_only_the_words_of_who_asked_for_it_name_anybody(mails, key):
    """Not what others see: headers, the beginning beside the subject, files and their names."""
    for seen in mails(key):
        text = "\n".join([*_seen_by_others(seen.parsed), *_HIDDEN.findall(seen.html), *seen.short])
        assert _trapped(text) == []
        assert assert_neutral(text) == []


def _seen_by_others(message):
    words = [message.get_body((kind,)) for kind in ("plain", "html")]
    for part in message.walk():
        yield from (f"{name}: {value}" for name, value in part.items() if name != "To")
        if not part.is_multipart() and part not in words:
            yield str(part.get_content())


def _trapped(text):
    return [trap for trap in samples.TRAPS if trap.lower() in text.lower()]


@pytest.mark.parametrize("key", KINDS)
def test_every_mail_links_home_only(mails, key):
    for seen in mails(key):
        links = re.findall(r"\w+://[^\s\"<]+", f"{seen.text} {seen.html}")
        assert [link for link in links if not link.startswith(f"{settings.BASE_URL}/")] == []


@pytest.mark.parametrize("key", KINDS)
def test_the_html_part_takes_nothing_from_elsewhere(mails, key):
    for seen in mails(key):
        assert not re.search(
            r"\b(?:src|srcset|background|action|poster)\s*=|url\(|@import", seen.html
        )
        assert '<html lang="en-gb" dir="ltr">' in seen.html


@pytest.mark.parametrize("key", KINDS)
def test_both_parts_say_the_same(mails, key):
    for seen in mails(key):
        marks = re.compile(r"<[^>]*>")
        html = unescape(marks.sub("", seen.html))
        assert [line for line in seen.text.splitlines() if line not in html] == []


@pytest.mark.parametrize("key", KINDS)
def test_only_mails_about_homework_can_be_stopped_from_the_mail(mails, key):
    is_homework = get_kind(key).homework
    for seen in mails(key):
        assert ("List-Unsubscribe" in seen.parsed) is is_homework
        assert ("List-Unsubscribe-Post" in seen.parsed) is is_homework
        assert ("/stop/" in seen.text) is is_homework


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
