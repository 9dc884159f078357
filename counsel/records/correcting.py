"""A client asks for a correction of their record, and the counsellor answers.

Both stay: what was asked and what was said to it are part of the record from then on.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.home import Panel, register_panel
from clients.models import Client
from counsel.accounts.models import Counsellor
from counsel.accounts.roles import AnyUser
from counsel.common.errors import ConflictError, DomainError
from counsel.records.models import CorrectionRequest

# Somebody who asks for more at a time is asked to wait for an answer.
MOST_OPEN = 20
# For so long an answer stands on the portal's home.
NEWS_FOR = timedelta(days=14)


def register() -> None:
    register_panel(Panel(26, "records/home_corrections.html", answered_lately))


def answered_lately(client: Client, now: datetime) -> Mapping[str, object]:
    rows = CorrectionRequest.objects.filter(client=client, answered_at__gt=now - NEWS_FOR)
    count = rows.count()
    return {"answered": count} if count else {}


def corrections_of(client: Client) -> QuerySet[CorrectionRequest]:
    """The newest first."""
    rows: QuerySet[CorrectionRequest] = CorrectionRequest.objects.filter(client=client)
    return rows.select_related("answered_by").order_by("-asked_at", "pk")


def corrections_open_to(user: AnyUser) -> QuerySet[CorrectionRequest]:
    """Which wait for an answer of this counsellor's, the longest first."""
    rows: QuerySet[CorrectionRequest] = CorrectionRequest.objects.visible_to(user)
    return rows.filter(answer="").select_related("client").order_by("asked_at", "pk")


@transaction.atomic
def correction_ask(*, client: Client, text: str) -> CorrectionRequest:
    """The same words sent twice, as by a double click, are one. DomainError for too many."""
    Client.objects.these(client).select_for_update(of=("self",)).get()
    waiting = list(CorrectionRequest.objects.filter(client=client, answer=""))
    same: CorrectionRequest | None = next((row for row in waiting if row.text == text), None)
    if same is not None:
        return same
    if len(waiting) >= MOST_OPEN:
        raise DomainError(
            _("Please wait for an answer to what you have asked so far."), field="text"
        )
    made: CorrectionRequest = CorrectionRequest.objects.create(
        client=client, text=text, asked_at=timezone.now()
    )
    return made


@transaction.atomic
def correction_answer(
    *, request: CorrectionRequest, answer: str, words: str, by: Counsellor
) -> CorrectionRequest:
    """Once, and for good. Raises ConflictError where it was answered already."""
    rows = CorrectionRequest.objects.these(request).select_for_update(of=("self",))
    row: CorrectionRequest = rows.get()
    if row.answer:
        raise ConflictError(_("This was answered already."))
    row.answer, row.words = CorrectionRequest.Answer(answer), words
    row.answered_at, row.answered_by = timezone.now(), by
    row.save(update_fields=["answer", "words", "answered_at", "answered_by"])
    return row
