from __future__ import annotations

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from counsel.audit.models import AccessEvent
from exercises import editing
from exercises.files import MAX_BYTES, read_exercise
from exercises.library import LIBRARY, library_load
from exercises.models import Assignment, Exercise, ExerciseDraft, ExerciseVersion
from exercises.services.library import exercise_create
from tests.exercises.conftest import STEPS
from tests.factories import (
    make_assignment,
    make_client,
    make_counsellor,
    make_entry,
    make_manager,
    make_version,
)

pytestmark = pytest.mark.django_db
LIST = "/admin/exercises/exercise/"
TODAY = date(2020, 1, 1)


@pytest.fixture
def maya():
    return make_counsellor()


@pytest.fixture
def http(client, maya):
    client.force_login(maya.user)
    return client


def page(http, exercise, **query):
    response = http.get(f"{LIST}{exercise.pk}/change/", query)
    assert response.status_code == 200
    return response.content.decode()


def do(http, exercise, change, **data):
    return http.post(f"{LIST}{exercise.pk}/do/{change}/", data)


def listed(http, **query):
    response = http.get(LIST, query)
    return [row.title for row in response.context["cl"].result_list]


# --- The list --------------------------------------------------------------------------------


def test_it_lists_built_in_own_and_offered_exercises_only(http, maya):
    make_version(title="Built in")
    make_version(title="Mine", owner=maya)
    theirs = make_counsellor()
    offered = make_version(title="Offered", owner=theirs)
    Exercise.objects.filter(pk=offered.exercise_id).update(for_practice=True)
    make_version(title="Canary-7Q", owner=theirs)
    draft = exercise_create(owner=theirs, content=editing.blank("Canary-8Q", "practice"))
    Exercise.objects.filter(pk=draft.pk).update(for_practice=True)
    exercise_create(owner=maya, content=editing.blank("My draft", "practice"))
    assert listed(http) == ["Built in", "Mine", "My draft", "Offered"]
    assert listed(http, whose="own") == ["Mine", "My draft"]
    assert listed(http, whose="built_in") == ["Built in"]
    assert listed(http, whose="colleagues") == ["Offered"]
    assert listed(http, q="mine") == ["Mine"]
    assert listed(http, kind__exact="journal") == []


def test_it_shows_the_newest_version_the_draft_and_only_own_clients(http, maya):
    old = make_version(title="Old title", owner=maya)
    make_version(exercise=old.exercise, number=2, title="New title", minutes=7)
    ExerciseDraft.objects.create(exercise=old.exercise, content={"title": "Draft title"})
    anna = make_client(counsellor=maya)
    for client, changes in (
        (anna, {}),
        (anna, {}),
        (make_client(counsellor=maya), {}),
        (make_client(counsellor=maya), {"status": "withdrawn", "withdrawn_on": TODAY}),
        (make_client(), {}),
    ):
        make_assignment(client=client, version=old, **changes)
    body = http.get(LIST).content.decode()
    assert "New title" in body and "Old title" not in body and "Draft title" not in body
    assert "draft waiting" in body
    assert "2 clients" in body


def test_a_colleagues_draft_is_not_told(http):
    theirs = make_version(title="Offered", owner=make_counsellor())
    Exercise.objects.filter(pk=theirs.exercise_id).update(for_practice=True)
    ExerciseDraft.objects.create(exercise=theirs.exercise, content={"title": "Canary-7Q"})
    for body in (http.get(LIST).content.decode(), page(http, theirs.exercise)):
        assert "draft" not in body.lower().replace("as a draft", "")
        assert "Canary-7Q" not in body


def test_the_list_asks_the_database_the_same_however_long(
    http, maya, django_assert_max_num_queries
):
    def add():
        version = make_version(owner=maya)
        make_assignment(client=make_client(counsellor=maya), version=version)
        make_version()

    add()
    with django_assert_max_num_queries(5):
        http.get(LIST)
    for _n in range(5):
        add()
    with django_assert_max_num_queries(5):
        http.get(LIST)


# --- One exercise ----------------------------------------------------------------------------


def test_it_says_what_it_is_for_and_what_clients_see(http):
    version = make_version(
        **{"title": "Look around", "aim": "The aim.", "when_to_use": "The occasion."},
        **{"rationale_template": "A reason.", "easier": "Less.", "smaller": ["pause"]},
        steps=STEPS,
    )
    body = page(http, version.exercise)
    for words in ("The aim.", "The occasion.", "A reason.", "Less.", "Its step: Pause"):
        assert words in " ".join(body.split())
    assert "How strong is it?" in body
    assert f"/preview/{version.number}/1/" in body
    assert "Put it away" not in body and f"{version.exercise_id}/edit/" not in body


