"""The only ways from an id to what was asked of a record. Strangers get 404."""

from __future__ import annotations

import uuid

from django.shortcuts import get_object_or_404

from counsel.accounts.roles import AnyUser
from counsel.records.models import CorrectionRequest, Withholding


def withholding_of(user: AnyUser, client_id: uuid.UUID, withholding_id: uuid.UUID) -> Withholding:
    """An item of a client in this counsellor's caseload that is, or was, withheld."""
    rows = Withholding.objects.visible_to(user).filter(client=client_id).select_related("client")
    found: Withholding = get_object_or_404(rows, pk=withholding_id)
    return found


def correction_of(user: AnyUser, correction_id: uuid.UUID) -> CorrectionRequest:
    """What a client in this counsellor's caseload wants corrected."""
    rows = CorrectionRequest.objects.visible_to(user).select_related("client__counsellor")
    found: CorrectionRequest = get_object_or_404(rows, pk=correction_id)
    return found
