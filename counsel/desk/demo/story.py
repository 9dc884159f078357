"""One demo client's way through the weeks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from random import Random
from typing import Any

from clients.models import Client
from counsel.common.zones import local_date
from exercises.models import ExerciseVersion, Programme


@dataclass(frozen=True, slots=True)
class Shelf:
    """What there is to give: exercises by slug, the newest and, of the counsellor's own that
    were changed since, the first; and a programme.
    """

    newest: dict[str, ExerciseVersion]
    first: dict[str, ExerciseVersion]
    programme: Programme


@dataclass(frozen=True, slots=True)
class Story:
    """What is told of them, and the dice that decide the small things."""

    client: Client
    facts: dict[str, Any]
    words: dict[str, Any]
    phases: list[dict[str, Any]]
    shelf: Shelf
    now: datetime
    dice: Random

    @property
    def today(self) -> date:
        return local_date(self.now, self.client.zone)

    def phase(self, day: date) -> dict[str, Any]:
        weeks_ago = (self.today - day).days / 7
        share = 1 - min(weeks_ago / self.facts["since"], 1)
        return self.phases[min(int(share * len(self.phases)), len(self.phases) - 1)]
