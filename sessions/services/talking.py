"""What a client wants to talk about: written, taken back, and settled once it was talked about."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from clients.models import Client
from counsel.common.errors import ConflictError
from sessions.models import Consultation, TalkingPoint
from sessions.talking import mark_of, open_talking_point


@transaction.atomic
def talking_point_write(
    *, client: Client, text: str, now: datetime, seen: str | None = None
) -> TalkingPoint | None:
    """Put these words in the place of what stands there; none take it back.

    What is changed or taken back is gone: the counsellor finds the words as they are now, or
    nothing. `seen` is the mark of what the writer saw standing there, None for whatever it is.
    Raises ConflictError where something else stands there by now.
    """
    text = text.strip()
    # Two tabs, one after the other.
    Client.objects.these(client).select_for_update(no_key=True).get()
    point = open_talking_point(client)
    if point is not None and point.text == text:
        return point
    if seen is not None and seen != mark_of(point):
        raise ConflictError(_("This has changed in the meantime."))
    if not text:
        if point is not None:
            point.delete()
        return None
    point = point or TalkingPoint(client=client)
    point.text, point.written_at = text, now
    point.save()
    return point


@transaction.atomic
def talking_point_settle(*, point: TalkingPoint, now: datetime) -> TalkingPoint:
    """It was talked about. Raises ConflictError for words that are not the ones to be read now."""
    as_read = TalkingPoint.objects.these(point).filter(
        written_at=point.written_at, settled_at__isnull=True
    )
    if not as_read.update(settled_at=now):
        raise ConflictError(_("The client has changed this in the meantime."))
    point.settled_at = now
    return point


def talking_points_settle_with(consultation: Consultation, at: datetime) -> None:
    """What was written before the end of a consultation was for it, once that was held."""
    written_before = TalkingPoint.objects.filter(
        client_id=consultation.client_id,
        settled_at__isnull=True,
        written_at__lt=consultation.ends_at,
    )
    written_before.update(settled_at=at)


def talking_points_reopen(client: Client, settled_at: datetime) -> None:
    """Undo what `talking_points_settle_with` did then, unless something newer is there by now."""
    Client.objects.these(client).select_for_update(no_key=True).get()
    points = client.talking_points.all()
    if not points.filter(settled_at__isnull=True).exists():
        points.filter(settled_at=settled_at).update(settled_at=None)
