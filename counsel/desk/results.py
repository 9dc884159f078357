"""What a client's answers to one measure say, time after time, in the words of its authors."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from clients.access import client_of
from counsel.accounts.step_up import step_up_required
from counsel.audit.models import Verb
from counsel.audit.services import record_access
from counsel.common.help_lines import help_at_hand
from counsel.desk.chart import Chart, chart_of
from counsel.desk.pages import Wrap, desk_page, for_counsellors
from exercises.access import shared_entry_of
from exercises.models import Entry
from exercises.scoring.catalogue import instruments
from exercises.scoring.changes import Change, changes
from exercises.scoring.facts import Direction, Instrument, Scale
from exercises.scoring.rules import ScaleScore, Scored
from exercises.selectors.measures import Result, instrument_of, result_of, results_of
from exercises.selectors.responses import response_of


def urls(wrap: Wrap) -> list[URLPattern]:
    client, entry = "<uuid:client_id>/", "<uuid:client_id>/entries/<uuid:entry_id>/"
    return [
        path(f"{entry}response/", wrap(response), name="clients_client_response"),
        path(f"{client}measures/<instrument:key>/", wrap(measure), name="clients_client_measure"),
    ]


@dataclass(frozen=True, slots=True)
class Row:
    """One scale on one day. Without a `score` too much was left out, or nothing could be read."""

    result: Result
    score: ScaleScore | None
    from_first: Change | None
    from_before: Change | None


@dataclass(frozen=True, slots=True)
class Course:
    """One scale over time, newest first, with its line where there is anything to draw."""

    scale: Scale
    rows: list[Row]
    chart: Chart | None

    @property
    def has_bands(self) -> bool:
        return bool(self.scale.band_sets or self.scale.cutoffs)

    @property
    def rises_when_better(self) -> bool:
        return self.scale.direction is Direction.HIGHER_IS_BETTER


@for_counsellors
@require_safe
def measure(request: HttpRequest, client_id: uuid.UUID, key: str) -> HttpResponse:
    client = client_of(request.user, client_id)
    instrument = instruments().get(key)
    if instrument is None:
        raise Http404
    record_access(verb=Verb.READ, subject=client, client_id=client.pk, request=request)
    context = {"client": client, **course_context(instrument, results_of(client, key))}
    # The title stands in the browser's history: it names neither the client nor the measure.
    return desk_page(request, "desk/measures/results.html", _("Results"), context)


@for_counsellors
@require_POST
def response(request: HttpRequest, client_id: uuid.UUID, entry_id: uuid.UUID) -> HttpResponse:
    """The answers of one measure as a FHIR QuestionnaireResponse, to take away."""
    entry = shared_entry_of(request.user, entry_id)
    found = response_of(entry)
    if entry.client_id != client_id or found is None:
        raise Http404
    return _response(request, entry, found)


@step_up_required
def _response(request: HttpRequest, entry: Entry, found: dict[str, object]) -> HttpResponse:
    record_access(verb=Verb.EXPORT, subject=entry, client_id=entry.client_id, request=request)
    content = json.dumps(found, ensure_ascii=False, indent=2)
    file = HttpResponse(content, content_type="application/fhir+json; charset=utf-8")
    file["Content-Disposition"] = 'attachment; filename="response.json"'
    return file


def course_context(instrument: Instrument, results: Sequence[Result]) -> dict[str, Any]:
    """What the page of a measure says, from what was handed in of it, oldest first."""
    return {
        "instrument": instrument,
        "results": results[::-1],
        "courses": [course_of(instrument, scale, results) for scale in instrument.scales],
        "has_to_look_at": bool(instrument.risk_items or instrument.rules),
        "is_prorated": any(result.scored and result.scored.prorated for result in results),
    }


def score_context(entry: Entry) -> dict[str, Any]:
    """What the page of an entry says of its score; nothing for what is no measure."""
    instrument = instrument_of(entry.version)
    if instrument is None or entry.outcome != Entry.Outcome.DONE:
        return {}
    result = result_of(entry)
    lines = help_at_hand().chosen if result.risk else ()
    return {"instrument": instrument, "result": result, "help_lines": lines}


def course_of(instrument: Instrument, scale: Scale, results: Sequence[Result]) -> Course:
    """`results` oldest first. Changes reach over a time without a score to the one before it."""
    rows: list[Row] = []
    earlier: list[Scored] = []
    for result in results:
        score = _of_scale(result.scored, scale)
        first = before = None
        if result.scored is not None and score is not None:
            if earlier:
                first = _change(instrument, scale, earlier[0], result.scored)
                before = _change(instrument, scale, earlier[-1], result.scored)
            earlier.append(result.scored)
        rows.append(Row(result, score, first, before))
    return Course(scale, rows[::-1], _chart(scale, rows))


def _of_scale(scored: Scored | None, scale: Scale) -> ScaleScore | None:
    found = scored.scales if scored else ()
    return next((score for score in found if score.key == scale.key), None)


def _change(instrument: Instrument, scale: Scale, first: Scored, last: Scored) -> Change:
    return next(c for c in changes(instrument, first, last) if c.key == scale.key)


def _chart(scale: Scale, rows: Sequence[Row]) -> Chart | None:
    values = [(row.result.entry.local_date, row.score.value) for row in rows if row.score]
    if not values:
        return None
    # Where authors disagree none of them is drawn.
    bands = scale.band_sets[0].bands if len(scale.band_sets) == 1 else ()
    return chart_of(values, scale.minimum, scale.maximum, bands)
