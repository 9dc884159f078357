"""Clients move to a newer version of an exercise when their counsellor says so."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction
from django.utils.translation import gettext as _

from counsel.accounts.models import Counsellor
from counsel.common.errors import DomainError
from exercises.models import Assignment, ExerciseVersion


@transaction.atomic
def assignments_move(
    *, counsellor: Counsellor, version: ExerciseVersion, assignments: Collection[Assignment]
) -> list[Assignment]:
    """Let these assignments ask what `version` asks from the next entry on.

    A draft begun on another version stays with it, and every entry keeps what was asked then.
    Gives those that were moved; one that is withdrawn, or there already, is left alone.
    Raises DomainError for one of another exercise or of another caseload.
    """
    asked = {assignment.pk for assignment in assignments}
    rows = list(
        Assignment.objects.select_for_update(of=("self",))
        .filter(pk__in=asked, client__counsellor=counsellor, version__exercise=version.exercise_id)
        .select_related("client")
    )
    if len(rows) != len(asked):
        raise DomainError(_("One of these cannot be moved to this version."))
    moved = [
        row
        for row in rows
        if row.status != Assignment.Status.WITHDRAWN and row.version_id != version.pk
    ]
    for row in moved:
        row.version = version
        row.save(update_fields=["version"])
    return moved
