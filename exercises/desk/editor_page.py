"""The editor's page: the outline, the open part with its inputs, what is wrong, the look of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from exercises import editing
from exercises.desk.editor_inputs import (
    ABOUT_PART,
    Input,
    about_inputs,
    field_inputs,
    kind_choices,
    step_inputs,
)
from exercises.desk.editor_words import KINDS, Wrong, field_words, wrong_with
from exercises.desk.framing import may_frame_own
from exercises.editing import Data, Draft, kind_of
from exercises.models import Exercise
from exercises.steps import MAX_STEPS


@dataclass(frozen=True, slots=True)
class FieldCard:
    key: str
    number: int
    kind: str
    kind_words: str | Promise
    words: str
    inputs: list[Input]
    is_first: bool
    is_last: bool


@dataclass(frozen=True, slots=True)
class Part:
    """One card of the outline: what the exercise is about, or a step."""

    key: str
    number: int
    title: str
    lines: list[str]
    is_open: bool
    wrong: int
    is_first: bool = False
    is_last: bool = False


@dataclass(frozen=True, slots=True)
class ToMend:
    """A line of the summary: where it is, what to do, and what takes one there."""

    where: str
    wrong: Wrong
    is_here: bool


def editor_page(
    request: HttpRequest,
    exercise: Exercise,
    draft: Draft,
    revision: int,
    part: str,
    *,
    check: bool,
    conflict: str = "",
    status: int = 200,
) -> HttpResponse:
    wrong = wrong_with(draft, exercise.slug)
    told = wrong if check else []
    step = editing.step_of(draft, part)
    here = step["key"] if step else ABOUT_PART
    context: dict[str, Any] = {
        **admin.site.each_context(request),
        "title": str(draft.get("title") or "").strip() or _("A new exercise"),
        "opts": Exercise._meta,
        "exercise": exercise,
        "revision": revision,
        "conflict": conflict,
        "check": check,
        "open_count": len(wrong),
        "summary": [ToMend(_where(draft, one), one, one.part == here) for one in told],
        "about": _about(draft, here, told),
        "parts": _parts(draft, here, told),
        "part": here,
        "removed": _removed_words(draft),
        "may_add_step": len(draft["steps"]) < MAX_STEPS,
        "kinds": kind_choices(),
        **_open_part(exercise, draft, step, told),
    }
    response = TemplateResponse(request, "desk/library/editor.html", context, status=status)
    return may_frame_own(response)


def _open_part(
    exercise: Exercise, draft: Draft, step: Data | None, told: list[Wrong]
) -> dict[str, Any]:
    number = draft["steps"].index(step) + 1 if step else 1
    look = reverse("admin:exercises_exercise_preview", args=[exercise.pk, "draft", number])
    if step is None:
        is_new = exercise.number is None  # type: ignore[attr-defined]  # the library says it
        return {"inputs": about_inputs(draft, told, kind_is_open=is_new), "look": look}
    return {
        "inputs": step_inputs(step, told),
        "fields": _cards(step, told),
        "others": [
            (other["key"], _step_title(other, place))
            for place, other in enumerate(draft["steps"], start=1)
            if other is not step and editing.has_room(other)
        ],
        "may_add_field": editing.has_room(step),
        "look": look,
    }


def _cards(step: Data, told: list[Wrong]) -> list[FieldCard]:
    fields = step.get("fields", [])
    return [
        FieldCard(
            key=field["key"],
            number=number,
            kind=kind_of(field).value,
            kind_words=KINDS[kind_of(field)],
            words=field_words(field),
            inputs=field_inputs(step, field, told),
            is_first=number == 1,
            is_last=number == len(fields),
        )
        for number, field in enumerate(fields, start=1)
    ]


def _about(draft: Draft, here: str, told: list[Wrong]) -> Part:
    return Part(
        key=ABOUT_PART,
        number=0,
        title=_("About the exercise"),
        lines=[line for line in [str(draft.get("summary") or "")] if line],
        is_open=here == ABOUT_PART,
        wrong=sum(one.part == ABOUT_PART for one in told),
    )


def _parts(draft: Draft, here: str, told: list[Wrong]) -> list[Part]:
    steps = draft["steps"]
    return [
        Part(
            key=step["key"],
            number=number,
            title=_step_title(step, number),
            lines=[field_words(field) for field in step.get("fields", ())],
            is_open=step["key"] == here,
            wrong=sum(one.part == step["key"] for one in told),
            is_first=number == 1,
            is_last=number == len(steps),
        )
        for number, step in enumerate(steps, start=1)
    ]


def _step_title(step: Data, number: int) -> str:
    return str(step.get("title") or "").strip() or _("Step %(number)s") % {"number": number}


def _where(draft: Draft, wrong: Wrong) -> str:
    if wrong.part == ABOUT_PART:
        return _("About the exercise")
    step = editing.step_of(draft, wrong.part)
    if step is None:
        return ""
    title = _step_title(step, draft["steps"].index(step) + 1)
    field = next((f for f in step.get("fields", ()) if f["key"] == wrong.field), None)
    if field is None:
        return title
    return _("%(step)s, “%(field)s”") % {"step": title, "field": field_words(field)}


def _removed_words(draft: Draft) -> str:
    removed = draft.get("removed", {})
    if step := removed.get("step"):
        return str(step.get("title") or "").strip() or _("A step")
    return field_words(removed["field"]) if "field" in removed else ""
