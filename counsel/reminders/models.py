from __future__ import annotations

from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, ClassVar, Self, TypeVar
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from counsel.accounts.models import Counsellor
from counsel.accounts.querysets import CaseloadQuerySet
from counsel.accounts.roles import AnyUser, counsellor_of, runs_something
from counsel.common.models import BaseModel
from counsel.reminders.registry import kinds
from counsel.reminders.timing import LONGEST_RETRY

# For so long the desk points out a message that may not have arrived.
TROUBLE_LASTS = timedelta(days=14)
_MOST_LATE = 10_000


_Rows = TypeVar("_Rows", bound=CaseloadQuerySet)
_ITS_OWN = "the ledger names the one row that its message is about"
_KEYS_ONLY = "for who runs the practice or the system: the ledger holds keys, and no words"


class ReminderQuerySet(CaseloadQuerySet):
    counsellor_path: ClassVar[str] = "counsellor"
    own_keys: ClassVar[frozenset[str]] = frozenset({"subject", "person"})
    restricted_path: ClassVar[str] = ""

    def visible_to(self, user: AnyUser) -> Self:
        """A counsellor's own; all for who runs the practice or the system: it holds keys only.

        Of reminders that tell what clients do, nobody with a caseload sees more than those that
        could not be sent: one withdrawn on a day without practice is a private "I couldn't".
        Of those that are no counsellor's business they see none.
        """
        everybodys = runs_something(user)
        rows = self.across_caseloads(_KEYS_ONLY) if everybodys else super().visible_to(user)
        if counsellor_of(user) is None:
            return rows
        telling = [kind.key for kind in kinds() if kind.tells_what_clients_do]
        in_trouble = Q(state__in=[State.FAILED, State.UNCERTAIN])
        unseen = [kind.key for kind in kinds() if kind.unseen_by_counsellors]
        return rows.filter(~Q(kind__in=telling) | in_trouble).exclude(kind__in=unseen)

    def lately_in_trouble(self, now: datetime) -> Self:
        """Those that may not have arrived, and are not too old to do something about it."""
        return self.filter(
            state__in=[State.FAILED, State.UNCERTAIN], due_at__gt=now - TROUBLE_LASTS
        )

    def late(self, now: datetime) -> Self:
        """Those that are due and have not gone out, but still may; of very many the longest
        waiting. Asks at once which they are.
        """
        # Nothing waits longer between two attempts.
        soon = now + LONGEST_RETRY
        due = self.filter(finished_at=None, try_at__lt=soon, due_at__lt=now)
        # In this order they are read by the index of what is open. The database by itself expects
        # too many to be late, and would rather read the whole ledger.
        return self.filter(
            pk__in=list(due.order_by("try_at").values_list("pk", flat=True)[:_MOST_LATE])
        )


class Channel(models.TextChoices):
    EMAIL = "email", _("e-mail")
    SMS = "sms", _("text message")
    PUSH = "push", _("notification")


class Wording(models.TextChoices):
    """How much a message on one channel may say to whoever sees it."""

    NONE = "none", _("none")
    NEUTRAL = "neutral", _("neutral: no names")
    PLAIN = "plain", _("plain: with first names")


class State(models.TextChoices):
    QUEUED = "queued", _("waiting")
    CLAIMED = "claimed", _("being sent")
    SENT = "sent", _("sent")
    SKIPPED = "skipped", _("not sent, on purpose")
    FAILED = "failed", _("failed")
    UNCERTAIN = "uncertain", _("may have been sent")
    CANCELLED = "cancelled", _("withdrawn")


