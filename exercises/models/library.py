from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clients.models import Sharing
from counsel.accounts.models import Counsellor
from counsel.accounts.roles import AnyUser, counsellor_of
from counsel.common.models import BaseModel
from exercises.steps import Step, parse_steps, smaller_steps


def _offered_to(counsellor: Counsellor, path: str = "") -> Q:
    """Built in, the counsellor's own, or a colleague's that the whole practice may use."""
    return (
        Q(**{f"{path}owner__isnull": True})
        | Q(**{f"{path}owner": counsellor})
        | Q(**{f"{path}for_practice": True})
    )


class ExerciseQuerySet(models.QuerySet["Exercise"]):
    def visible_to(self, user: AnyUser) -> ExerciseQuerySet:
        """The built-in library, the counsellor's own exercises, and those of colleagues for all."""
        counsellor = counsellor_of(user)
        if counsellor is None:
            return self.none()
        return self.filter(_offered_to(counsellor))

    def own(self, user: AnyUser) -> ExerciseQuerySet:
        """What this counsellor may change: their own exercises."""
        counsellor = counsellor_of(user)
        return self.none() if counsellor is None else self.filter(owner=counsellor)


class Exercise(BaseModel):
    """A reusable activity in the library. Without an owner it is built in."""

    class Kind(models.TextChoices):
        PRACTICE = "practice", _("practice")
        JOURNAL = "journal", _("journal")
        READING = "reading", _("reading")
        MEASURE = "measure", _("measure")

    owner = models.ForeignKey(
        Counsellor,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="exercises",
    )
    slug = models.SlugField(max_length=60)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.PRACTICE)
    for_practice = models.BooleanField(_("colleagues may use it too"), default=False)
    # Not offered any more; what was assigned stays.
    put_away_at = models.DateTimeField(_("put away"), null=True, blank=True)

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
        return self.filter(_offered_to(counsellor, "exercise__"))

    def current(self) -> ExerciseVersionQuerySet:
        """The newest version of each exercise that is not put away: what can be assigned."""
        newest = (
            ExerciseVersion.objects.filter(exercise=models.OuterRef("exercise"))
            .order_by("-number")
            .values("pk")[:1]
        )
        return self.filter(pk=models.Subquery(newest), exercise__put_away_at__isnull=True)


class ExerciseDraftQuerySet(models.QuerySet["ExerciseDraft"]):
    def visible_to(self, user: AnyUser) -> ExerciseDraftQuerySet:
        """A draft is its owner's alone, also of an exercise for all."""
        counsellor = counsellor_of(user)
        if counsellor is None:
            return self.none()
        return self.filter(exercise__owner=counsellor)


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
    # Keys of the steps that make the smaller form; empty: `easier` alone, as one page to read.
    smaller = models.JSONField(default=list, blank=True)
    sharing_default = models.CharField(max_length=8, choices=Sharing, default=Sharing.PRIVATE)
    steps = models.JSONField()
    # Only of measures: the key of the scoring facts (`exercises.scoring`), the line its owners
    # ask to be shown, and the codes of a questionnaire it came from, for answers that leave.
    scoring = models.SlugField(max_length=60, blank=True)
    copyright = models.TextField(_("copyright line"), blank=True)
    published_as = models.JSONField(default=dict, blank=True)
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

    def steps_asked(self, *, smaller: bool) -> tuple[Step, ...]:
        """What somebody is asked who does it whole, or in its smaller form."""
        steps = self.parsed_steps()
        return smaller_steps(steps, self.smaller, self.easier) if smaller else steps

    @property
    def has_smaller(self) -> bool:
        return bool(self.smaller or self.easier)


class ExerciseDraft(BaseModel):
    """An exercise as its owner is writing it: anything may still be missing or wrong.

    `content` has the shape of an exercise file (`exercises.steps.ExerciseFile`), unchecked.
    `revision` counts the changes, so that of two windows the later one notices.
    """

    exercise = models.OneToOneField(Exercise, on_delete=models.CASCADE, related_name="draft")
    content = models.JSONField(default=dict, blank=True)
    revision = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField(default=timezone.now)

    objects = ExerciseDraftQuerySet.as_manager()

    class Meta:
        verbose_name = _("exercise draft")
        verbose_name_plural = _("exercise drafts")

    def __str__(self) -> str:
        return f"Draft {str(self.pk)[:8]}"
