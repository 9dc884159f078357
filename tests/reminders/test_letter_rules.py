from __future__ import annotations

import time

import pytest
from django.core.mail import EmailMessage
from hypothesis import given
from hypothesis import strategies as st

from counsel.reminders.catalogue import LetterKind, Placeholder, link_to
from counsel.reminders.letter_rules import problems, tidied
from counsel.reminders.letters import Words, filled

WHEN = Placeholder("when", "day and time", "Tuesday", suits_subjects=True)
NAME = Placeholder("name", "their name", "Anna")
KIND = LetterKind("probe", "Group", "Probe", "When", (WHEN, NAME, link_to("the page", "/my/")))
SHORT = LetterKind("probe.short", "Group", "Probe", "When", (WHEN,), is_short=True)
GOOD = {"subject": "At {when}", "body": "Hello {name},\n\n{link}"}


def told(kind=KIND, **words):
    return [(row.field, row.message) for row in problems(kind, **{**GOOD, **words})]


def test_good_words_are_fine():
    assert told() == []
    assert told(body="दोस्त,\n\n{link} \U0001f33f\u200d") == []


@pytest.mark.parametrize(
    ("words", "field", "message"),
    [
        ({"subject": " "}, "subject", "A mail needs a subject."),
        ({"subject": "x" * 121}, "subject", "At most 120 characters."),
        ({"subject": "x\nBcc: e@e.org"}, "subject", "A subject is one line of plain words."),
        ({"subject": "x\u2028y"}, "subject", "A subject is one line of plain words."),
        (
            {"subject": "Hello {name}"},
            "subject",
            "“{name}” cannot stand in a subject: others may see it.",
        ),
        (
            {"subject": "{client.user.password}"},
            "subject",
            "Line 1: “{client.user.password}” is not one of the names that are filled in.",
        ),
        (
            {"subject": "Your therapy"},
            "subject",
            "“therapy” tells what this is about. Please find another word.",
        ),
        (
            {"body": "{link}\n\n{{ when }}"},
            "body",
            "Line 3: “{{ when }}” is not one of the names that are filled in.",
        ),
        (
            {"body": "{link}\n{% if when %}"},
            "body",
            "Line 2: “{% if when %}” is not one of the names that are filled in.",
        ),
        ({"body": "Hello"}, "body", "“{link}” must stay in it (the page)."),
        ({"body": "{link}" + "x" * 5000}, "body", "At most 5000 characters."),
        (
            {"body": "{link}\x00"},
            "body",
            "There is a character in it that cannot be shown. Please type it anew here.",
        ),
        (
            {"body": "{link} See https://our.example/x"},
            "body",
            "“https://our.example/x”: only addresses that are filled in can stand in a message.",
        ),
        (
            {"body": "{link} www.our.example"},
            "body",
            "“www.our.example”: only addresses that are filled in can stand in a message.",
        ),
        (
            {"body": "{link} Your Psychologist"},
            "body",
            "“psychologist” tells what this is about. Please find another word.",
        ),
    ],
)
def test_it_says_what_is_wrong_and_where(words, field, message):
    assert told(**words) == [(field, message)]


def test_it_says_everything_at_once():
    assert [field for field, _message in told(subject="", body="{x} therapy")] == [
        "subject",
        "body",
        "body",
        "body",
    ]


def test_a_short_message_has_no_subject_and_few_letters():
    assert told(SHORT, subject="", body="At {when}") == []
    assert told(SHORT, subject="", body="x" * 161) == [("body", "At most 160 characters.")]


words = st.text(
    st.sampled_from("{}whenlik. \r\n\x00\u2028ä") | st.characters(categories=["L", "Z", "C"])
)


@given(words | words.map(lambda text: f"{{link}}{text}"), words)
def test_words_without_a_problem_make_a_message_that_can_be_sent(body, subject):
    body = tidied(body)
    if problems(KIND, subject, body):
        return
    values = {"when": "Tuesday", "name": "Anna\r\nBcc: e@e.org", "link": "https://x/"}
    filled_subject, filled_body = filled(Words(subject, body), values)
    assert filled_subject
    assert not set("\r\n\x00") & set(filled_subject)
    assert "https://x/" in filled_body
    assert "{" not in filled_subject + filled_body
    EmailMessage(filled_subject, filled_body, "a@example.org", ["b@example.org"]).message()


def test_words_are_kept_with_one_kind_of_line():
    assert tidied("\r\n Hello,  \r\rsee you\t\n\n") == "Hello,\n\nsee you"


@pytest.mark.parametrize("filling", ["x", "{x", "www.", "x:"])
def test_what_is_far_too_long_is_told_in_no_time(filling):
    begun = time.perf_counter()
    much = filling * (2_000_000 // len(filling))
    assert told(body=much, subject=much) == [
        ("subject", "At most 120 characters."),
        ("body", "At most 5000 characters."),
    ]
    told(body="x" * 10_000)
    assert time.perf_counter() - begun < 1
