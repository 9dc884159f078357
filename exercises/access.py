"""The only ways from an id to a row: `own_…` for clients, `…_of` for staff. Strangers get 404."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.http import Http404
from django.shortcuts import get_object_or_404

from clients.access import client_open_to
from counsel.accounts.models import User
from counsel.accounts.roles import AnyUser
from exercises.models import (
    Assignment,
    Enrolment,
    Entry,
    Exercise,
    ExerciseVersion,
    Partner,
    Programme,
    ProgressEvent,
    SmallShare,
)
from exercises.partner_tokens import token_fits, unproven_id
from exercises.selectors.library import library


def own_assignment(user: User, assignment_id: uuid.UUID) -> Assignment:
    """An assignment of the client's own, open or not."""
    rows = Assignment.objects.of_user(user).select_related("client", "version__exercise")
    assignment: Assignment = get_object_or_404(rows, pk=assignment_id)
    return assignment


def own_entry(user: User, entry_id: uuid.UUID) -> Entry:
    """An entry of the client's own, whatever its state."""
    rows = Entry.objects.of_user(user).select_related("client", "version__exercise", "assignment")
    entry: Entry = get_object_or_404(rows, pk=entry_id)
    return entry


def assignment_of(user: AnyUser, assignment_id: uuid.UUID) -> Assignment:
    """An assignment in the caseload of this member of staff."""
    rows = Assignment.objects.visible_to(user).select_related("client", "version__exercise")
    assignment: Assignment = get_object_or_404(rows, pk=assignment_id)
    return assignment


def shared_entry_of(user: AnyUser, entry_id: uuid.UUID) -> Entry:
    """An entry a counsellor may read: of their caseload, submitted, and shared right now."""
    rows = Entry.objects.visible_to(user).shared()
    entry: Entry = get_object_or_404(
        rows.select_related("client", "version__exercise", "assignment"), pk=entry_id
    )
    return entry


def lent_entry_of(user: AnyUser, client_id: uuid.UUID, entry_id: uuid.UUID, now: datetime) -> Entry:
    """A shared entry of a client whose record this counsellor may read for now."""
    rows = Entry.objects.shared().filter(client=client_open_to(user, client_id, now))
    entry: Entry = get_object_or_404(
        rows.select_related("client", "version__exercise", "assignment"), pk=entry_id
    )
    return entry


def programme_of(user: AnyUser, programme_id: uuid.UUID) -> Programme:
    """A programme this counsellor wrote."""
    rows = Programme.objects.visible_to(user).select_related("owner__user")
    programme: Programme = get_object_or_404(rows, pk=programme_id)
    return programme


def enrolment_of(user: AnyUser, enrolment_id: uuid.UUID) -> Enrolment:
    """A programme given to somebody in the caseload of this member of staff."""
    rows = Enrolment.objects.visible_to(user).select_related("client", "programme")
    enrolment: Enrolment = get_object_or_404(rows, pk=enrolment_id)
    return enrolment


def progress_event_of(user: AnyUser, client_id: uuid.UUID, event_id: uuid.UUID) -> ProgressEvent:
    """What was noted beside the course of this client, of the caseload of this member of staff."""
    rows = ProgressEvent.objects.visible_to(user).select_related("client")
    event: ProgressEvent = get_object_or_404(rows, client=client_id, pk=event_id)
    return event


def own_small_share(user: User, share_id: uuid.UUID) -> SmallShare:
    """One that the client sent."""
    rows = SmallShare.objects.of_user(user).select_related("partner")
    share: SmallShare = get_object_or_404(rows, pk=share_id)
    return share


def received_share(user: User, share_id: uuid.UUID) -> SmallShare:
    """One that was sent to the signed-in partner, and is still there."""
    rows = SmallShare.objects.of_partner(user).select_related("partner")
    share: SmallShare = get_object_or_404(rows, pk=share_id)
    return share


def partner_tie(user: User, partner_id: uuid.UUID) -> Partner:
    """A tie of the signed-in partner's, whether or not the client has ended it."""
    tie: Partner = get_object_or_404(Partner.objects.of_partner(user), pk=partner_id)
    return tie


def partner_by_token(token: str) -> Partner:
    """The tie a link was signed for, whatever has become of it."""
    try:
        key = unproven_id(token)
    except ValueError as error:
        raise Http404 from error
    rows = Partner.objects.across_caseloads("a signed link, proved below")
    tie: Partner = get_object_or_404(rows.select_related("client__user"), pk=key)
    if not token_fits(token, tie):
        raise Http404
    return tie


def exercise_of(user: AnyUser, exercise_id: uuid.UUID) -> Exercise:
    """An exercise this counsellor may use; one that is only a draft is its owner's alone."""
    return get_object_or_404(library(user), pk=exercise_id)


def own_exercise_of(user: AnyUser, exercise_id: uuid.UUID) -> Exercise:
    """An exercise of the counsellor's own, to write in."""
    return get_object_or_404(library(user).own(user), pk=exercise_id)


def version_of(user: AnyUser, exercise_id: uuid.UUID, number: int) -> ExerciseVersion:
    rows = ExerciseVersion.objects.visible_to(user).select_related("exercise")
    return get_object_or_404(rows, exercise=exercise_id, number=number)
