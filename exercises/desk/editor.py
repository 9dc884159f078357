"""The editor of an exercise: one part open at a time, every button a plain submit button.

Each button saves the draft first, so nothing typed is lost by adding, moving or looking.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from counsel.common.errors import ConflictError, DomainError
from exercises import editing
from exercises.desk.editor_inputs import ABOUT_PART
from exercises.desk.editor_page import editor_page
from exercises.desk.editor_typed import taken_in
from exercises.editing import Draft
from exercises.models import Exercise, ExerciseDraft
from exercises.schema import SchemaError
from exercises.selectors.library import newest_version
from exercises.services.library import NO_REVISION, draft_publish, draft_save, file_of_version

# What a button does to the draft: the new draft, and where the page opens next.
Done = tuple[Draft, str]
_PLACE = re.compile(r"[a-z][a-z0-9_-]{0,99}")


def edit(request: HttpRequest, exercise: Exercise) -> HttpResponse:
    if request.method != "POST":
        draft, revision = draft_now(exercise)
        part = request.GET.get("part", ABOUT_PART)
        return editor_page(request, exercise, draft, revision, part, check="check" in request.GET)
    return _written(request, exercise)


def draft_now(exercise: Exercise) -> tuple[Draft, int]:
    """The draft and its revision; where none was begun, what the newest version says."""
    row = ExerciseDraft.objects.filter(exercise=exercise).first()
    if row is not None:
        return row.content, row.revision
    newest = newest_version(exercise)
    assert newest is not None  # noqa: S101  # an exercise has a version or a draft
    return editing.draft_of(file_of_version(newest)), NO_REVISION


def _written(request: HttpRequest, exercise: Exercise) -> HttpResponse:
    stored, now = draft_now(exercise)
    part = request.POST.get("part", ABOUT_PART)
    draft = taken_in(request.POST, stored)
    verb, _colon, what = request.POST.get("do", "save").partition(":")
    act = ACTS.get(verb, _stay)
    try:
        if request.POST.get("revision") != str(now):
            raise ConflictError(_("This exercise was changed in another window meanwhile."))
        done, place = act(draft, part, what)
        revision = now
        if done != stored:
            revision = draft_save(exercise=exercise, content=done, revision=now)
    except ConflictError as conflict:
        return _conflict(request, exercise, part, conflict)
    if verb == "autosave":
        return JsonResponse({"revision": revision})
    if verb == "publish":
        return _published(request, exercise, done, revision, part)
    if verb == "preview":
        return redirect(_preview(exercise, done, part))
    is_checking = verb == "check" or "check" in request.POST
    return redirect(_address(exercise, place, check=is_checking))


def _published(
    request: HttpRequest, exercise: Exercise, draft: Draft, revision: int, part: str
) -> HttpResponse:
    if revision == NO_REVISION:
        messages.info(request, _("Nothing has changed since it was published."))
        return redirect("admin:exercises_exercise_change", exercise.pk)
    try:
        version = draft_publish(exercise=exercise)
    except SchemaError:
        return editor_page(request, exercise, draft, revision, part, check=True, status=422)
    except DomainError:
        # Published a moment ago, by the first of two clicks.
        version = None
    if version is None:
        messages.info(request, _("Nothing has changed since it was published."))
    else:
        words = _("Version %(number)s is published: it can be assigned now.")
        messages.success(request, words % {"number": version.number})
    return redirect("admin:exercises_exercise_change", exercise.pk)


def _conflict(
    request: HttpRequest, exercise: Exercise, part: str, conflict: ConflictError
) -> HttpResponse:
    """What was typed here, over what is kept by now; the next save keeps both."""
    stored, revision = draft_now(exercise)
    if request.POST.get("do") == "autosave":
        return JsonResponse({"message": conflict.message}, status=409)
    draft = taken_in(request.POST, stored)
    return editor_page(
        request,
        exercise,
        draft,
        revision,
        part,
        check="check" in request.POST,
        conflict=conflict.message,
        status=409,
    )


def _address(exercise: Exercise, place: str, *, check: bool) -> str:
    """`place` is a part of the exercise, with an input of it where one is meant."""
    part, _hash, anchor = place.partition("#")
    if not _PLACE.fullmatch(part) or not _PLACE.fullmatch(anchor or "open"):
        part, anchor = ABOUT_PART, ""
    query = {"part": part, **({"check": "1"} if check else {})}
    url = reverse("admin:exercises_exercise_edit", args=[exercise.pk])
    return f"{url}?{urlencode(query)}#{anchor or 'open'}"


def _preview(exercise: Exercise, draft: Draft, part: str) -> str:
    keys = [step["key"] for step in draft["steps"]]
    number = keys.index(part) + 1 if part in keys else 1
    return reverse("admin:exercises_exercise_preview", args=[exercise.pk, "draft", number])


# --- What the buttons do ----------------------------------------------------------------------


def _stay(draft: Draft, part: str, what: str) -> Done:
    return draft, part


def _open(draft: Draft, part: str, what: str) -> Done:
    return draft, what


def _add_step(draft: Draft, part: str, what: str) -> Done:
    draft, key = editing.add_step(draft)
    return draft, key or part


def _step_up(draft: Draft, part: str, what: str) -> Done:
    return editing.move_step(draft, what, -1), f"{part}#outline"


def _step_down(draft: Draft, part: str, what: str) -> Done:
    return editing.move_step(draft, what, 1), f"{part}#outline"


def _remove_step(draft: Draft, part: str, what: str) -> Done:
    return editing.remove_step(draft, what), f"{ABOUT_PART if part == what else part}#removed"


def _add_field(draft: Draft, part: str, what: str) -> Done:
    draft, key = editing.add_field(draft, part, editing.kind_of({"kind": what}))
    return draft, f"{part}#id_{key}-label" if key else part


def _field_up(draft: Draft, part: str, what: str) -> Done:
    return editing.move_field(draft, what, -1), f"{part}#field-{what}"


def _field_down(draft: Draft, part: str, what: str) -> Done:
    return editing.move_field(draft, what, 1), f"{part}#field-{what}"


def _send_field(draft: Draft, part: str, what: str) -> Done:
    key, _comma, to_step = what.partition(",")
    return editing.send_field(draft, key, to_step), part


def _remove_field(draft: Draft, part: str, what: str) -> Done:
    return editing.remove_field(draft, what), f"{part}#removed"


def _put_back(draft: Draft, part: str, what: str) -> Done:
    draft, key = editing.put_back(draft)
    return draft, key or part


def _show_field(draft: Draft, part: str, what: str) -> Done:
    return draft, f"{part}#field-{what}"


ACTS: dict[str, Callable[[Draft, str, str], Done]] = {
    "open": _open,
    "add-step": _add_step,
    "up": _step_up,
    "down": _step_down,
    "remove": _remove_step,
    "add-field": _add_field,
    "field-up": _field_up,
    "field-down": _field_down,
    "field-to": _send_field,
    "field-remove": _remove_field,
    "field-kind": _show_field,
    "put-back": _put_back,
}
