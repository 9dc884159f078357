"""The journal: where writing belongs, and what was written before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from clients.models import Client
from exercises.models import Assignment, EntryQuerySet, Exercise, ExerciseVersion
from exercises.selectors.kept import drafts
from exercises.selectors.timeline import timeline
from exercises.selectors.today import todays_practice
from exercises.steps import FieldKind, Step


@dataclass(frozen=True, slots=True)
class Writing:
    """The journal a page of writing goes into. Without an assignment it is the client's alone."""

    version: ExerciseVersion
    assignment: Assignment | None
    is_begun: bool


def journal_writing(client: Client) -> EntryQuerySet:
    """What the client wrote in the journal, assigned or not."""
    return timeline(client).filter(version__exercise__kind=Exercise.Kind.JOURNAL)


def journal_to_write(client: Client, day: date) -> Writing | None:
    """Where writing belongs: to the draft that is open, to a journal that is wanted today,
    else to nobody but the client. None while the library has not been loaded.
    """
    for draft in drafts(client):
        is_open = draft.assignment is None or draft.assignment.runs_on(day)
        is_journal = draft.version.exercise.kind == Exercise.Kind.JOURNAL
        if is_journal and is_open and draft.corrects_id is None:
            return Writing(draft.version, draft.assignment, is_begun=True)
    for row in todays_practice(client, day):
        if row.wanted and row.assignment.version.exercise.kind == Exercise.Kind.JOURNAL:
            return Writing(row.assignment.version, row.assignment, is_begun=False)
    built_in = ExerciseVersion.objects.current().filter(
        exercise__owner=None, exercise__slug="journal"
    )
    version = built_in.select_related("exercise").first()
    return None if version is None else Writing(version, None, is_begun=False)


@dataclass(frozen=True, slots=True)
class Prompt:
    """A question to begin a page with: an option of the journal's own first choice."""

    step: Step
    key: str
    value: str
    words: str


# The option by which somebody says that they want no question.
_NO_QUESTION = "free"


def journal_prompts(version: ExerciseVersion) -> list[Prompt]:
    for step in version.parsed_steps():
        for field in step.fields:
            if field.kind is FieldKind.CHOICE:
                return [
                    Prompt(step, field.key, option.value, option.label)
                    for option in field.options
                    if option.value != _NO_QUESTION
                ]
    return []


def without_no_question(version: ExerciseVersion, answers: dict[str, Any]) -> dict[str, Any]:
    """The answers as one reads them again: that somebody wanted no question is none of them."""
    if version.exercise.kind != Exercise.Kind.JOURNAL:
        return answers
    keys = {prompt.key for prompt in journal_prompts(version)}
    return {
        key: answer
        for key, answer in answers.items()
        if not (key in keys and answer == _NO_QUESTION)
    }


def prompt_after(prompts: list[Prompt], value: str, day: date) -> Prompt | None:
    """The question after this one, round and round; to begin with, another one each day."""
    if not prompts:
        return None
    values = [prompt.value for prompt in prompts]
    place = values.index(value) + 1 if value in values else day.toordinal()
    return prompts[place % len(prompts)]
