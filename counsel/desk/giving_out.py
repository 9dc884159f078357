"""A client's record given to them by the counsellor, and what stays out of it."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from clients.access import client_of
from clients.models import Client
from counsel.accounts.step_up import step_up_required
from counsel.audit.models import Verb
from counsel.audit.services import WITHHOLDING_LIFTED, record_access
from counsel.common.errors import DomainError
from counsel.common.http import require_get_or_post
from counsel.desk.pages import Wrap, desk_page, for_counsellors
from counsel.records.access import withholding_of
from counsel.records.models import Withholding
from counsel.records.taking_out import zip_of
from counsel.records.views import as_file
from counsel.records.withholding import (
    Item,
    item_of,
    item_withhold,
    items_of,
    withholding_lift,
)

PER_PAGE = 30
LONGEST = 2_000


class WithholdForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Why reading it would do serious harm, and to whom"),
        help_text=gettext_lazy(
            "Sealed: it stays in the record for whoever reviews your decision. The client is told "
            "that something of this kind is withheld, and not which or why."
        ),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    judged = forms.BooleanField(
        label=gettext_lazy("This is my own judgement of this one item."),
        error_messages={"required": gettext_lazy("Only then may it be withheld.")},
    )


def urls(wrap: Wrap) -> list[URLPattern]:
    at, name = "<uuid:client_id>/record/", "clients_client_record"
    item = f"{at}withhold/<str:kind>/<uuid:item_id>/"
    return [
        path(at, wrap(record), name=name),
        path(f"{at}download/", wrap(download), name=f"{name}_download"),
        path(item, wrap(withhold), name=f"{name}_withhold"),
        path(f"{at}withheld/<uuid:withholding_id>/lift/", wrap(lift), name=f"{name}_lift"),
    ]


@for_counsellors
@require_safe
def record(request: HttpRequest, client_id: uuid.UUID) -> HttpResponse:
    """To take it out for the client, and to see and choose what is withheld."""
    client = client_of(request.user, client_id)
    record_access(verb=Verb.READ, subject=client, client_id=client.pk, request=request)
    decided = list(Withholding.objects.filter(client=client).select_related("decided_by"))
    items = {item.id: item for item in items_of(client)}
    standing = {row.item_id for row in decided if row.lifted_at is None}
    free = [item for item in items.values() if item.id not in standing]
    context = {
        "client": client,
        "decided": [{"row": row, "item": items.get(row.item_id)} for row in decided],
        "page": Paginator(free, PER_PAGE).get_page(request.GET.get("page")),
    }
    return desk_page(request, "desk/record/page.html", _("The record, to give"), context)


@for_counsellors
@require_POST
def download(request: HttpRequest, client_id: uuid.UUID) -> HttpResponse:
    """Strangers get their 404 first, and only then is somebody asked once more who they are."""
    return _download(request, client_of(request.user, client_id))


@step_up_required
def _download(request: HttpRequest, client: Client) -> HttpResponse:
    record_access(verb=Verb.EXPORT, subject=client, client_id=client.pk, request=request)
    return as_file(zip_of(client, by_counsellor=True))


@for_counsellors
@require_get_or_post
def withhold(
    request: HttpRequest, client_id: uuid.UUID, kind: str, item_id: uuid.UUID
) -> HttpResponse:
    client = client_of(request.user, client_id)
    item = item_of(client, kind, item_id)
    if item is None:
        raise Http404
    form = WithholdForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and _withheld(request, client, item, form):
        messages.success(request, _("Withheld. What is taken out says that something is."))
        return redirect("admin:clients_client_record", client.pk)
    record_access(verb=Verb.READ, subject=client, client_id=client.pk, request=request)
    context = {"client": client, "item": item, "form": form}
    refused = bool(form.is_bound and form.errors)
    title = _("Withhold one item")
    return desk_page(request, "desk/record/withhold.html", title, context, is_refused=refused)


def _withheld(request: HttpRequest, client: Client, item: Item, form: WithholdForm) -> bool:
    asked: dict[str, Any] = {"client": client, "item": item, "by": client.counsellor}
    try:
        with transaction.atomic():
            row = item_withhold(**asked, reason=form.cleaned_data["reason"])
            _record(request, row)
    except DomainError as error:
        form.add_error(None, error.message)
        return False
    return True


@for_counsellors
@require_POST
def lift(request: HttpRequest, client_id: uuid.UUID, withholding_id: uuid.UUID) -> HttpResponse:
    found = withholding_of(request.user, client_id, withholding_id)
    client = client_of(request.user, client_id)
    try:
        with transaction.atomic():
            withholding_lift(withholding=found, by=client.counsellor)
            _record(request, found, WITHHOLDING_LIFTED)
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("It is given with the rest again."))
    return redirect("admin:clients_client_record", client_id)


def _record(request: HttpRequest, row: Withholding, reason: str = "") -> None:
    record_access(
        verb=Verb.WITHHOLD, subject=row, client_id=row.client_id, request=request, reason=reason
    )
