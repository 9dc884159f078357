"""What changed by measures: how many clients reliably improved, did not, or got worse.

Only what clients share at this moment counts. The database finds each client's first and last
value; the rule is `exercises.scoring.changes`. Two queries, with the weeks before.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import Count, F, Max, Q, RowRange, Window
from django.db.models.functions import LastValue, RowNumber
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from counsel.desk.practice.spans import Span
from counsel.desk.practice.suppression import tells_total
from counsel.desk.practice.tables import NONE, Cell, Row, Table, share_of, withheld
from exercises.models import Entry, ScaleScore
from exercises.scoring.catalogue import instruments
from exercises.scoring.changes import Course, change_of
from exercises.scoring.facts import Instrument, Scale

_CLIENT = (F("score__entry__client_id"), F("score__instrument"), F("scale"))
_IN_ORDER = ("score__entry__happened_at", "score__entry__logged_at", "pk")
_COURSES = (Course.BETTER, Course.SAME, Course.WORSE)


@dataclass(slots=True)
class Changed:
    """Clients by how they went, and by the counsellor they are with now."""

    courses: Counter[Course] = field(default_factory=Counter)
    sizes: Counter[UUID] = field(default_factory=Counter)


def measures_in(weeks: Span, known: Collection[UUID]) -> Table:
    """Every scale with an agreed amount has a row, so that one tells nothing by being there."""
    now, before = _changed(weeks), _changed(weeks.before())
    rows = [
        Row(
            instrument.name if len(instrument.scales) == 1 else f"{instrument.name}: {scale.label}",
            _cells(now.get(key, Changed()), before.get(key, Changed()), known),
            note=_amount(scale),
            source=scale.change.source,
        )
        for key, instrument, scale in _judged()
    ]
    heads = (
        _("Measure"),
        _("Clients"),
        _("Reliably better"),
        _("No sure change"),
        _("Reliably worse"),
        _("Reliably better in the weeks before"),
    )
    return Table(_("Change by measures"), heads, tuple(rows))


def without_amount() -> list[str]:
    """The measures nobody agreed on an amount for: by these nobody is counted."""
    judged = {instrument.key for _key, instrument, _scale in _judged()}
    return sorted(one.name for one in instruments().values() if one.key not in judged)


def _judged() -> Iterator[tuple[tuple[str, str], Instrument, Scale]]:
    for instrument in sorted(instruments().values(), key=lambda one: one.name):
        for scale in instrument.scales:
            if scale.change.amount is not None:
                yield (instrument.key, scale.key), instrument, scale


def _changed(weeks: Span) -> dict[tuple[str, str], Changed]:
    """Under instrument and scale: clients with two scores or more by the end of the weeks, the
    last of them within. From their very first to that last.
    """
    scales = {key: scale for key, _instrument, scale in _judged()}
    found: dict[tuple[str, str], Changed] = {}
    for counsellor_id, instrument, scale, first, last in _first_and_last(weeks):
        change = change_of(scales[instrument, scale], float(first), float(last))
        one = found.setdefault((instrument, scale), Changed())
        one.courses[change.course if change.reliable else Course.SAME] += 1
        one.sizes[counsellor_id] += 1
    return found


def _first_and_last(weeks: Span) -> Iterator[tuple[UUID, str, str, float, float]]:
    comparable = Q()
    for (key, scale), instrument, _scale in _judged():
        # What was scored by other facts is not compared.
        versions = {"score__instrument": key, "score__scoring_version": instrument.version}
        comparable |= Q(scale=scale, **versions)
    shared = Entry.objects.shared().filter(outcome=Entry.Outcome.DONE, local_date__lte=weeks.last)
    rows = ScaleScore.objects.across_caseloads("numbers of the practice, small groups left out")
    rows = rows.unrestricted()
    rows = rows.filter(comparable, score__entry__in=shared.order_by())
    backwards = [F(name).desc() for name in _IN_ORDER]
    # All by one order, so that the database sorts once.
    ends = rows.annotate(
        first=Window(
            LastValue("value"), partition_by=_CLIENT, order_by=backwards, frame=RowRange()
        ),
        from_end=Window(RowNumber(), partition_by=_CLIENT, order_by=backwards),
        times=Window(Count("pk"), partition_by=_CLIENT),
        last_day=Window(Max("score__entry__local_date"), partition_by=_CLIENT),
    ).filter(from_end=1, times__gte=2, last_day__gte=weeks.first)
    counsellor = "score__entry__client__counsellor_id"
    yield from ends.values_list(counsellor, "score__instrument", "scale", "first", "value")


def _cells(now: Changed, before: Changed, known: Collection[UUID]) -> list[Cell]:
    texts = [withheld(now.sizes.total()), *[NONE] * len(_COURSES)]
    if tells_total(now.sizes, known):
        size = now.sizes.total()
        texts = [number_format(size), *(share_of(now.courses[way], size) for way in _COURSES)]
    earlier = withheld(before.sizes.total())
    if tells_total(before.sizes, known):
        earlier = share_of(before.courses[Course.BETTER], before.sizes.total())
    return [Cell(text) for text in (*texts, earlier)]


def _amount(scale: Scale) -> str:
    amount = scale.change.amount or 0
    words = ngettext("%(amount)d point or more", "%(amount)d points or more", amount)
    return words % {"amount": amount}
