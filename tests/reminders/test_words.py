"""No mail tells that somebody sees a counsellor: every registered kind, in every wording.

Note to whoever registers a kind: bring it about in `samples.everything()`. This module finds
registered kinds by itself and fails for one that has no row there.
"""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode
from collections import defaultdict
from copy import copy
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
from counsel.reminders.hosts import mail_host
from counsel.reminders.models import Reminder, Wording
from counsel.reminders.registry import get_kind, kinds, role_of
from counsel.reminders.texting import MOST_PARTS, parts_of, text_of
from counsel.reminders.words import BANNED, BANNED_WHOLE, assert_neutral, banned_in_mail
from counsel.reminders.writing import message_for
from tests.reminders import samples

pytestmark = pytest.mark.django_db

KINDS = sorted(kind.key for kind in kinds())
WORDINGS = (Wording.NEUTRAL, Wording.PLAIN)
# What somebody who asked for plain words may read in the words themselves, and nowhere else.
MAY_BE_NAMED = ("Dr Kastanie",)
# Who the messages of the samples are to, and about.
_NAMES = re.compile(r"\b(?:Anna|Berta|Clara|Cora|Doris|Dora|Emil|Emma|Frank|Dr)\b")
_HIDDEN = re.compile(r'<div style="display:none[^"]*">(.*?)</div>', re.DOTALL)


@dataclass(frozen=True)
class Seen:
    """One message as it goes over the wire; `named` is whom its words may name.

    `lines` are what it says on other channels.
    """

    mail: EmailMessage
    named: tuple[str, ...]
    lines: tuple[str, ...]
    link: str

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
    reach = role_of(row).reach(row)
    message = message_for(row, reach)
    mail = compose(row, reach, message)
    mail.message()
    named = (reach.name, *MAY_BE_NAMED) if reach.name else ()
    others = [channel for channel in get_kind(row.kind).channels if channel != row.channel]
    lines = tuple(_line(row, reach, channel) for channel in others)
    return Seen(mail, named, lines, message.link)


def _line(row, reach, channel):
    """What stands in a text message or a notification, before its link."""
    row = copy(row)
    row.channel = channel
    message = message_for(row, reach)
    return message.short or message.subject


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


HEADERS = {
    *("To", "From", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type"),
    *("Content-Transfer-Encoding", "Auto-Submitted"),
    *("List-Unsubscribe", "List-Unsubscribe-Post"),
}


@pytest.mark.parametrize("key", KINDS)
def test_no_mail_says_more_in_its_headers_than_it_must(mails, key):
    for seen in mails(key):
        assert set(seen.parsed.keys()) <= HEADERS
        # The machine that wrote it, and what runs on it, are nobody's business.
        assert seen.parsed["Message-ID"].partition("@")[2] == f"{mail_host()}>"
        assert {part.get_filename() for part in seen.parsed.walk()} <= {None, "appointment.ics"}


@pytest.mark.parametrize("key", KINDS)
def test_only_the_words_of_who_asked_for_it_name_anybody(mails, key):
    """Not what others see: headers, the beginning beside the subject, files and their names."""
    for seen in mails(key):
        text = "\n".join([*_seen_by_others(seen.parsed), *_HIDDEN.findall(seen.html)])
        assert _trapped(text) == []
        assert _NAMES.findall(text) == []
        assert assert_neutral(text) == []


def test_whoever_asked_for_it_is_named_and_told_with_whom(mails):
    plain = [seen.text for seen in mails("consultation_confirmed") if seen.named]
    assert plain
    for text in plain:
        assert text.startswith("Hello Anna,\n")
        assert "\nWith: Dr Kastanie\n" in text


@pytest.mark.parametrize("key", KINDS)
def test_nobody_is_named_to_who_did_not_ask_for_it(mails, key):
    for seen in mails(key):
        if not seen.named:
            assert _NAMES.findall("\n".join([*_decoded_mail(seen), *seen.lines])) == []


@pytest.mark.parametrize("key", KINDS)
def test_a_line_tells_no_more_than_a_mail_and_fits(mails, key):
    channels = [channel for channel in get_kind(key).channels if channel != "email"]
    for seen in mails(key):
        assert len(seen.lines) == len(channels)
        for line in seen.lines:
            assert _trapped(line) == []
            assert assert_neutral(line) == []
            assert parts_of(line) == 1
            assert parts_of(text_of(line, seen.link)) <= MOST_PARTS


def _decoded_mail(seen):
    return [text for text in _decoded(seen.mail.message().as_bytes()) if not text.startswith("To:")]


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
def test_no_link_can_be_read(mails, key):
    """A signed token is no secret: whoever has it may look into it."""
    for seen in mails(key):
        for link in re.findall(r"https?://\S+", seen.text):
            inside = "".join(_inside(part) for part in re.split("[/:.]", link))
            assert _trapped(inside) == []
            assert not re.search(r"\w@\w+\.\w|20[23]\d-\d\d", inside)


def _inside(part):
    """What somebody sees who takes it for base64."""
    try:
        return urlsafe_b64decode(part + "=" * (-len(part) % 4)).decode("latin-1")
    except ValueError:
        return ""


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
        missing = [line for line in seen.text.splitlines() if line not in html]
        # Its address is behind its words there.
        assert [line for line in missing if "/stop/" not in line] == []


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


@pytest.fixture(scope="module")
def broken(django_db_setup, django_db_blocker):
    """Every message while all names try to begin lines of their own."""
    with (
        django_db_blocker.unblock(),
        time_machine.travel(samples.MORNING, tick=False),
        transaction.atomic(),
    ):
        samples.everything()
        samples.let_all_have(Wording.PLAIN)
        samples.let_names_break_lines()
        seen = [_seen(row) for row in Reminder.objects.filter(kind__in=KINDS)]
        transaction.set_rollback(True)
    return seen


def test_no_name_begins_a_line_of_its_own(broken):
    for seen in broken:
        assert set(seen.parsed.keys()) <= HEADERS
        assert "eve@example.org" not in f"{seen.mail.recipients()}{seen.mail.subject}"
        for text in (seen.text, *seen.lines, *_calendars(seen.parsed)):
            lines = text.replace("\r", "\n").split("\n")
            assert [line for line in lines if line.startswith(("Bcc:", "ATTENDEE"))] == []


def _calendars(message):
    return [
        part.get_content() for part in message.walk() if part.get_content_type() == "text/calendar"
    ]


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
        ("Yes/no:therapy-x", ["therapy"]),
        ("The attached file, a couple of minutes, no compulsory answer", []),
        ("For couples, by Anna MD", ["couples", "md"]),
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