def test_it_leads_to_assigning_until_it_is_put_away(http, maya):
    version = make_version(owner=maya)
    url = f"/admin/clients/client/assign/exercise/?exercise={version.pk}"
    assert url in page(http, version.exercise)
    assert http.get(url).status_code == 200
    do(http, version.exercise, "away")
    assert url not in page(http, version.exercise)


def test_each_version_says_whom_of_ones_own_clients_it_was_given(http, maya):
    old = make_version(title="First words", owner=maya)
    new = make_version(exercise=old.exercise, number=2, title="Second words")
    make_assignment(client=make_client(counsellor=maya), version=old)
    make_assignment(client=make_client(), version=new)
    body = page(http, old.exercise)
    assert body.count("1 client of yours") == 1
    assert "none of your clients" in body
    assert "First words" in page(http, old.exercise, version=1)


@pytest.mark.parametrize("number", ["3", "x", "0", "-1", "²", "99999999999999999999"])
def test_a_version_there_is_none_of_is_not_found(http, number):
    version = make_version()
    for url in ("change", "download"):
        response = http.get(f"{LIST}{version.exercise_id}/{url}/", {"version": number})
        assert response.status_code == 404


def test_what_was_never_published_opens_in_the_editor(http, maya):
    exercise = exercise_create(owner=maya, content=editing.blank("Mine", "practice"))
    response = http.get(f"{LIST}{exercise.pk}/change/")
    assert response["Location"] == f"{LIST}{exercise.pk}/edit/"
    assert http.get(f"{LIST}{exercise.pk}/download/").status_code == 404
    assert do(http, exercise, "copy").status_code == 404
    assert do(http, exercise, "move").status_code == 404


def test_the_page_asks_the_database_the_same_however_much_there_is(
    http, maya, django_assert_max_num_queries
):
    old = make_version(owner=maya)
    make_version(exercise=old.exercise, number=2)

    def add():
        make_assignment(client=make_client(counsellor=maya), version=old, ends_on=None)

    add()
    with django_assert_max_num_queries(8):
        page(http, old.exercise)
    for _n in range(5):
        add()
    with django_assert_max_num_queries(8):
        page(http, old.exercise)


# --- What its buttons do -------------------------------------------------------------------------


def test_it_makes_a_copy_of_ones_own(http, maya):
    version = make_version(title="Look around", steps=STEPS)
    response = do(http, version.exercise, "copy")
    copy = Exercise.objects.get(owner=maya)
    assert response["Location"] == f"{LIST}{copy.pk}/edit/"
    assert copy.draft.content["title"] == "Look around"


def test_it_copies_no_measure_and_leads_to_its_facts(http):
    version = make_version(kind="measure", scoring="closeness-this-week")
    body = page(http, version.exercise)
    assert "Make my own copy" not in body
    assert "/admin/measures/closeness-this-week/" in body
    assert do(http, version.exercise, "copy").status_code == 404


def test_it_puts_away_and_brings_back(http, maya):
    version = make_version(title="Mine", owner=maya)
    do(http, version.exercise, "away")
    assert listed(http) == []
    assert listed(http, away="yes") == ["Mine"]
    assert not ExerciseVersion.objects.current().exists()
    assert "Bring it back" in page(http, version.exercise)
    do(http, version.exercise, "back")
    assert listed(http) == ["Mine"]


def test_colleagues_use_it_as_long_as_its_owner_lets_them(http, client, maya):
    version = make_version(owner=maya)
    do(http, version.exercise, "for-all")
    client.force_login(make_counsellor().user)
    assert "Make my own copy" in page(client, version.exercise)
    client.force_login(maya.user)
    do(client, version.exercise, "for-me")
    client.force_login(make_counsellor().user)
    assert client.get(f"{LIST}{version.exercise_id}/change/").status_code == 404


def test_it_throws_a_draft_away(http, maya):
    version = make_version(owner=maya)
    ExerciseDraft.objects.create(exercise=version.exercise, content={"steps": []})
    response = do(http, version.exercise, "discard")
    assert response["Location"] == f"{LIST}{version.exercise_id}/change/"
    assert not ExerciseDraft.objects.exists()
    exercise = exercise_create(owner=maya, content=editing.blank("Mine", "practice"))
    assert do(http, exercise, "discard")["Location"] == LIST
    assert not Exercise.objects.filter(pk=exercise.pk).exists()


