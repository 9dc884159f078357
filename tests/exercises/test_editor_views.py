from __future__ import annotations

import re

import pytest

from exercises import editing
from exercises.desk import editor
from exercises.desk.editor_words import KINDS
from exercises.library import library_load
from exercises.models import Exercise, ExerciseDraft, ExerciseVersion
from exercises.services.library import draft_publish, exercise_copy, exercise_create
from exercises.steps import MAX_STEPS, FieldKind
from tests.exercises.pages import buttons_of, editor_of, forms_of
from tests.factories import make_counsellor, make_manager, make_version

pytestmark = pytest.mark.django_db
LIST = "/admin/exercises/exercise/"


@pytest.fixture
def maya():
    return make_counsellor()


@pytest.fixture
def http(client, maya):
    client.force_login(maya.user)
    return client


@pytest.fixture
def exercise(maya):
    """A draft of two steps: two questions, and a text."""
    content = editing.blank("Look around", "practice")
    content["summary"] = "Notice three things."
    content["steps"] = [
        {
            "key": "look",
            "title": "Look",
            "fields": [
                {"key": "seen", "kind": "long_text", "label": "What do you see?"},
                {"key": "how", "kind": "scale", "label": "How near?", "minimum": 0, "maximum": 10},
            ],
        },
        {"key": "rest", "title": "Rest", "text": "Let it be."},
    ]
    return exercise_create(owner=maya, content=content)


def address(exercise, part=None):
    url = f"{LIST}{exercise.pk}/edit/"
    return f"{url}?part={part}" if part else url


def press(http, exercise, do, part="about", **typed):
    """Opens a part, types, and presses a button."""
    data = editor_of(http.get(address(exercise, part)))
    return http.post(address(exercise), {**data, **typed, "do": do})


def kept(exercise):
    return ExerciseDraft.objects.get(exercise=exercise).content


def outline(exercise):
    steps = kept(exercise)["steps"]
    return [(step["key"], *(f["key"] for f in step.get("fields", ()))) for step in steps]


def wrong_in(page):
    """The errors on the page, each by the id of its input."""
    found = re.findall(r'id="(\S+)_error">([^<]*)<', page.content.decode())
    return dict(found)


# --- The round trip ------------------------------------------------------------------------


def goes_through_unchanged(http, maya, version):
    copy = exercise_copy(owner=maya, version=version)
    before = kept(copy)
    for part in ("about", *(step["key"] for step in before["steps"])):
        assert press(http, copy, "save", part).status_code == 302
    # What every part of it sends is what there was, so nothing was written at all.
    draft = ExerciseDraft.objects.get(exercise=copy)
    assert (draft.content, draft.revision) == (before, 1)
    response = press(http, copy, "publish")
    assert response["Location"] == f"{LIST}{copy.pk}/change/"
    published = copy.versions.get()
    assert published.steps == version.steps
    assert published.content_hash == version.content_hash


def test_a_built_in_exercise_goes_through_the_editor_unchanged(http, maya):
    library_load()
    version = ExerciseVersion.objects.get(exercise__slug="pause-and-label")
    goes_through_unchanged(http, maya, version)


@pytest.mark.services
def test_every_built_in_exercise_goes_through_the_editor_unchanged(http, maya):
    library_load()
    for version in ExerciseVersion.objects.exclude(exercise__kind="measure"):
        goes_through_unchanged(http, maya, version)


def test_opening_and_saving_without_a_change_keeps_the_version(http, maya):
    version = make_version(owner=maya)
    assert press(http, version.exercise, "save").status_code == 302
    assert not ExerciseDraft.objects.exists()
    response = http.post(f"{LIST}{version.exercise_id}/edit/", {"do": "publish", "revision": "0"})
    assert response["Location"] == f"{LIST}{version.exercise_id}/change/"
    assert version.exercise.versions.count() == 1


