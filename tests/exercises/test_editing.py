from __future__ import annotations

import re
from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exercises import editing
from exercises.steps import (
    MAX_FIELDS,
    MAX_STEPS,
    ExerciseFile,
    Field,
    FieldKind,
    Option,
    Role,
    dump_steps,
    parse_steps,
)
from tests.exercises.test_files import files

KEY = re.compile(r"[a-z][a-z0-9_-]{0,39}")


def draft(*steps):
    """Steps as ("one", "a", "b"): a key, and the keys of its fields."""
    return {
        "title": "Look around",
        "summary": "Notice three things.",
        "minutes": 3,
        "kind": "practice",
        "smaller": [],
        "steps": [
            {
                "key": key,
                "title": key.title(),
                "fields": [{"key": name, "kind": "long_text", "label": name} for name in names],
            }
            for key, *names in steps
        ],
    }


def outline(of):
    return [(step["key"], *(f["key"] for f in step.get("fields", ()))) for step in of["steps"]]


def option(value, label):
    return {"value": value, "label": label}


def one_line(file: ExerciseFile) -> ExerciseFile:
    """What has one line in the editor has one line there."""

    def flat(thing, *names):
        return replace(thing, **{name: getattr(thing, name).replace("\n", " ") for name in names})

    def field(of: Field) -> Field:
        options = tuple(Option(o.value, o.label.replace("\n", " ")) for o in of.options)
        return replace(flat(of, "label", "low", "high"), options=options)

    steps = tuple(
        replace(flat(step, "title"), fields=tuple(map(field, step.fields))) for step in file.steps
    )
    smaller = tuple(step.key for step in steps if step.key in file.smaller)
    return replace(flat(file, "title", "summary"), steps=steps, smaller=smaller)


@given(files().filter(lambda file: file.kind != "measure"))
def test_any_exercise_comes_back_from_a_draft(file):
    back = editing.file_of(editing.draft_of(file), file.slug)
    assert back == one_line(file)


def test_a_kind_has_the_settings_that_the_rules_know():
    """A setting too many would be refused, one too few could not be written here."""
    names = {f.name for f in fields(Field)} - {"key", "kind", "label", "help"}
    given_all = {
        "options": [option("a", "A")],
        **{"low": "l", "high": "h", "minimum": 0, "maximum": 10, "required": True},
        **{"seconds": 30, "inhale": 4, "exhale": 6},
    }
    for kind in FieldKind:
        for role in ("", *(role.value for role in Role)):
            every = {**given_all, "role": role, "key": "k", "kind": kind.value, "label": "L"}
            sound = editing.sound_field(every)
            (step,) = parse_steps([{"key": "s", "title": "S", "fields": [sound]}])
            (dumped,) = dump_steps([step])[0]["fields"]
            assert dumped == sound
            for name in names - set(sound) - {"role"}:
                with pytest.raises(ValueError, match="no place"):
                    parse_steps(
                        [{"key": "s", "title": "S", "fields": [{**sound, name: every[name]}]}]
                    )


def test_nothing_said_is_left_out_and_nought_is_something():
    field = {"key": "k", "kind": "number", "label": "N", "minimum": 0, "maximum": "", "help": ""}
    assert editing.sound_field(field) == {"key": "k", "kind": "number", "label": "N", "minimum": 0}


def test_it_adds_steps_and_fields_with_keys_of_their_own():
    start = draft(("one",))
    more, step = editing.add_step(start)
    more, field = editing.add_field(more, step, FieldKind.SCALE)
    assert outline(more) == [("one",), (step, field)]
    assert KEY.fullmatch(step) and KEY.fullmatch(field)
    assert outline(start) == [("one",)]
    assert more["steps"][1]["fields"][0]["maximum"] == 10


