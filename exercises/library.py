"""Loads the built-in exercises from `exercises/library/*.toml` into the database."""

from __future__ import annotations

import tomllib
from pathlib import Path

from django.db import transaction

from exercises.models import Exercise
from exercises.services.library import version_publish
from exercises.steps import parse_exercise

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
    exercise, _ = Exercise.objects.get_or_create(
        owner=None, slug=file.slug, defaults={"kind": file.kind.value}
    )
    return version_publish(exercise=exercise, file=file) is not None
