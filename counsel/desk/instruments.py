"""Measures at the desk: what is known of each, and how its words come in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from counsel.accounts.models import Counsellor
from counsel.accounts.roles import counsellor_of
from counsel.common.http import require_get_or_post
from counsel.desk.instrument_forms import ImportForm, WordingForm
from counsel.desk.pages import desk_page, for_counsellors
from exercises.fhir.questionnaire import read_questionnaire
from exercises.models import ExerciseVersion
from exercises.schema import SchemaError
from exercises.scoring.facts import Instrument
from exercises.selectors.measures_offered import Offered, measures_offered
from exercises.services.wording import measure_import, measure_write
from exercises.steps import Field, Option


@for_counsellors
@require_safe
def measures(request: HttpRequest) -> HttpResponse:
    context = {"offered": measures_offered(request.user)}
    return desk_page(request, "desk/instruments/list.html", _("Measures"), context)


@for_counsellors
@require_safe
def measure(request: HttpRequest, key: str) -> HttpResponse:
    return _about(request, _offered(request, key), ImportForm(None))


@for_counsellors
@require_POST
def import_wording(request: HttpRequest, key: str) -> HttpResponse:
    """Reads the uploaded questionnaire; what does not fit is told line by line."""
    offered = _offered(request, key)
    form = ImportForm(request.POST, request.FILES)
    if not form.is_valid():
        return _about(request, offered, form)
    try:
        wording = read_questionnaire(form.cleaned_data["file"].read())
        version = measure_import(
            owner=_owner(request),
            instrument=offered.instrument,
            wording=wording,
            looked_at=form.cleaned_data["looked_at"],
        )
    except SchemaError as error:
        for problem in error.problems:
            form.add_error("file", problem)
        return _about(request, offered, form)
    for left_out in wording.left_out:
        messages.info(request, left_out)
    return _ready(request, offered.instrument, version)


@for_counsellors
@require_get_or_post
def type_wording(request: HttpRequest, key: str) -> HttpResponse:
    offered = _offered(request, key)
    form = WordingForm(request.POST if request.method == "POST" else None, offered)
    if form.is_valid():
        try:
            version = measure_write(
                owner=_owner(request), instrument=offered.instrument, **form.wording()
            )
        except SchemaError as error:
            form.add_error(None, "\n".join(error.problems))
        else:
            return _ready(request, offered.instrument, version)
    context = {"offered": offered, "instrument": offered.instrument, "form": form}
    page = desk_page(request, "desk/instruments/type.html", offered.instrument.name, context)
    page.status_code = 422 if form.errors else 200
    return page


def _offered(request: HttpRequest, key: str) -> Offered:
    for offered in measures_offered(request.user):
        if offered.instrument.key == key:
            return offered
    raise Http404


def _owner(request: HttpRequest) -> Counsellor:
    owner = counsellor_of(request.user)
    assert owner is not None  # noqa: S101  (held by `for_counsellors`)
    return owner


def _about(request: HttpRequest, offered: Offered, form: ImportForm) -> HttpResponse:
    context = {
        "offered": offered,
        "instrument": offered.instrument,
        "version": offered.version,
        "items": list(_items(offered.version)) if offered.version else [],
        "form": form,
    }
    page = desk_page(request, "desk/instruments/measure.html", offered.instrument.name, context)
    page.status_code = 422 if form.errors else 200
    return page


@dataclass(frozen=True, slots=True)
class _Item:
    """One question; what stands above it and its answers, where they differ from the last."""

    field: Field
    lead: str
    answers: tuple[Option, ...]


def _items(version: ExerciseVersion) -> Iterator[_Item]:
    lead: str = ""
    answers: tuple[Option, ...] = ()
    for step in version.parsed_steps():
        field = step.fields[0]
        yield _Item(
            field=field,
            lead=step.text if step.text != lead else "",
            answers=field.options if field.options != answers else (),
        )
        lead, answers = step.text, field.options


def _ready(request: HttpRequest, instrument: Instrument, version: ExerciseVersion) -> HttpResponse:
    done = _("%(name)s has its words now, as version %(number)s. Please read them once below.")
    messages.success(request, done % {"name": instrument.name, "number": version.number})
    return redirect("admin:measure", instrument.key)