def test_an_edited_version_makes_a_new_one_and_leaves_the_old(http, maya):
    old = make_version(owner=maya)
    press(http, old.exercise, "publish", "notice", **{"words-label": "What do you hear?"})
    new = old.exercise.versions.get(number=2)
    old.refresh_from_db()
    assert old.steps[0]["fields"][0]["label"] == "What do you notice?"
    assert new.steps[0]["fields"][0] == {
        **old.steps[0]["fields"][0],
        "label": "What do you hear?",
    }


# --- Each button ----------------------------------------------------------------------------


def test_each_button_saves_first_and_opens_where_one_goes_on(http, exercise):
    response = press(http, exercise, "open:rest", "look", title="Look well")
    assert response["Location"] == f"{address(exercise)}?part=rest#open"
    assert kept(exercise)["steps"][0]["title"] == "Look well"
    page = http.get(response["Location"])
    assert editor_of(page)["title"] == ["Rest"]


def test_it_adds_orders_and_removes_steps(http, exercise):
    response = press(http, exercise, "add-step")
    new = kept(exercise)["steps"][2]["key"]
    assert f"part={new}#open" in response["Location"]
    press(http, exercise, f"up:{new}")
    assert [step[0] for step in outline(exercise)] == ["look", new, "rest"]
    press(http, exercise, "down:look", "look")
    assert [step[0] for step in outline(exercise)] == [new, "look", "rest"]
    response = press(http, exercise, "remove:look", "look", title="Look well")
    assert response["Location"] == f"{address(exercise)}?part=about#removed"
    assert [step[0] for step in outline(exercise)] == [new, "rest"]
    page = http.get(response["Location"])
    assert "“Look well” was removed." in page.content.decode()
    response = press(http, exercise, "put-back")
    assert [step[0] for step in outline(exercise)] == [new, "look", "rest"]
    assert "part=look" in response["Location"]


def test_it_adds_orders_moves_and_removes_fields(http, exercise):
    response = press(http, exercise, "add-field:yes_no", "look")
    new = kept(exercise)["steps"][0]["fields"][2]["key"]
    assert response["Location"].endswith(f"?part=look#id_{new}-label")
    press(http, exercise, f"field-up:{new}", "look")
    assert outline(exercise)[0] == ("look", "seen", new, "how")
    press(http, exercise, "field-down:seen", "look", **{"seen-label": "What else?"})
    assert outline(exercise)[0] == ("look", new, "seen", "how")
    press(http, exercise, "field-to:seen,rest", "look")
    assert outline(exercise) == [("look", new, "how"), ("rest", "seen")]
    assert kept(exercise)["steps"][1]["fields"][0]["label"] == "What else?"
    press(http, exercise, "field-remove:seen", "rest")
    assert outline(exercise)[1] == ("rest",)
    press(http, exercise, "put-back", "rest")
    assert outline(exercise)[1] == ("rest", "seen")


def test_every_button_on_the_page_does_something_it_knows(http, exercise):
    pressed = set()
    for part in ("about", "look", "rest"):
        for do in buttons_of(http.get(address(exercise, part))):
            pressed.add(do.partition(":")[0])
            assert press(http, exercise, do, part).status_code in {302, 422}
            if not Exercise.objects.filter(draft__isnull=False).exists():
                return
            ExerciseDraft.objects.update(content=exercise.draft.content)
    known = {"save", "publish", "preview", "open", "add-step", "up", "down", "remove", "check"}
    known |= {"add-field", "field-up", "field-down", "field-to", "field-remove", "field-kind"}
    assert pressed <= known


@pytest.mark.parametrize(
    "do", ["", "junk", "remove:nowhere", "add-field:junk", "field-to:x", "up", "open:\x00", "a:b:c"]
)
def test_a_forged_button_saves_and_does_no_harm(http, exercise, do):
    before = kept(exercise)
    response = press(http, exercise, do, "about", title="Kept")
    assert response.status_code == 302
    assert http.get(response["Location"]).status_code == 200
    assert kept(exercise) == {**before, "title": "Kept"}


def test_it_offers_no_more_steps_than_there_may_be(http, exercise):
    content = kept(exercise)
    content["steps"] = [{"key": f"s{n}", "title": "S", "text": "T"} for n in range(MAX_STEPS)]
    ExerciseDraft.objects.update(content=content)
    assert "add-step" not in buttons_of(http.get(address(exercise)))
    press(http, exercise, "add-step")
    assert len(kept(exercise)["steps"]) == MAX_STEPS


