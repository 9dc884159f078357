from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from counsel.accounts.models import Counsellor
from counsel.accounts.querysets import CaseloadQuerySet
from counsel.common.fields import EncryptedJSONField, EncryptedTextField
from counsel.common.models import BaseModel
from exercises.models.entries import Entry, OfEntryQuerySet


class Score(BaseModel):
    """What the answers of a measure add up to, and the answers it was reckoned from.

    `raw` maps item numbers to answer values. With the versions of wording (the entry's) and of
    scoring it can be reckoned again at any time.
    """

    entry = models.OneToOneField(Entry, on_delete=models.CASCADE, related_name="score")
    instrument = models.SlugField(max_length=60)
    scoring_version = models.PositiveSmallIntegerField()
    raw = EncryptedJSONField(default=dict, blank=True)
    missing = models.PositiveSmallIntegerField(default=0)
    prorated = models.BooleanField(default=False)
    # The entry was kept, but looking for what raises a flag failed: it is done by the next tick.
    flag_pending = models.BooleanField(default=False, db_default=False)

    objects = OfEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("score")
        verbose_name_plural = _("scores")
        indexes = [
            models.Index(
                fields=["entry"],
                condition=Q(flag_pending=True),
                name="exercises_scores_to_flag",
            )
        ]

    def __str__(self) -> str:
        return f"Score {str(self.pk)[:8]}"


class OfScoreQuerySet(CaseloadQuerySet):
    counsellor_path: ClassVar[str] = "score__entry__client__counsellor"
    user_path: ClassVar[str] = "score__entry__client__user"
    restricted_path: ClassVar[str] = "score__entry__client__restricted_at"


class ScaleScore(BaseModel):
    """One scale's value; a measure that may not be scored has none."""

    score = models.ForeignKey(Score, on_delete=models.CASCADE, related_name="scales")
    scale = models.SlugField(max_length=40)
    value = models.DecimalField(max_digits=7, decimal_places=2)

    objects = OfScoreQuerySet.as_manager()

    class Meta:
        verbose_name = _("value of a scale")
        verbose_name_plural = _("values of scales")
        constraints = [
            models.UniqueConstraint(
                fields=["score", "scale"], name="exercises_scalescore_scale_once"
            )
        ]

    def __str__(self) -> str:
        return f"Value {str(self.pk)[:8]}"


class RiskFlag(BaseModel):
    """An answer that asks the counsellor to look at once. Holds no answer itself.

    Stays open until a counsellor says what they did, whatever becomes of the entry.
    """

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="risk_flags")
    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, related_name="risk_flag")
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        Counsellor, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    done = EncryptedTextField(_("what you did"), null=True, blank=True)

    objects = CaseloadQuerySet.as_manager()

    class Meta:
        verbose_name = _("flag")
        verbose_name_plural = _("flags")
        ordering = ["-created_at"]
        indexes = [
            models.Index(
                fields=["client"], condition=Q(closed_at__isnull=True), name="exercises_flags_open"
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, closed_by__isnull=True)
                | Q(closed_at__isnull=False, closed_by__isnull=False),
                name="exercises_riskflag_closed_by_somebody",
            )
        ]

    def __str__(self) -> str:
        return f"Flag {str(self.pk)[:8]}"
