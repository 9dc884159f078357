"""What was typed into the open part of the editor, as it goes into the draft.

It is kept as it is, also where it makes no sense yet.
"""

from __future__ import annotations

import re
from copy import deepcopy
from typing import Any

from django.http import QueryDict

from exercises import editing
from exercises.desk.editor_inputs import ABOUT_PART, WRITABLE_KINDS
from exercises.editing import SETTINGS, Data, Draft, kind_of
from exercises.schema import plain_newlines, unsavable_at
from exercises.steps import MAX_FIELDS, MAX_STEPS, FieldKind, SharingDefault

_WHOLE = re.compile(r"[+-]?[0-9]{1,10}", re.ASCII)
_KEY = re.compile(r"[a-z][a-z0-9_-]{0,39}")
_NUMBERS = {"minutes", "minimum", "maximum", "seconds", "inhale", "exhale"}
_ABOUT_TEXTS = (
    *("title", "summary", "minutes", "aim", "when_to_use"),
    *("rationale_template", "easier"),
)


def taken_in(post: QueryDict, draft: Draft) -> Draft:
    """The draft with what was typed into the open part."""
    part = post.get("part", "")
    if part == ABOUT_PART:
        return _about_from(post, draft)
    return _step_from(post, draft, part) if _KEY.fullmatch(part) else draft


def _about_from(post: QueryDict, draft: Draft) -> Draft:
    draft = deepcopy(draft)
    for name in _ABOUT_TEXTS:
        if name in post:
            _keep(draft, name, _typed(post, name))
    if post.get("kind") in {kind for kind, _label in WRITABLE_KINDS}:
        draft["kind"] = post["kind"]
    if post.get("sharing_default") in set(SharingDefault):
        draft["sharing_default"] = post["sharing_default"]
    chosen = post.getlist("smaller")
    draft["smaller"] = [step["key"] for step in draft["steps"] if step["key"] in chosen]
    return draft


def _step_from(post: QueryDict, draft: Draft, key: str) -> Draft:
    """A step that was removed in another window comes back: what was typed is not lost."""
    draft = deepcopy(draft)
    step = editing.step_of(draft, key)
    if step is None:
        if len(draft["steps"]) >= MAX_STEPS:
            return draft
        step = {"key": key}
        draft["steps"].append(step)
    known = {field["key"]: field for _step, field in editing.fields_in(draft)}
    elsewhere = {f["key"] for other, f in editing.fields_in(draft) if other["key"] != key}
    names = [name for name in dict.fromkeys(post.getlist("field")) if _KEY.fullmatch(name)]
    fields = [
        _field_from(post, name, known.get(name, {}))
        for name in names[:MAX_FIELDS]
        if name not in elsewhere
    ]
    for name, value in (("title", _typed(post, "title")), ("text", _typed(post, "text"))):
        _keep(step, name, value)
    _keep(step, "fields", fields)
    return draft


def _field_from(post: QueryDict, key: str, before: Data) -> Data:
    """Settings that were not on the page stay as they were: their kind may come back."""
    field = {**before, "key": key}
    shown = kind_of({"kind": post.get(f"{key}-was")})
    for name in ("label", "help", *SETTINGS[shown]):
        _keep(field, name, _setting_from(post, key, name, before, shown))
    field["kind"] = kind_of({"kind": post.get(f"{key}-kind", shown.value)}).value
    return field


def _setting_from(post: QueryDict, key: str, name: str, before: Data, kind: FieldKind) -> Any:
    match name:
        case "required":
            return f"{key}-required" in post
        case "options":
            lines = _typed(post, f"{key}-options", number=False)
            return editing.options_from(str(lines), before.get("options", ()))
        case "role":
            role = post.get(f"{key}-role", "")
            return role if role in {"", *editing.ROLES[kind]} else ""
        case _:
            return _typed(post, f"{key}-{name}", number=name in _NUMBERS)


def _keep(data: Data, name: str, value: Any) -> None:
    """What was not there and is empty now is no change."""
    if name in data or value is not False and value not in ("", []):
        data[name] = value


def _typed(post: QueryDict, name: str, *, number: bool | None = None) -> str | int:
    """As it was typed, in characters that can be kept; a whole number as one."""
    text = plain_newlines(post.get(name, ""))
    if unsavable_at(text) is not None:
        text = "".join("\ufffd" if unsavable_at(letter) is not None else letter for letter in text)
    is_number = name in _NUMBERS if number is None else number
    if is_number and _WHOLE.fullmatch(text.strip()):
        return int(text)
    return text