# --- Each kind of field -----------------------------------------------------------------------

SETTINGS = {
    "long_text": {"required": True, "role": "share"},
    "short_text": {"required": True, "role": "share"},
    "scale": {"minimum": 0, "low": "far", "maximum": 10, "high": "near", "role": "before"},
    "feelings": {"required": True},
    "choice": {"options": "One\r\nTwo", "required": True},
    "choices": {"options": "One\r\nTwo"},
    "yes_no": {"required": True},
    "number": {"minimum": -3, "maximum": 40},
    "time": {"required": True},
    "breath": {"seconds": 20, "inhale": 4, "exhale": 6},
    "reading": {},
}


@pytest.mark.parametrize("kind", list(FieldKind))
def test_each_kind_is_written_with_its_own_settings(http, exercise, kind):
    press(http, exercise, f"add-field:{kind.value}", "rest")
    key = kept(exercise)["steps"][1]["fields"][0]["key"]
    shown = set(editor_of(http.get(address(exercise, "rest"))))
    others = {f"{key}-{name}" for each in SETTINGS.values() for name in each}
    own = {f"{key}-{name}" for name in editing.SETTINGS[kind]} - {f"{key}-required"}
    assert shown & others == own
    typed = {f"{key}-{n}": "1" if v is True else str(v) for n, v in SETTINGS[kind].items()}
    typed |= {f"{key}-label": "Words & <more>", f"{key}-help": "Below\r\nit"}
    press(http, exercise, "publish", "rest", **typed)
    (field,) = exercise.versions.get().steps[1]["fields"]
    expected = dict(SETTINGS[kind])
    if "options" in expected:
        expected["options"] = [
            {"value": "one", "label": "One"},
            {"value": "two", "label": "Two"},
        ]
    assert field == {
        "key": key,
        "kind": kind.value,
        "label": "Words & <more>",
        "help": "Below\nit",
        **expected,
    }


def test_a_change_of_kind_shows_its_settings_and_loses_none(http, exercise):
    press(http, exercise, "field-kind:how", "look", **{"how-low": "far", "how-kind": "choice"})
    page = editor_of(http.get(address(exercise, "look")))
    assert "how-options" in page and "how-low" not in page
    press(http, exercise, "field-kind:how", "look", **{"how-options": "A", "how-kind": "scale"})
    assert editor_of(http.get(address(exercise, "look")))["how-low"] == ["far"]
    press(http, exercise, "save", "look", **{"how-kind": "choice"})
    assert editor_of(http.get(address(exercise, "look")))["how-options"] == ["A"]


def test_a_tick_taken_out_is_out(http, exercise):
    press(http, exercise, "save", "look", **{"seen-required": "1"})
    assert kept(exercise)["steps"][0]["fields"][0]["required"] is True
    data = editor_of(http.get(address(exercise, "look")))
    del data["seen-required"]
    http.post(address(exercise), {**data, "do": "save"})
    assert kept(exercise)["steps"][0]["fields"][0]["required"] is False


def test_steps_are_ticked_for_something_smaller(http, exercise):
    press(http, exercise, "publish", easier="Only rest.", smaller=["rest", "nowhere"])
    version = exercise.versions.get()
    assert (version.smaller, version.easier) == (["rest"], "Only rest.")
    assert editor_of(http.get(address(exercise)))["smaller"] == ["rest"]


# --- What is wrong ------------------------------------------------------------------------------


def broken(http, exercise, part, **typed):
    response = press(http, exercise, "publish", part, **typed)
    assert response.status_code == 422
    assert not exercise.versions.exists()
    return response


