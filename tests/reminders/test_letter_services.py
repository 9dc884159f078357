from __future__ import annotations

from datetime import UTC, datetime

import pytest
import time_machine

from counsel.audit.models import AccessEvent
from counsel.common.errors import ConflictError, DomainError
from counsel.reminders.catalogue import get_letter
from counsel.reminders.letter_services import letter_change, letter_id, letter_reset, seen_mark
from counsel.reminders.letters import letter
from counsel.reminders.models import Letter
from tests.factories import make_manager

pytestmark = pytest.mark.django_db

KEY = "risk_flag"
WORDS = {"subject": "Please look", "body": "Hello,\r\n\r\nplease look today:\r\n{link}\r\n"}


@pytest.fixture
def change():
    by = make_manager()

    def change(seen=None, **words):
        return letter_change(
            kind=get_letter(KEY),
            language="en-gb",
            seen="" if seen is None else seen_mark(seen),
            by=by,
            **{**WORDS, **words},
        )

    return change


def reset(seen, by):
    letter_reset(kind=get_letter(KEY), language="en-gb", seen=seen_mark(seen), by=by)


def said():
    return letter(KEY, {"link": "https://x/"}, "en-gb")


def test_it_is_said_from_now_on(change):
    change()
    assert said() == ("Please look", "Hello,\n\nplease look today:\nhttps://x/\n")


def test_each_change_leaves_who_and_when(change):
    first = change()
    second = change(first, subject="Look, please")
    reset(second, second.changed_by)
    events = AccessEvent.objects.filter(subject_id=letter_id(KEY, "en-gb")).order_by("sequence")
    assert [(row.verb, row.reason, row.client_id) for row in events] == [
        ("create", "", None),
        ("change", "", None),
        ("change", "ours again", None),
    ]
    assert {row.actor for row in events} == {first.changed_by}


def test_ours_come_back(change):
    ours = said()
    first = change()
    reset(first, first.changed_by)
    assert said() == ours
    assert not Letter.objects.exists()


def test_the_second_of_two_writers_does_not_overwrite_unseen(change):
    first = change()
    with time_machine.travel(datetime(2030, 1, 1, tzinfo=UTC), tick=False):
        change(first, subject="Theirs")
    for late in (None, first):
        with pytest.raises(ConflictError):
            change(late, subject="Mine")
        with pytest.raises(ConflictError):
            reset(late, first.changed_by)
    assert said()[0] == "Theirs"
    assert AccessEvent.objects.count() == 2


@pytest.mark.parametrize("mark", ["nonsense", "2030-01-01", "2030-01-01T00:00:00"])
def test_a_mark_nobody_was_given_changes_nothing(change, mark):
    first = change()
    with pytest.raises(ConflictError):
        letter_change(
            kind=get_letter(KEY), language="en-gb", seen=mark, by=first.changed_by, **WORDS
        )


@pytest.mark.parametrize(
    ("words", "field"),
    [
        ({"subject": "Your therapist asks"}, "subject"),
        ({"body": "{client.user.password} {link}"}, "body"),
        ({"body": "no link"}, "body"),
        ({"subject": "x\r\nBcc: eve@example.org"}, "subject"),
    ],
)
def test_words_that_break_a_rule_are_refused(change, words, field):
    with pytest.raises(DomainError) as refused:
        change(**words)
    assert refused.value.field == field
    assert not Letter.objects.exists()
