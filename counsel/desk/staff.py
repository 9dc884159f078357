"""How a member of staff signs in: ended everywhere, or opened to a new second lock."""

from __future__ import annotations

import uuid
from functools import wraps
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from counsel.accounts.models import User
from counsel.accounts.roles import runs_something
from counsel.accounts.sign_ins import second_lock_take_away, sign_ins_end
from counsel.accounts.step_up import step_up_required
from counsel.audit.models import Verb
from counsel.audit.services import record_access
from counsel.audit.signing_in import NOBODY
from counsel.common.errors import DomainError
from counsel.common.http import AuthedRequest, require_get_or_post
from counsel.desk.pages import View, Wrap, desk_page

SIGN_INS_ENDED = "sign-ins ended"
LOCK_TAKEN_AWAY = "second lock taken away"


def urls(wrap: Wrap) -> list[URLPattern]:
    at = "staff/<uuid:user_id>/sign-in/"
    return [
        path(at, wrap(sign_in), name="staff_sign_in"),
        path(f"{at}end/", wrap(end), name="staff_sign_in_end"),
        path(f"{at}lock/", wrap(take_away), name="staff_sign_in_lock"),
        path("staff/sign-out/", wrap(sign_out), name="staff_sign_out"),
    ]


class WhoForm(forms.Form):
    email = forms.EmailField(
        label=gettext_lazy("E-mail address they sign in with"),
        help_text=gettext_lazy("Staff or client, such as after a phone was lost."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )


class SeenForm(forms.Form):
    seen = forms.BooleanField(
        label=gettext_lazy(
            "I have seen them, or heard and recognised them, and they asked for it."
        ),
        error_messages={"required": gettext_lazy("A mail or a text alone may be somebody else's.")},
    )


def _theirs(view: View) -> View:
    """403 to who runs neither practice nor system; then once more who it is."""
    proved = step_up_required(view)

    @wraps(view)
    def door(request: AuthedRequest, user_id: uuid.UUID, **kwargs: Any) -> HttpResponse:
        _member(request, user_id)
        return proved(request, user_id=user_id, **kwargs)

    return require_POST(door)


@require_safe
def sign_in(request: AuthedRequest, user_id: uuid.UUID) -> HttpResponse:
    return _page(request, _member(request, user_id), SeenForm())


@_theirs
def end(request: AuthedRequest, user_id: uuid.UUID) -> HttpResponse:
    member = _member(request, user_id)
    with transaction.atomic():
        sign_ins_end(member)
        _record(request, member, SIGN_INS_ENDED)
    messages.success(request, _("Signed out everywhere."))
    return redirect("admin:staff_sign_in", member.pk)


@_theirs
def take_away(request: AuthedRequest, user_id: uuid.UUID) -> HttpResponse:
    member = _member(request, user_id)
    form = SeenForm(request.POST)
    if form.is_valid():
        try:
            with transaction.atomic():
                second_lock_take_away(user=member, by=request.user, request=request)
                _record(request, member, LOCK_TAKEN_AWAY)
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, _("They add a new second lock when they next sign in."))
            return redirect("admin:staff_sign_in", member.pk)
    return _page(request, member, form)


@require_get_or_post
def sign_out(request: AuthedRequest) -> HttpResponse:
    """Anybody, by the address they gave: whether there is somebody is not told."""
    if not runs_something(request.user):
        raise PermissionDenied
    return _sign_out(request)


@step_up_required
def _sign_out(request: AuthedRequest) -> HttpResponse:
    form = WhoForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        found = User.objects.filter(email__iexact=form.cleaned_data["email"]).first()
        with transaction.atomic():
            if found:
                sign_ins_end(found)
            _record(request, found or NOBODY, SIGN_INS_ENDED)
        messages.success(request, _("Whoever signs in with that address is signed out everywhere."))
        return redirect("admin:staff_sign_out")
    title = _("Sign somebody out")
    refused = form.is_bound
    return desk_page(request, "desk/staff_sign_out.html", title, {"form": form}, is_refused=refused)


def _page(request: AuthedRequest, member: User, form: SeenForm) -> HttpResponse:
    context = {
        "member": member,
        "form": form,
        "sign_ins": UserSession.objects.filter(user=member).order_by("-last_seen_at"),
        "has_lock": Authenticator.objects.filter(user=member).exists(),
        "is_own": member == request.user,
    }
    title = _("Sign-in of %(name)s") % {"name": member.get_full_name()}
    return desk_page(
        request, "desk/staff_sign_in.html", title, context, is_refused=bool(form.errors)
    )


def _member(request: AuthedRequest, user_id: uuid.UUID) -> User:
    if not runs_something(request.user):
        raise PermissionDenied
    return get_object_or_404(User, pk=user_id, is_staff=True)


def _record(request: AuthedRequest, member: User, reason: str) -> None:
    record_access(verb=Verb.CHANGE, subject=member, client_id=None, request=request, reason=reason)
