"""The client's side: somebody close to them is invited, sent something small, or gone."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from clients.models import Client
from clients.portal import portal_client
from counsel.common.errors import DomainError
from counsel.common.http import AuthedRequest, id_or_404, require_get_or_post, signed_in
from exercises.access import own_entry, own_small_share
from exercises.models import Entry, Partner
from exercises.partner_forms import InviteForm, ShareForm
from exercises.selectors.partners import (
    is_under_way,
    last_ended,
    open_tie,
    partner_to_send_to,
    sent_shares,
    words_to_share,
)
from exercises.services.partners import partner_end, partner_invite
from exercises.services.small_shares import (
    small_share_send,
    small_share_take_back,
)

PAGE = 20


@require_get_or_post
@signed_in
def partner(request: AuthedRequest) -> HttpResponse:
    """How it stands, and the form to invite somebody while nobody is."""
    client = portal_client(request)
    form = InviteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        decided = {key: value for key, value in form.cleaned_data.items() if key != "agree"}
        try:
            partner_invite(client=client, **decided)
        except DomainError as error:
            form.add_error(error.field if error.field in form.fields else None, error.message)
        else:
            messages.success(request, _("The invitation goes out in three minutes."))
            return redirect("exercises:partner")
    context = {**_standing(client), "form": form}
    context["page"] = Paginator(sent_shares(client), PAGE).get_page(request.GET.get("page"))
    return render(request, "exercises/partner/partner.html", context, status=_status(form))


def _standing(client: Client) -> dict[str, object]:
    now = timezone.now()
    tie = open_tie(client)
    has_run_out = tie is not None and tie.accepted_at is None and tie.expires_at <= now
    return {
        "client": client,
        "tie": None if has_run_out else tie,
        "gone": tie if has_run_out else last_ended(client),
        "has_run_out": has_run_out,
        "is_under_way": is_under_way(client),
    }


@require_POST
@signed_in
def end(request: AuthedRequest) -> HttpResponse:
    """Withdraw or end it, at once. The partner is not told."""
    tie = open_tie(portal_client(request))
    if tie is not None:
        partner_end(partner=tie)
        messages.success(request, _("It has ended. They are not told."))
    return redirect("exercises:partner")


@require_get_or_post
@signed_in
def share(request: AuthedRequest) -> HttpResponse:
    """Write something small and send it. Sent here with an entry alone, its words stand there."""
    client = portal_client(request)
    tie = partner_to_send_to(client)
    entry = _entry(request, client)
    if tie is None:
        return _nobody_there(request)
    if request.method != "POST" or "text" not in request.POST:
        words = words_to_share(entry) if entry else ""
        form = ShareForm(initial={"text": words, "entry": entry.pk if entry else ""})
        return _share(request, tie, form)
    form = ShareForm(request.POST)
    if form.is_valid():
        try:
            small_share_send(partner=tie, text=form.cleaned_data["text"], entry=entry)
        except DomainError as error:
            form.add_error("text", error.message)
        else:
            messages.success(request, _("It is on their page."))
            return redirect("exercises:partner")
    return _share(request, tie, form)


def _entry(request: AuthedRequest, client: Client) -> Entry | None:
    """The client's own entry it came out of, where one was named."""
    named = request.POST.get("entry", "")
    if not named:
        return None
    entry = own_entry(request.user, id_or_404(named))
    if entry.client_id != client.pk:
        raise Http404
    return entry


def _share(request: AuthedRequest, tie: Partner, form: ShareForm) -> HttpResponse:
    context = {"tie": tie, "form": form}
    return render(request, "exercises/partner/share.html", context, status=_status(form))


def _nobody_there(request: AuthedRequest) -> HttpResponse:
    """What was typed comes back, to be kept somewhere else."""
    context = {"words": request.POST.get("text", "")}
    return render(request, "exercises/partner/nobody.html", context, status=409)


@require_POST
@signed_in
def take_back(request: AuthedRequest, share_id: uuid.UUID) -> HttpResponse:
    taken = small_share_take_back(share=own_small_share(request.user, share_id))
    if taken.seen_at is not None:
        said = _("It is gone from their page. They had read it before.")
    else:
        said = _("It is gone from their page. They had not opened it.")
    messages.success(request, said)
    return redirect("exercises:partner")


def _status(form: InviteForm | ShareForm) -> int:
    return 422 if form.errors else 200
