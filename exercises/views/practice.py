"""Doing an exercise: begin, one step after another, keep it, or say why not today."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from clients.models import Sharing
from counsel.common.errors import ConflictError, DomainError
from counsel.common.http import AuthedRequest, require_get_or_post
from counsel.common.zones import local_date
from exercises.access import own_assignment, own_entry
from exercises.answers import Cleaned
from exercises.asking import asked, place_of, place_to_go_on, with_open_answers
from exercises.forms import HelpfulForm, SharingForm
from exercises.models import Assignment, Entry, Exercise
from exercises.services.practising import (
    entry_begin,
    entry_could_not,
    entry_rate,
    entry_save_step,
    entry_share,
    entry_submit,
)
from exercises.steps import Step
from exercises.views.keeps_words import keeps_words

NOTHING_TYPED = Cleaned({}, {}, {})


@require_get_or_post
@keeps_words
def begin(request: AuthedRequest, assignment_id: uuid.UUID) -> HttpResponse:
    """What it is and why; the button begins, or goes on where one left off."""
    assignment = own_assignment(request.user, assignment_id)
    if request.method == "POST":
        try:
            entry = entry_begin(
                client=assignment.client, version=assignment.version, assignment=assignment
            )
        except DomainError as error:
            messages.warning(request, error.message)
            return redirect("clients:home")
        return go_on(entry)
    return render(request, "exercises/begin.html", _about(assignment))


def go_on(entry: Entry) -> HttpResponse:
    number = place_to_go_on(entry.steps(), entry.answers)
    return redirect("exercises:step", entry.pk, number)


@require_get_or_post
@keeps_words
def could_not(request: AuthedRequest, assignment_id: uuid.UUID) -> HttpResponse:
    assignment = own_assignment(request.user, assignment_id)
    form = SharingForm(request.POST or None, initial={"sharing": assignment.client.default_sharing})
    because = request.POST.get("because", "")
    context = {**_about(assignment), "form": form, "because": because}
    if request.method == "POST" and form.is_valid():
        try:
            entry = entry_could_not(assignment=assignment, because=because, sharing=form.decided())
        except DomainError as error:
            context["error"] = error.message
        else:
            return redirect("exercises:finish", entry.pk)
    status = 422 if request.method == "POST" else 200
    return render(request, "exercises/could_not.html", context, status=status)


def _about(assignment: Assignment) -> dict[str, object]:
    today = local_date(timezone.now(), assignment.client.zone)
    draft = Entry.objects.filter(assignment=assignment, state=Entry.State.DRAFT)
    return {
        "assignment": assignment,
        "version": assignment.version,
        "is_open": assignment.runs_on(today),
        "has_draft": draft.exists(),
    }


@require_get_or_post
@keeps_words
def step(request: AuthedRequest, entry_id: uuid.UUID, number: int) -> HttpResponse:
    """One screen of an exercise. Its buttons lead back, on, or to the end; each keeps it."""
    entry = own_entry(request.user, entry_id)
    if entry.state != Entry.State.DRAFT:
        return redirect("exercises:entry", entry.pk)
    here = _step_at(entry, number)
    if request.method != "POST":
        shown = NOTHING_TYPED
        if "open" in request.GET:
            shown = with_open_answers(here, entry.answers, shown)
        return _show(request, entry, number, shown)
    try:
        cleaned = _keep(request, entry, here)
    except ConflictError as conflict:
        messages.info(request, conflict.message)
        return redirect("exercises:entry", entry.pk)
    is_back = request.POST.get("_go") == "back"
    if not is_back:
        cleaned = with_open_answers(here, entry.answers, cleaned)
    if cleaned.errors:
        return _show(request, entry, number, cleaned)
    return _turn(entry, number - 1 if is_back else number + 1)


@require_get_or_post
@keeps_words
def finish(request: AuthedRequest, entry_id: uuid.UUID) -> HttpResponse:
    """POST keeps the last step with the entry and closes it; GET is the page that says so."""
    entry = own_entry(request.user, entry_id)
    steps = entry.steps()
    if request.method != "POST":
        if entry.state == Entry.State.SUBMITTED:
            return _done(request, entry)
        return redirect("exercises:step", entry.pk, len(steps))
    form = SharingForm(request.POST)
    try:
        cleaned = entry_save_step(entry=entry, step=steps[-1], raw=dict(request.POST.lists()))
        if cleaned.errors or not form.is_valid():
            return _show(request, entry, len(steps), cleaned)
        entry_submit(entry=entry, sharing=form.decided())
    except ConflictError:
        # Saved a moment ago, by the first of two clicks: the page says so.
        pass
    except DomainError as error:
        return _back_to(entry, steps, str(error.field))
    return redirect("exercises:finish", entry.pk)


@require_POST
@keeps_words
def helpful(request: AuthedRequest, entry_id: uuid.UUID) -> HttpResponse:
    entry = own_entry(request.user, entry_id)
    form = HelpfulForm(request.POST)
    if form.is_valid():
        entry_rate(entry=entry, helpful=form.cleaned_data["helpful"])
    return redirect("exercises:finish", entry.pk)


def _step_at(entry: Entry, number: int) -> Step:
    steps = entry.steps()
    if not 1 <= number <= len(steps):
        raise Http404
    return steps[number - 1]


@transaction.atomic
def _keep(request: AuthedRequest, entry: Entry, here: Step) -> Cleaned:
    # The draft stays held until both are written: whoever closes it meanwhile has the last word.
    cleaned = entry_save_step(entry=entry, step=here, raw=dict(request.POST.lists()))
    form = SharingForm(request.POST)
    if form.is_valid():
        entry_share(entry=entry, sharing=form.decided())
    return cleaned


def _show(request: AuthedRequest, entry: Entry, number: int, shown: Cleaned) -> HttpResponse:
    steps = entry.steps()
    fields = asked(steps[number - 1], entry.answers, shown)
    is_last = number == len(steps)
    context = {
        "entry": entry,
        "step": steps[number - 1],
        "number": number,
        "count": len(steps),
        "is_last": is_last,
        "fields": fields,
        "wrong": [one for one in fields if one.error],
        "turns": not is_last and any(one.turns for one in fields),
        "is_journal": entry.version.exercise.kind == Exercise.Kind.JOURNAL,
        "sharing": _sharing_asked(request, entry),
    }
    return render(request, "exercises/step.html", context, status=422 if shown.errors else 200)


def _sharing_asked(request: AuthedRequest, entry: Entry) -> str:
    sent = request.POST.get("_-sharing", "")
    return sent if sent in Sharing.values else entry.sharing


def _turn(entry: Entry, number: int) -> HttpResponse:
    count = len(entry.steps())
    return redirect("exercises:step", entry.pk, min(max(number, 1), count))


def _back_to(entry: Entry, steps: tuple[Step, ...], key: str) -> HttpResponse:
    response = redirect("exercises:step", entry.pk, place_of(steps, key))
    response["Location"] += f"?open#id_{key}"
    return response


def _done(request: AuthedRequest, entry: Entry) -> HttpResponse:
    context = {
        "entry": entry,
        "version": entry.version,
        "is_journal": entry.version.exercise.kind == Exercise.Kind.JOURNAL,
        "could_not": entry.outcome == Entry.Outcome.COULD_NOT,
        "helpful_words": HelpfulForm.WORDS,
    }
    return render(request, "exercises/done.html", context)
