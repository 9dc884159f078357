"""One message of the ledger: how it reads, and sending it again by hand.

For the counsellor whose ledger it is. A manager sees that a message is there, and not its words.
"""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from counsel.audit.models import Verb
from counsel.audit.services import record_access
from counsel.common.errors import DomainError
from counsel.common.http import require_get_or_post
from counsel.desk.ledger.people import client_id_of, client_of, is_not_yet_client
from counsel.desk.ledger.preview import preview_of
from counsel.desk.mail_frame import framed_mail
from counsel.desk.pages import Wrap, desk_page, for_counsellors
from counsel.reminders.access import reminder_of
from counsel.reminders.again import reminder_resend, why_not_again
from counsel.reminders.fates import lines_of
from counsel.reminders.models import Reminder
from exercises.desk.framing import may_frame_own
from sessions.wording import zone_words

NAME = "reminders_reminder"


def urls(wrap: Wrap) -> list[URLPattern]:
    own = "<uuid:reminder_id>"
    return [
        path(f"{own}/message/", wrap(message), name=f"{NAME}_message"),
        path(f"{own}/mail/", wrap(mail), name=f"{NAME}_mail"),
        path(f"{own}/again/", wrap(again), name=f"{NAME}_again"),
    ]


@for_counsellors
@require_safe
def message(request: HttpRequest, reminder_id: uuid.UUID) -> HttpResponse:
    reminder = reminder_of(request.user, reminder_id)
    _record(request, reminder, Verb.READ)
    now = timezone.now()
    context = {"preview": preview_of(reminder, now), "why_not_again": why_not_again(reminder, now)}
    return may_frame_own(_page(request, reminder, "message", _("Message"), context))


@for_counsellors
@require_safe
def mail(request: HttpRequest, reminder_id: uuid.UUID) -> HttpResponse:
    """The same as a mail program shows it, for the frame below its words."""
    reminder = reminder_of(request.user, reminder_id)
    preview = preview_of(reminder, timezone.now())
    if not preview.html:
        raise Http404
    _record(request, reminder, Verb.READ)
    return framed_mail(preview.html)


@for_counsellors
@require_get_or_post
def again(request: HttpRequest, reminder_id: uuid.UUID) -> HttpResponse:
    reminder = reminder_of(request.user, reminder_id)
    if request.method == "POST":
        return _again(request, reminder)
    _record(request, reminder, Verb.READ)
    context = {"why_not_again": why_not_again(reminder, timezone.now())}
    return _page(request, reminder, "again", _("Send it again"), context)


def _again(request: HttpRequest, reminder: Reminder) -> HttpResponse:
    try:
        reminder = _resent(request, reminder)
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("It goes out within a minute or two."))
    return redirect(f"admin:{NAME}_message", reminder.pk)


@transaction.atomic
def _resent(request: HttpRequest, reminder: Reminder) -> Reminder:
    assert request.user.is_authenticated  # noqa: S101  (held by `for_counsellors`)
    resent = reminder_resend(reminder=reminder, by=request.user, now=timezone.now())
    _record(request, resent, Verb.CHANGE)
    return resent


def _record(request: HttpRequest, reminder: Reminder, verb: Verb) -> None:
    record_access(verb=verb, subject=reminder, client_id=client_id_of(reminder), request=request)


def _page(
    request: HttpRequest, reminder: Reminder, page: str, title: str, context: dict[str, Any]
) -> HttpResponse:
    [line] = lines_of([reminder])
    shared = {
        "line": line,
        "reminder": reminder,
        "client": client_of(request.user, reminder),
        "is_not_yet_client": is_not_yet_client(reminder),
        "zone": zone_words(timezone.get_current_timezone()),
    }
    return desk_page(request, f"desk/ledger/{page}.html", title, {**shared, **context})
