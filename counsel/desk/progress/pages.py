"""A client's progress over time, and the events the counsellor notes beside it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from clients.access import client_of
from clients.models import Client
from counsel.accounts.roles import counsellor_of
from counsel.audit.models import Verb
from counsel.audit.services import record_access
from counsel.common.errors import ConflictError, DomainError
from counsel.common.http import require_get_or_post
from counsel.common.widgets import DateInput
from counsel.desk.pages import Wrap, desk_page, for_counsellors
from counsel.desk.progress.overview import ALL, USUAL, WEEKS, overview_of
from exercises.access import progress_event_of
from exercises.models import ProgressEvent
from exercises.services.progress_events import (
    LONGEST,
    progress_event_add,
    progress_event_change,
    progress_event_remove,
)

PAGE = "admin:clients_client_progress"
SPANS = (
    (USUAL, gettext_lazy("12 weeks")),
    ("26", gettext_lazy("26 weeks")),
    ("52", gettext_lazy("52 weeks")),
    (ALL, gettext_lazy("All")),
)


class EventForm(forms.Form):
    day = forms.DateField(label=gettext_lazy("Day"), widget=DateInput)
    words = forms.CharField(
        label=gettext_lazy("What happened"),
        max_length=LONGEST,
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"}),
    )


def urls(wrap: Wrap) -> list[URLPattern]:
    page = "<uuid:client_id>/progress/"
    return [
        path(page, wrap(progress), name="clients_client_progress"),
        path(
            f"{page}events/<uuid:event_id>/",
            wrap(change_event),
            name="clients_client_progress_event",
        ),
    ]


@for_counsellors
@require_get_or_post
def progress(request: HttpRequest, client_id: uuid.UUID) -> HttpResponse:
    """The page; what is sent to it is an event to add."""
    client = client_of(request.user, client_id)
    form = EventForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and _add(request, client, form):
        return _back_to(request, client)
    return _page(request, client, form)


@for_counsellors
@require_POST
def change_event(request: HttpRequest, client_id: uuid.UUID, event_id: uuid.UUID) -> HttpResponse:
    """Other words or another day; or, by its button, away with it."""
    event = progress_event_of(request.user, client_id, event_id)
    form = _form_of(event, request.POST)
    try:
        if "remove" in request.POST:
            _change(request, event, progress_event_remove)
            messages.success(request, _("Removed."))
        elif form.is_valid():
            _change(request, event, progress_event_change, **form.cleaned_data)
            messages.success(request, _("Changed."))
    except ConflictError as conflict:
        messages.info(request, conflict.message)
    except DomainError as error:
        form.add_error(error.field, error.message)
    if form.is_bound and form.errors and "remove" not in request.POST:
        return _page(request, event.client, EventForm(), event, form)
    return _back_to(request, event.client)


def _add(request: HttpRequest, client: Client, form: EventForm) -> bool:
    author = counsellor_of(request.user)
    assert author is not None  # noqa: S101  (held by `for_counsellors`)
    try:
        with transaction.atomic():
            event = progress_event_add(client=client, author=author, **form.cleaned_data)
            record_access(verb=Verb.CREATE, subject=event, client_id=client.pk, request=request)
    except DomainError as error:
        form.add_error(error.field, error.message)
        return False
    messages.success(request, _("Noted. The client does not see it here."))
    return True


@transaction.atomic
def _change(
    request: HttpRequest, event: ProgressEvent, service: Callable[..., Any], **given: Any
) -> None:
    service(event=event, **given)
    record_access(verb=Verb.CHANGE, subject=event, client_id=event.client_id, request=request)


def _page(
    request: HttpRequest,
    client: Client,
    form: EventForm,
    changed: ProgressEvent | None = None,
    changing: EventForm | None = None,
) -> HttpResponse:
    record_access(verb=Verb.READ, subject=client, client_id=client.pk, request=request)
    span = _span(request)
    overview = overview_of(client, span, timezone.now())
    wrong = changing or form
    context = {
        "client": client,
        "span": span,
        "spans": [(key, words, key == span) for key, words in SPANS],
        "overview": overview,
        "form": form,
        "wrong": wrong,
        "events": [
            (number, event, changing if changing and event == changed else _form_of(event))
            for number, event in overview.events
        ],
        "changed": changed,
    }
    title, refused = _("Progress"), bool(wrong.errors)
    return desk_page(request, "desk/progress/page.html", title, context, is_refused=refused)


def _form_of(event: ProgressEvent, typed: Any = None) -> EventForm:
    initial = {"day": event.day, "words": event.words}
    return EventForm(typed, initial=initial, prefix=f"event-{event.pk.hex[:12]}")


def _span(request: HttpRequest) -> str:
    asked = request.GET.get("span", USUAL)
    return asked if asked in WEEKS or asked == ALL else USUAL


def _back_to(request: HttpRequest, client: Client) -> HttpResponse:
    """The same page, as it was looked at, at its events."""
    query = urlencode({"span": _span(request)})
    return redirect(f"{reverse(PAGE, args=[client.pk])}?{query}#events")
