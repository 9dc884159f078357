"""The shapes in which somebody can take out what they have kept: a page, a text, a table.

Each is written piece by piece, so that ten thousand entries take no more memory than ten.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.conf import settings
from django.template.loader import get_template
from django.utils.formats import date_format
from django.utils.html import escape
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from counsel.common import cells
from counsel.records.kept import Kept

_STYLE = Path(settings.BASE_DIR) / "static" / "css" / "kept-file.css"
# The file asks nobody for anything, wherever it is opened.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


@dataclass(frozen=True, slots=True)
class Shape:
    """`write` makes the pieces of the file, from its entries and the words under its title."""

    file_name: str
    content_type: str
    write: Callable[[Iterable[Kept], str], Iterator[str]]


def as_page(kept: Iterable[Kept], about: str) -> Iterator[str]:
    """One file with all that it needs, to read in any browser and to print."""
    title, style = escape(_("What you have kept")), _STYLE.read_text(encoding="utf-8")
    yield (
        f'<!doctype html>\n<html lang="{escape(get_language() or "en")}">\n<head>'
        f'<meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        f'<meta name="viewport" content="width=device-width"><title>{title}</title>\n'
        f"<style>{style}</style></head>\n<body><main>\n"
        f"<h1>{title}</h1>\n<p>{escape(about)}</p>\n"
    )
    template = get_template("records/_kept.html")
    number = 0
    for number, one in enumerate(kept, start=1):  # noqa: B007
        yield template.render({"one": one, "day": _long(one.day), "below": _below(one)})
    yield f"<p>{escape(_end(number))}</p>\n</main></body></html>\n"


def as_text(kept: Iterable[Kept], about: str) -> Iterator[str]:
    yield f"{_('What you have kept')}\n{about}\n"
    number = 0
    for number, one in enumerate(kept, start=1):  # noqa: B007
        yield f"\n\n{'-' * 60}\n{_long(one.day)}\n{_below(one)}\n"
        for asked, answered in one.asked:
            yield f"\n{asked}\n{answered}\n"
        for answer in one.answers:
            yield f"\n{_said(answer.by, answer.on)}\n{answer.words}\n"
    yield f"\n\n{_end(number)}\n"


def as_table(kept: Iterable[Kept], about: str) -> Iterator[str]:
    """One line for each thing asked and answered, and for each answer of the counsellor's."""
    head = (_("Day"), _("Time"), _("Written down"), _("Exercise"), _("Marks"))
    yield cells.MARK + cells.line([*head, _("Asked"), _("Answered")])
    for one in kept:
        written = one.written_on.isoformat() if one.written_on else ""
        entry = [one.day.isoformat(), f"{one.at:%H:%M}", written, one.title, ", ".join(one.marks)]
        replies = [(_said(answer.by, answer.on), answer.words) for answer in one.answers]
        for asked, answered in [*one.asked, *replies] or [("", "")]:
            yield cells.line([*entry, asked, answered])


SHAPES = {
    "page": Shape("my-pages.html", "text/html; charset=utf-8", as_page),
    "text": Shape("my-pages.txt", "text/plain; charset=utf-8", as_text),
    "table": Shape("my-pages.csv", "text/csv; charset=utf-8", as_table),
}


def _long(day: date) -> str:
    return date_format(day, "l, j F Y")


def _below(one: Kept) -> str:
    """The line under an entry's day."""
    parts = [one.title, *one.marks]
    if one.written_on:
        parts.append(_("written down on %(day)s") % {"day": _long(one.written_on)})
    else:
        parts.insert(1, date_format(one.at, "H:i"))
    return " · ".join(parts)


def _said(by: str, on: date) -> str:
    return _("%(name)s answered on %(day)s") % {"name": by, "day": date_format(on, "j F Y")}


def _end(number: int) -> str:
    """The last line, by which one sees that nothing is missing."""
    return ngettext("%(number)d entry.", "%(number)d entries.", number) % {"number": number}
