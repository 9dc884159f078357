"""What a measure asks of the pages that show it, and what is read of it afterwards."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from clients.models import Client
from exercises.models import Entry, EntryQuerySet, ExerciseVersion, Score
from exercises.scoring.catalogue import instruments
from exercises.scoring.changes import Change, changes
from exercises.scoring.facts import Instrument
from exercises.scoring.risk import risk_answered
from exercises.scoring.rules import ScaleScore, Scored, raw_answers, score

# As many as one looks at: what is older is in the entries themselves.
MOST_OWN = 8
# How long somebody who stopped on the way is shown where to find help when they come home.
STAYS_IN_SIGHT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Result:
    """One measure a client handed in and shares. Without `scored` it could not be scored."""

    entry: Entry
    scored: Scored | None
    risk: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ScaleLine:
    """One scale of the newest result, and what changed since the first where there are two."""

    score: ScaleScore
    change: Change | None


@dataclass(frozen=True, slots=True)
class Latest:
    """A measure at a glance: the newest result, and what changed since the first."""

    instrument: Instrument
    result: Result
    count: int
    changes: tuple[Change, ...]

    @property
    def lines(self) -> list[ScaleLine]:
        changed = {change.key: change for change in self.changes}
        scales = self.result.scored.scales if self.result.scored else ()
        return [ScaleLine(score, changed.get(score.key)) for score in scales]


@dataclass(frozen=True, slots=True)
class OwnColumn:
    """One number of a measure as its client sees it; `name` is '' where there is only one."""

    name: str
    minimum: int
    maximum: int


@dataclass(frozen=True, slots=True)
class OwnRow:
    """A day, and one value for each column: None where there was none."""

    entry: Entry
    values: tuple[Decimal | None, ...]


@dataclass(frozen=True, slots=True)
class OwnScores:
    """A client's own numbers, newest first, the latest few."""

    columns: tuple[OwnColumn, ...]
    rows: tuple[OwnRow, ...]


@dataclass(frozen=True, slots=True)
class OwnMeasure:
    title: str
    scores: OwnScores


def instrument_of(version: ExerciseVersion) -> Instrument | None:
    """The facts a measure is scored by; None for every other exercise, and for facts we lack."""
    return instruments().get(version.scoring) if version.scoring else None


def is_always_shared(version: ExerciseVersion) -> bool:
    """Whether the counsellor reads every answer once it is handed in: where one asks for it."""
    instrument = instrument_of(version)
    return instrument is not None and bool(instrument.risk_items)


def shows_help(entry: Entry) -> bool:
    """Whether help belongs on the next page: a risk item was answered above its line.

    Asks no database, and does not wait for the entry to be handed in.
    """
    return bool(risk_in(entry))


def drafts_that_may_ask_for_help(client: Client, now: datetime) -> list[Entry]:
    """Measures with a risk item that were begun within a day and not handed in."""
    looked_at = [key for key, known in instruments().items() if known.risk_items]
    rows = Entry.objects.filter(
        client=client,
        state=Entry.State.DRAFT,
        version__scoring__in=looked_at,
        happened_at__gte=now - STAYS_IN_SIGHT,
    )
    return list(rows.select_related("version"))


def risk_in(entry: Entry) -> tuple[int, ...]:
    instrument = instrument_of(entry.version)
    return risk_answered(instrument, entry.answers) if instrument else ()


def result_of(entry: Entry) -> Result:
    return Result(entry, scored(entry), risk_in(entry))


def scored(entry: Entry) -> Scored | None:
    """The answers by the facts as they are now; None where they cannot be scored."""
    instrument = instrument_of(entry.version)
    if instrument is None:
        return None
    try:
        return score(instrument, raw_answers(instrument, entry.answers))
    except ValueError:
        return None


def results_of(client: Client, key: str) -> list[Result]:
    """What the client handed in of one measure and shares now, oldest first. One query."""
    return [result_of(entry) for entry in _shared(client) if entry.version.scoring == key]