class Reminder(BaseModel):
    """The ledger: one message to one person about one thing.

    Holds keys, no address and no words: the kind (see `counsel.reminders.registry`) asks its
    subject again at the moment of sending whether and what to send.
    """

    counsellor = models.ForeignKey(Counsellor, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(_("kind"), max_length=40)
    subject = models.CharField(_("about"), max_length=80)
    # Tells apart messages of one kind about one subject: a start time, a version, a date.
    occurrence = models.CharField(max_length=40, blank=True)
    offset_minutes = models.IntegerField(default=0)
    # Where one message speaks of several things: which of them (`ReminderKind.parts`).
    about = models.CharField(_("speaks of"), max_length=80, blank=True)
    # A deliberate second copy of one that was sent is a row of its own: 1, 2 and so on.
    copy = models.PositiveSmallIntegerField(_("copy"), default=0)
    person = models.CharField(_("to"), max_length=80)
    channel = models.CharField(_("channel"), max_length=8, choices=Channel, default=Channel.EMAIL)
    due_at = models.DateTimeField(_("due"))
    # Dropped, with a reason, when it could not go out by then.
    not_after = models.DateTimeField(_("not after"))
    # Not taken up before: the due time, or later after a failed attempt.
    try_at = models.DateTimeField(_("next attempt"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.QUEUED)
    reason = models.CharField(_("why"), max_length=200, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    lease_until = models.DateTimeField(null=True)
    # Set just before the message is handed to the mail server: from here on a crash leaves
    # it open whether the message went out.
    handed_over_at = models.DateTimeField(_("handed to the mail server"), null=True)
    # An uncertain one is handed over once more by itself, never twice.
    resent_at = models.DateTimeField(_("sent again"), null=True)
    # Empty as long as something will still happen by itself.
    finished_at = models.DateTimeField(_("sent or settled"), null=True)
    # How often, when last and by whom it was sent again by hand.
    asked_again = models.PositiveSmallIntegerField(_("sent again by hand"), default=0)
    asked_again_at = models.DateTimeField(_("asked for again"), null=True)
    asked_again_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("asked for again by"),
    )

    objects = ReminderQuerySet.as_manager()

    class Meta:
        # What its list at the desk is called: not all of them remind of something.
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["-due_at"]
        indexes = [
            models.Index(
                fields=["try_at"], condition=Q(finished_at__isnull=True), name="reminders_open"
            ),
            models.Index(
                fields=["lease_until"], condition=Q(state="claimed"), name="reminders_leases"
            ),
            models.Index(fields=["subject"], name="reminders_subject"),
            # One kind around a day: what a planner compares with what should be there.
            models.Index("kind", F("due_at").desc(), name="reminders_of_kind"),
            # As a client's page reads them.
            models.Index("person", F("due_at").desc(), name="reminders_of_person"),
            # As a manager reads them: those of the whole practice, the newest first.
            models.Index(F("due_at").desc(), "id", name="reminders_newest"),
            models.Index(
                F("due_at").desc(),
                "id",
                condition=Q(state__in=["failed", "uncertain"]),
                name="reminders_in_trouble",
            ),
            # Few rows, or none, in most practices: they are not looked for among all of them.
            models.Index(
                "channel",
                F("due_at").desc(),
                "id",
                condition=Q(channel__in=["sms", "push"]),
                name="reminders_not_by_email",
            ),
            models.Index(
                F("due_at").desc(),
                "id",
                condition=Q(state__in=["skipped", "cancelled"]),
                name="reminders_not_sent",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=[
                    *("subject", "occurrence", "kind", "offset_minutes"),
                    *("person", "channel", "copy"),
                ],
                name="reminders_reminder_once",
            ),
            models.CheckConstraint(
                condition=Q(not_after__gte=F("due_at")), name="reminders_reminder_times_in_order"
            ),
            models.CheckConstraint(
                condition=~Q(state="claimed") | Q(lease_until__isnull=False),
                name="reminders_reminder_claimed_has_lease",
            ),
            models.CheckConstraint(
                condition=Q(state="uncertain")
                | Q(state__in=["queued", "claimed"], finished_at__isnull=True)
                | Q(
                    state__in=["sent", "skipped", "failed", "cancelled"],
                    finished_at__isnull=False,
                ),
                name="reminders_reminder_finished_when_settled",
            ),
        ]

    @cached_property
    def at_hand(self) -> dict[str, Any]:
        """What was loaded for many rows at once (see `counsel.reminders.at_hand`)."""
        return {}

    def __str__(self) -> str:
        return f"Reminder {str(self.pk)[:8]}"

    @property
    def is_by_hand(self) -> bool:
        """Somebody asked for it: it is wanted for itself, and now."""
        return bool(self.copy or self.asked_again)

    def subject_in(self, rows: _Rows) -> _Rows:
        """The row of this table that the message is about, if it is there still.

        None where it is not that of whoever the message goes to.
        """
        found = rows.filter(pk=self.subject_id)
        role, _separator, key = self.person.partition(":")
        if role == "client":
            return found.of_client(UUID(key))
        if role == "counsellor":
            return found.of_counsellor(UUID(key))
        return found.across_caseloads(_ITS_OWN)

    def person_in(self, rows: _Rows) -> _Rows:
        """The row of this table that says to whom the message goes, if it is there still."""
        return rows.across_caseloads(_ITS_OWN).filter(pk=UUID(self.person.partition(":")[2]))

    @property
    def subject_id(self) -> UUID:
        """The id in a subject like `invitation:<id>`. Raises ValueError where there is none."""
        return UUID(self.subject.partition(":")[2])


class Queue(models.Model):
    """How one channel fares. Without a row all is well, and nothing has gone out yet.

    Held: its provider refuses our account, so every message would meet the same. It is tried
    again at `held_until`, with one message, or when somebody at the desk says that it is mended.
    """

    channel = models.CharField(_("channel"), max_length=8, choices=Channel, primary_key=True)
    held_since = models.DateTimeField(_("stopped since"), null=True)
    held_until = models.DateTimeField(_("tried again"), null=True)
    # What the provider answered: a code, never its words.
    held_code = models.PositiveIntegerField(_("answer"), default=0)
    last_sent_at = models.DateTimeField(_("last sent"), null=True)
    last_refused_at = models.DateTimeField(_("last refused"), null=True)
    # One after the other, without one that went out between them.
    refusals = models.PositiveIntegerField(_("refused in a row"), default=0)

    objects = models.Manager()

    class Meta:
        verbose_name = _("channel")
        verbose_name_plural = _("channels")
        constraints = [
            models.CheckConstraint(
                condition=Q(held_since__isnull=True, held_until__isnull=True)
                | Q(held_since__isnull=False, held_until__isnull=False),
                name="reminders_queue_held_until_some_time",
            ),
        ]

    def __str__(self) -> str:
        return self.channel


class Heartbeat(models.Model):
    """When something that must never stop last ran to its end."""

    class Name(models.TextChoices):
        PLAN = "plan", _("planning")
        SEND = "send", _("sending")

    name = models.CharField(max_length=8, choices=Name, primary_key=True)
    at = models.DateTimeField()

    objects = models.Manager()

    class Meta:
        verbose_name = _("heartbeat")
        verbose_name_plural = _("heartbeats")

    def __str__(self) -> str:
        return self.name


class Letter(BaseModel):
    """A practice's own words for one message in one language; without a row ours hold.

    Holds named placeholders (`{when}`), and nothing else that is filled in.
    """

    # The name of the message and its variant, as `counsel.reminders.letters` knows them.
    key = models.CharField(_("message"), max_length=60)
    language = models.CharField(_("language"), max_length=12)
    subject = models.CharField(_("subject"), max_length=120)
    body = models.TextField(_("words"), max_length=5000)
    changed_at = models.DateTimeField(_("changed"))
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    objects = models.Manager()

    class Meta:
        verbose_name = _("words of a message")
        verbose_name_plural = _("words of messages")
        ordering = ["key", "language"]
        constraints = [
            models.UniqueConstraint(fields=["key", "language"], name="reminders_letter_once")
        ]

    def __str__(self) -> str:
        return f"{self.key} ({self.language})"
