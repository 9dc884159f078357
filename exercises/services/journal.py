"""A page of the journal, begun."""

from __future__ import annotations

from django.db import transaction

from clients.models import Client
from exercises.models import Assignment, Entry, ExerciseVersion
from exercises.selectors.journal import journal_prompts
from exercises.services.practising import entry_begin, entry_save_step


@transaction.atomic
def journal_begin(
    *, client: Client, version: ExerciseVersion, assignment: Assignment | None, prompt: str = ""
) -> Entry:
    """The open page of this journal, or a new one, which a prompt may be chosen for.

    A page that was begun keeps what stands on it. Raises DomainError for an assignment that is
    not open today.
    """
    entry = entry_begin(client=client, version=version, assignment=assignment)
    if entry.answers:
        return entry
    for one in journal_prompts(version):
        if one.value == prompt:
            entry_save_step(entry=entry, step=one.step, raw={one.key: prompt})
    return entry
