from __future__ import annotations

from django.db import models

from counsel.common.models import BaseModel


class ContentKey(BaseModel):
    """A key that this database has known, by its id; of the key itself nothing is here.

    The canary is a word sealed with it when it was new: it opens with that very key alone.
    """

    key_id = models.CharField(max_length=64, unique=True)
    canary = models.TextField()

    class Meta:
        verbose_name = "content key"
        verbose_name_plural = "content keys"

    def __str__(self) -> str:
        return self.key_id


class Opening(models.Model):
    """While a transaction has such a row, the guards let it seal frozen rows anew.

    It points at a row that is never there, so that no database commits it: it is gone again
    before the transaction ends, and nobody else ever sees it.
    """

    never = models.ForeignKey("self", on_delete=models.DO_NOTHING, related_name="+")

    class Meta:
        verbose_name = "opening"
        verbose_name_plural = "openings"

    def __str__(self) -> str:
        return f"opening {self.pk}"