CHANGES = ["away", "back", "for-all", "for-me", "discard"]


@pytest.mark.parametrize("change", [*CHANGES, "junk"])
def test_nobody_changes_what_is_built_in_or_a_colleagues(http, change):
    theirs = make_version(owner=make_counsellor())
    Exercise.objects.filter(pk=theirs.exercise_id).update(for_practice=True)
    for version in (theirs, make_version()):
        before = Exercise.objects.filter(pk=version.exercise_id).values().get()
        assert do(http, version.exercise, change).status_code == 404
        assert Exercise.objects.filter(pk=version.exercise_id).values().get() == before


def test_a_manager_and_a_stranger_reach_nothing(client, maya):
    version = make_version(owner=maya)
    for who, answer in ((make_manager(), 403), (make_counsellor().user, 404)):
        client.force_login(who)
        for change in ("copy", "move", *CHANGES):
            assert do(client, version.exercise, change).status_code == answer
        for url in ("change", "edit", "download", "preview/1/1"):
            assert client.get(f"{LIST}{version.exercise_id}/{url}/").status_code == answer


# --- Moving clients to a newer version -----------------------------------------------------------


@pytest.fixture
def three(maya):
    """Two clients of Maya's with version 1, one with version 2, and a colleague's client."""
    old = make_version(owner=maya)
    new = make_version(exercise=old.exercise, number=2)

    def give(name, version=old, counsellor=maya, **fields):
        client = make_client(name=name, counsellor=counsellor)
        return make_assignment(client=client, version=version, **fields)

    return {
        "anna": give("Anna"),
        "ben": give("Ben"),
        "there": give("There-4X", new),
        "over": give("Over-4X", starts_on=TODAY, ends_on=TODAY),
        "theirs": give("Canary-7Q", counsellor=make_counsellor()),
        "exercise": old.exercise,
        "old": old,
        "new": new,
    }


def version_of(assignment):
    return Assignment.objects.get(pk=assignment.pk).version


def test_it_lists_who_has_an_earlier_version(http, three):
    make_entry(assignment=three["ben"], state="draft")
    body = page(http, three["exercise"])
    assert "2 of your clients have an earlier version than 2" in body
    assert "Anna" in body and "Ben" in body
    # A draft is its writer's alone.
    assert "begun one" not in body
    for name in ("There-4X", "Over-4X", "Canary-7Q"):
        assert name not in body


def test_it_moves_those_who_are_ticked_and_tells_them_so_in_the_record(http, three, maya):
    do(http, three["exercise"], "move", assignment=[str(three["anna"].pk)])
    assert version_of(three["anna"]) == three["new"]
    assert version_of(three["ben"]) == three["old"]
    (event,) = AccessEvent.objects.filter(verb="change")
    assert (event.client_id, event.subject_id) == (three["anna"].client_id, three["anna"].pk)
    assert event.actor == maya.user


def test_it_moves_all_at_once_and_nobody_elses(http, three):
    do(http, three["exercise"], "move", all="1")
    assert {version_of(three[name]) for name in ("anna", "ben", "there")} == {three["new"]}
    assert {version_of(three[name]) for name in ("over", "theirs")} == {three["old"]}
    assert AccessEvent.objects.filter(verb="change").count() == 2


def test_nobody_ticked_is_nobody_moved(http, three):
    response = http.post(f"{LIST}{three['exercise'].pk}/do/move/", follow=True)
    assert "Tick somebody first." in response.content.decode()
    assert version_of(three["anna"]) == three["old"]


@pytest.mark.parametrize("name", ["theirs", "over", "there"])
def test_a_forged_tick_moves_nobody(http, three, name):
    ticked = [str(three["anna"].pk), str(three[name].pk)]
    assert do(http, three["exercise"], "move", assignment=ticked).status_code == 404
    assert do(http, three["exercise"], "move", assignment=["junk\x00"]).status_code == 404
    assert version_of(three["anna"]) == three["old"]
    assert not AccessEvent.objects.filter(verb="change").exists()


# --- A new one, and files ------------------------------------------------------------------------


def test_a_new_one_begins_with_a_title_and_a_kind(http, maya):
    response = http.post(f"{LIST}add/", {"title": "Mine", "kind": "journal"})
    exercise = Exercise.objects.get(owner=maya)
    assert response["Location"] == f"{LIST}{exercise.pk}/edit/"
    assert (exercise.kind, exercise.draft.content["title"]) == ("journal", "Mine")


