"""An exercise while somebody is writing it: plain data in the shape of an exercise file.

Pure: values in, values out. In a draft anything may be missing or wrong, and it keeps more than
is asked: settings of a kind a field had before, and what was removed last. `sound` leaves that
out. Keys are made here and never change: answers are kept under them.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from copy import deepcopy
from difflib import SequenceMatcher
from typing import Any, TypeAlias
from unicodedata import normalize

from exercises.steps import (
    MAX_FIELDS,
    MAX_STEPS,
    STRENGTH_RANGE,
    ExerciseFile,
    FieldKind,
    Role,
    dump_steps,
    parse_exercise,
)

Draft: TypeAlias = dict[str, Any]
Data: TypeAlias = dict[str, Any]

ABOUT = (
    *("title", "summary", "minutes", "kind", "aim", "when_to_use"),
    *("rationale_template", "easier", "sharing_default", "licence", "copyright"),
)
# What a kind of field has beyond a label and a help.
SETTINGS: dict[FieldKind, tuple[str, ...]] = {
    FieldKind.LONG_TEXT: ("required", "role"),
    FieldKind.SHORT_TEXT: ("required", "role"),
    FieldKind.SCALE: ("minimum", "low", "maximum", "high", "required", "role"),
    FieldKind.FEELINGS: ("required",),
    FieldKind.CHOICE: ("options", "required"),
    FieldKind.CHOICES: ("options", "required"),
    FieldKind.YES_NO: ("required",),
    FieldKind.NUMBER: ("minimum", "maximum", "required"),
    FieldKind.TIME: ("required",),
    FieldKind.BREATH: ("seconds", "inhale", "exhale"),
    FieldKind.READING: (),
}
ROLES: dict[FieldKind, tuple[Role, ...]] = {
    FieldKind.LONG_TEXT: (Role.SHARE,),
    FieldKind.SHORT_TEXT: (Role.SHARE,),
    FieldKind.SCALE: (Role.BEFORE, Role.AFTER),
}
_AT_FIRST: dict[FieldKind, Data] = {
    FieldKind.SCALE: dict(zip(("minimum", "maximum"), STRENGTH_RANGE, strict=True)),
    FieldKind.BREATH: {"seconds": 60, "inhale": 4, "exhale": 6},
}
# As alike as that, two labels are one that was edited.
_ALIKE = 0.6


# --- Between drafts and exercises ---------------------------------------------------------------


def blank(title: str, kind: str) -> Draft:
    start = {"title": title, "kind": kind, "minutes": 5, "sharing_default": "private"}
    return {**start, "smaller": [], "steps": [{"key": new_key("step"), "title": ""}]}


def draft_of(file: ExerciseFile) -> Draft:
    """The exercise as the editor takes it up. What is one line there becomes one line."""
    about = {name: getattr(file, name) for name in ABOUT}
    draft: Draft = {name: str(v) if isinstance(v, str) else v for name, v in about.items() if v}
    smaller = [step.key for step in file.steps if step.key in file.smaller]
    draft |= {"smaller": smaller, "steps": dump_steps(file.steps)}
    _one_line(draft, "title", "summary")
    for step in draft["steps"]:
        _one_line(step, "title")
        for field in step.get("fields", ()):
            _one_line(field, "label", "low", "high")
            for option in field.get("options", ()):
                _one_line(option, "label")
    return draft


def sound(draft: Draft, slug: str) -> Data:
    """What of the draft is asked: the data of an exercise file, right or wrong."""
    steps = [sound_step(step) for step in draft.get("steps", ())]
    there = {step["key"] for step in steps}
    smaller = [key for key in draft.get("smaller", ()) if key in there]
    about = {name: draft[name] for name in ABOUT if draft.get(name) not in ("", None)}
    return {"slug": slug, **about, "smaller": smaller, "steps": steps}


def sound_step(step: Data) -> Data:
    plain = {name: step[name] for name in ("key", "title", "text") if step.get(name)}
    return {**plain, "fields": [sound_field(field) for field in step.get("fields", ())]}


def sound_field(field: Data) -> Data:
    kind = kind_of(field)
    names = ("key", "kind", "label", "help", *SETTINGS[kind])
    kept = {name: field[name] for name in names if _is_said(field.get(name))}
    if kept.get("role") not in ROLES.get(kind, ()):
        kept.pop("role", None)
    return kept


def _is_said(value: object) -> bool:
    return value is not False and value not in ("", None, [])


def file_of(draft: Draft, slug: str) -> ExerciseFile:
    """The finished exercise. Raises SchemaError with all that is wrong."""
    return parse_exercise(sound(draft, slug))


def kind_of(field: Data) -> FieldKind:
    kind = field.get("kind")
    return FieldKind(kind) if kind in set(FieldKind) else FieldKind.LONG_TEXT


# --- What an editor does --------------------------------------------------------------------


def step_of(draft: Draft, key: str) -> Data | None:
    return next((step for step in draft["steps"] if step["key"] == key), None)


def fields_in(draft: Draft) -> Iterator[tuple[Data, Data]]:
    """Each field with its step."""
    for step in draft["steps"]:
        for field in step.get("fields", ()):
            yield step, field


def step_with(draft: Draft, field_key: str) -> Data | None:
    return next((step for step, field in fields_in(draft) if field["key"] == field_key), None)


def add_step(draft: Draft) -> tuple[Draft, str]:
    """The draft with an empty step at its end, and that step's key; "" where none has room."""
    if len(draft["steps"]) >= MAX_STEPS:
        return draft, ""
    draft, key = deepcopy(draft), new_key("step")
    draft["steps"].append({"key": key, "title": ""})
    return draft, key


