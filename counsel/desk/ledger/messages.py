"""The messages of one client: what goes out, and what became of what was to."""

from __future__ import annotations

import uuid

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from clients.access import client_of
from clients.reach import person_of
from counsel.audit.models import Verb
from counsel.audit.services import record_access
from counsel.desk.pages import Wrap, desk_page, for_counsellors
from counsel.reminders.fates import lines_of
from counsel.reminders.models import Reminder
from sessions.wording import zone_words

PER_PAGE = 25
# Of those that wait; of a long series there may be a hundred.
MOST_WAITING = 10


def urls(wrap: Wrap) -> list[URLPattern]:
    return [path("<uuid:client_id>/messages/", wrap(messages), name="clients_client_messages")]


@for_counsellors
@require_safe
def messages(request: HttpRequest, client_id: uuid.UUID) -> HttpResponse:
    """What waits, the next first; below it what is over, the newest first."""
    client = client_of(request.user, client_id)
    record_access(verb=Verb.READ, subject=client, client_id=client.pk, request=request)
    rows = Reminder.objects.visible_to(request.user).filter(person=person_of(client))
    over = rows.filter(finished_at__isnull=False).order_by("-due_at", "pk")
    page = Paginator(over, PER_PAGE).get_page(request.GET.get("page"))
    waiting = list(rows.filter(finished_at=None).order_by("try_at", "pk")[: MOST_WAITING + 1])
    context = {
        "client": client,
        "waiting": lines_of(waiting[:MOST_WAITING]),
        "more_wait": len(waiting) > MOST_WAITING,
        "page": page,
        "lines": lines_of(page.object_list),
        "zone": zone_words(timezone.get_current_timezone()),
    }
    return desk_page(request, "desk/ledger/messages.html", _("Messages"), context)
