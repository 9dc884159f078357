from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core.management import CommandError, call_command
from django.utils import timezone

from counsel.reminders import catalogue
from counsel.reminders.catalogue import LetterKind, Placeholder, letter_kinds, link_to
from counsel.reminders.letter_rules import problems
from counsel.reminders.letters import (
    letter,
    letters_at_hand,
    our_words,
    sample_values,
    short_letter,
)
from counsel.reminders.models import Letter
from counsel.reminders.placeholders import names_in
from tests.factories import make_manager

pytestmark = pytest.mark.django_db

MAILS = Path(django_settings.BASE_DIR) / "templates" / "mail"
LANGUAGES = [code for code, _name in django_settings.LANGUAGES]
# All that may be done in a file of ours: it is a template only to be translated.
_TO_TRANSLATE = re.compile(
    r'\{% load i18n %\}|\{% translate "[^"]*" %\}|\{% blocktranslate %\}|\{% endblocktranslate %\}'
)


@pytest.fixture
def probe(tmp_path, settings, monkeypatch):
    """Registers a message of these words of ours, and placeholders of these names."""

    def probe(text, *names, is_short=False):
        (tmp_path / "mail").mkdir(exist_ok=True)
        (tmp_path / "mail" / "probe.txt").write_text(text)
        settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path]}]
        placeholders = tuple(Placeholder(name, "meaning", "sample") for name in names)
        kind = LetterKind("probe", "Group", "Probe", "When", placeholders, is_short)
        monkeypatch.setitem(catalogue._letters, "probe", kind)
        return kind

    return probe


def theirs(subject, body, language="en-gb"):
    now = timezone.now()
    by = make_manager()
    return Letter.objects.create(
        key="probe", language=language, subject=subject, body=body, changed_at=now, changed_by=by
    )


def test_the_first_line_is_the_subject(probe):
    probe("{% load i18n %}\nYour {what}\n\nHello,\n\nsee you.\n\n", "what")
    assert letter("probe", {"what": "time"}, "en-gb") == ("Your time", "Hello,\n\nsee you.\n")


def test_it_escapes_nothing(probe):
    probe("Yours\nThe O'Brien & <Sons> place: {link}", "link")
    _subject, body = letter("probe", {"link": "https://a/?b=1&c='2'"}, "en-gb")
    assert body == "The O'Brien & <Sons> place: https://a/?b=1&c='2'\n"


def test_it_closes_the_gaps_that_empty_values_leave(probe):
    probe("Yours\none\n\n{note}\n  \n\ntwo\n{note}", "note")
    assert letter("probe", {"note": ""}, "en-gb")[1] == "one\n\ntwo\n"


def test_it_writes_in_the_readers_language(probe):
    probe("{% load i18n %}{% get_current_language as code %}In {{ code }}\nx")
    assert letter("probe", {}, "de")[0] == "In de"


def test_a_value_is_never_read_again(probe):
    probe("Yours\n{name}", "name")
    _subject, body = letter("probe", {"name": "{name} {{ name }} {% now 'Y' %}"}, "en-gb")
    assert body == "{name} {{ name }} {% now 'Y' %}\n"


def test_a_value_brings_no_second_line_into_a_subject(probe):
    probe("At {when}\nx", "when")
    assert letter("probe", {"when": "ten\r\nBcc: eve@example.org"}, "en-gb")[0] == (
        "At ten Bcc: eve@example.org"
    )


def test_a_value_that_is_missing_is_no_mail(probe):
    probe("Yours\n{link}", "link")
    with pytest.raises(KeyError):
        letter("probe", {}, "en-gb")


def test_a_short_message_is_one_line_without_a_subject(probe):
    probe("At {when}.\nSee you.", "when", is_short=True)
    assert short_letter("probe", {"when": "ten"}, "en-gb") == "At ten. See you."


# --- A practice's own ---------------------------------------------------------------------


def test_the_practices_own_words_take_the_place_of_ours(probe):
    probe("Ours\nx {what}", "what")
    theirs("Theirs", "Good day,\n\n{what}")
    assert letter("probe", {"what": "<b>"}, "en-gb") == ("Theirs", "Good day,\n\n<b>\n")


def test_they_are_for_their_language_alone(probe):
    probe("Ours\nx")
    theirs("Theirs", "y", language="hi")
    assert letter("probe", {}, "en-gb")[0] == "Ours"


@pytest.mark.parametrize(
    ("subject", "body"),
    [
        ("Your therapy", "x"),
        ("Yours", "{gone} x"),
        ("Yours", "{{ what }}"),
        ("Yours\r\nBcc: eve@example.org", "x"),
    ],
)
def test_words_that_break_a_rule_are_not_sent(probe, caplog, subject, body):
    """Written before the rule was there, or not by our pages."""
    probe("Ours\nx")
    theirs(subject, body)
    assert letter("probe", {}, "en-gb") == ("Ours", "x\n")
    assert caplog.messages == ["letter probe (en-gb) breaks a rule: ours is sent"]


def test_they_are_read_once_for_all_messages_of_a_batch(probe, django_assert_num_queries):
    probe("Ours\nx")
    theirs("Theirs", "y")
    with django_assert_num_queries(1), letters_at_hand():
        assert [letter("probe", {}, "en-gb")[0] for _time in range(3)] == ["Theirs"] * 3
    Letter.objects.all().delete()
    assert letter("probe", {}, "en-gb")[0] == "Ours"


# --- What there is --------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", letter_kinds(), ids=lambda kind: kind.key)
def test_our_own_words_hold_to_the_rules(kind, language):
    words = our_words(kind, language)
    assert problems(kind, words.subject, words.body) == []
    assert names_in(words.body) == set(kind.names)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", letter_kinds(), ids=lambda kind: kind.key)
def test_it_can_be_shown_with_samples(kind, language):
    subject, body = letter(kind.key, sample_values(kind), language)
    assert bool(subject) is not kind.is_short
    assert "{" not in subject + body


@pytest.mark.parametrize("kind", letter_kinds(), ids=lambda kind: kind.key)
def test_a_file_of_ours_is_only_translated(kind):
    text = (MAILS / f"{kind.key}.txt").read_text(encoding="utf-8")
    assert not re.search(r"\{%|\{\{|\{#", _TO_TRANSLATE.sub("", text))


def test_a_link_is_shown_under_our_own_address(settings):
    settings.BASE_URL = "https://diary.example"
    kind = LetterKind("x", "x", "x", "x", (link_to("a page", "/my/"),))
    assert sample_values(kind) == {"link": "https://diary.example/my/"}


def test_after_an_update_words_that_are_not_sent_any_more_are_named(probe, capsys):
    probe("Ours\nx")
    theirs("Fine", "Fine")
    call_command("check_letters")
    assert capsys.readouterr().out == ""
    theirs("Your therapy", "Fine {gone}", language="hi")
    with pytest.raises(CommandError, match="1 of"):
        call_command("check_letters")
    said = capsys.readouterr().out
    assert "probe (hi):" in said
    assert "“therapy” tells" in said
    assert "“{gone}” is not one of the names" in said
