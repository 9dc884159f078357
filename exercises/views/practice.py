"""Doing an exercise: begin, one step after another, keep it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from clients.not_watched import still_to_read
from counsel.common.errors import ConflictError, DomainError
from counsel.common.http import AuthedRequest, require_get_or_post, signed_in
from counsel.common.zones import local_date
from exercises.access import own_assignment, own_entry
from exercises.answers import Cleaned
from exercises.asking import (
    place_of,
    place_of_step,
    place_to_go_on,
    step_shown,
    with_open_answers,
)
from exercises.forms import HelpfulForm, SharingForm, WhenForm
from exercises.joining import from_line
from exercises.models import Assignment, Entry, Exercise
from exercises.services.practising import (
    Saved,
    entry_begin,
    entry_happened,
    entry_rate,
    entry_save_step,
    entry_share,
    entry_submit,
)
from exercises.steps import Step
from exercises.views.showing import show_done, show_step

NOTHING_TYPED = Cleaned({}, {}, {})


@require_get_or_post
@signed_in
def begin(request: AuthedRequest, assignment_id: uuid.UUID) -> HttpResponse:
    """What it is and why; the buttons begin, whole or smaller, or go on where one left off."""
    assignment = own_assignment(request.user, assignment_id)
    if request.method != "POST":
        return render(request, "exercises/begin.html", about(assignment))
    if assignment.version.exercise.kind == Exercise.Kind.JOURNAL:
        first = still_to_read(request, assignment.client, "smaller")
        if first is not None:
            return first
    smaller = {"yes": True, "no": False}.get(request.POST.get("smaller", ""))
    try:
        entry = entry_begin(
            client=assignment.client,
            version=assignment.version,
            assignment=assignment,
            smaller=smaller,
        )
    except DomainError as error:
        messages.warning(request, error.message)
        return redirect("clients:home")
    if smaller is True and not entry.smaller:
        messages.info(request, _("You have written more already, and all of it is kept here."))
    return go_on(entry)


def about(assignment: Assignment) -> dict[str, object]:
    """What the pages before an exercise say of it."""
    version = assignment.version
    today = local_date(timezone.now(), assignment.client.zone)
    draft = Entry.objects.filter(
        assignment=assignment, state=Entry.State.DRAFT, corrects=None
    ).first()
    parts = version.steps_asked(smaller=True) if version.smaller else ()
    return {
        "assignment": assignment,
        "version": version,
        "is_open": assignment.runs_on(today),
        "has_draft": draft is not None,
        "is_smaller": (draft or assignment).smaller and version.has_smaller,
        "smaller_parts": ", ".join(part.title for part in parts),
    }


def go_on(entry: Entry) -> HttpResponse:
    number = place_to_go_on(entry.steps(), entry.answers)
    return redirect("exercises:step", entry.pk, number)


@dataclass(frozen=True, slots=True)
class _Kept:
    saved: Saved
    when: WhenForm

    @property
    def needs_a_look(self) -> bool:
        return bool(self.saved.errors or self.saved.both or not self.when.is_valid())


@require_get_or_post
@signed_in
def step(request: AuthedRequest, entry_id: uuid.UUID, number: int) -> HttpResponse:
    """One screen of an exercise. Its buttons lead back, on, or to the end; each keeps it."""
    entry = own_entry(request.user, entry_id)
    if entry.state != Entry.State.DRAFT:
        return redirect("exercises:entry", entry.pk)
    if request.method != "POST":
        here = _step_at(entry, number)
        is_open = "open" in request.GET
        shown = with_open_answers(here, entry.answers, NOTHING_TYPED) if is_open else NOTHING_TYPED
        return show_step(request, entry, number, shown)
    here = _step_sent(request, entry, number)
    try:
        kept = _keep(request, entry, here)
    except ConflictError as conflict:
        messages.info(request, conflict.message)
        return redirect("exercises:entry", entry.pk)
    found = place_of_step(entry.steps(), here)
    if found is None:
        return go_on(entry)
    number = found
    if "_clear" in request.POST and not kept.needs_a_look:
        return _at(entry, number, request.POST["_clear"])
    is_back = request.POST.get("_go") == "back"
    shown = kept.saved if is_back else with_open_answers(here, entry.answers, kept.saved)
    if kept.needs_a_look or shown.errors:
        return show_step(request, entry, number, shown, both=kept.saved.both, when=kept.when)
    return _turn(entry, number - 1 if is_back else number + 1)


@require_get_or_post
@signed_in
def finish(request: AuthedRequest, entry_id: uuid.UUID) -> HttpResponse:
    """POST keeps the last step with the entry and closes it; GET is the page that says so."""
    entry = own_entry(request.user, entry_id)
    count = len(entry.steps())
    if request.method != "POST":
        if entry.state == Entry.State.SUBMITTED:
            return show_done(request, entry)
        return redirect("exercises:step", entry.pk, count)
    form = SharingForm(request.POST)
    try:
        here = _step_sent(request, entry, count)
        kept = _keep(request, entry, here)
        number = place_of_step(entry.steps(), here)
        if number and (kept.needs_a_look or not form.is_valid()):
            return show_step(
                request, entry, number, kept.saved, both=kept.saved.both, when=kept.when
            )
        if number != len(entry.steps()):
            return go_on(entry)
        entry_submit(entry=entry, sharing=form.decided())
    except ConflictError:
        # Saved a moment ago, by the first of two clicks: the page says so.
        pass
    except DomainError as error:
        key = str(error.field)
        return _at(entry, place_of(entry.steps(), key), key, query="?open")
    return redirect("exercises:finish", entry.pk)


@require_POST
@signed_in
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


def _step_sent(request: AuthedRequest, entry: Entry, number: int) -> Step:
    """The step of the page that was sent. Its draft may have become smaller, or whole, in
    another window since that page was opened.
    """
    forms = (entry.steps(), entry.version.parsed_steps())
    shown = step_shown(forms, from_line(request.POST.get("_was", "")))
    return shown or _step_at(entry, number)


@transaction.atomic
def _keep(request: AuthedRequest, entry: Entry, here: Step) -> _Kept:
    # The draft stays held until all is written: whoever closes it meanwhile has the last word.
    raw = dict(request.POST.lists())
    raw.pop(request.POST.get("_clear", ""), None)
    was = from_line(request.POST["_was"]) if "_was" in request.POST else None
    saved = entry_save_step(entry=entry, step=here, raw=raw, was=was)
    form = SharingForm(request.POST)
    if form.is_valid():
        entry_share(entry=entry, sharing=form.decided())
    when = WhenForm(request.POST, entry=entry, now=timezone.now())
    if when.is_valid() and (at := when.happened_at()):
        entry_happened(entry=entry, at=at)
    return _Kept(saved, when)


def _turn(entry: Entry, number: int) -> HttpResponse:
    count = len(entry.steps())
    return redirect("exercises:step", entry.pk, min(max(number, 1), count))


def _at(entry: Entry, number: int, key: str, *, query: str = "") -> HttpResponse:
    """To a step, at one of its fields."""
    response = redirect("exercises:step", entry.pk, number)
    is_key = any(field.key == key for step in entry.steps() for field in step.fields)
    response["Location"] += query + (f"#id_{key}" if is_key else "")
    return response
