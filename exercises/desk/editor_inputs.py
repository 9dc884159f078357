"""One part of a draft, about the exercise or one of its steps, as inputs and back again.

What is typed is kept as it is, also where it makes no sense yet. Inputs are named by the key of
their field, so that they find it wherever it has moved meanwhile.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from exercises import editing
from exercises.desk.editor_words import KINDS, ROLE_WORDS, Wrong
from exercises.editing import SETTINGS, Data, Draft, kind_of
from exercises.models import Exercise
from exercises.schema import plain_newlines, unsavable_at
from exercises.steps import MAX_FIELDS, MAX_STEPS, FieldKind, SharingDefault

ABOUT_PART = "about"
# A measure comes from its instrument, never from here.
WRITABLE_KINDS = [
    (kind, capfirst(words))
    for kind, words in Exercise.Kind.choices
    if kind != Exercise.Kind.MEASURE
]
SHARING_WORDS = {
    SharingDefault.PRIVATE: _("Only the client sees it, unless they share it"),
    SharingDefault.SHARED: _("Shared with you, where the client is used to sharing"),
}
_WHOLE = re.compile(r"[+-]?[0-9]{1,10}", re.ASCII)
_KEY = re.compile(r"[a-z][a-z0-9_-]{0,39}")
_NUMBERS = {"minutes", "minimum", "maximum", "seconds", "inhale", "exhale"}
_ABOUT_TEXTS = (
    *("title", "summary", "minutes", "aim", "when_to_use"),
    *("rationale_template", "easier"),
)


@dataclass(frozen=True, slots=True)
class Input:
    """One labelled input. `shape` names its template; `wide` gives it the whole row."""

    name: str
    label: str | Promise
    value: Any = ""
    shape: str = "line"
    help: str | Promise = ""
    choices: tuple[tuple[str, str | Promise], ...] = ()
    rows: int = 2
    wide: bool = True
    error: str = ""

    @property
    def id(self) -> str:
        return f"id_{self.name}"

    @property
    def lines(self) -> int:
        """How high the box is: what stands in it can be read without scrolling."""
        lines = str(self.value).split("\n")
        return min(max(self.rows, sum(1 + len(line) // 52 for line in lines)), 16)

    @property
    def template(self) -> str:
        return f"desk/library/inputs/{self.shape}.html"


# --- What came in ---------------------------------------------------------------------------


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


# --- What is shown ------------------------------------------------------------------------------


def about_inputs(draft: Draft, wrong: Iterable[Wrong], *, kind_is_open: bool) -> list[Input]:
    errors = _errors(wrong, ABOUT_PART)
    kind = Input("kind", _("Kind"), shape="select", choices=tuple(WRITABLE_KINDS), wide=False)
    inputs = [
        Input("title", _("Title")),
        Input("summary", _("In one sentence, for the client"), shape="text"),
        *([kind] if kind_is_open else []),
        Input("minutes", _("Minutes, about"), shape="number", wide=False),
        Input("aim", _("Aim"), shape="text", rows=3, help=_("For you and your colleagues.")),
        Input("when_to_use", _("When to use it, and when not"), shape="text", rows=3),
        Input(
            "rationale_template",
            _("A reason to start from"),
            shape="text",
            rows=3,
            help=_("You make it your own each time you assign it. The client reads that."),
        ),
        Input(
            "easier",
            _("Something smaller"),
            shape="text",
            help=_("For a day on which the whole is too much. The client reads it."),
        ),
        _smaller_input(draft),
        Input(
            "sharing_default",
            _("What clients write is at first"),
            shape="select",
            choices=tuple((choice.value, words) for choice, words in SHARING_WORDS.items()),
            help=_("The client decides, entry by entry."),
        ),
    ]
    return [_filled(field, draft.get(field.name, ""), errors) for field in inputs]


def _smaller_input(draft: Draft) -> Input:
    choices = tuple(
        (step["key"], str(step.get("title") or "") or _("Step %s") % number)
        for number, step in enumerate(draft["steps"], start=1)
    )
    return Input(
        "smaller",
        _("Steps that make it"),
        shape="checks",
        choices=choices,
        help=_("With none ticked the words above are one page to read."),
    )


def step_inputs(step: Data, wrong: Iterable[Wrong]) -> list[Input]:
    errors = _errors(wrong, step["key"])
    inputs = [
        Input("title", _("Title of the step")),
        Input("text", _("What it says"), shape="text", rows=3),
    ]
    return [_filled(field, step.get(field.name, ""), errors) for field in inputs]


def field_inputs(step: Data, field: Data, wrong: Iterable[Wrong]) -> list[Input]:
    errors, key, kind = _errors(wrong, step["key"]), field["key"], kind_of(field)
    label, help_label = _LABELS.get(kind, (_("Question"), _("A line of help below it")))
    inputs = [
        Input("label", label),
        *(made for name in SETTINGS[kind] for made in _setting(kind, name)),
        Input("help", help_label, shape="text", rows=1),
    ]
    shown = []
    for one in inputs:
        value = field.get(one.name, "")
        if one.name == "options":
            value = "\n".join(option["label"] for option in value or ())
        shown.append(_filled(one, value, errors, key))
    return shown


def kind_choices() -> tuple[tuple[str, str | Promise], ...]:
    return tuple((kind.value, words) for kind, words in KINDS.items())


_LABELS = {
    FieldKind.READING: (_("The words, large"), _("More words below, smaller")),
    FieldKind.BREATH: (_("What it says before it begins"), _("A line of help below it")),
}


def _setting(kind: FieldKind, name: str) -> Iterable[Input]:
    is_scale = kind is FieldKind.SCALE
    match name:
        case "options":
            choose = _("To choose from, one a line")
            yield Input(name, choose, shape="text", rows=3)
        case "low":
            yield Input(name, _("Words for the lowest"), wide=False)
        case "high":
            yield Input(name, _("Words for the highest"), wide=False)
        case "minimum":
            words = _("Lowest number") if is_scale else _("At least")
            yield Input(name, words, shape="number", wide=False)
        case "maximum":
            words = _("Highest number") if is_scale else _("At most")
            yield Input(name, words, shape="number", wide=False)
        case "seconds":
            yield Input(name, _("Seconds in all"), shape="number")
        case "inhale":
            yield Input(name, _("Seconds in"), shape="number", wide=False)
        case "exhale":
            note = _("Both empty: a plain pause.")
            yield Input(name, _("Seconds out"), shape="number", wide=False, help=note)
        case "required":
            yield Input(name, _("Needs an answer"), shape="check")
        case "role":
            roles = tuple((role.value, ROLE_WORDS[role]) for role in editing.ROLES[kind])
            choices = (("", _("Nothing more")), *roles)
            help_words = _("What the brief shows before and after, or as the client's words.")
            label = _("What it tells you besides")
            yield Input(name, label, shape="select", choices=choices, help=help_words)


def _filled(field: Input, value: Any, errors: Mapping[str, str], key: str = "") -> Input:
    name = f"{key}-{field.name}" if key else field.name
    kept = "" if value is None else value
    return Input(
        name=name,
        label=field.label,
        value=kept,
        shape=field.shape,
        help=field.help,
        choices=field.choices,
        rows=field.rows,
        wide=field.wide,
        error=errors.get(name, ""),
    )


def _errors(wrong: Iterable[Wrong], part: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for one in wrong:
        if one.part == part:
            name = f"{one.field}-{one.name}" if one.field else one.name
            found[name] = f"{found[name]} {one.text}" if name in found else one.text
    return found
