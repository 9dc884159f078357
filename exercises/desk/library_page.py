"""One exercise on its page, a new one, and files that come and go."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from counsel.accounts.models import Counsellor
from exercises import editing
from exercises.access import version_of
from exercises.desk.framing import may_frame_own
from exercises.desk.library_forms import FileForm, NewForm
from exercises.files import read_exercise, write_exercise
from exercises.models import Exercise, ExerciseVersion
from exercises.schema import SchemaError
from exercises.selectors.library import behind, newest_version, versions_given
from exercises.services.library import draft_publish, exercise_create, file_of_version
from exercises.steps import ExerciseKind

PAGE = "admin:exercises_exercise_change"
EDIT = "admin:exercises_exercise_edit"


def exercise_page(request: HttpRequest, exercise: Any) -> HttpResponse:
    """For the counsellor, as clients see it, and who has which version."""
    newest = newest_version(exercise)
    if newest is None:
        return redirect(EDIT, exercise.pk)
    shown = _version_asked(request, exercise, newest)
    steps = shown.parsed_steps()
    late = behind(request.user, exercise, newest)
    context = {
        "title": shown.title,
        "exercise": exercise,
        "version": shown,
        "newest": newest,
        "steps": steps,
        "smaller": [step.title for step in steps if step.key in shown.smaller],
        "versions": versions_given(request.user, exercise),
        "behind": late,
        "clients_behind": len({row.client_id for row in late}),
        "is_measure": exercise.kind == Exercise.Kind.MEASURE,
        "assign_url": _assign_url(newest),
        "look": reverse("admin:exercises_exercise_preview", args=[exercise.pk, shown.number, 1]),
    }
    return may_frame_own(_page(request, "desk/library/exercise.html", context))


def begin(request: HttpRequest, counsellor: Counsellor) -> HttpResponse:
    """A new exercise begins as a draft with one empty step."""
    form = NewForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        content = editing.blank(form.cleaned_data["title"], form.cleaned_data["kind"])
        exercise = exercise_create(owner=counsellor, content=content)
        return redirect(EDIT, exercise.pk)
    context = {"title": _("A new exercise"), "form": form}
    status = 422 if form.is_bound else 200
    return _page(request, "desk/library/new.html", context, status)


def take_in(request: HttpRequest, counsellor: Counsellor) -> HttpResponse:
    """A file becomes a draft to look at, or is published at once."""
    problems: list[str] = []
    is_sent = request.method == "POST"
    form = FileForm(*((request.POST, request.FILES) if is_sent else (None, None)))
    if form.is_valid():
        try:
            file = read_exercise(form.cleaned_data["file"].read())
        except SchemaError as error:
            problems = error.problems
        else:
            if file.kind is not ExerciseKind.MEASURE:
                return _taken_in(request, counsellor, editing.draft_of(file))
            problems = [_("This is a measure. Its facts and its wording are brought in elsewhere.")]
    is_refused = bool(problems) or bool(form.errors)
    context = {"title": _("Bring in an exercise"), "form": form, "problems": problems}
    return _page(request, "desk/library/import.html", context, 422 if is_refused else 200)


def _taken_in(request: HttpRequest, counsellor: Counsellor, content: editing.Draft) -> HttpResponse:
    exercise = exercise_create(owner=counsellor, content=content)
    if "publish" in request.POST:
        draft_publish(exercise=exercise)
        messages.success(request, _("It is in your library, and can be assigned now."))
        return redirect(PAGE, exercise.pk)
    messages.success(request, _("It is a draft of yours. Look through it, then publish it."))
    return redirect(EDIT, exercise.pk)


def download(request: HttpRequest, exercise: Exercise) -> HttpResponse:
    newest = newest_version(exercise)
    if newest is None:
        raise Http404
    version = _version_asked(request, exercise, newest)
    text = write_exercise(file_of_version(version))
    name = f"{exercise.slug}-{version.number}.toml"
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(text, content_type="application/toml; charset=utf-8", headers=disposition)


def _version_asked(
    request: HttpRequest, exercise: Exercise, newest: ExerciseVersion
) -> ExerciseVersion:
    number = request.GET.get("version", "")
    if not number:
        return newest
    if not (number.isdecimal() and len(number) < 9):
        raise Http404
    return version_of(request.user, exercise.pk, int(number))


def _assign_url(version: ExerciseVersion) -> str:
    """To whom: a page of the desk above."""
    for_whom = reverse("admin:clients_client_assign_exercise")
    return f"{for_whom}?{urlencode({'exercise': version.pk})}"


def _page(
    request: HttpRequest, template: str, context: dict[str, Any], status: int = 200
) -> TemplateResponse:
    frame = {**admin.site.each_context(request), "opts": Exercise._meta}
    return TemplateResponse(request, template, {**frame, **context}, status=status)
