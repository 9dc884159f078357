from __future__ import annotations

from typing import ClassVar

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from clients.models import Client, Sharing
from counsel.accounts.models import Counsellor
from counsel.accounts.querysets import CaseloadQuerySet
from counsel.common.fields import EncryptedJSONField, EncryptedTextField
from counsel.common.models import BaseModel
from counsel.common.zones import local_date
from exercises.models.assignments import Assignment
from exercises.models.library import ExerciseVersion
from exercises.steps import Step


class EntryQuerySet(CaseloadQuerySet):
    def shared(self) -> EntryQuerySet:
        """What the counsellor may read: submitted, shared, not replaced by a correction."""
        return self.submitted().filter(sharing=Sharing.SHARED)

    def unread(self) -> EntryQuerySet:
        """Shared, and not opened by the counsellor yet."""
        return self.shared().filter(seen=False)

    def told(self) -> EntryQuerySet:
        """Those whose day the counsellor may know: shared, or practice they assigned, unless
        the client keeps the days of private practice private too.

        Of a private "I couldn't" nothing is told, not even that it answered something.
        """
        a_day = Q(
            assignment__isnull=False,
            client__shows_private_days=True,
            outcome=Entry.Outcome.DONE,
        )
        return self.submitted().filter(Q(sharing=Sharing.SHARED) | a_day)

    def submitted(self) -> EntryQuerySet:
        """Saved, and not replaced: what is corrected stands until the correction is saved."""
        return self.not_replaced().filter(state=Entry.State.SUBMITTED)

    def not_replaced(self) -> EntryQuerySet:
        """All but those whose correction is saved.

        Corrections are few, and the index on `corrects` finds them all by its second condition:
        without it the database reads every entry of every client.
        """
        corrections = Entry.objects.filter(
            corrects=OuterRef("pk"), corrects__isnull=False, state=Entry.State.SUBMITTED
        )
        return self.filter(~Exists(corrections))


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

    class Reason(models.TextChoices):
        """Why it wasn't a day for it, where somebody likes to pick a word."""

        NO_TIME = "no_time", _("there was no room for it")
        TOO_MUCH = "too_much", _("it felt like too much")
        FORGOT = "forgot", _("it slipped my mind")
        NOT_ALONE = "not_alone", _("I wasn't alone")
        NO_NEED = "no_need", _("there was nothing to notice")
        NOT_FOR_ME = "not_for_me", _("it doesn't suit me")
        OTHER = "other", _("something else")

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
    # Done, or to be done, in its smaller form.
    smaller = models.BooleanField(default=False)
    answers = EncryptedJSONField(default=dict, blank=True)
    reason = models.CharField(_("reason"), max_length=12, choices=Reason, blank=True)
    # "Offer me something smaller", said with an "I couldn't".
    wants_smaller = models.BooleanField(_("would like something smaller"), default=False)
    because = EncryptedTextField(_("I couldn't, because"), blank=True, default="")
    helpful = models.PositiveSmallIntegerField(
        _("how helpful was it?"),
        null=True,
        blank=True,
        validators=[MaxValueValidator(4)],
    )
    sharing = models.CharField(max_length=8, choices=Sharing, default=Sharing.PRIVATE)
    # The counsellor has opened it: there is a Review. Kept here as well so that what is unread is
    # found by its index, however much was read before.
    seen = models.BooleanField(default=False, editable=False)
    # The counsellor who took the answers down, where it was filled in together.
    filled_by = models.ForeignKey(
        Counsellor, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
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
            models.Index(
                fields=["client", "-happened_at"],
                condition=Q(seen=False, state="submitted", sharing="shared"),
                name="exercises_entry_unread",
            ),
            # The few times of a measure among all that a client ever did.
            models.Index(
                fields=["client", "version", "happened_at"], name="exercises_entry_by_version"
            ),
        ]
        constraints = [
            # A draft is resumed, never doubled, however many tabs begin at once.
            models.UniqueConstraint(
                fields=["assignment"],
                condition=Q(state="draft", corrects__isnull=True),
                name="exercises_entry_one_draft_per_assignment",
            ),
            models.UniqueConstraint(
                fields=["client", "version"],
                condition=Q(state="draft", assignment__isnull=True, corrects__isnull=True),
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

    @property
    def days_late(self) -> int:
        """How many of the client's days after it happened it was written down.

        None are told of a change: what it changes was written before.
        """
        if self.logged_at is None or self.corrects_id is not None:
            return 0
        return (local_date(self.logged_at, self.client.zone) - self.local_date).days

    def steps(self) -> tuple[Step, ...]:
        """What was asked: of the version it was begun with, whole or in its smaller form."""
        return self.version.steps_asked(smaller=self.smaller)


class OfEntryQuerySet(CaseloadQuerySet):
    counsellor_path: ClassVar[str] = "entry__client__counsellor"
    user_path: ClassVar[str] = "entry__client__user"
    restricted_path: ClassVar[str] = "entry__client__restricted_at"


class EntryFactQuerySet(OfEntryQuerySet):
    counsellor_path: ClassVar[str] = "client__counsellor"
    user_path: ClassVar[str] = "client__user"
    restricted_path: ClassVar[str] = "client__restricted_at"

    def shared(self) -> EntryFactQuerySet:
        """Of what the counsellor may read: as `EntryQuerySet.shared`, asked of each row."""
        corrected = Entry.objects.filter(
            corrects=OuterRef("entry"), corrects__isnull=False, state=Entry.State.SUBMITTED
        )
        return self.filter(
            ~Exists(corrected), entry__state=Entry.State.SUBMITTED, entry__sharing=Sharing.SHARED
        )


class EntryFact(BaseModel):
    """A number or a chosen label of an entry, kept apart so that it can be added up.

    Holds only what was picked from our own lists, never a word somebody typed.
    """

    class Kind(models.TextChoices):
        BEFORE = "before", _("before")
        AFTER = "after", _("after")
        FEELING = "feeling", _("feeling")

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="facts")
    # The entry's own, so that a span of days, or the first day of a feeling, is found by them.
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    kind = models.CharField(max_length=8, choices=Kind)
    label = models.CharField(max_length=40, blank=True)
    number = models.SmallIntegerField(null=True)

    objects = EntryFactQuerySet.as_manager()

    class Meta:
        verbose_name = _("fact")
        verbose_name_plural = _("facts")
        indexes = [
            models.Index(fields=["client", "day"], name="exercises_fact_days"),
            models.Index(
                fields=["client", "label", "day"],
                condition=Q(kind="feeling"),
                name="exercises_fact_first_named",
            ),
        ]
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
    # When a message went out that said there are words to read.
    told_at = models.DateTimeField(null=True)

    objects = OfEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("reply")
        verbose_name_plural = _("replies")
        ordering = ["created_at"]
        indexes = [
            models.Index(
                fields=["entry"],
                condition=Q(read_at__isnull=True, told_at__isnull=True),
                name="exercises_reply_to_tell",
            )
        ]

    def __str__(self) -> str:
        return f"Reply {str(self.pk)[:8]}"


class Review(BaseModel):
    """What the counsellor did with an entry: seen it, talked about it, found it worked through.

    `quality` is the counsellor's own impression, 0 to 4; clients never see it.
    """

    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, related_name="review")
    seen_at = models.DateTimeField()
    reviewed_at = models.DateTimeField(null=True)
    quality = models.PositiveSmallIntegerField(
        _("how well it was worked through"),
        null=True,
        blank=True,
        validators=[MaxValueValidator(4)],
    )

    objects = OfEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("review")
        verbose_name_plural = _("reviews")
        constraints = [
            models.CheckConstraint(
                condition=Q(quality__isnull=True) | Q(quality__lte=4),
                name="exercises_review_quality_is_0_to_4",
            )
        ]

    def __str__(self) -> str:
        return f"Review {str(self.pk)[:8]}"