@pytest.mark.parametrize(
    ("part", "typed", "place", "words"),
    [
        ("about", {"title": " "}, "id_title", "Give it a title."),
        ("about", {"summary": ""}, "id_summary", "Say in one sentence what it is."),
        ("about", {"minutes": ""}, "id_minutes", "Say about how many minutes it takes."),
        ("about", {"minutes": "soon"}, "id_minutes", "A whole number from 1 to 240."),
        ("about", {"minutes": "999"}, "id_minutes", "A whole number from 1 to 240."),
        ("about", {"aim": "x" * 5001}, "id_aim", "At most 5000 characters, please."),
        ("rest", {"title": ""}, "id_title", "Give it a title."),
        ("rest", {"text": ""}, "id_text", "Give it a text, or add something below."),
        ("look", {"seen-label": ""}, "id_seen-label", "Write what stands here for the client."),
        ("look", {"how-maximum": "0"}, "id_how-maximum", "The highest number must be above"),
        ("look", {"how-maximum": "90"}, "id_how-maximum", "A scale has at most 21 numbers."),
        ("look", {"how-minimum": "low"}, "id_how-minimum", "A whole number from -1000000000 to"),
        (
            "look",
            {"how-role": "before", "how-maximum": "5"},
            "id_how-role",
            "For this the scale goes from 0 to 10.",
        ),
    ],
)
def test_it_says_what_is_wrong_beside_it(http, exercise, part, typed, place, words):
    page = broken(http, exercise, part, **typed)
    assert words in wrong_in(page)[place]
    body = page.content.decode()
    assert f'href="#{place}"' in body
    assert 'aria-invalid="true"' in body
    for name, text in typed.items():
        assert editor_of(page)[name][0].strip() == text.strip()


@pytest.mark.parametrize(
    ("kind", "typed", "name", "words"),
    [
        ("choice", {"options": ""}, "options", "Write what there is to choose from, one a line."),
        ("choice", {"options": "x" * 301}, "options", "Line 1: At most 300 characters, please."),
        ("choices", {"options": "a\n" * 41}, "options", "At most 40 to choose from."),
        ("breath", {"seconds": ""}, "seconds", "Say how many seconds it lasts."),
        ("breath", {"inhale": ""}, "exhale", "Say both, in and out; or neither"),
        ("breath", {"seconds": "9999"}, "seconds", "A whole number from 1 to 3600."),
    ],
)
def test_it_says_what_is_wrong_with_a_kind(http, exercise, kind, typed, name, words):
    press(http, exercise, f"add-field:{kind}", "rest")
    key = kept(exercise)["steps"][1]["fields"][0]["key"]
    named = {f"{key}-{n}": v for n, v in typed.items()}
    page = broken(http, exercise, "rest", **{f"{key}-label": "Label", **named})
    assert words in wrong_in(page)[f"id_{key}-{name}"]


def test_two_with_one_meaning_are_told_at_the_second(http, exercise):
    press(http, exercise, "add-field:scale", "look")
    key = kept(exercise)["steps"][0]["fields"][2]["key"]
    typed = {"how-role": "before", f"{key}-role": "before", f"{key}-label": "Again?"}
    page = broken(http, exercise, "look", **typed)
    assert wrong_in(page) == {f"id_{key}-role": "Another one has this meaning already."}


def test_no_word_of_the_rules_reaches_the_page(http, exercise):
    """Names of keys and settings are ours; a counsellor sees labels."""
    for kind in KINDS:
        press(http, exercise, f"add-field:{kind.value}", "rest")
    page = broken(http, exercise, "rest")
    for words in wrong_in(page).values():
        assert "&#x27;" not in words
        assert "cannot be used" not in words


def test_the_summary_leads_to_other_parts_by_saving_first(http, exercise):
    page = broken(http, exercise, "rest", title="")
    data = editor_of(page)
    press(http, exercise, "save", "about", title="")
    data = editor_of(http.get(f"{address(exercise, 'rest')}&check=1"))
    assert data["check"] == ["1"]
    (link,) = [
        do
        for do in buttons_of(http.get(f"{address(exercise, 'rest')}&check=1"))
        if do == "open:about#id_title"
    ]
    response = http.post(address(exercise), {**data, "do": link, "text": "Typed meanwhile"})
    assert response["Location"] == f"{address(exercise)}?part=about&check=1#id_title"
    assert kept(exercise)["steps"][1]["text"] == "Typed meanwhile"


