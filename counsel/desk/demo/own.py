"""What a demo counsellor wrote: an exercise in two versions, a draft, a programme."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from counsel.accounts.models import Counsellor
from counsel.desk.demo.story import Shelf
from exercises.files import read_exercise
from exercises.models import Exercise, ExerciseVersion, Programme
from exercises.services.library import exercise_create, version_publish
from exercises.services.programme_writing import ItemFields, programme_create
from exercises.steps import ExerciseFile

HERE = Path(__file__).parent
FIRST_WEEKS_AGO, SECOND_WEEKS_AGO = 6, 3


def shelf_make(owner: Counsellor, programme: dict[str, Any], now: datetime) -> Shelf:
    """All there is to give, once the counsellor's own is there too."""
    _draft_make(owner)
    first = _exercise_make(owner, now)
    current = ExerciseVersion.objects.current().select_related("exercise")
    return Shelf(
        newest={version.exercise.slug: version for version in current},
        first={first.exercise.slug: first},
        programme=_programme_make(owner, programme),
    )


def _exercise_make(owner: Counsellor, now: datetime) -> ExerciseVersion:
    """Published, offered to colleagues, and published again with a step more. The first of it."""
    newest = read_exercise((HERE / "the-first-sign.toml").read_bytes())
    exercise = Exercise.objects.create(owner=owner, slug=newest.slug, for_practice=True)
    first = replace(newest, steps=newest.steps[:-1])
    published = _published(exercise, first, now - timedelta(weeks=FIRST_WEEKS_AGO))
    _published(exercise, newest, now - timedelta(weeks=SECOND_WEEKS_AGO))
    return published


def _published(exercise: Exercise, file: ExerciseFile, at: datetime) -> ExerciseVersion:
    version = version_publish(exercise=exercise, file=file)
    assert version is not None  # noqa: S101  (no two of them say the same)
    version.created_at = at
    version.save(update_fields=["created_at"])
    return version


def _draft_make(owner: Counsellor) -> None:
    content = tomllib.loads((HERE / "a-letter-not-sent.toml").read_text(encoding="utf-8"))
    exercise_create(owner=owner, content=content)


def _programme_make(owner: Counsellor, facts: dict[str, Any]) -> Programme:
    items = [_item(item) for item in facts["items"]]
    title, summary = facts["title"], facts["summary"]
    return programme_create(owner=owner, title=title, summary=summary, items=items)


def _item(facts: dict[str, Any]) -> ItemFields:
    return {
        "exercise": Exercise.objects.get(owner=None, slug=facts["exercise"]),
        "release": facts["release"],
        "days": facts.get("days"),
        "on_date": None,
        "rationale": facts["rationale"],
        "rhythm": facts["rhythm"],
        "times_a_week": facts.get("times_a_week"),
        "weekdays": "",
        "every_weeks": None,
        "lasts_days": facts.get("lasts_days"),
        "reminders": True,
    }
