"""A record as one file to take away: a ZIP with the same in four forms.

It is made while somebody waits for it, in memory, and kept nowhere: no link that has to expire,
no file in clear on a disk of ours.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone, translation

from clients.models import Client
from counsel.records.fhir import bundle_of
from counsel.records.paper import pdf_of
from counsel.records.selectors import record_of

_STYLE = Path(settings.BASE_DIR) / "static" / "css" / "kept-file.css"
# Somebody waits, and a page of PDF takes a twentieth of a second: beyond so many entries and
# notes there is the page to read alone, which any browser prints.
MOST_ON_PAPER = 300


def zip_of(client: Client, *, by_counsellor: bool = False) -> bytes:
    """In the client's language, by the client's clock."""
    with translation.override(client.language), timezone.override(client.zone):
        record = record_of(client, by_counsellor=by_counsellor)
        files = files_of(record)
        now = timezone.localtime()
    content = BytesIO()
    with ZipFile(content, "w") as archive:
        for name, data in files.items():
            archive.writestr(_info(name, now), data, compress_type=ZIP_DEFLATED)
    return content.getvalue()


def files_of(record: Mapping[str, Any]) -> dict[str, str | bytes]:
    """By name: to read, to print, for another program, and for one that knows FHIR."""
    is_long = len(record["entries"]) + len(record["notes"]) > MOST_ON_PAPER
    page = page_of(record, is_long=is_long)
    files: dict[str, str | bytes] = {"record.html": page}
    pdf = None if is_long else pdf_of(page)
    if pdf is not None:
        files["record.pdf"] = pdf
    files["record.json"] = json.dumps(record, ensure_ascii=False, indent=2)
    files["fhir.json"] = json.dumps(bundle_of(record), ensure_ascii=False, indent=2)
    return files


def page_of(record: Mapping[str, Any], *, is_long: bool = False) -> str:
    """One page with all that it needs: it asks nobody for anything, wherever it is opened."""
    style = _STYLE.read_text(encoding="utf-8")
    context = {"record": record, "style": style, "is_long": is_long}
    return render_to_string("records/file.html", context)


def _info(name: str, now: datetime) -> ZipInfo:
    info = ZipInfo(name, now.timetuple()[:6])
    # Readable and writable by its owner alone, where it is unpacked.
    info.external_attr = 0o600 << 16
    return info