def test_it_only_counts_what_is_open_until_one_asks(http, exercise):
    press(http, exercise, "add-step")
    page = http.get(address(exercise))
    assert "2 things are still open" in page.content.decode()
    assert "error-summary" not in page.content.decode()
    response = press(http, exercise, "check")
    assert "check=1" in response["Location"]
    assert "error-summary" in http.get(response["Location"]).content.decode()


def test_a_sound_draft_is_told_so(http, exercise):
    page = http.get(f"{address(exercise)}?check=1").content.decode()
    assert "Nothing is missing: it can be published." in page


def test_an_error_summary_is_left_when_it_is_mended(http, exercise):
    broken(http, exercise, "rest", title="")
    assert press(http, exercise, "publish", "rest", title="Rest").status_code == 302
    assert exercise.versions.count() == 1


# --- Two windows, odd letters, much text -----------------------------------------------------


def test_of_two_windows_the_later_keeps_its_text_and_sees_the_other(http, exercise):
    first = editor_of(http.get(address(exercise, "rest")))
    second = editor_of(http.get(address(exercise, "rest")))
    http.post(address(exercise), {**first, "do": "up:rest", "title": "First"})
    page = http.post(address(exercise), {**second, "do": "add-step", "title": "Second"})
    assert page.status_code == 409
    assert "changed in another window" in page.content.decode()
    assert editor_of(page)["title"] == ["Second"]
    assert [step["title"] for step in kept(exercise)["steps"]] == ["First", "Look"]
    http.post(address(exercise), {**editor_of(page), "do": "save"})
    assert [step["title"] for step in kept(exercise)["steps"]] == ["Second", "Look"]


def test_what_was_typed_into_a_step_removed_elsewhere_comes_back(http, exercise):
    mine = editor_of(http.get(address(exercise, "look")))
    press(http, exercise, "remove:look")
    page = http.post(address(exercise), {**mine, "do": "save", "seen-label": "Typed"})
    assert page.status_code == 409
    http.post(address(exercise), {**editor_of(page), "do": "save"})
    assert outline(exercise) == [("rest",), ("look", "seen", "how")]
    assert kept(exercise)["steps"][1]["fields"][0]["label"] == "Typed"


def test_the_first_saves_of_two_windows_on_a_version_conflict_too(http, maya):
    version = make_version(owner=maya)
    mine = editor_of(http.get(address(version.exercise)))
    press(http, version.exercise, "save", title="First")
    page = http.post(address(version.exercise), {**mine, "do": "save", "title": "Second"})
    assert page.status_code == 409
    assert kept(version.exercise)["title"] == "First"


def test_it_saves_by_itself(http, exercise):
    data = editor_of(http.get(address(exercise, "rest")))
    response = http.post(address(exercise), {**data, "do": "autosave", "title": "Rest well"})
    assert response.json() == {"revision": 2}
    assert kept(exercise)["steps"][1]["title"] == "Rest well"
    late = http.post(address(exercise), {**data, "do": "autosave", "title": "Late"})
    assert late.status_code == 409
    assert kept(exercise)["steps"][1]["title"] == "Rest well"


@pytest.mark.parametrize(
    "text", ["</textarea><b>", "a\x00b", "\n\nTwo lines first", "👩‍👩‍👧 नमस्ते", "‮שלום"]
)
def test_any_letters_are_kept(http, exercise, text):
    typed = text.replace("\n", "\r\n")
    press(http, exercise, "save", "rest", text=typed, title=text.replace("\n", ""))
    data = editor_of(http.get(address(exercise, "rest")))
    assert data["text"] == [typed.replace("\x00", "\N{REPLACEMENT CHARACTER}")]


