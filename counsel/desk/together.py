"""Filling in a measure together with a client, all of it on one page."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from clients.access import client_of
from clients.models import Client
from counsel.accounts.roles import counsellor_of
from counsel.audit.models import Verb
from counsel.audit.services import record_access
from counsel.common.errors import DomainError
from counsel.common.http import id_or_404, require_get_or_post
from counsel.desk.pages import Wrap, desk_page, for_counsellors
from exercises.answers import Answer, Cleaned, clean_step
from exercises.asking import Asked, asked
from exercises.models import Entry, ExerciseVersion
from exercises.selectors.measures import shows_help
from exercises.selectors.measures_offered import Offered, measures_offered
from exercises.services.together import entry_fill_together
from exercises.steps import Step


def urls(wrap: Wrap) -> list[URLPattern]:
    at, name = "<uuid:client_id>/together/", "clients_client_together"
    return [
        path(at, wrap(choose), name=name),
        path(f"{at}<instrument:key>/", wrap(fill), name=f"{name}_fill"),
    ]


@dataclass(frozen=True, slots=True)
class Part:
    """One step as the page shows it: its lead only where it is not that of the one before."""

    lead: str
    fields: list[Asked]


@for_counsellors
@require_safe
def choose(request: HttpRequest, client_id: uuid.UUID) -> HttpResponse:
    client = client_of(request.user, client_id)
    record_access(verb=Verb.READ, subject=client, client_id=client.pk, request=request)
    offered = measures_offered(request.user)
    context = {
        "client": client,
        "ready": [row for row in offered if row.version],
        "wordless": [row for row in offered if not row.version],
    }
    return desk_page(request, "desk/measures/choose.html", _("Fill in together"), context)


@for_counsellors
@require_get_or_post
def fill(request: HttpRequest, client_id: uuid.UUID, key: str) -> HttpResponse:
    """The answers as they are given; each may be left out. Saving shows them to both."""
    client = client_of(request.user, client_id)
    version = _version(request, key)
    steps = version.parsed_steps()
    if request.method != "POST":
        return _page(request, client, version, steps, {}, uuid.uuid4())
    cleaned = {step.key: clean_step(step, dict(request.POST.lists())) for step in steps}
    entry_key = id_or_404(request.POST.get("_entry", ""))
    if not any(one.errors for one in cleaned.values()):
        answers = {k: v for one in cleaned.values() for k, v in one.answers.items()}
        try:
            entry = _save(request, client, version, answers, entry_key)
        except DomainError as error:
            _note(steps, cleaned, error)
        else:
            return redirect("admin:clients_client_entry", client.pk, entry.pk)
    return _page(request, client, version, steps, cleaned, entry_key)


@transaction.atomic
def _save(
    request: HttpRequest,
    client: Client,
    version: ExerciseVersion,
    answers: Mapping[str, Answer],
    entry_key: uuid.UUID,
) -> Entry:
    by = counsellor_of(request.user)
    assert by is not None  # noqa: S101  (held by `for_counsellors`)
    entry = entry_fill_together(
        key=entry_key, client=client, version=version, answers=answers, by=by, now=timezone.now()
    )
    record_access(verb=Verb.CREATE, subject=entry, client_id=client.pk, request=request)
    if not shows_help(entry):
        messages.success(request, _("Saved. The client finds it under what they have kept."))
    return entry


def _note(steps: tuple[Step, ...], cleaned: dict[str, Cleaned], error: DomainError) -> None:
    """Put a refusal beside the field it is about, else beside the first."""
    step = next((s for s in steps if any(field.key == error.field for field in s.fields)), steps[0])
    cleaned[step.key].errors[error.field or step.fields[0].key] = error.message


def _page(
    request: HttpRequest,
    client: Client,
    version: ExerciseVersion,
    steps: tuple[Step, ...],
    cleaned: Mapping[str, Cleaned],
    entry_key: uuid.UUID,
) -> HttpResponse:
    record_access(verb=Verb.READ, subject=client, client_id=client.pk, request=request)
    parts = _parts(steps, cleaned)
    wrong = [field for part in parts for field in part.fields if field.error]
    context = {
        "client": client,
        "version": version,
        "parts": parts,
        "wrong": wrong,
        "entry_key": entry_key,
    }
    page = desk_page(request, "desk/measures/fill.html", _("Fill in together"), context)
    page.status_code = 422 if wrong else 200
    return page


def _parts(steps: tuple[Step, ...], cleaned: Mapping[str, Cleaned]) -> list[Part]:
    parts: list[Part] = []
    lead = ""
    for step in steps:
        one = cleaned.get(step.key)
        fields = asked(step, one.answers if one else {}, one)
        parts.append(Part(step.text if step.text != lead else "", fields))
        lead = step.text
    return parts


def _version(request: HttpRequest, key: str) -> ExerciseVersion:
    offered: list[Offered] = measures_offered(request.user)
    version = next((row.version for row in offered if row.instrument.key == key), None)
    if version is None:
        raise Http404
    return version
