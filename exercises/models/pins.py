from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from counsel.accounts.querysets import CaseloadQuerySet
from counsel.common.models import BaseModel
from exercises.models.entries import Entry

MOST_PINS = 3


class PinnedQuote(BaseModel):
    """Shared words a counsellor keeps in sight, on one of three places of the brief.

    Holds which answer it is, not the words: those are shown as long as the client shares them.
    """

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="pinned_quotes")
    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="pins")
    # The key of the answered field.
    field = models.SlugField(max_length=60)
    place = models.PositiveSmallIntegerField(
        validators=[MinValueValidator(1), MaxValueValidator(MOST_PINS)]
    )

    objects = CaseloadQuerySet.as_manager()

    class Meta:
        verbose_name = _("pinned words")
        verbose_name_plural = _("pinned words")
        ordering = ["place"]
        constraints = [
            models.UniqueConstraint(
                fields=["client", "place"], name="exercises_pinnedquote_place_once"
            ),
            models.UniqueConstraint(fields=["entry", "field"], name="exercises_pinnedquote_once"),
            models.CheckConstraint(
                condition=Q(place__gte=1, place__lte=MOST_PINS),
                name="exercises_pinnedquote_three_places",
            ),
        ]

    def __str__(self) -> str:
        return f"Pinned words {str(self.pk)[:8]}"