@pytest.mark.parametrize(
    "forged",
    [
        {"part": "junk\x00"},
        {"part": "new-step", "title": "Forged", "field": ["x", "x", "A", "", "y" * 50]},
        {"part": "look", "field": ["seen"] * 500, "seen-was": "junk", "seen-kind": "junk"},
        {"part": "rest", "field": ["seen"], "seen-label": "Taken from another step"},
        {"revision": "x"},
        {"revision": "99999999999999999999"},
        {"kind": "measure", "sharing_default": "everybody"},
    ],
)
def test_a_forged_form_breaks_nothing(http, exercise, forged):
    data = {**editor_of(http.get(address(exercise))), "do": "save", **forged}
    assert http.post(address(exercise), data).status_code in {302, 409}
    assert http.get(address(exercise)).status_code == 200
    keys = [key for step in outline(exercise) for key in step]
    assert len(set(keys)) == len(keys)
    assert kept(exercise)["kind"] == "practice"


@pytest.mark.services
def test_the_biggest_exercise_is_opened_and_saved(http, exercise):
    content = kept(exercise)
    content["steps"] = [
        {
            "key": f"s{n}",
            "title": "S",
            "fields": [
                {
                    "key": f"f{n}-{m}",
                    "kind": "choice",
                    "label": "x" * 300,
                    "help": "y" * 5000 if n == 0 else "",
                    "options": [{"value": f"v{o}", "label": f"L{o}"} for o in range(40)],
                }
                for m in range(20)
            ],
        }
        for n in range(MAX_STEPS)
    ]
    ExerciseDraft.objects.update(content=content)
    press(http, exercise, "save", "s0", title="First")
    assert kept(exercise)["steps"][0]["title"] == "First"
    assert press(http, exercise, "publish", "s29").status_code == 302
    assert exercise.versions.count() == 1


# --- Whose it is, and how it is built ----------------------------------------------------------


def test_a_draft_is_its_owners_alone(client, exercise):
    for stranger in (make_counsellor().user, make_manager()):
        client.force_login(stranger)
        for url in (address(exercise), f"{LIST}{exercise.pk}/preview/draft/1/"):
            assert client.get(url).status_code in {403, 404}
            assert client.post(url, {"do": "save", "title": "x"}).status_code in {403, 404}
    assert kept(exercise)["title"] == "Look around"


def test_a_built_in_exercise_and_a_colleagues_cannot_be_edited(http):
    for version in (make_version(), make_version(owner=make_counsellor())):
        Exercise.objects.filter(pk=version.exercise_id).update(for_practice=True)
        assert http.get(address(version.exercise)).status_code == 404
        response = http.post(address(version.exercise), {"do": "save", "title": "x"})
        assert response.status_code == 404
    assert not ExerciseDraft.objects.exists()


def test_it_asks_the_database_the_same_however_much_there_is(
    http, exercise, django_assert_num_queries
):
    with django_assert_num_queries(5):
        http.get(address(exercise, "look"))
    for _n in range(6):
        press(http, exercise, "add-field:scale", "look")
        press(http, exercise, "add-step")
    with django_assert_num_queries(5):
        http.get(address(exercise, "look"))


def test_the_page_may_show_the_look_beside_it_and_nothing_else(http, exercise):
    policy = http.get(address(exercise))["Content-Security-Policy"]
    assert "frame-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    look = http.get(f"{LIST}{exercise.pk}/preview/draft/1/?framed=1")
    assert "frame-ancestors 'self'" in look["Content-Security-Policy"]
    assert look["X-Frame-Options"] == "SAMEORIGIN"


def test_the_enter_key_saves(http, exercise):
    for part in ("about", "look"):
        page = http.get(address(exercise, part))
        assert buttons_of(page)[0] == "save"
        (form,) = [form for form in forms_of(page) if form["action"].endswith("/edit/")]
        names = [name for name, _value in form["data"]]
        assert len(names) == len(set(names)) + (1 if part == "look" else 0)


def test_two_clicks_on_publish_make_one_version(http, exercise, monkeypatch):
    def second_click(*, exercise):
        draft_publish(exercise=Exercise.objects.get(pk=exercise.pk))
        return draft_publish(exercise=exercise)

    monkeypatch.setattr(editor, "draft_publish", second_click)
    response = press(http, exercise, "publish")
    assert (response.status_code, exercise.versions.count()) == (302, 1)
