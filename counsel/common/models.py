"""What every table of ours has: a random key for URLs, and when the row was made."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from django.db import models
from django.utils import timezone


class BaseModel(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        abstract = True

    def validate_unique(self, exclude: Collection[str] | None = None) -> None:
        # The key is random and nobody types one: to ask whether it is taken is a query in vain.
        super().validate_unique({*(exclude or ()), "id"})
