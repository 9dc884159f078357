"""The library as one counsellor sees it, and which of their own clients have what of it."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import (
    CharField,
    Count,
    Exists,
    IntegerField,
    OuterRef,
    Q,
    Subquery,
    Value,
)
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Coalesce
from django.utils import timezone

from counsel.accounts.roles import AnyUser, counsellor_of
from counsel.common.zones import local_date
from exercises.models import Assignment, Exercise, ExerciseDraft, ExerciseVersion
from exercises.models.library import ExerciseQuerySet

_OPEN = (Assignment.Status.ACTIVE, Assignment.Status.WAITING)


@dataclass(frozen=True, slots=True)
class VersionRow:
    """One version, and how many of the counsellor's own clients were ever given it."""

    version: ExerciseVersion
    clients: int


def library(user: AnyUser) -> ExerciseQuerySet:
    """What this counsellor may use, each with its newest version's `title`, `summary`, `minutes`
    and `number`, whether it `is_own`, a `draft_waits`, and `clients`: how many of theirs
    have it now.

    A draft that was never published is in it for its owner alone.
    """
    newest = ExerciseVersion.objects.filter(exercise=OuterRef("pk")).order_by("-number")
    drafts = ExerciseDraft.objects.visible_to(user).filter(exercise=OuterRef("pk"))
    given = (
        Assignment.objects.visible_to(user)
        .filter(version__exercise=OuterRef("pk"), status__in=_OPEN)
        .order_by()
        .values("version__exercise")
        .annotate(n=Count("client", distinct=True))
    )
    words = CharField()
    draft_title = Cast(KT("content__title"), output_field=words)
    rows = Exercise.objects.visible_to(user).annotate(
        title=Coalesce(
            Subquery(newest.values("title")[:1], output_field=words),
            Subquery(drafts.annotate(t=draft_title).values("t")[:1], output_field=words),
            Value(""),
        ),
        summary=Coalesce(Subquery(newest.values("summary")[:1]), Value("")),
        minutes=Subquery(newest.values("minutes")[:1]),
        number=Subquery(newest.values("number")[:1]),
        draft_waits=Exists(drafts),
        clients=Coalesce(Subquery(given.values("n")[:1]), 0, output_field=IntegerField()),
        is_own=Exists(Exercise.objects.own(user).filter(pk=OuterRef("pk"))),
    )
    published = Q(number__isnull=False) | Q(owner=counsellor_of(user))
    return rows.filter(published)


def newest_version(exercise: Exercise) -> ExerciseVersion | None:
    return exercise.versions.select_related("exercise").order_by("-number").first()


def versions_given(user: AnyUser, exercise: Exercise) -> list[VersionRow]:
    """Every version, newest first."""
    given = (
        Assignment.objects.visible_to(user)
        .filter(version=OuterRef("pk"))
        .order_by()
        .values("version")
        .annotate(n=Count("client", distinct=True))
    )
    rows = exercise.versions.order_by("-number").annotate(
        clients=Coalesce(Subquery(given.values("n")[:1]), 0)
    )
    return [VersionRow(row, row.clients) for row in rows]  # type: ignore[attr-defined]  # counted


def behind(user: AnyUser, exercise: Exercise, newest: ExerciseVersion) -> list[Assignment]:
    """Open assignments of the counsellor's own clients on an earlier version, by name.

    Who has begun something and not finished it is nobody's business but theirs.
    """
    rows = (
        Assignment.objects.visible_to(user)
        .filter(version__exercise=exercise, version__number__lt=newest.number, status__in=_OPEN)
        .select_related("client", "version")
        .order_by("client__name", "starts_on", "pk")
    )
    now = timezone.now()
    return [
        row
        for row in rows
        if row.ends_on is None or row.ends_on >= local_date(now, row.client.zone)
    ]
