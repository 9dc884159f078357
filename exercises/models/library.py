from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clients.models import Sharing
from counsel.accounts.models import Counsellor
from counsel.accounts.roles import AnyUser, counsellor_of
from counsel.common.models import BaseModel
from exercises.steps import Step, parse_steps


class ExerciseQuerySet(models.QuerySet["Exercise"]):
    def visible_to(self, user: AnyUser) -> ExerciseQuerySet:
        """The built-in library and the counsellor's own exercises."""
        counsellor = counsellor_of(user)
        if counsellor is None:
            return self.none()
        return self.filter(Q(owner__isnull=True) | Q(owner=counsellor))


class Exercise(BaseModel):
    """A reusable activity in the library. Without an owner it is built in."""

    class Kind(models.TextChoices):
        PRACTICE = "practice", _("practice")
        JOURNAL = "journal", _("journal")
        READING = "reading", _("reading")

    owner = models.ForeignKey(
        Counsellor,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="exercises",
    )
    slug = models.SlugField(max_length=60)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.PRACTICE)

    objects = ExerciseQuerySet.as_manager()

    class Meta:
        verbose_name = _("exercise")
        verbose_name_plural = _("exercises")
        ordering = ["slug"]
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "slug"], name="exercises_exercise_slug_once_per_owner"
            ),
            models.UniqueConstraint(
                fields=["slug"],
                condition=Q(owner__isnull=True),
                name="exercises_exercise_built_in_slug_once",
            ),
        ]

    def __str__(self) -> str:
        return self.slug


class ExerciseVersionQuerySet(models.QuerySet["ExerciseVersion"]):
    def visible_to(self, user: AnyUser) -> ExerciseVersionQuerySet:
        counsellor = counsellor_of(user)
        if counsellor is None:
            return self.none()
        return self.filter(Q(exercise__owner__isnull=True) | Q(exercise__owner=counsellor))

    def current(self) -> ExerciseVersionQuerySet:
        """The newest version of each exercise: what can be assigned today."""
        newest = (
            ExerciseVersion.objects.filter(exercise=models.OuterRef("exercise"))
            .order_by("-number")
            .values("pk")[:1]
        )
        return self.filter(pk=models.Subquery(newest))


class ExerciseVersion(BaseModel):
    """What an exercise says and asks. Never changed: a new text is a new version.

    `steps` follows the schema of `exercises.steps`.
    """

    exercise = models.ForeignKey(Exercise, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    title = models.CharField(_("title"), max_length=120)
    summary = models.CharField(_("in one sentence, for the client"), max_length=300)
    minutes = models.PositiveSmallIntegerField(_("minutes"), default=5)
    aim = models.TextField(_("aim"), blank=True)
    when_to_use = models.TextField(_("when to use it"), blank=True)
    rationale_template = models.TextField(_("rationale to start from"), blank=True)
    easier = models.TextField(_("something smaller"), blank=True)
    sharing_default = models.CharField(max_length=8, choices=Sharing, default=Sharing.PRIVATE)
    steps = models.JSONField()
    content_hash = models.CharField(max_length=64, editable=False)

    objects = ExerciseVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("exercise version")
        verbose_name_plural = _("exercise versions")
        ordering = ["title"]
        constraints = [
            models.UniqueConstraint(
                fields=["exercise", "number"],
                name="exercises_exerciseversion_number_once",
            )
        ]

    def __str__(self) -> str:
        return self.title

    def parsed_steps(self) -> tuple[Step, ...]:
        return parse_steps(self.steps)
