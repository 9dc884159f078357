from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from clients.models import Client, Sharing
from counsel.accounts.models import Counsellor
from counsel.accounts.querysets import CaseloadQuerySet
from counsel.accounts.roles import AnyUser, counsellor_of
from counsel.common.fields import EncryptedJSONField, EncryptedTextField
from counsel.common.models import BaseModel
from exercises.progress import Plan
from exercises.progress import Rhythm as PlanRhythm
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


class Rhythm(models.TextChoices):
    ONCE = PlanRhythm.ONCE.value, _("once")
    DAILY = PlanRhythm.DAILY.value, _("every day")
    TIMES_A_WEEK = PlanRhythm.TIMES_A_WEEK.value, _("some days a week")
    WEEKDAYS = PlanRhythm.WEEKDAYS.value, _("on chosen weekdays")


class Assignment(BaseModel):
    """An exercise version given to a client, with the reason for it, a rhythm and dates.

    Dates are the client's local dates; `ends_on` is included.
    """

    class Status(models.TextChoices):
        ACTIVE = "active", _("active")
        WITHDRAWN = "withdrawn", _("withdrawn")

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="assignments")
    version = models.ForeignKey(
        ExerciseVersion, on_delete=models.PROTECT, related_name="assignments"
    )
    rationale = EncryptedTextField(_("why this, why now"))
    rhythm = models.CharField(_("rhythm"), max_length=14, choices=Rhythm, default=Rhythm.DAILY)
    times_a_week = models.PositiveSmallIntegerField(
        _("days a week"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(7)],
    )
    # Digits 0 (Monday) to 6, for example "024"; only with the rhythm "weekdays".
    weekdays = models.CharField(_("weekdays"), max_length=7, blank=True)
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"), null=True, blank=True)
    reminders = models.BooleanField(_("remind by e-mail"), default=True)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.ACTIVE)

    objects = CaseloadQuerySet.as_manager()

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        ordering = ["-starts_on"]
        indexes = [
            models.Index(fields=["client", "status", "starts_on"], name="exercises_assigned")
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="exercises_assignment_ends_after_start",
                violation_error_message=_("The last day must not be before the first."),
            ),
            models.CheckConstraint(
                # SQL lets pass what is neither true nor false, so an empty number is named.
                condition=~Q(rhythm="times_a_week")
                | Q(times_a_week__isnull=False, times_a_week__gte=1, times_a_week__lte=7),
                name="exercises_assignment_days_a_week",
                violation_error_message=_("Say on how many days a week, 1 to 7."),
            ),
            models.CheckConstraint(
                condition=~Q(rhythm="weekdays") | ~Q(weekdays=""),
                name="exercises_assignment_has_weekdays",
                violation_error_message=_("Choose at least one weekday."),
            ),
        ]

    def __str__(self) -> str:
        return f"Assignment {str(self.pk)[:8]}"

    @property
    def plan(self) -> Plan:
        """The rhythm as the pure rules of `exercises.progress` take it."""
        return Plan(
            rhythm=PlanRhythm(self.rhythm),
            times_a_week=self.times_a_week,
            weekdays=frozenset(int(digit) for digit in self.weekdays),
            start=self.starts_on,
            end=self.ends_on,
        )

    def runs_on(self, day: date) -> bool:
        """Whether the assignment is open on the client's local `day`."""
        return (
            self.status == self.Status.ACTIVE
            and self.starts_on <= day
            and (self.ends_on is None or day <= self.ends_on)
        )


class EntryQuerySet(CaseloadQuerySet):
    def shared(self) -> EntryQuerySet:
        """What the counsellor may read: submitted, shared, not replaced by a correction."""
        return self.submitted().filter(sharing=Sharing.SHARED)

    def submitted(self) -> EntryQuerySet:
        return self.filter(state=Entry.State.SUBMITTED, corrected_by__isnull=True)


