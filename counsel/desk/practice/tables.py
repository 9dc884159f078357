"""A table as the page shows it and as the file holds it: the same cells, so the same limits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from counsel.common import cells
from counsel.desk.practice.suppression import FEWEST

# Nothing to reckon with.
NONE = "–"


@dataclass(frozen=True, slots=True)
class Cell:
    text: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """`note` stands under the head. `source` says who says so; the file has it in a column."""

    head: str
    cells: Sequence[Cell]
    note: str = ""
    source: str = ""
    is_total: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """`heads` begins with what stands over the heads of the rows."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[Row, ...]


def counted(numbers: Iterable[int]) -> tuple[Cell, ...]:
    return tuple(Cell(number_format(number)) for number in numbers)


def share(part: int, whole: int) -> str:
    """'25%', and a dash where there is nothing to take a share of."""
    return f"{number_format(round(100 * part / whole))}%" if whole else NONE


def share_of(part: int, whole: int) -> str:
    """The same, with what it was reckoned from."""
    if not whole:
        return NONE
    return _("%(share)s (%(part)s of %(whole)s)") % {
        "share": share(part, whole),
        "part": number_format(part),
        "whole": number_format(whole),
    }


def withheld(size: int) -> str:
    """What stands in place of a number about so many clients."""
    if size < FEWEST:
        return _("fewer than %(number)d") % {"number": FEWEST}
    return _("kept back")


def csv_lines(about: str, tables: Iterable[Table]) -> Iterator[str]:
    """One table after another, an empty line between two."""
    yield cells.MARK + cells.line([about])
    for table in tables:
        has_sources = any(row.source for row in table.rows)
        yield "\r\n" + cells.line([table.title])
        yield cells.line([*table.heads, *([_("Source")] if has_sources else [])])
        for row in table.rows:
            head = f"{row.head}, {row.note}" if row.note else row.head
            texts = [head, *(cell.text for cell in row.cells)]
            yield cells.line([*texts, *([row.source] if has_sources else [])])
