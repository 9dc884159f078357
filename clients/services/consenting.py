"""What follows when a client agrees to a text, or takes it back.

Each purpose has a text of its own. Who was never asked for one is covered by what they agreed to
when they booked; what was taken back is off from that moment on, until they agree again.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from clients.models import Client, Consent, ConsentDocument, ConsentRequest, SafetyPlan
from clients.replanning import replan
from clients.selectors import PURPOSES
from counsel.common.inserting import insert_if_new

BOOKING = "booking"
# What a purpose brought about and is undone with it, by the apps above.
_undone_with: dict[str, list[Callable[[Client], None]]] = {}


def register_undoing(slug: str, undo: Callable[[Client], None]) -> None:
    """Have `undo(client)` called in the transaction in which that purpose is taken back."""
    done = _undone_with.setdefault(slug, [])
    if undo not in done:
        done.append(undo)


@transaction.atomic
def consent_give(
    *, client: Client, document: ConsentDocument, channel: str = Consent.Channel.PORTAL
) -> Consent:
    """Record that the client agrees; agreeing again to the same version changes nothing."""
    consent = Consent(
        client=client,
        document=document,
        text_hash=document.text_hash,
        given_at=timezone.now(),
        channel=channel,
    )
    if not insert_if_new(consent):
        consent = Consent.objects.get(client=client, document=document, withdrawn_at=None)
    if document.slug in PURPOSES:
        _set(client, [document.slug], None)
    return consent


@transaction.atomic
def consent_withdraw(*, client: Client, document: ConsentDocument) -> None:
    """Take back every agreement to this text, and switch off at once what rested on it.

    Where there was none it is recorded that they do not agree. Taking back what was agreed to on
    booking switches off each purpose.
    """
    now = timezone.now()
    standing = Consent.objects.filter(
        client=client, document__slug=document.slug, withdrawn_at=None
    )
    is_purpose = document.slug in PURPOSES
    if not standing.update(withdrawn_at=now) and is_purpose and _is_on(client, document.slug):
        _declined(client, document, now)
    if is_purpose:
        _set(client, [document.slug], now)
    elif document.slug == BOOKING:
        _set(client, list(PURPOSES), now)


def _is_on(client: Client, slug: str) -> bool:
    return getattr(client, PURPOSES[slug]) is None


def _declined(client: Client, document: ConsentDocument, now: datetime) -> None:
    open_one = client.consent_requests.unanswered().filter(document=document)
    answer = {"answer": ConsentRequest.Answer.DECLINED, "answered_at": now}
    if not open_one.update(**answer):
        ConsentRequest.objects.create(
            client=client, document=document, asked_at=now, asked_by=client.counsellor, **answer
        )


def _set(client: Client, slugs: list[str], at: datetime | None) -> None:
    changed = [slug for slug in slugs if _is_on(client, slug) is not (at is None)]
    if not changed:
        return
    for slug in changed:
        setattr(client, PURPOSES[slug], at)
    client.save(update_fields=[PURPOSES[slug] for slug in changed])
    if at and "sharing" in changed:
        SafetyPlan.objects.filter(client=client).update(is_shared=False)
    for slug in changed:
        for undo in _undone_with.get(slug, ()) if at else ():
            undo(client)
    replan(client, timezone.now())