class Entry(BaseModel):
    """One time a client did an exercise, wrote in the journal, or said why not.

    A submitted entry's answers never change; a correction is a new entry that names the one
    it `corrects`. Sharing may change at any time, and takes effect at once.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        SUBMITTED = "submitted", _("saved")

    class Outcome(models.TextChoices):
        DONE = "done", _("done")
        COULD_NOT = "could_not", _("couldn't")

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="entries")
    version = models.ForeignKey(ExerciseVersion, on_delete=models.PROTECT, related_name="entries")
    # Empty for journal writing nobody assigned.
    assignment = models.ForeignKey(
        Assignment,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="entries",
    )
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    outcome = models.CharField(max_length=10, choices=Outcome, default=Outcome.DONE)
    happened_at = models.DateTimeField(_("when it happened"))
    logged_at = models.DateTimeField(_("when it was saved"), null=True)
    # The client's local date of `happened_at`: days practised are counted by it.
    local_date = models.DateField()
    answers = EncryptedJSONField(default=dict, blank=True)
    because = EncryptedTextField(_("I couldn't, because"), blank=True, default="")
    helpful = models.PositiveSmallIntegerField(
        _("how helpful was it?"),
        null=True,
        blank=True,
        validators=[MaxValueValidator(4)],
    )
    sharing = models.CharField(max_length=8, choices=Sharing, default=Sharing.PRIVATE)
    corrects = models.OneToOneField(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="corrected_by",
    )

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("entry")
        verbose_name_plural = _("entries")
        ordering = ["-happened_at"]
        indexes = [
            models.Index(fields=["client", "state", "local_date"], name="exercises_entry_days"),
            models.Index(fields=["client", "-happened_at"], name="exercises_entry_timeline"),
        ]
        constraints = [
            # A draft is resumed, never doubled, however many tabs begin at once.
            models.UniqueConstraint(
                fields=["assignment"],
                condition=Q(state="draft"),
                name="exercises_entry_one_draft_per_assignment",
            ),
            models.UniqueConstraint(
                fields=["client", "version"],
                condition=Q(state="draft", assignment__isnull=True),
                name="exercises_entry_one_free_draft",
            ),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(logged_at__isnull=False),
                name="exercises_entry_submitted_is_dated",
            ),
            models.CheckConstraint(
                condition=Q(helpful__isnull=True) | Q(helpful__lte=4),
                name="exercises_entry_helpful_is_0_to_4",
            ),
        ]

    def __str__(self) -> str:
        return f"Entry {str(self.pk)[:8]}"


class OfEntryQuerySet(CaseloadQuerySet):
    counsellor_path: ClassVar[str] = "entry__client__counsellor"
    user_path: ClassVar[str] = "entry__client__user"


class EntryFact(BaseModel):
    """A number or a chosen label of an entry, kept apart so that it can be added up.

    Holds only what was picked from our own lists, never a word somebody typed.
    """

    class Kind(models.TextChoices):
        BEFORE = "before", _("before")
        AFTER = "after", _("after")
        FEELING = "feeling", _("feeling")

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="facts")
    kind = models.CharField(max_length=8, choices=Kind)
    label = models.CharField(max_length=40, blank=True)
    number = models.SmallIntegerField(null=True)

    objects = OfEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("fact")
        verbose_name_plural = _("facts")
        constraints = [
            models.UniqueConstraint(
                fields=["entry", "kind", "label"], name="exercises_entryfact_once"
            ),
            models.CheckConstraint(
                condition=(Q(kind="feeling") & ~Q(label="") & Q(number__isnull=True))
                | (~Q(kind="feeling") & Q(label="") & Q(number__isnull=False)),
                name="exercises_entryfact_label_or_number",
            ),
        ]

    def __str__(self) -> str:
        return f"Fact {str(self.pk)[:8]}"


class Reply(BaseModel):
    """The counsellor's words under an entry."""

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="replies")
    author = models.ForeignKey(Counsellor, on_delete=models.PROTECT, related_name="+")
    text = EncryptedTextField(_("reply"))
    read_at = models.DateTimeField(null=True)

    objects = OfEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("reply")
        verbose_name_plural = _("replies")
        ordering = ["created_at"]

    def __str__(self) -> str:
        return f"Reply {str(self.pk)[:8]}"


class Review(BaseModel):
    """What the counsellor did with an entry: seen it, and talked about it in a consultation."""

    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, related_name="review")
    seen_at = models.DateTimeField()
    reviewed_at = models.DateTimeField(null=True)

    objects = OfEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("review")
        verbose_name_plural = _("reviews")

    def __str__(self) -> str:
        return f"Review {str(self.pk)[:8]}"
