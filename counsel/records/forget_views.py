"""A client asks to be forgotten, and sees what becomes of that."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth import logout
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from clients.access import own_kept_client
from clients.models import Client, RestrictedBy
from clients.portal import portal_client
from clients.selectors import kept_records_of
from counsel.accounts.step_up import step_up_required
from counsel.common.errors import DomainError
from counsel.common.http import AuthedRequest, id_or_404, signed_in
from counsel.records.forgetting import erasure_ask, erasure_take_back, in_the_way
from counsel.records.keeping import keeping_of


@require_safe
@signed_in
def forget(request: AuthedRequest) -> HttpResponse:
    """What is erased at once, what has to be kept, and until when."""
    now = timezone.now()
    client = _client(request)
    kept = [{"client": it, "keeping": keeping_of(it, now)} for it in _kept(request)]
    if client is None and not kept:
        raise Http404
    context: dict[str, Any] = {"client": client, "kept": kept, "only_kept": client is None}
    if client is not None:
        context |= {"keeping": keeping_of(client, now), "in_the_way": in_the_way(client, now)}
    return render(request, "records/forget.html", context)


@require_POST
@signed_in
def ask(request: AuthedRequest) -> HttpResponse:
    # Who has no record is not asked who they are.
    portal_client(request)
    return _ask(request)


@step_up_required
def _ask(request: AuthedRequest) -> HttpResponse:
    client = portal_client(request)
    if "sure" not in request.POST:
        messages.error(request, _("Tick the box first, so that nothing happens by mistake."))
        return redirect("records:forget")
    try:
        is_gone = erasure_ask(client=client, by=RestrictedBy.CLIENT, request=request)
    except DomainError as error:
        messages.error(request, error.message)
        return redirect("records:forget")
    if not is_gone:
        messages.success(request, _("It is done: your record is only kept from now on."))
        return redirect("records:forget")
    request.user.refresh_from_db()
    if request.user.is_active:
        # They are somebody else's client, or partner, and stay that.
        messages.success(request, _("It is done: this record is erased."))
        return redirect("start")
    logout(request)
    return redirect("records:forgotten")


@require_POST
@signed_in
def undo(request: AuthedRequest) -> HttpResponse:
    _own_kept(request)
    return _undo(request)


@step_up_required
def _undo(request: AuthedRequest) -> HttpResponse:
    client = _own_kept(request)
    erasure_take_back(client=client, request=request)
    messages.success(request, _("Taken back. Your record is open again."))
    return redirect("clients:home")


@require_safe
def forgotten(request: HttpRequest) -> HttpResponse:
    return render(request, "records/forgotten.html")


def _own_kept(request: AuthedRequest) -> Client:
    return own_kept_client(request.user, id_or_404(request.POST.get("record", "")))


def _client(request: AuthedRequest) -> Client | None:
    try:
        return portal_client(request)
    except Http404:
        return None


def _kept(request: AuthedRequest) -> list[Client]:
    return list(kept_records_of(request.user))
