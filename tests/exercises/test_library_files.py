from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

import exercises
from exercises.answers import clean_step, missing
from exercises.steps import (
    ExerciseKind,
    FieldKind,
    Role,
    SharingDefault,
    dump_steps,
    parse_exercise,
    parse_steps,
)

LIBRARY = Path(exercises.__file__).parent / "library"
SLUGS = [
    "active-listening",
    "body-scan-for-safety",
    "breathing-pause",
    "closeness-log",
    "closeness-this-week",
    "journal",
    "letter-to-the-younger-self",
    "pause-and-label",
    "signs-of-guarding",
    "small-share-ladder",
]
TEXT_FOR_A_PHONE = 420
FIELDS_FOR_A_PHONE = 4
MAX_TAPS = 6
NEVER_SAID_TO_CLIENTS = re.compile(
    r"\b(homework|tasks?|complete[ds]?|missed|fail\w*|must|should|wrong|scores?|points"
    r"|diagnos\w+|disorder|symptoms?|patients?|client|therap\w+|trauma\w*|trigger\w*"
    r"|attachment|avoidant|somatic|regulat\w+|dysregulat\w+|inner child|session)\b",
    re.IGNORECASE,
)


def load(slug):
    return parse_exercise(tomllib.loads((LIBRARY / f"{slug}.toml").read_text("utf-8")))


def fields_of(exercise):
    return [field for step in exercise.steps for field in step.fields]


def words_for_the_client(exercise):
    """The rationale counts: the client reads it once the counsellor has sent it."""
    yield from (exercise.title, exercise.summary, exercise.easier, exercise.rationale_template)
    for step in exercise.steps:
        yield from (step.title, step.text)
    for field in fields_of(exercise):
        yield from (field.label, field.help, field.low, field.high)
        yield from (option.label for option in field.options)


def test_it_holds_the_exercises_and_their_licence():
    assert sorted(path.stem for path in LIBRARY.glob("*.toml")) == SLUGS
    assert "CC BY-SA 4.0" in (LIBRARY / "LICENSE.md").read_text("utf-8")


@pytest.mark.parametrize("slug", SLUGS)
def test_it_reads_each_whole_and_writes_it_back(slug):
    exercise = load(slug)
    assert exercise.slug == slug
    assert exercise.licence == "CC-BY-SA-4.0"
    assert exercise.aim and exercise.when_to_use
    assert exercise.rationale_template and exercise.easier
    assert parse_steps(dump_steps(exercise.steps)) == exercise.steps


@pytest.mark.parametrize("slug", SLUGS)
def test_it_fits_each_step_on_a_phone(slug):
    for step in load(slug).steps:
        words = len(step.text) + sum(len(f.label) + len(f.help) for f in step.fields)
        assert words <= TEXT_FOR_A_PHONE, step.key
        assert len(step.fields) <= FIELDS_FOR_A_PHONE, step.key


@pytest.mark.parametrize("slug", SLUGS)
def test_it_speaks_plainly_and_without_shame(slug):
    for words in words_for_the_client(load(slug)):
        assert not NEVER_SAID_TO_CLIENTS.search(words), words
        assert "  " not in words and "!" not in words


def test_it_walks_pause_and_label_in_four_steps():
    steps = load("pause-and-label").steps
    assert [step.title for step in steps] == ["Pause", "Label", "Acknowledge", "Small share"]
    assert [[field.kind for field in step.fields] for step in steps] == [
        [FieldKind.BREATH, FieldKind.SCALE],
        [FieldKind.FEELINGS],
        [FieldKind.READING, FieldKind.SHORT_TEXT],
        [FieldKind.CHOICE, FieldKind.SHORT_TEXT, FieldKind.SCALE],
    ]


def test_it_needs_at_most_six_taps_and_a_minute_for_pause_and_label():
    exercise = load("pause-and-label")
    fields = fields_of(exercise)
    going_on = len(exercise.steps)
    tapped = [f for f in fields if f.role is Role.BEFORE or (f.required and not f.kind.is_text)]
    assert going_on + len(tapped) <= MAX_TAPS
    assert exercise.minutes == 1
    assert sum(field.seconds or 0 for field in fields) <= 20


def test_it_asks_pause_and_label_only_for_a_feeling():
    exercise = load("pause-and-label")
    answers = clean_step(exercise.steps[1], {"feelings": ["Shame"]}).answers
    assert missing(exercise.steps, {}) == ["feelings"]
    assert missing(exercise.steps, answers) == []


def test_it_knows_what_pause_and_label_means_for_the_brief():
    roles = {field.role: field.key for field in fields_of(load("pause-and-label")) if field.role}
    assert roles == {
        Role.BEFORE: "strength_before",
        Role.AFTER: "strength_after",
        Role.SHARE: "share_words",
    }


def test_it_breathes_out_longer_than_in_and_ends_on_a_whole_breath():
    breaths = [field for slug in SLUGS for field in fields_of(load(slug)) if field.inhale]
    assert len(breaths) == 3
    for breath in breaths:
        assert breath.inhale < breath.exhale
        assert breath.seconds % (breath.inhale + breath.exhale) == 0


def test_it_keeps_the_signs_of_guarding_private_and_uncounted():
    exercise = load("signs-of-guarding")
    (signs,) = [field for field in fields_of(exercise) if field.key == "signs"]
    assert exercise.sharing_default is SharingDefault.PRIVATE
    assert len(signs.options) == 7
    assert not [f for f in fields_of(exercise) if f.kind in {FieldKind.SCALE, FieldKind.NUMBER}]


def test_it_keeps_the_journal_private_and_free():
    journal = load("journal")
    assert journal.kind is ExerciseKind.JOURNAL
    assert journal.sharing_default is SharingDefault.PRIVATE
    assert missing(journal.steps, {}) == ["text"]
