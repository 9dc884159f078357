"""What a practice decides for all of its counsellors."""

from __future__ import annotations

import re

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from counsel.accounts.querysets import StaffQuerySet
from counsel.accounts.roles import AnyUser, is_manager

_ORIGIN = re.compile(r"https://[a-z0-9-]+(\.[a-z0-9-]+)+(:[0-9]{1,5})?")


class PracticeQuerySet(StaffQuerySet):
    def visible_to(self, user: AnyUser) -> PracticeQuerySet:
        return self.all() if is_manager(user) else self.none()


def validate_origins(text: str) -> None:
    """One `https://host` a line, nothing after it: they go into a header as they are."""
    for line in text.split():
        if not _ORIGIN.fullmatch(line):
            raise ValidationError(
                _("Write one address a line, such as https://blog.example.org: not “%(line)s”."),
                params={"line": line},
            )


def day_before() -> list[int]:
    return [24 * 60]


class Practice(models.Model):
    """One row at most; without it the defaults hold."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    frame_hosts = models.TextField(
        _("sites that may show your booking page"),
        blank=True,
        max_length=2000,
        validators=[validate_origins],
        help_text=_("One address a line, such as https://blog.example.org. Empty: none."),
    )
    confirm_minutes = models.PositiveSmallIntegerField(
        _("a time is kept for an address to be confirmed (minutes)"),
        default=30,
        validators=[MinValueValidator(10), MaxValueValidator(24 * 60)],
    )
    offer_hours = models.PositiveSmallIntegerField(
        _("a time is kept for somebody on the waiting list (hours)"),
        default=12,
        validators=[MinValueValidator(1), MaxValueValidator(72)],
    )

    # What the desk points out; both are for a counsellor's eyes, and never shown to a client.
    missed_in_a_row = models.PositiveSmallIntegerField(
        _("planned practices missed one after the other before the desk says so"),
        default=3,
        validators=[MinValueValidator(1), MaxValueValidator(14)],
    )
    quiet_days = models.PositiveSmallIntegerField(
        _("days without an entry before the desk calls a client quiet"),
        default=14,
        validators=[MinValueValidator(3), MaxValueValidator(90)],
    )

    # An open flag is then also told to whoever stands in for the counsellor.
    flag_hours = models.PositiveSmallIntegerField(
        _("hours after which somebody else is asked to look at an open flag"),
        default=24,
        db_default=24,
        validators=[MinValueValidator(1), MaxValueValidator(72)],
    )

    # Minutes before the start; a client may have others of their own.
    reminder_offsets = models.JSONField(
        _("reminders before each consultation"), default=day_before, blank=True
    )
    # By each reader's own clock. The same hour twice: no quiet hours.
    quiet_from = models.PositiveSmallIntegerField(
        _("quiet from (hour)"), default=21, validators=[MaxValueValidator(23)]
    )
    quiet_until = models.PositiveSmallIntegerField(
        _("quiet until (hour)"), default=8, validators=[MaxValueValidator(23)]
    )
    # Reminders of practice that nobody followed, one after the other.
    soften_after = models.PositiveSmallIntegerField(
        _("reminders without practice before they become fewer"),
        default=4,
        validators=[MinValueValidator(1), MaxValueValidator(30)],
    )
    stop_after = models.PositiveSmallIntegerField(
        _("reminders without practice before they stop"),
        default=8,
        validators=[MinValueValidator(2), MaxValueValidator(60)],
    )

    # How long a record is kept after the last consultation. Seven years for adults is what the
    # American Psychological Association's Record Keeping Guidelines (2007, guideline 7) give where
    # no law says otherwise, and what many bodies and insurers ask for. For people under age they
    # add "or three years after coming of age, whichever is later": Counsel knows no date of birth,
    # so who works with minors sets a time that is long enough for them.
    retention_years = models.PositiveSmallIntegerField(
        _("years for which a record is kept after the last consultation"),
        default=7,
        db_default=7,
        validators=[MaxValueValidator(50)],
    )

    objects = PracticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("practice")
        verbose_name_plural = _("practice")
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="accounts_practice_only_one"),
            models.CheckConstraint(
                condition=Q(quiet_from__lte=23, quiet_until__lte=23),
                name="accounts_practice_quiet_hours_are_hours",
            ),
            models.CheckConstraint(
                condition=Q(stop_after__gt=F("soften_after")),
                name="accounts_practice_softens_before_it_stops",
                violation_error_message=_("They must become fewer before they stop."),
            ),
        ]

    def __str__(self) -> str:
        return "Practice"

    @property
    def frame_origins(self) -> list[str]:
        return self.frame_hosts.split()


def practice() -> Practice:
    return Practice.objects.first() or Practice()
