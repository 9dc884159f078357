"""One part of a draft, about the exercise or one of its steps, as inputs.

They are named by the key of their field, so that what is typed finds it wherever it has moved
meanwhile; `exercises.desk.editor_typed` takes it in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from exercises import editing
from exercises.desk.editor_words import KINDS, ROLE_WORDS, Wrong
from exercises.editing import SETTINGS, Data, Draft, kind_of
from exercises.models import Exercise
from exercises.steps import FieldKind, SharingDefault

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
