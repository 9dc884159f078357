from __future__ import annotations

from datetime import date

import pytest

from counsel.common.errors import ConflictError, DomainError
from exercises import editing
from exercises.files import read_exercise, write_exercise
from exercises.library import library_load
from exercises.models import Assignment, Exercise, ExerciseDraft, ExerciseVersion
from exercises.schema import SchemaError
from exercises.services.library import (
    draft_discard,
    draft_publish,
    draft_save,
    exercise_copy,
    exercise_create,
    file_of_version,
)
from exercises.services.moving import assignments_move
from exercises.services.practising import entry_begin
from tests.factories import (
    make_assignment,
    make_client,
    make_counsellor,
    make_entry,
    make_portal_client,
    make_version,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def maya():
    return make_counsellor()


def finished(title="Look around", **changes):
    content = editing.blank(title, "practice")
    content["summary"] = "Notice three things."
    content["steps"][0] |= {"title": "Look", "text": "Look around."}
    return {**content, **changes}


def test_it_begins_as_a_draft_of_its_owners(maya):
    exercise = exercise_create(owner=maya, content=finished())
    assert (exercise.owner, exercise.kind) == (maya, "practice")
    assert exercise.draft.content["title"] == "Look around"
    assert not exercise.versions.exists()


def test_it_writes_no_measure(maya):
    version = make_version(kind="measure")
    version.scoring = "own"
    version.save()
    with pytest.raises(DomainError):
        exercise_copy(owner=maya, version=version)
    assert not Exercise.objects.filter(owner=maya).exists()


def test_the_first_publishing_names_it_and_lets_go_of_the_draft(maya):
    exercise = exercise_create(owner=maya, content=finished("Look: around!", kind="reading"))
    version = draft_publish(exercise=exercise)
    exercise.refresh_from_db()
    assert (exercise.slug, exercise.kind) == ("look-around", "reading")
    assert (version.number, version.title, version.minutes) == (1, "Look: around!", 5)
    assert not ExerciseDraft.objects.exists()
    with pytest.raises(DomainError):
        draft_publish(exercise=exercise)


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Look around", "look-around-2"),
        ("3 looks", "looks"),
        ("देखो", None),
        # Under that name the measure would be brought in.
        ("GAD-7", "gad-7-2"),
    ],
)
def test_its_name_is_its_own(maya, title, slug):
    draft_publish(exercise=exercise_create(owner=maya, content=finished("Look around")))
    exercise = exercise_create(owner=maya, content=finished(title))
    first = exercise.slug
    draft_publish(exercise=exercise)
    assert exercise.slug == (slug or first)


def test_an_unfinished_draft_stays_a_draft(maya):
    exercise = exercise_create(owner=maya, content=editing.blank("Look", "practice"))
    slug = exercise.slug
    with pytest.raises(SchemaError):
        draft_publish(exercise=exercise)
    assert ExerciseDraft.objects.exists()
    assert Exercise.objects.get().slug == slug
    assert not ExerciseVersion.objects.exists()


def test_the_same_again_is_no_new_version(maya):
    exercise = exercise_create(owner=maya, content=finished())
    first = draft_publish(exercise=exercise)
    draft_save(exercise=exercise, content=editing.draft_of(file_of_version(first)), revision=0)
    assert draft_publish(exercise=exercise) is None
    assert not ExerciseDraft.objects.exists()
    changed = finished()
    changed["title"] = "Look twice"
    draft_save(exercise=exercise, content=changed, revision=0)
    assert draft_publish(exercise=exercise).number == 2
    exercise.refresh_from_db()
    assert exercise.slug == "look-around"


def test_of_two_windows_the_later_one_notices(maya):
    exercise = exercise_create(owner=maya, content=finished())
    assert draft_save(exercise=exercise, content=finished("First"), revision=1) == 2
    with pytest.raises(ConflictError):
        draft_save(exercise=exercise, content=finished("Second"), revision=1)
    with pytest.raises(ConflictError):
        draft_save(exercise=exercise, content=finished("Third"), revision=0)
    assert ExerciseDraft.objects.get().content["title"] == "First"


