from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exercises.schema import SchemaError
from exercises.steps import (
    MAX_STEPS,
    MAX_TEXT,
    MAX_TITLE,
    ExerciseKind,
    Field,
    FieldKind,
    Option,
    Role,
    SharingDefault,
    Step,
    dump_steps,
    parse_exercise,
    parse_steps,
)


def make_field_data(**kw):
    return {"key": "words", "kind": "long_text", "label": "Anything", **kw}


def make_steps_data(*fields, **kw):
    return [{"key": "one", "title": "One", "fields": list(fields), **kw}]


def make_exercise_data(**kw):
    return {
        "slug": "small-thing",
        "title": "Small thing",
        "kind": "practice",
        "minutes": 2,
        "summary": "One small thing.",
        "steps": make_steps_data(make_field_data()),
        **kw,
    }


def problems_of(data, parse=parse_steps):
    with pytest.raises(SchemaError) as refused:
        parse(data)
    return refused.value.problems


def test_it_reads_a_step_with_its_fields():
    scale = make_field_data(key="how", kind="scale", low="little", role="before")
    (step,) = parse_steps(make_steps_data(scale, text="  Look.\r\nListen.\n"))
    assert step.text == "Look.\nListen."
    assert step.fields == (
        Field(
            key="how",
            kind=FieldKind.SCALE,
            label="Anything",
            low="little",
            minimum=0,
            maximum=10,
            role=Role.BEFORE,
        ),
    )


def test_it_names_step_and_field():
    first = {"key": "rest", "title": "Rest", "text": "Rest a little."}
    second = make_steps_data(make_field_data(key="feelings", kind="feeling"))
    (problem,) = problems_of([first, *second])
    assert problem.startswith("step 2, field 'feelings': 'kind' should be one of: ")


def test_it_tells_all_problems_at_once():
    wrong = {"kind": "scale", "label": 7, "low": "x" * 301, "colour": "red"}
    assert problems_of([{"title": " ", "fields": [wrong]}]) == [
        "step 1: 'key' is missing",
        "step 1: 'title' is empty",
        "step 1, field 1: 'key' is missing",
        "step 1, field 1: 'label' should be text",
        "step 1, field 1: 'low' is longer than 300 characters",
        "step 1, field 1: 'colour' is not a known name",
    ]


@pytest.mark.parametrize("data", [None, 7, "steps", {"steps": []}, [], [[]], [None]])
def test_it_refuses_what_is_not_a_list_of_steps(data):
    assert problems_of(data)


@pytest.mark.parametrize(
    ("field", "problem"),
    [
        ({"kind": "choice"}, "needs 'options' to choose from"),
        ({"options": [{"value": "a", "label": "A"}]}, "'options' has no place in"),
        ({"kind": "breath"}, "needs 'seconds', how long it lasts"),
        ({"kind": "breath", "seconds": 20, "inhale": 4}, "needs both 'inhale' and"),
        ({"kind": "breath", "seconds": 20, "required": True}, "'required' has no"),
        ({"seconds": 20}, "'seconds' has no place in a field of kind 'long_text'"),
        ({"kind": "breath", "seconds": True}, "'seconds' should be a whole number"),
        ({"kind": "breath", "seconds": 2.5}, "'seconds' should be a whole number"),
        ({"kind": "scale", "minimum": 4, "maximum": 4}, "'minimum' must be below"),
        ({"kind": "scale", "maximum": 100}, "a scale has at most 21 points"),
        ({"kind": "scale", "maximum": 5, "role": "after"}, "the role 'after' belongs"),
        ({"kind": "yes_no", "role": "share"}, "the role 'share' belongs to a text"),
        ({"required": "yes"}, "'required' should be true or false"),
        ({"help": "a\x00b"}, "'help' cannot be kept: look at character 2"),
        ({"help": "\ud800"}, "'help' cannot be kept: look at character 1"),
        ({"help": "x" * (MAX_TEXT + 1)}, "'help' is longer than 5000 characters"),
        ({"key": "Wörter"}, "'key' should be 1 to 40 of a-z"),
        ({"options": "a, b"}, "'options' should be a list"),
        (
            {"kind": "choice", "options": [{"value": "a", "label": "A", "hint": "b"}]},
            "'hint' is not a known name",
        ),
    ],
)
def test_it_refuses_a_field_that_makes_no_sense(field, problem):
    (found,) = problems_of(make_steps_data(make_field_data(**field)))
    assert f": {problem}" in found


