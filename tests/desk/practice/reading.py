"""The practice's numbers as tests ask for them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from counsel.desk.practice.spans import Span

LONDON = ZoneInfo("Europe/London")
# A Tuesday: the four weeks before run from 7 January to 3 February.
NOW = datetime(2030, 2, 5, 12, tzinfo=UTC)
SPAN = Span(date(2030, 1, 9), date(2030, 2, 5))
WEEKS = Span(date(2030, 1, 7), date(2030, 2, 3))


def texts(table):
    """The texts of each row's cells, under its head."""
    return {row.head: [cell.text for cell in row.cells] for row in table.rows}
