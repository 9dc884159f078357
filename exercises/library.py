"""Loads the built-in exercises from `exercises/library/*.toml` into the database."""

from __future__ import annotations

import hashlib
import json
import tomllib
from pathlib import Path
from typing import Any

from django.db import transaction

from exercises.models import Exercise, ExerciseVersion
from exercises.steps import ExerciseFile, dump_steps, parse_exercise

LIBRARY = Path(__file__).parent / "library"


@transaction.atomic
def library_load(folder: Path = LIBRARY) -> int:
    """Bring the database up to the files, and say how many versions were new.

    A changed file becomes a new version; what was assigned stays as it was. Loading again
    changes nothing. Raises `SchemaError` for a file that does not follow the schema.
    """
    return sum(_load(path) for path in sorted(folder.glob("*.toml")))


def _load(path: Path) -> bool:
    file = parse_exercise(tomllib.loads(path.read_text(encoding="utf-8")))
    content = _content(file)
    digest = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
    exercise, _ = Exercise.objects.get_or_create(
        owner=None, slug=file.slug, defaults={"kind": file.kind.value}
    )
    newest = exercise.versions.order_by("-number").first()
    if newest is not None and newest.content_hash == digest:
        return False
    version = ExerciseVersion(
        exercise=exercise,
        number=newest.number + 1 if newest else 1,
        content_hash=digest,
        **content,
    )
    version.full_clean()
    version.save()
    return True


def _content(file: ExerciseFile) -> dict[str, Any]:
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
