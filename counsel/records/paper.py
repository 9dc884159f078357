"""A record on paper: a PDF of the page that can be read."""

from __future__ import annotations

import logging

logger = logging.getLogger(__name__)


def pdf_of(page: str) -> bytes | None:
    """None where WeasyPrint finds no Pango: docs/operate.md says what to install."""
    try:
        # Here and not above: without Pango the import itself fails.
        from weasyprint import HTML
        from weasyprint.urls import URLFetcher
    except OSError as error:
        logger.error("no PDF: %s", error)
        return None
    # What people wrote could name nothing to fetch.
    html = HTML(string=page, url_fetcher=URLFetcher(allowed_protocols=()))
    return bytes(html.write_pdf())
