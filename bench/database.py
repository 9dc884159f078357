"""The bench's own database, for programs that do not come to it through Django."""

from __future__ import annotations

from urllib.parse import quote, urlunsplit

from django.db import connection


def url(name: str = "") -> str:
    """Of that database on the bench's PostgreSQL server; of its own where none is named."""
    settings = connection.settings_dict
    who = f"{quote(settings['USER'])}:{quote(settings['PASSWORD'])}"
    where = f"{settings['HOST']}:{settings['PORT'] or 5432}"
    return urlunsplit(("postgresql", f"{who}@{where}", name or str(settings["NAME"]), "", ""))
