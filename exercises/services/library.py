"""The practice's own exercises: begun, written as drafts, published as versions, put away."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from counsel.accounts.models import Counsellor
from counsel.common.errors import ConflictError, DomainError
from exercises import editing
from exercises.editing import Draft
from exercises.models import Exercise, ExerciseDraft, ExerciseVersion
from exercises.scoring.catalogue import instruments
from exercises.steps import ExerciseFile, ExerciseKind, dump_steps, parse_exercise

NO_REVISION = 0


@transaction.atomic
def exercise_create(*, owner: Counsellor, content: Draft) -> Exercise:
    """An exercise of the counsellor's own that is only a draft so far.

    Raises DomainError for a measure: its wording belongs to an instrument.
    """
    kind = content.get("kind", ExerciseKind.PRACTICE.value)
    if kind == ExerciseKind.MEASURE:
        raise DomainError(_("A measure cannot be written here."))
    exercise = Exercise(owner=owner, slug=editing.new_key("exercise"), kind=kind)
    exercise.full_clean()
    exercise.save(force_insert=True)
    ExerciseDraft.objects.create(exercise=exercise, content=content)
    return exercise


def exercise_copy(*, owner: Counsellor, version: ExerciseVersion) -> Exercise:
    """The version as a draft of the counsellor's own, keys and all.

    Raises DomainError for a measure.
    """
    return exercise_create(owner=owner, content=editing.draft_of(file_of_version(version)))


@transaction.atomic
def draft_save(*, exercise: Exercise, content: Draft, revision: int) -> int:
    """Keep a draft as it is, finished or not; gives its new revision.

    `revision` is the one the writer began from, 0 where there was no draft yet.
    Raises ConflictError where another window saved meanwhile.
    """
    now = timezone.now()
    if revision == NO_REVISION:
        try:
            with transaction.atomic():
                ExerciseDraft.objects.create(exercise=exercise, content=content, changed_at=now)
        except IntegrityError:
            raise _changed() from None
        return NO_REVISION + 1
    row = ExerciseDraft.objects.filter(exercise=exercise, revision=revision)
    if not row.update(content=content, revision=F("revision") + 1, changed_at=now):
        raise _changed()
    return revision + 1


@transaction.atomic
def draft_discard(*, exercise: Exercise) -> bool:
    """Throw the draft away; an exercise that was never published goes with it.

    Gives whether the exercise is still there.
    """
    ExerciseDraft.objects.filter(exercise=exercise).delete()
    if exercise.versions.exists():
        return True
    exercise.delete()
    return False


@transaction.atomic
def draft_publish(*, exercise: Exercise) -> ExerciseVersion | None:
    """Make the draft the exercise's newest version, and let go of the draft.

    None where nothing has changed since the version before. Raises SchemaError with all that
    is unfinished, and DomainError where there is no draft.
    """
    draft = ExerciseDraft.objects.select_for_update().filter(exercise=exercise).first()
    if draft is None:
        raise DomainError(_("There is no draft to publish."))
    is_first = not exercise.versions.exists()
    if is_first:
        exercise.slug = _free_slug(exercise, str(draft.content.get("title", "")))
        exercise.kind = draft.content.get("kind", exercise.kind)
    file = editing.file_of({**draft.content, "kind": exercise.kind}, exercise.slug)
    if is_first:
        exercise.full_clean()
        exercise.save(update_fields=["slug", "kind"])
    version = version_publish(exercise=exercise, file=file)
    draft.delete()
    return version


@transaction.atomic
def version_publish(*, exercise: Exercise, file: ExerciseFile) -> ExerciseVersion | None:
    """A new version with what the file says; None where the newest says the same.

    Versions are only ever added, so what was assigned stays as it was.
    """
    return version_add(exercise=exercise, content=content_of(file))


@transaction.atomic
def version_add(*, exercise: Exercise, content: dict[str, Any]) -> ExerciseVersion | None:
    """The same from the columns of a version, which only measures fill otherwise than by a file."""
    digest = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
    newest = exercise.versions.order_by("-number").first()
    if newest is not None and newest.content_hash == digest:
        return None
    version = ExerciseVersion(
        exercise=exercise,
        number=newest.number + 1 if newest else 1,
        content_hash=digest,
        **content,
    )
    version.full_clean()
    version.save(force_insert=True)
    return version


def exercise_put_away(*, exercise: Exercise) -> None:
    """Offer it to nobody any more. What was assigned stays."""
    exercise.put_away_at = timezone.now()
    exercise.save(update_fields=["put_away_at"])


def exercise_bring_back(*, exercise: Exercise) -> None:
    exercise.put_away_at = None
    exercise.save(update_fields=["put_away_at"])


def exercise_share(*, exercise: Exercise, for_practice: bool) -> None:
    """Let colleagues assign and copy it, or keep it to oneself again; assigned ones stay."""
    exercise.for_practice = for_practice
    exercise.save(update_fields=["for_practice"])


def content_of(file: ExerciseFile) -> dict[str, Any]:
    """The columns of a version."""
    return {
        "title": file.title,
        "summary": file.summary,
        "minutes": file.minutes,
        "aim": file.aim,
        "when_to_use": file.when_to_use,
        "rationale_template": file.rationale_template,
        "easier": file.easier,
        "sharing_default": file.sharing_default.value,
        "smaller": list(file.smaller),
        "scoring": file.scoring,
        "copyright": file.copyright,
        "steps": dump_steps(file.steps),
    }


def file_of_version(version: ExerciseVersion) -> ExerciseFile:
    """A version as the exercise file it could have come from."""
    exercise = version.exercise
    data = {name: getattr(version, name) for name in _PLAIN}
    if exercise.kind == Exercise.Kind.MEASURE:
        data["scoring"] = version.scoring
    # The slug of somebody else's row may be longer than a file's key may be.
    file = parse_exercise({"slug": "exercise", "kind": exercise.kind, **data})
    return replace(file, slug=exercise.slug[:40], licence="" if exercise.owner_id else LICENCE)


# What our own library stands under; see exercises/library/LICENSE.md.
LICENCE = "CC-BY-SA-4.0"
_PLAIN = (
    *("title", "summary", "minutes", "aim", "when_to_use", "rationale_template", "easier"),
    *("sharing_default", "smaller", "copyright", "steps"),
)


def _free_slug(exercise: Exercise, title: str) -> str:
    """A name from the title that no other exercise of the owner has, nor any instrument:
    under that one the measure with its words is found.
    """
    stem = slugify(title)[:34].strip("-_").lstrip("0123456789-_")
    if not stem:
        return exercise.slug
    others = set(
        Exercise.objects.filter(owner=exercise.owner)
        .exclude(pk=exercise.pk)
        .values_list("slug", flat=True)
    )
    taken = others | instruments().keys()
    slug, number = stem, 1
    while slug in taken:
        number += 1
        slug = f"{stem}-{number}"
    return slug


def _changed() -> ConflictError:
    return ConflictError(_("This exercise was changed in another window meanwhile."))