def test_it_adds_no_more_than_there_may_be():
    full = draft(*((f"step{n}",) for n in range(MAX_STEPS)))
    assert editing.add_step(full) == (full, "")
    crowded = draft(("one", *(f"field{n}" for n in range(MAX_FIELDS))), ("two", "x"))
    assert editing.add_field(crowded, "one", FieldKind.TIME)[1] == ""
    assert editing.add_field(crowded, "nowhere", FieldKind.TIME)[1] == ""
    assert editing.send_field(crowded, "x", "one") == crowded


def test_it_orders_steps_and_fields():
    start = draft(("one", "a", "b"), ("two", "c"))
    assert outline(editing.move_step(start, "two", -1)) == [("two", "c"), ("one", "a", "b")]
    assert outline(editing.move_field(start, "a", 1)) == [("one", "b", "a"), ("two", "c")]
    assert outline(editing.send_field(start, "a", "two")) == [("one", "b"), ("two", "c", "a")]
    for same in (
        editing.move_step(start, "one", -1),
        editing.move_step(start, "nowhere", 1),
        editing.move_field(start, "c", 1),
        editing.move_field(start, "nowhere", 1),
        editing.send_field(start, "a", "nowhere"),
        editing.send_field(start, "a", "one"),
        editing.remove_step(start, "nowhere"),
        editing.remove_field(start, "nowhere"),
    ):
        assert same == start


def test_what_was_removed_can_be_put_back_where_it_was():
    start = draft(("one", "a", "b"), ("two", "c"))
    without = editing.remove_step(start, "one")
    assert outline(without) == [("two", "c")]
    assert editing.put_back(without) == (start, "one")
    without = editing.remove_field(start, "a")
    assert outline(without) == [("one", "b"), ("two", "c")]
    assert editing.put_back(without) == (start, "one")
    assert editing.put_back(start) == (start, "")


def test_a_field_whose_step_is_gone_goes_to_the_first():
    without = editing.remove_field(draft(("one", "a"), ("two", "c")), "a")
    without["steps"].pop(0)
    assert outline(editing.put_back(without)[0]) == [("two", "a", "c")]
    without["steps"].clear()
    assert editing.put_back(without)[1] == ""


def test_what_was_removed_is_not_asked():
    without = editing.remove_step(draft(("one", "a"), ("two", "c")), "one")
    without["smaller"] = ["one", "two"]
    file = editing.file_of(without, "x")
    assert [step.key for step in file.steps] == ["two"]
    assert file.smaller == ("two",)


BEFORE = [option("told", "I told them"), option("later", "Later today"), option("no", "Not now")]


@pytest.mark.parametrize(
    ("lines", "values"),
    [
        ("I told them\nLater today\nNot now", ["told", "later", "no"]),
        ("Not now\n\n  I told them \nLater today", ["no", "told", "later"]),
        ("I have told them\nThis evening\nNot now", ["told", "later", "no"]),
        ("Not now, thanks\nI told them", ["no", "told"]),
        ("I told them\nSomebody else did\nLater today\nNot now", ["told", None, "later", "no"]),
        ("", []),
    ],
)
def test_an_option_keeps_its_value_when_its_label_is_edited(lines, values):
    options = editing.options_from(lines, BEFORE)
    new = [o["value"] for o in options]
    assert [value if wanted else None for value, wanted in zip(new, values, strict=True)] == values
    assert len(set(new)) == len(new)


def test_a_new_option_gets_a_value_nothing_had_before():
    options = editing.options_from("Told\nTold\n3 times\nनहीं\nह", [option("told", "Quite else")])
    values = [o["value"] for o in options]
    assert values == ["told-2", "told-3", "option-3-times", "option", "option-2"]


@given(st.lists(st.text(max_size=12), max_size=8), st.text(max_size=80))
def test_any_lines_make_options_that_can_be_kept(labels, lines):
    first = editing.options_from("\n".join(labels), [])
    for options in (first, editing.options_from(lines, first)):
        assert all(KEY.fullmatch(o["value"]) and o["label"].strip() for o in options)
        assert len({o["value"] for o in options}) == len(options)
    same = "\n".join(o["label"] for o in first)
    assert editing.options_from(same, first) == first