def measures_of(client: Client, until: datetime) -> list[Latest]:
    """Every measure with something handed in before `until` and shared, by name. One query."""
    found: dict[str, list[Entry]] = {}
    for entry in _shared(client):
        if entry.happened_at < until:
            found.setdefault(entry.version.scoring, []).append(entry)
    known = [instruments()[key] for key in found if key in instruments()]
    ordered = sorted(known, key=lambda instrument: instrument.name)
    return [_latest(instrument, found[instrument.key]) for instrument in ordered]


def own_scores(entry: Entry) -> OwnScores | None:
    """The client's own numbers of this measure, where the counsellor lets them see them.

    No bands, no lines, no label of a tested instrument: those are for talking about together.
    Two queries.
    """
    instrument = instrument_of(entry.version)
    if instrument is None or entry.assignment is None or not entry.assignment.shows_scores:
        return None
    kept = Entry.objects.submitted().filter(
        client=entry.client_id, assignment__shows_scores=True, version__scoring=instrument.key
    )
    scores = list(_scores(kept)[:MOST_OWN])
    return _own(instrument, scores) if scores else None


def own_measures(client: Client, first: date, last: date) -> list[OwnMeasure]:
    """The client's own numbers of a span of their days, of each measure whose scores they may
    see, the latest few of each. Two queries.
    """
    kept = Entry.objects.submitted().filter(
        client=client,
        assignment__shows_scores=True,
        local_date__gte=first,
        local_date__lte=last,
    )
    found: dict[str, list[Score]] = {}
    for row in _scores(kept):
        found.setdefault(row.instrument, []).append(row)
    return [
        OwnMeasure(rows[0].entry.version.title, _own(instruments()[key], rows[:MOST_OWN]))
        for key, rows in found.items()
        if key in instruments()
    ]


def _scores(kept: EntryQuerySet) -> QuerySet[Score]:
    """Newest first."""
    return (
        Score.objects.filter(entry__in=kept)
        .select_related("entry__version")
        .prefetch_related("scales")
        .defer("raw", "entry__answers", "entry__because", "entry__version__steps")
        .order_by("-entry__happened_at")
    )


def _own(instrument: Instrument, scores: Iterable[Score]) -> OwnScores:
    keys = [scale.key for scale in instrument.scales]
    rows = tuple(OwnRow(row.entry, _in_columns(row, keys)) for row in scores)
    return OwnScores(_columns(instrument), rows)


def _in_columns(row: Score, keys: Sequence[str]) -> tuple[Decimal | None, ...]:
    values = {scale.scale: scale.value for scale in row.scales.all()}
    return tuple(values.get(key) for key in keys)


def _columns(instrument: Instrument) -> tuple[OwnColumn, ...]:
    """Only our own check-in says what a number is about: others' labels sound like a verdict."""
    scales = instrument.scales
    if len(scales) == 1:
        names = [""]
    elif instrument.validated:
        names = [_("Part %(number)s") % {"number": n} for n in range(1, len(scales) + 1)]
    else:
        names = [scale.label for scale in scales]
    return tuple(
        OwnColumn(name, scale.minimum, scale.maximum)
        for name, scale in zip(names, scales, strict=True)
    )


def _shared(client: Client) -> Sequence[Entry]:
    """Found by the few versions that are scored, not among all that a client ever did."""
    scored_ones = ExerciseVersion.objects.exclude(scoring="").values("pk")
    entries = Entry.objects.shared().filter(client=client, outcome=Entry.Outcome.DONE)
    return list(
        entries.filter(version__in=scored_ones)
        .select_related("version__exercise", "filled_by")
        .defer("because")
        .order_by("happened_at", "logged_at")
    )


def _latest(instrument: Instrument, entries: list[Entry]) -> Latest:
    """Answers are opened and scored from both ends, as far as it takes to find a score."""
    scores = ((entry, scored(entry)) for entry in entries)
    first = next(((entry, found) for entry, found in scores if found), None)
    scores = ((entry, scored(entry)) for entry in reversed(entries))
    last = next(((entry, found) for entry, found in scores if found), None)
    changed: tuple[Change, ...] = ()
    if first and last and first[0] != last[0]:
        changed = changes(instrument, first[1], last[1])
    return Latest(instrument, result_of(entries[-1]), len(entries), changed)
