"""A step as the client sees it: the same templates, on a page of the desk that keeps nothing."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from exercises.access import own_exercise_of, version_of
from exercises.asking import Asked, asked
from exercises.desk.editor import draft_now
from exercises.desk.editor_words import field_words
from exercises.desk.framing import may_be_framed_by_own
from exercises.editing import Data, sound_field
from exercises.models import Exercise
from exercises.schema import SchemaError
from exercises.steps import Step, dump_steps, parse_steps

DRAFT = "draft"


@dataclass(frozen=True, slots=True)
class Shown:
    """A field as it is asked, or the words for one that is not ready."""

    asked: Asked | None
    words: str


def preview(request: HttpRequest, exercise: Exercise, which: str, number: int) -> HttpResponse:
    """`which` is "draft", for its owner alone, or the number of a version."""
    if which == DRAFT:
        steps = draft_now(own_exercise_of(request.user, exercise.pk))[0]["steps"]
    elif which.isdecimal() and len(which) < 9:
        steps = dump_steps(version_of(request.user, exercise.pk, int(which)).parsed_steps())
    else:
        raise Http404
    if not 1 <= number <= len(steps):
        raise Http404
    step = steps[number - 1]
    context = {
        "exercise": exercise,
        "which": which,
        "step": {"key": step["key"], "title": step.get("title"), "text": step.get("text")},
        "shown": [_shown(field) for field in step.get("fields", ())],
        "fields": step.get("fields", ()),
        "number": number,
        "count": len(steps),
        "before": number - 1,
        "after": number + 1 if number < len(steps) else 0,
        "is_framed": "framed" in request.GET,
    }
    return may_be_framed_by_own(render(request, "desk/library/preview.html", context))


def _shown(field: Data) -> Shown:
    try:
        step: Step = parse_steps(
            [{"key": "step", "title": "step", "fields": [sound_field(field)]}]
        )[0]
    except SchemaError:
        return Shown(None, field_words(field))
    return Shown(asked(step, {})[0], "")
