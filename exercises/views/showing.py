"""The two pages of practice themselves: a step, and the one after the last."""

from __future__ import annotations

from collections.abc import Collection

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from clients.models import Sharing
from counsel.common.http import AuthedRequest
from counsel.common.zones import local_date, place
from exercises import answers as rules
from exercises.answers import Cleaned
from exercises.asking import asked
from exercises.forms import HelpfulForm, WhenForm
from exercises.happening import LONGEST_AGO
from exercises.joining import as_line, fingerprints
from exercises.models import Entry, Exercise
from exercises.saying import after_could_not, change_in_words
from exercises.steps import FieldKind


def show_step(
    request: AuthedRequest,
    entry: Entry,
    number: int,
    shown: Cleaned,
    *,
    both: Collection[str] = (),
    when: WhenForm | None = None,
) -> HttpResponse:
    """A step with what is kept or was typed; `both` names texts that two devices wrote."""
    steps = entry.steps()
    step = steps[number - 1]
    fields = asked(step, entry.answers, shown)
    is_last = number == len(steps)
    kind = entry.version.exercise.kind
    context = {
        "entry": entry,
        "step": step,
        "number": number,
        "count": len(steps),
        "is_last": is_last,
        "fields": fields,
        "wrong": [one for one in fields if one.error],
        "both": [one for one in fields if one.field.key in both],
        "was": as_line(fingerprints(step, entry.answers)),
        "turns": not is_last and any(one.turns for one in fields),
        "breathes": any(field.kind is FieldKind.BREATH for field in step.fields),
        "is_journal": kind == Exercise.Kind.JOURNAL,
        # This page's form knows what to do with the button that takes a choice back.
        "clears": True,
        "sharing": _sharing_asked(request, entry),
    }
    if is_last and kind != Exercise.Kind.MEASURE:
        context["when"] = _when_asked(entry, when)
    is_wrong = shown.errors or (when is not None and when.errors)
    status = 422 if is_wrong else 409 if both else 200
    return render(request, "exercises/step.html", context, status=status)


def show_done(request: AuthedRequest, entry: Entry) -> HttpResponse:
    facts = rules.facts(entry.steps(), entry.answers)
    kind = entry.version.exercise.kind
    could_not = entry.outcome == Entry.Outcome.COULD_NOT
    today = local_date(timezone.now(), entry.client.zone)
    assignment = entry.assignment
    context = {
        "entry": entry,
        "version": entry.version,
        "is_journal": kind == Exercise.Kind.JOURNAL,
        "is_measure": kind == Exercise.Kind.MEASURE,
        "could_not": could_not,
        "kindly": after_could_not(entry.reason) if could_not else "",
        "change": change_in_words(facts.before, facts.after),
        "earlier_day": entry.local_date if entry.local_date != today else None,
        "smaller_now": could_not
        and entry.version.has_smaller
        and assignment is not None
        and assignment.runs_on(today),
        "helpful_words": HelpfulForm.WORDS,
    }
    return render(request, "exercises/done.html", context)


def _sharing_asked(request: AuthedRequest, entry: Entry) -> str:
    sent = request.POST.get("_-sharing", "")
    return sent if sent in Sharing.values else entry.sharing


def _when_asked(entry: Entry, form: WhenForm | None) -> dict[str, object]:
    """The choice of a time, in the client's zone. What was given and kept is not asked again."""
    now, zone = timezone.now(), entry.client.zone
    today, day = local_date(now, zone), entry.local_date
    is_wrong = form is not None and bool(form.errors)
    form = form if is_wrong and form is not None else WhenForm(entry=entry, now=now)
    first_day = entry.assignment.starts_on if entry.assignment else today - LONGEST_AGO
    return {
        "form": form,
        "chosen": str(form["when"].value() or WhenForm.KEEP),
        "words": WhenForm.WORDS,
        # Wall time as the client's clock shows it.
        "kept": entry.happened_at.astimezone(zone).replace(tzinfo=None),
        "is_now": day == today and (now - entry.happened_at).total_seconds() < 3_600,
        "is_today": day == today,
        "days_ago": (today - day).days,
        "earliest": max(first_day, today - LONGEST_AGO),
        "latest": today,
        "place": place(zone),
    }