def test_throwing_a_draft_away_takes_what_was_never_published_with_it(maya):
    exercise = exercise_create(owner=maya, content=finished())
    assert not draft_discard(exercise=exercise)
    assert not Exercise.objects.exists()
    published = make_version(owner=maya).exercise
    draft_save(exercise=published, content=finished(), revision=0)
    assert draft_discard(exercise=published)
    assert not ExerciseDraft.objects.exists()


@pytest.mark.parametrize("by_file", [False, True])
def test_every_built_in_exercise_copied_and_published_is_the_same(maya, by_file):
    library_load()
    for version in ExerciseVersion.objects.exclude(exercise__kind="measure"):
        if by_file:
            file = read_exercise(write_exercise(file_of_version(version)))
            copy = exercise_create(owner=maya, content=editing.draft_of(file))
        else:
            copy = exercise_copy(owner=maya, version=version)
        published = draft_publish(exercise=copy)
        assert published.steps == version.steps
        assert published.content_hash == version.content_hash
        assert copy.slug == version.exercise.slug


def test_a_version_as_a_file_says_whose_words_they_are(maya):
    library_load()
    built_in = ExerciseVersion.objects.get(exercise__slug="journal")
    own = draft_publish(exercise=exercise_copy(owner=maya, version=built_in))
    assert file_of_version(built_in).licence == "CC-BY-SA-4.0"
    assert file_of_version(own).licence == ""
    measure = ExerciseVersion.objects.get(exercise__kind="measure")
    assert file_of_version(measure).scoring == measure.scoring


# --- Moving clients ------------------------------------------------------------------------------


@pytest.fixture
def two(maya):
    """Versions 1 and 2, and somebody who has the first."""
    old = make_version(owner=maya, title="Old words")
    new = make_version(exercise=old.exercise, number=2, title="New words", steps=NEW_STEPS)
    return (
        old,
        new,
        make_assignment(
            client=make_portal_client(counsellor=maya), version=old, starts_on=date(2020, 1, 1)
        ),
    )


NEW_STEPS = [{"key": "other", "title": "Other", "text": "Something else."}]


def test_nobody_moves_until_it_is_said(two):
    old, _new, given = two
    given.refresh_from_db()
    assert given.version == old
    assert entry_begin(client=given.client, version=given.version, assignment=given).version == old


def test_what_was_written_and_begun_stays_with_what_was_asked(maya, two):
    old, new, given = two
    written = make_entry(assignment=given, answers={"words": "A window"})
    begun = make_entry(assignment=given, state="draft")
    assert assignments_move(counsellor=maya, version=new, assignments=[given]) == [given]
    for row in (written, begun):
        row.refresh_from_db()
        assert row.version == old
        assert [step.key for step in row.steps()] == ["notice"]
    given.refresh_from_db()
    assert given.version == new
    assert entry_begin(client=given.client, version=new, assignment=given) == begun
    begun.delete()
    assert entry_begin(client=given.client, version=new, assignment=given).version == new


def test_it_leaves_alone_what_is_withdrawn_or_there_already(maya, two):
    _old, new, given = two
    there = make_assignment(client=given.client, version=new)
    Assignment.objects.filter(pk=given.pk).update(status="withdrawn", withdrawn_on="2030-01-02")
    assert assignments_move(counsellor=maya, version=new, assignments=[given, there]) == []


def test_it_moves_nothing_of_another_caseload_or_exercise(maya, two):
    old, new, given = two
    for stranger in (
        make_assignment(client=make_client(), version=old),
        make_assignment(client=given.client, version=make_version()),
    ):
        with pytest.raises(DomainError):
            assignments_move(counsellor=maya, version=new, assignments=[given, stranger])
    given.refresh_from_db()
    assert given.version == old
