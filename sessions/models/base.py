from __future__ import annotations

from typing import ClassVar, Self

from django.db.models import F

from counsel.accounts.querysets import CaseloadQuerySet
from counsel.accounts.roles import AnyUser

LONGEST_MINUTES = 8 * 60


class OwnQuerySet(CaseloadQuerySet):
    """Rows a counsellor owns directly; no client is involved."""

    counsellor_path: ClassVar[str] = "counsellor"
    restricted_path: ClassVar[str] = ""


class OfMeetingQuerySet(CaseloadQuerySet):
    """Rows of a counsellor and one of their clients, as long as it is theirs.

    Who was handed over takes the past along: it shows to the former counsellor no more, and to
    the new one as dates of the record.
    """

    counsellor_path: ClassVar[str] = "counsellor"
    caseload_path: ClassVar[str] = "client__counsellor"

    def visible_to(self, user: AnyUser) -> Self:
        mine = super().visible_to(user)
        return mine.filter(**{self.caseload_path: F(self.counsellor_path)})
