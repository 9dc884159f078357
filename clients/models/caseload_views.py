from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from counsel.accounts.models import Counsellor
from counsel.accounts.querysets import CaseloadQuerySet
from counsel.common.models import BaseModel


class OwnViewQuerySet(CaseloadQuerySet):
    counsellor_path: ClassVar[str] = "owner"
    restricted_path: ClassVar[str] = ""


class CaseloadView(BaseModel):
    """A look at the caseload a counsellor keeps under a name: filters and order, no client."""

    owner = models.ForeignKey(Counsellor, on_delete=models.CASCADE, related_name="caseload_views")
    name = models.CharField(_("name"), max_length=60)
    # The filters and the order, as the list's own address spells them.
    query = models.CharField(max_length=400)

    objects = OwnViewQuerySet.as_manager()

    class Meta:
        verbose_name = _("kept view")
        verbose_name_plural = _("kept views")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "name"],
                name="clients_caseloadview_name_once",
                violation_error_message=_("You have a view of this name already."),
            )
        ]

    def __str__(self) -> str:
        return self.name
