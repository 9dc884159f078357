"""Whether an open time suits what somebody wished for. Pure: values in, values out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Wish:
    """Days (0 = Monday) and hours by the clock of `zone`; what is empty does not matter.

    A start at `latest` still suits. The hours never reach across midnight.
    """

    zone: ZoneInfo
    weekdays: frozenset[int] = frozenset()
    earliest: time | None = None
    latest: time | None = None

    def suits(self, start: datetime) -> bool:
        shown = start.astimezone(self.zone)
        return (
            (not self.weekdays or shown.weekday() in self.weekdays)
            and (self.earliest is None or self.earliest <= shown.time())
            and (self.latest is None or shown.time() <= self.latest)
        )