def test_it_refuses_repeated_names():
    option = {"value": "a", "label": "A"}
    choice = make_field_data(kind="choice", options=[option, option])
    share = make_field_data(role="share")
    steps = make_steps_data(choice) + make_steps_data(share, {**share, "key": "more"})
    assert problems_of(steps) == [
        "step 1, field 'words': two options have the value 'a'",
        "two fields have the key 'words'",
        "two fields have the role 'share'",
        "two steps have the key 'one'",
    ]


def test_it_refuses_too_many_steps():
    steps = [{"key": f"s{n}", "title": "S", "text": "T"} for n in range(MAX_STEPS + 1)]
    assert problems_of(steps) == ["'steps' has more than 30 entries"]


def test_it_refuses_a_step_that_says_and_asks_nothing():
    (problem,) = problems_of(make_steps_data())
    assert problem == "step 1: is empty; give it a text or a field"


def test_it_reads_an_exercise_and_keeps_it_private_unless_told():
    exercise = parse_exercise(make_exercise_data())
    assert (exercise.slug, exercise.minutes) == ("small-thing", 2)
    assert exercise.kind is ExerciseKind.PRACTICE
    assert exercise.sharing_default is SharingDefault.PRIVATE
    assert exercise.steps[0].fields[0].key == "words"


def test_it_tells_what_an_exercise_lacks():
    assert problems_of({"slug": "x", "aims": ""}, parse_exercise) == [
        "'title' is missing",
        "'kind' is missing",
        "'minutes' is missing",
        "'summary' is missing",
        "an exercise needs at least one step",
        "'aims' is not a known name",
    ]
    assert problems_of([], parse_exercise) == ["should be a table of names and values"]


def test_it_refuses_a_sharing_that_is_neither():
    data = make_exercise_data(sharing_default="public")
    (problem,) = problems_of(data, parse_exercise)
    assert problem == "'sharing_default' should be one of: private, shared"


keys = st.from_regex(r"[a-z][a-z0-9_-]{0,8}", fullmatch=True)
words = (
    st.text(
        st.characters(exclude_categories=["Cs"], exclude_characters="\x00\r"), max_size=MAX_TITLE
    )
    .map(str.strip)
    .filter(bool)
)
options = st.lists(
    st.builds(Option, keys, words), min_size=1, max_size=4, unique_by=lambda o: o.value
).map(tuple)


@st.composite
def fields_of(draw, key):
    kind = draw(st.sampled_from(FieldKind))
    more = {}
    if kind in {FieldKind.CHOICE, FieldKind.CHOICES}:
        more = {"options": draw(options)}
    elif kind is FieldKind.SCALE:
        low = draw(st.integers(-5, 5))
        high = low + draw(st.integers(1, 20))
        more = {"minimum": low, "maximum": high, "low": draw(words | st.just(""))}
    elif kind is FieldKind.BREATH:
        more = {"seconds": draw(st.integers(1, 600)), "inhale": 4, "exhale": 6}
    required = kind.asks and draw(st.booleans())
    return Field(key, kind, draw(words), draw(words), required, **more)


@st.composite
def step_lists(draw):
    names = draw(st.lists(keys, min_size=1, max_size=6, unique=True))
    return tuple(Step(name, draw(words), draw(words), (draw(fields_of(name)),)) for name in names)


@given(step_lists())
def test_it_reads_back_what_it_writes(steps):
    plain = json.loads(json.dumps(dump_steps(steps)))
    assert parse_steps(plain) == steps


plain_data = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["steps", "key", "title", "fields", "kind", "options"])
            | st.text(max_size=3),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)


@given(plain_data)
def test_it_never_breaks_on_other_data(data):
    for parse in (parse_steps, parse_exercise):
        with pytest.raises(SchemaError):
            parse(data)
