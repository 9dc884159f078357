"""Which measures there are, and whether their words are."""

from __future__ import annotations

from dataclasses import dataclass

from counsel.accounts.roles import AnyUser
from exercises.models import ExerciseVersion
from exercises.scoring.catalogue import instruments
from exercises.scoring.facts import Instrument


@dataclass(frozen=True, slots=True)
class Offered:
    """One instrument; without a `version` its words are missing and it cannot be assigned."""

    instrument: Instrument
    version: ExerciseVersion | None


def measures_offered(user: AnyUser) -> list[Offered]:
    """All instruments, in the order of their names, with the words this counsellor may use.

    Of several wordings the counsellor's own comes before a colleague's.
    """
    versions = ExerciseVersion.objects.visible_to(user).current().exclude(scoring="")
    found: dict[str, ExerciseVersion] = {}
    for version in versions.select_related("exercise__owner__user").order_by("-created_at"):
        owner = version.exercise.owner
        is_own = owner is not None and owner.user_id == user.pk
        if is_own or version.scoring not in found:
            found[version.scoring] = version
    known = sorted(instruments().values(), key=lambda instrument: instrument.name)
    return [Offered(instrument, found.get(instrument.key)) for instrument in known]
