"""The brief on one sheet of paper: a PDF, made from the page's own fragments and styles."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils import timezone

from clients.models import Client
from counsel.desk.brief.assembling import Brief

if TYPE_CHECKING:
    from weasyprint import Document

_STYLES = ("css/tokens.css", "css/parts.css", "desk/brief.css", "desk/sheet.css", "desk/paper.css")

# Points. The first with which all of it fits on one page; the last where none does.
_SIZES = (10, 8.5, 7.5, 6.5)

logger = logging.getLogger(__name__)


class NoPdf(Exception):
    """The libraries that draw a PDF are not on this machine."""


def pdf_of(client: Client, brief: Brief) -> bytes:
    """Raises NoPdf where WeasyPrint finds no Pango: docs/operate.md says what to install."""
    return bytes(document_of(client, brief).write_pdf())


def document_of(client: Client, brief: Brief) -> Document:
    try:
        # Here and not above: without Pango the import itself fails, and the desk works without.
        from weasyprint import CSS, HTML
        from weasyprint.text.fonts import FontConfiguration
        from weasyprint.urls import URLFetcher
    except OSError as error:
        logger.error("no PDF: %s", error)
        raise NoPdf from error
    context = {"client": client, "brief": brief, "is_paper": True, "now": timezone.now()}
    page = render_to_string("desk/brief/paper.html", context)
    # Our own style sheets and their font; what people wrote could name nothing to fetch.
    files, fonts = URLFetcher(allowed_protocols={"file"}), FontConfiguration()
    styles = [
        CSS(filename=finders.find(name), url_fetcher=files, font_config=fonts) for name in _STYLES
    ]
    html = HTML(string=page, url_fetcher=URLFetcher(allowed_protocols=()))
    for size in _SIZES:
        sized = CSS(string=f"html {{ font-size: {size}pt }}")
        document = html.render(stylesheets=[*styles, sized], font_config=fonts)
        if len(document.pages) == 1:
            break
    return document
