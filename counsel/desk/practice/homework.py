"""The rhythm of homework in tables: for all clients, and for each counsellor's where they are
enough that nobody can be singled out.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from itertools import chain
from uuid import UUID

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from counsel.accounts.models import Counsellor
from counsel.desk.practice.rhythm import Kept, Rhythms, kept_in, rhythms_of
from counsel.desk.practice.spans import Span
from counsel.desk.practice.suppression import tells_total, told_apart
from counsel.desk.practice.tables import NONE, Cell, Row, Table, share_of, withheld


@dataclass(frozen=True, slots=True)
class HomeworkFigures:
    is_empty: bool
    total: Table
    counsellors: Table


def homework_in(
    weeks: Span, counsellors: Collection[Counsellor], known: Collection[UUID]
) -> HomeworkFigures:
    """`known` are the counsellors whose clients' numbers the reader knows anyway."""
    now, before = kept_in(weeks), kept_in(weeks.before())
    return HomeworkFigures(
        is_empty=not now and not before,
        total=_total(_all(now, weeks, known), _all(before, weeks.before(), known)),
        counsellors=_of_counsellors(now, weeks, counsellors, known),
    )


def _all(found: Mapping[UUID, list[Kept]], weeks: Span, known: Collection[UUID]) -> list[Cell]:
    """In the order of the page: the cells of all clients together."""
    each = {key: rhythms_of(clients, weeks) for key, clients in found.items()}
    return _cells(
        rhythms_of(list(chain(*found.values())), weeks),
        tells=tells_total({key: one.clients for key, one in each.items()}, known),
        tells_lately=tells_total({key: one.lately for key, one in each.items()}, known),
    )


def _cells(found: Rhythms, *, tells: bool, tells_lately: bool) -> list[Cell]:
    lately = share_of(found.practised_lately, found.lately)
    days = NONE if found.median_days is None else number_format(found.median_days, 1)
    return [
        Cell(number_format(found.clients) if tells else withheld(found.clients)),
        Cell(share_of(found.done, found.planned) if tells else NONE),
        Cell(lately if tells_lately else withheld(found.lately)),
        Cell(days if tells else NONE),
    ]


def _heads() -> tuple[str, ...]:
    return (
        _("Clients with something planned"),
        _("Done of planned days"),
        _("Clients who practised in the last of the weeks"),
        _("Days practised a week, median"),
    )


def _total(now: list[Cell], before: list[Cell]) -> Table:
    rows = [Row(head, cells) for head, *cells in zip(_heads(), now, before, strict=True)]
    heads = (_("Homework"), _("In these weeks"), _("In the weeks before"))
    return Table(_("Homework"), heads, tuple(rows))


def _of_counsellors(
    found: Mapping[UUID, list[Kept]],
    weeks: Span,
    counsellors: Collection[Counsellor],
    known: Collection[UUID],
) -> Table:
    """Everybody who works here has a row, so that one tells nothing by being there."""
    each = {c.pk: rhythms_of(found.get(c.pk, []), weeks) for c in counsellors}
    told = told_apart({key: one.clients for key, one in each.items()}, known)
    lately = told_apart({key: one.lately for key, one in each.items()}, known)
    rows = [
        Row(c.display_name, _cells(each[c.pk], tells=c.pk in told, tells_lately=c.pk in lately))
        for c in counsellors
        if not c.has_left or c.pk in told
    ]
    return Table(_("Homework by counsellor"), (_("Counsellor"), *_heads()), tuple(rows))
