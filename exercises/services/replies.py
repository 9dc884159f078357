"""The counsellor's side of an entry: seen, talked about, answered."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from counsel.accounts.models import Counsellor
from counsel.common.errors import ConflictError, DomainError
from exercises.models import Entry, Reply, Review
from exercises.planning import practice_plan
from exercises.services.standing import standing_touch
from exercises.services.words import words_of


@transaction.atomic
def reply_write(*, entry: Entry, author: Counsellor, text: str) -> Reply:
    """The counsellor's words under a shared entry; the client reads them in the portal.

    Raises DomainError for words that are missing or cannot be kept, ConflictError when the
    client has taken the entry back since it was opened.
    """
    text = words_of("text", text)
    if not text:
        raise DomainError(_("Write a few words first."), field="text")
    if Entry.objects.these(entry).shared().select_for_update(of=("self",)).first() is None:
        raise ConflictError(_("The client has taken this entry back. It is private now."))
    reply = Reply(entry=entry, author=author, text=text)
    reply.full_clean(exclude=["read_at", "told_at"])
    reply.save(force_insert=True)
    practice_plan(reply.created_at, client=entry.client)
    return reply


@transaction.atomic
def replies_mark_read(*, entry: Entry) -> None:
    now = timezone.now()
    if entry.replies.filter(read_at__isnull=True).update(read_at=now):
        practice_plan(now, client=entry.client)


@transaction.atomic
def entry_mark_seen(*, entry: Entry) -> Review:
    """Note that the counsellor opened it; the first time counts."""
    review, is_first = Review.objects.get_or_create(
        entry=entry, defaults={"seen_at": timezone.now()}
    )
    if is_first:
        Entry.objects.these(entry).update(seen=True)
        standing_touch(client_id=entry.client_id)
    return review


def entry_judge(*, entry: Entry, quality: int | None) -> Review:
    """Note the counsellor's own impression, 0 to 4, or none. Clients never see it.

    How well homework was worked through says more about what comes of it than how often it
    was done. Raises ValidationError for another number.
    """
    review = entry_mark_seen(entry=entry)
    review.quality = quality
    review.clean_fields(exclude=["entry", "seen_at", "reviewed_at"])
    review.save(update_fields=["quality"])
    return review


def entry_mark_reviewed(*, entry: Entry, reviewed: bool) -> Review:
    """Tick, or untick, that it was talked about in a consultation."""
    review = entry_mark_seen(entry=entry)
    review.reviewed_at = timezone.now() if reviewed else None
    review.save(update_fields=["reviewed_at"])
    return review
