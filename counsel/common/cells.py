"""Rows of a table that opens in a spreadsheet program, and does nothing there."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

# With these a cell begins that a program would reckon instead of showing, wide forms included.
_RECKONED = frozenset("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
# Tells spreadsheet programs that the file is in UTF-8.
MARK = "\ufeff"


def line(cells: Iterable[str]) -> str:
    """One line of CSV, every cell quoted."""
    buffer = io.StringIO()
    csv.writer(buffer, quoting=csv.QUOTE_ALL).writerow([_harmless(cell) for cell in cells])
    return buffer.getvalue()


def _harmless(cell: str) -> str:
    """With an apostrophe in front of what would otherwise be a formula."""
    begins = {cell[:1], cell.lstrip()[:1]}
    return f"'{cell}" if begins & _RECKONED else cell
