"""A measure filled in together, in a consultation: the counsellor takes the answers down."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from clients.models import Client, Sharing
from counsel.accounts.models import Counsellor
from counsel.common.errors import ConflictError, DomainError
from counsel.common.zones import local_date
from exercises.answers import Answer, missing
from exercises.models import Assignment, Entry, EntryFact, Exercise, ExerciseVersion
from exercises.planning import practice_plan
from exercises.services.measures import score_make
from exercises.services.nudging import nudges_followed
from exercises.services.practising import facts_of
from exercises.services.standing import standing_touch


@transaction.atomic
def entry_fill_together(
    *,
    key: uuid.UUID,
    client: Client,
    version: ExerciseVersion,
    answers: Mapping[str, Answer],
    by: Counsellor,
    now: datetime,
) -> Entry:
    """A submitted entry, shared since both have just seen it; it happens on the client's day.

    `key` becomes its id, so that sending a form twice makes one entry. It counts for the
    client's assignment of this measure where one is open. Raises DomainError for what is no
    measure or has a required answer open, ConflictError where that key was used for other answers.
    """
    if version.exercise.kind != Exercise.Kind.MEASURE:
        raise DomainError(_("Only measures are filled in together."))
    open_fields = missing(version.parsed_steps(), answers)
    if open_fields:
        raise DomainError(_("One answer is still open here."), field=open_fields[0])
    Client.objects.these(client).select_for_update(no_key=True).get()
    used = Entry.objects.across_caseloads("a key used before is refused, whose ever the entry is")
    there = used.filter(pk=key).first()
    if there is not None:
        return _same(there, client, by, answers)
    entry = Entry(
        pk=key,
        client=client,
        version=version,
        assignment=_open_assignment(client, version, now),
        state=Entry.State.SUBMITTED,
        happened_at=now,
        logged_at=now,
        local_date=local_date(now, client.zone),
        sharing=Sharing.SHARED,
        filled_by=by,
    )
    entry.answers = dict(answers)
    entry.full_clean()
    entry.save(force_insert=True)
    EntryFact.objects.bulk_create(facts_of(entry, entry.steps()))
    score_make(entry=entry, now=now)
    nudges_followed(entry=entry, now=now)
    standing_touch(client_id=client.pk)
    practice_plan(now, client=client)
    return entry


def _same(there: Entry, client: Client, by: Counsellor, answers: Mapping[str, Answer]) -> Entry:
    own = (there.client_id, there.filled_by_id) == (client.pk, by.pk)
    if not own or there.answers != answers:
        # Sent from a page that was gone back to: what was saved does not change.
        raise ConflictError(_("This page was saved already. Open it anew to fill it in again."))
    return there


def _open_assignment(client: Client, version: ExerciseVersion, now: datetime) -> Assignment | None:
    day = local_date(now, client.zone)
    given = Assignment.objects.open_between(day, day).filter(client=client, version=version)
    return next((a for a in given.order_by("-starts_on") if a.runs_on(day)), None)
