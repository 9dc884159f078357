from __future__ import annotations

import pytest

from counsel.reminders.letters import letter


@pytest.fixture
def write(tmp_path, settings):
    def write(text):
        (tmp_path / "mail").mkdir(exist_ok=True)
        (tmp_path / "mail" / "probe.txt").write_text(text)
        settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path]}]

    return write


def test_the_first_line_is_the_subject(write):
    write("{% load i18n %}\nYour {{ what }}\n\nHello,\n\nsee you.\n\n")
    assert letter("probe", {"what": "time"}, "en-gb") == ("Your time", "Hello,\n\nsee you.\n")


def test_it_escapes_nothing(write):
    write("Yours\nThe O'Brien & <Sons> place: {{ link }}")
    _subject, body = letter("probe", {"link": "https://a/?b=1&c='2'"}, "en-gb")
    assert body == "The O'Brien & <Sons> place: https://a/?b=1&c='2'\n"


def test_it_closes_the_gaps_conditions_leave(write):
    write("Yours\none\n\n{% if no %}x{% endif %}\n  \n\ntwo")
    assert letter("probe", {}, "en-gb")[1] == "one\n\ntwo\n"


def test_it_writes_in_the_readers_language(write):
    write("{% load i18n %}{% get_current_language as code %}In {{ code }}\nx")
    assert letter("probe", {}, "de")[0] == "In de"


def test_it_needs_a_subject(write):
    write("  \n\n")
    with pytest.raises(ValueError, match="subject"):
        letter("probe", {}, "en-gb")