def add_field(draft: Draft, step_key: str, kind: FieldKind) -> tuple[Draft, str]:
    """The draft with a field more in that step, and its key; "" where none has room."""
    draft, key = deepcopy(draft), new_key("field")
    step = step_of(draft, step_key)
    if step is None or not has_room(step):
        return draft, ""
    field = {"key": key, "kind": kind.value, "label": "", **_AT_FIRST.get(kind, {})}
    step.setdefault("fields", []).append(field)
    return draft, key


def has_room(step: Data) -> bool:
    return len(step.get("fields", ())) < MAX_FIELDS


def move_step(draft: Draft, key: str, by: int) -> Draft:
    draft = deepcopy(draft)
    _move(draft["steps"], key, by)
    return draft


def move_field(draft: Draft, key: str, by: int) -> Draft:
    draft = deepcopy(draft)
    if step := step_with(draft, key):
        _move(step["fields"], key, by)
    return draft


def send_field(draft: Draft, key: str, to_step: str) -> Draft:
    """The field at the end of another step, if there is one with room."""
    draft = deepcopy(draft)
    here, there = step_with(draft, key), step_of(draft, to_step)
    if here is None or there is None or here is there or not has_room(there):
        return draft
    field = next(field for field in here["fields"] if field["key"] == key)
    here["fields"].remove(field)
    there.setdefault("fields", []).append(field)
    return draft


def remove_step(draft: Draft, key: str) -> Draft:
    draft = deepcopy(draft)
    if step := step_of(draft, key):
        place = draft["steps"].index(step)
        draft["steps"].remove(step)
        draft["removed"] = {"step": step, "place": place}
    return draft


def remove_field(draft: Draft, key: str) -> Draft:
    draft = deepcopy(draft)
    if step := step_with(draft, key):
        field = next(field for field in step["fields"] if field["key"] == key)
        place = step["fields"].index(field)
        step["fields"].remove(field)
        draft["removed"] = {"field": field, "from": step["key"], "place": place}
    return draft


def put_back(draft: Draft) -> tuple[Draft, str]:
    """What was removed last where it was before, and the key of its step."""
    draft = deepcopy(draft)
    removed = draft.pop("removed", {})
    if step := removed.get("step"):
        draft["steps"].insert(removed["place"], step)
        return draft, step["key"]
    step = step_of(draft, removed.get("from", "")) or next(iter(draft["steps"]), None)
    if step is None or "field" not in removed:
        return draft, ""
    step.setdefault("fields", []).insert(removed["place"], removed["field"])
    return draft, step["key"]


def options_from(lines: str, before: Iterable[Mapping[str, str]]) -> list[dict[str, str]]:
    """Options from one label a line, each with the value it had before.

    A label that only moved keeps its value; one that was edited keeps that of its place, or
    of the label most like it. A new one gets a value nothing had before.
    """
    labels = [label for line in lines.split("\n") if (label := line.strip())]
    old = list(before)
    values: list[str] = [""] * len(labels)
    left = list(range(len(old)))

    def match(fits: Callable[[int, int], bool]) -> None:
        for new in (place for place, value in enumerate(values) if not value):
            if (found := next((o for o in left if fits(o, new)), None)) is not None:
                values[new] = old[found]["value"]
                left.remove(found)

    match(lambda o, new: old[o]["label"] == labels[new])
    match(lambda o, new: len(old) == len(labels) and o == new)
    match(lambda o, new: _alike(old[o]["label"], labels[new]))
    taken = {option["value"] for option in old}
    for place, label in enumerate(labels):
        values[place] = values[place] or _new_value(label, taken)
        taken.add(values[place])
    return [{"value": v, "label": label} for v, label in zip(values, labels, strict=True)]


def new_key(word: str) -> str:
    """Like no other, also of versions before: an answer must never be read as another's."""
    return f"{word}-{secrets.token_hex(4)}"


def _alike(one: str, other: str) -> bool:
    return SequenceMatcher(None, one, other, autojunk=False).ratio() >= _ALIKE


def _new_value(label: str, taken: set[str]) -> str:
    plain = normalize("NFKD", label).encode("ascii", "ignore").decode().lower()
    stem = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:30].strip("-")
    stem = stem if stem[:1].isalpha() else f"option-{stem}".strip("-")
    value, number = stem, 1
    while value in taken:
        number += 1
        value = f"{stem}-{number}"
    return value


def _move(things: list[Data], key: str, by: int) -> None:
    place = next((n for n, thing in enumerate(things) if thing["key"] == key), None)
    if place is not None and 0 <= place + by < len(things):
        things.insert(place + by, things.pop(place))


def _one_line(data: Data, *names: str) -> None:
    for name in names:
        if "\n" in data.get(name, ""):
            data[name] = data[name].replace("\n", " ")
