"""What the pages share on which a counsellor writes at length: kept while it is typed."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import update_wrapper
from typing import Any
from uuid import UUID

from django.core.exceptions import RequestDataTooBig
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from counsel.audit.models import AccessEvent, Verb
from counsel.audit.services import record_access

# Words come every second: one access event stands for a stretch of writing.
STRETCH = timedelta(minutes=15)

IN_TWO_WINDOWS = gettext_lazy(
    "This note was changed in another window too. What both wrote stands here now: look it over."
)


def keeps_typing(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The door of an address that a script saves to. It answers in words the script knows, and
    never leads to another page.
    """

    def door(request: HttpRequest, /, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return JsonResponse({}, status=401)
        try:
            return view(request, **kwargs)
        except RequestDataTooBig:
            message = _("This is too much for one note. Please keep a part of it somewhere else.")
            return JsonResponse({"message": message}, status=413)
        except (ValueError, LookupError, TypeError, RecursionError):
            return JsonResponse({}, status=400)

    return require_POST(update_wrapper(door, view))


def typed(request: HttpRequest) -> dict[str, str]:
    """What the script sent, as a form reads it. Raises ValueError, LookupError or TypeError for
    anything else.
    """
    sent = json.loads(request.body)
    if not isinstance(sent["answers"], dict):
        raise ValueError("not the texts of a note")
    given = {name: value for name, [value] in sent["answers"].items()} | {"_was": sent["was"]}
    if not all(isinstance(value, str) for value in given.values()):
        raise ValueError("not the texts of a note")
    return given


def record_writing(request: HttpRequest, subject: Model, client_id: UUID) -> None:
    lately = AccessEvent.objects.filter(
        client_id=client_id,
        subject_id=subject.pk,
        verb__in=(Verb.CREATE, Verb.CHANGE),
        actor=request.user.pk,
        at__gt=timezone.now() - STRETCH,
    )
    if not lately.exists():
        record_access(verb=Verb.CHANGE, subject=subject, client_id=client_id, request=request)


def saved_words(saved_at: datetime) -> str:
    """'Saved 14:03', by the reader's clock."""
    local = timezone.localtime(saved_at)
    is_today = local.date() == timezone.localdate()
    return _("Saved %(when)s") % {"when": date_format(local, "H:i" if is_today else "j F, H:i")}
