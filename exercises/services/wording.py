"""The words of a measure: from a published questionnaire or typed in, made into its steps.

Instruments belong to their authors. Counsel knows how they are scored; their wording comes in
here and nowhere else, by somebody who may use it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from counsel.accounts.models import Counsellor
from exercises.fhir.matching import doubts, mismatches, scored_items
from exercises.fhir.wording import ItemWording, Wording
from exercises.models import Exercise, ExerciseVersion
from exercises.schema import SchemaError
from exercises.scoring.facts import Instrument
from exercises.services.library import exercise_bring_back, version_add
from exercises.steps import (
    MAX_LABEL,
    MAX_TITLE,
    ExerciseKind,
    Field,
    FieldKind,
    Option,
    Step,
    dump_steps,
    parse_steps,
)

ITEMS_A_MINUTE = 4


@dataclass(frozen=True, slots=True)
class Question:
    """One item as it is asked: what stands above it, its words, and its answers by points."""

    lead: str
    text: str
    answers: tuple[tuple[int, str], ...]


@transaction.atomic
def measure_import(
    *, owner: Counsellor, instrument: Instrument, wording: Wording, looked_at: bool
) -> ExerciseVersion:
    """Take over the wording of a published questionnaire, as a new version of the measure.

    Raises SchemaError, a line a problem, for one that is not this instrument's, or about which
    the file leaves a doubt that nobody has `looked_at`.
    """
    problems = mismatches(wording, instrument)
    if not looked_at:
        problems += doubts(wording, instrument)
    if problems:
        raise SchemaError(problems)
    items = scored_items(wording, instrument)
    return _publish(
        owner=owner,
        instrument=instrument,
        title=wording.title or instrument.name,
        questions=_questions(wording.stem, items),
        copyright_line=wording.copyright or instrument.copyright,
        published_as=_published_as(wording, items),
    )


@transaction.atomic
def measure_write(
    *,
    owner: Counsellor,
    instrument: Instrument,
    title: str,
    stem: str,
    items: Sequence[str],
    answers: Mapping[int, str],
    copyright_line: str,
) -> ExerciseVersion:
    """Take over wording that somebody typed: the same answers, by points, to every item.

    Raises SchemaError where it is not as many items and answers as the instrument has.
    """
    if len(items) != instrument.items or tuple(sorted(answers)) != instrument.values:
        raise SchemaError([_("These are not the items and answers of this measure.")])
    labels = tuple(sorted(answers.items()))
    return _publish(
        owner=owner,
        instrument=instrument,
        title=title,
        questions=[Question(stem, text, labels) for text in items],
        copyright_line=copyright_line,
        published_as={},
    )


def _questions(stem: str, items: Sequence[ItemWording]) -> list[Question]:
    questions, lead = [], stem
    for item in items:
        lead = item.intro or lead
        answers = [(a.points, a.label) for a in item.answers if a.points is not None]
        questions.append(Question(lead, item.text, tuple(answers)))
    return questions


def _published_as(wording: Wording, items: Sequence[ItemWording]) -> dict[str, Any]:
    """What is needed to hand answers on under the questionnaire's own names."""
    return {
        "url": wording.url,
        "version": wording.version,
        "publisher": wording.publisher,
        "items": [
            {
                "link_id": item.link_id,
                "groups": list(item.groups),
                "answers": {
                    f"v{a.points}": {"code": a.code, "system": a.system} for a in item.answers
                },
            }
            for item in items
        ],
    }


def _publish(
    *,
    owner: Counsellor,
    instrument: Instrument,
    title: str,
    questions: Sequence[Question],
    copyright_line: str,
    published_as: dict[str, Any],
) -> ExerciseVersion:
    # Held until commit: of two imports at once the second counts on from the first.
    Counsellor.objects.select_for_update().get(pk=owner.pk)
    exercise, _is_new = Exercise.objects.get_or_create(
        owner=owner,
        slug=instrument.key,
        defaults={"kind": ExerciseKind.MEASURE.value, "for_practice": True},
    )
    content: dict[str, Any] = {
        "title": title[:MAX_TITLE],
        "summary": ngettext(
            "%(count)s short question about how it has been lately. Nothing in it is right or "
            "wrong.",
            "%(count)s short questions about how it has been lately. Nothing in it is right or "
            "wrong.",
            len(questions),
        )
        % {"count": len(questions)},
        "minutes": max(1, ceil(len(questions) / ITEMS_A_MINUTE)),
        "aim": instrument.measures,
        "rationale_template": _(
            "A few marks now and then help us to see what moves, and what doesn't. We look at "
            "them together."
        ),
        "sharing_default": "shared",
        "scoring": instrument.key,
        "copyright": copyright_line,
        "published_as": published_as,
        "steps": dump_steps(_steps(questions)),
    }
    if exercise.put_away_at is not None:
        exercise_bring_back(exercise=exercise)
    added = version_add(exercise=exercise, content=content)
    return added or exercise.versions.latest("number")


def _steps(questions: Sequence[Question]) -> tuple[Step, ...]:
    """One question a page, under keys the scoring reads. Raises SchemaError for long ones."""
    too_long = _("item %(number)s: its words are longer than %(limit)s characters")
    problems = [
        too_long % {"number": number, "limit": MAX_LABEL}
        for number, question in enumerate(questions, start=1)
        if len(question.text) > MAX_LABEL
    ]
    if problems:
        raise SchemaError(problems)
    steps = tuple(_step(number, question) for number, question in enumerate(questions, start=1))
    # What a file may not hold, words from elsewhere may not either.
    return parse_steps(dump_steps(steps))


def _step(number: int, question: Question) -> Step:
    options = tuple(Option(value=f"v{points}", label=label) for points, label in question.answers)
    asked = Field(key=f"item{number}", kind=FieldKind.CHOICE, label=question.text, options=options)
    title = _("Question %(number)s") % {"number": number}
    return Step(key=f"item{number}", title=title, text=question.lead, fields=(asked,))
