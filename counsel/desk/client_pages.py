"""The addresses of the pages about clients. Each module of pages brings its own, all of them
under `admin/clients/client/`.
"""

from __future__ import annotations

from itertools import chain

from django.urls import URLPattern, register_converter

from counsel.desk import (
    agreeing,
    assigning,
    care,
    giving_out,
    inviting,
    notes,
    plan,
    process_notes,
    programmes,
    reaching,
    reading,
    results,
    talking,
    together,
)
from counsel.desk.brief import pages as brief
from counsel.desk.converters import InstrumentConverter
from counsel.desk.ledger import messages
from counsel.desk.pages import Wrap
from counsel.desk.progress import pages as progress

register_converter(InstrumentConverter, "instrument")

_MODULES = (
    *(agreeing, assigning, brief, care, giving_out, inviting, messages, notes, plan),
    *(process_notes, programmes, progress, reaching, reading, results, talking, together),
)


def urls(wrap: Wrap) -> list[URLPattern]:
    return list(chain.from_iterable(module.urls(wrap) for module in _MODULES))