@pytest.mark.parametrize(
    "typed", [{"title": "", "kind": "journal"}, {"title": "Mine", "kind": "measure"}]
)
def test_a_new_one_is_refused_beside_the_field(http, typed):
    response = http.post(f"{LIST}add/", typed)
    assert response.status_code == 422
    assert response.context["form"].errors
    assert not Exercise.objects.exists()


def upload(http, text, **more):
    content = text if isinstance(text, bytes) else text.encode()
    file = SimpleUploadedFile("exercise.toml", content)
    return http.post(f"{LIST}import/", {"file": file, **more})


def test_every_exercise_one_may_see_is_downloaded_as_a_file(http):
    library_load()
    for version in ExerciseVersion.objects.select_related("exercise"):
        response = http.get(f"{LIST}{version.exercise_id}/download/")
        name = f'filename="{version.exercise.slug}-1.toml"'
        assert name in response["Content-Disposition"]
        original = (LIBRARY / f"{version.exercise.slug}.toml").read_bytes()
        assert read_exercise(response.content) == read_exercise(original)


@pytest.mark.parametrize("at_once", [False, True])
def test_a_file_becomes_an_exercise_of_ones_own(http, maya, at_once):
    text = (LIBRARY / "pause-and-label.toml").read_text()
    response = upload(http, text, **({"publish": "1"} if at_once else {}))
    exercise = Exercise.objects.get(owner=maya)
    assert response["Location"] == f"{LIST}{exercise.pk}/{'change' if at_once else 'edit'}/"
    assert exercise.versions.exists() is at_once
    assert ExerciseDraft.objects.exists() is not at_once


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("slug = ", "line 1"),
        ((LIBRARY / "journal.toml").read_text().replace("minutes = 10", "minutes = 0"), "minutes"),
        (b"\xff\xfe", "UTF-8"),
        ((LIBRARY / "closeness-this-week.toml").read_text(), "This is a measure."),
    ],
)
def test_a_broken_file_is_told_line_by_line_and_leaves_nothing(http, text, words):
    response = upload(http, text)
    assert response.status_code == 422
    assert words in response.content.decode()
    assert not Exercise.objects.exists()


def test_a_file_too_large_or_none_at_all_is_refused(http):
    response = upload(http, b"#" * (MAX_BYTES + 1))
    assert response.status_code == 422
    assert "larger than 256 KiB" in response.content.decode()
    assert http.post(f"{LIST}import/").status_code == 422


# --- As clients see it --------------------------------------------------------------------------


def test_each_step_is_shown_by_the_clients_own_templates(http):
    version = make_version(steps=STEPS)
    expected = {1: ["data-breath", "How strong is it?"], 2: ["data-feelings"], 3: ["<textarea"]}
    for number, words in expected.items():
        body = http.get(f"{LIST}{version.exercise_id}/preview/1/{number}/").content.decode()
        assert f"Step {number} of 3" in body
        assert all(word in body for word in words)
        assert "Nothing is kept" in body and 'method="post"' not in body
        assert f"{LIST}{version.exercise_id}/change/?version=1" in body


def test_a_draft_is_shown_as_far_as_it_is_ready(http, maya):
    content = editing.blank("Mine", "practice")
    content["steps"][0]["fields"] = [
        {"key": "a", "kind": "long_text", "label": "What do you see?"},
        {"key": "b", "kind": "choice", "label": "Which one?"},
        {"key": "c", "kind": "breath", "label": "", "seconds": "soon"},
    ]
    exercise = exercise_create(owner=maya, content=content)
    body = http.get(f"{LIST}{exercise.pk}/preview/draft/1/").content.decode()
    assert "Without a title yet" in body and "What do you see?" in body
    assert "“Which one?” is not ready to be shown yet." in body
    assert "“Breath or pause, without words yet” is not ready" in body


@pytest.mark.parametrize("what", ["1/0", "1/4", "2/1", "junk/1", "99999999999/1"])
def test_a_step_there_is_none_of_is_not_found(http, what):
    version = make_version(steps=STEPS)
    assert http.get(f"{LIST}{version.exercise_id}/preview/{what}/").status_code == 404


def test_nothing_is_kept_of_what_is_tried_out(http):
    version = make_version(steps=STEPS)
    url = f"{LIST}{version.exercise_id}/preview/1/3/"
    assert http.post(url, {"words": "Canary-7Q"}).status_code in {200, 405}
    assert "Canary-7Q" not in http.get(url).content.decode()
