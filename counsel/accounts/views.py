from __future__ import annotations

from typing import Any, cast

from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.webauthn.views import AddWebAuthnView
from allauth.usersessions.models import UserSession
from allauth.usersessions.views import ListUserSessionsView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from counsel.accounts.demo_code import demo_code_for
from counsel.accounts.second_step import has_passed
from counsel.accounts.selectors import counsellors_with_room
from counsel.common.http import AuthedRequest, signed_in


class AddPasskey(AddWebAuthnView):  # type: ignore[misc]
    def get_success_url(self) -> str:
        """Recovery codes belong to a second lock, which a passkey is for staff alone."""
        if self.request.user.is_staff:
            return str(super().get_success_url())
        return reverse("mfa_list_webauthn")


add_passkey = AddPasskey.as_view()


class SecondStep(AuthenticateView):  # type: ignore[misc]
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return {**context, "demo_code": demo_code_for(self.stage.login.user)}


second_step = SecondStep.as_view()


@require_safe
@signed_in
def second_lock(request: AuthedRequest) -> HttpResponse:
    """What staff set up before anything else."""
    if not request.user.is_staff or has_passed(request):
        return redirect("start")
    return render(request, "accounts/second_lock.html")


@require_safe
def front(request: HttpRequest) -> HttpResponse:
    return render(request, "front.html", {"counsellors": counsellors_with_room()})


@require_safe
@signed_in
def start(request: AuthedRequest) -> HttpResponse:
    """Where somebody who has just signed in belongs."""
    user = request.user
    if user.is_staff:
        return redirect("admin:index")
    if user.clients.of_user(user).exists():
        return redirect("clients:home")
    if user.partner_of.of_partner(user).exists():
        return redirect("exercises:with")
    if user.clients.exists():
        # All of it is only kept, until it is erased.
        return redirect("records:forget")
    return render(request, "accounts/nobody.html")


class OwnSignIns(ListUserSessionsView):  # type: ignore[misc]
    """Where one is signed in: one of them is ended by its key, all the others without one."""

    def form_valid(self, form: Any) -> HttpResponse:
        key = self.request.POST.get("end", "")
        if not key:
            return cast(HttpResponse, super().form_valid(form))
        if key.isascii() and key.isdigit() and len(key) < 19:
            own = UserSession.objects.filter(user=self.request.user, pk=int(key))
            for session in own.exclude(session_key=self.request.session.session_key):
                session.end()
        return redirect("usersessions_list")


own_sign_ins = OwnSignIns.as_view()
