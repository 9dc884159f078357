"""The partner's side: what a client chose to send them, a way to listen, and a way out.

No page here tells more of the client than that; whether they ended it or send nothing looks
the same. Nor does one name the practice.
"""

from __future__ import annotations

import uuid
from typing import Any, cast

from allauth.account.utils import perform_login
from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from counsel.common.errors import ConflictError, DomainError
from counsel.common.http import AuthedRequest, require_get_or_post, signed_in
from exercises.access import partner_by_token, partner_tie, received_share
from exercises.asking import asked
from exercises.models import Partner
from exercises.partner_forms import PartnerZoneForm
from exercises.selectors.partners import (
    invitation_is_open,
    is_for_another,
    received_shares,
    ties_of_partner,
)
from exercises.selectors.partners import (
    listening as listening_version,
)
from exercises.services.partners import partner_accept, partner_decline, partner_leave
from exercises.services.small_shares import small_share_open

PAGE = 20
# The practice's name may well be the counsellor's.
UNNAMED = {"practice": {"name": ""}}


@require_safe
@signed_in
def home(request: AuthedRequest) -> HttpResponse:
    ties = _ties_or_404(request)
    context = {
        "ties": ties,
        "page": Paginator(received_shares(request.user), PAGE).get_page(request.GET.get("page")),
        "listening": listening_version(),
        "is_client": request.user.clients.exists(),
    }
    return _page(request, "with_home", context)


@require_safe
@signed_in
def share(request: AuthedRequest, share_id: uuid.UUID) -> HttpResponse:
    """Opening it is what marks it read."""
    received = received_share(request.user, share_id)
    if request.method == "GET":
        try:
            received = small_share_open(share=received)
        except ConflictError as error:
            raise Http404 from error
    return _page(request, "with_share", {"share": received})


@require_safe
@signed_in
def listening(request: AuthedRequest, number: int) -> HttpResponse:
    """Active listening, to read along. There is nothing to fill in, so nothing is kept."""
    _ties_or_404(request)
    version = listening_version()
    steps = version.parsed_steps() if version else ()
    if not 1 <= number <= len(steps):
        raise Http404
    step = steps[number - 1]
    fields = asked(step, {})
    context = {
        "step": step,
        "number": number,
        "count": len(steps),
        "before": number - 1,
        "after": number + 1 if number < len(steps) else 0,
        "fields": [one for one in fields if not one.field.kind.asks],
        # What asks for words of one's own would want them kept.
        "questions": [
            one.field for one in fields if one.field.kind.asks and not one.field.kind.is_text
        ],
    }
    return _page(request, "with_step", context)


@require_POST
@signed_in
def leave(request: AuthedRequest, partner_id: uuid.UUID) -> HttpResponse:
    partner_leave(partner=partner_tie(request.user, partner_id))
    if ties_of_partner(request.user):
        messages.success(request, _("You have left. Nothing more comes to you from there."))
        return redirect("exercises:with")
    return _page(request, "with_left", {"is_client": request.user.clients.exists()})


@require_get_or_post
@never_cache
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Opening the link changes nothing; only a button on the page does."""
    try:
        tie = partner_by_token(token)
    except Http404:
        return _page(request, "with_over", {"unknown": True}, status=404)
    user = request.user if request.user.is_authenticated else None
    if not invitation_is_open(tie, timezone.now()):
        is_there = tie.accepted_at is not None and tie.left_at is None
        return _page(request, "with_over", {"is_there": is_there})
    answer = request.POST.get("do", "")
    if answer == "decline":
        partner_decline(partner=tie)
        return _page(request, "with_declined", {})
    if is_for_another(tie, user):
        return _page(request, "with_sign_in", {})
    form = None if user else PartnerZoneForm(request.POST if answer else None)
    if answer == "accept" and (form is None or form.is_valid()):
        return _accept(request, tie, form.cleaned_data["time_zone"] if form else "UTC")
    status = 422 if form is not None and form.errors else 200
    return _page(request, "with_invitation", {"form": form}, status=status)


def _accept(request: HttpRequest, tie: Partner, time_zone: str) -> HttpResponse:
    user = request.user if request.user.is_authenticated else None
    language = get_language() or settings.LANGUAGE_CODE
    try:
        accepted = partner_accept(
            partner=tie, time_zone=time_zone, language=language, signed_in=user
        )
    except DomainError:
        # Another window was faster, or it was withdrawn; the page now says how it stands.
        return redirect(request.path)
    if user is not None:
        return redirect("exercises:with")
    there = reverse("exercises:with")
    return cast(HttpResponse, perform_login(request, accepted, redirect_url=there))


def _ties_or_404(request: AuthedRequest) -> list[Partner]:
    ties = ties_of_partner(request.user)
    if not ties:
        raise Http404
    return ties


def _page(
    request: HttpRequest, name: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    template = f"exercises/partner/{name}.html"
    return render(request, template, {**UNNAMED, **context}, status=status)
