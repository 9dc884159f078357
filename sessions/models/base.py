from __future__ import annotations

from typing import ClassVar

from counsel.accounts.querysets import CaseloadQuerySet

LONGEST_MINUTES = 8 * 60


class OwnQuerySet(CaseloadQuerySet):
    """Rows a counsellor owns directly; no client is involved."""

    counsellor_path: ClassVar[str] = "counsellor"
