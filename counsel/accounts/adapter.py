"""How allauth behaves here: nobody signs up by themselves, and its mails give nothing away."""

from __future__ import annotations

from email.utils import make_msgid, parseaddr
from ipaddress import ip_address
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from django.conf import settings
from django.core.mail import EmailMessage
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from counsel.accounts.step_up import is_fresh

_OUR_STAGES = {
    "allauth.mfa.stages.AuthenticateStage": "counsel.accounts.second_step.SecondStepStage"
}


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": _("The address or the password is not right."),
        "incorrect_code": _("That is not the code. Take it from the newest message you have."),
        "incorrect_password": _("That is not your password."),
        "rate_limited": _("Those were many tries. Please wait a few minutes."),
        "too_many_login_attempts": _("Those were many tries. Please wait a few minutes."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Clients come by invitation, staff are added by a manager."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """In the one form that every database gives back as it was: the access log hashes it."""
        without_interface = super().get_client_ip(request).partition("%")[0]
        address = ip_address(without_interface)
        # What a server that listens for both says of somebody who came by IPv4.
        return str((address.version == 6 and address.ipv4_mapped) or address)

    def is_safe_url(self, url: str | None) -> bool:
        """Where one may be sent on to: a page of ours. What is no address at all is none."""
        try:
            return bool(super().is_safe_url(url))
        except ValueError:
            return False

    def is_reauthentication_required(self, *, app: str) -> bool:
        """Whoever has only just signed in is not asked again."""
        return super().is_reauthentication_required(app=app) and not is_fresh(context.request)

    def get_login_stages(self) -> list[str]:
        return [_OUR_STAGES.get(stage, stage) for stage in super().get_login_stages()]

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        # Nothing of the request reaches the words: a forged Host cannot put a link in a mail.
        self.render_mail(template_prefix, email, {**context, "address": settings.BASE_URL}).send()

    def render_mail(
        self,
        template_prefix: str,
        email: str | list[str],
        context: dict[str, Any],
        headers: dict[str, str] | None = None,
    ) -> EmailMessage:
        # Django would put the name of this machine into the header.
        sender = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
        own = {"Message-ID": make_msgid(domain=sender.rpartition("@")[2])}
        message: EmailMessage = super().render_mail(
            template_prefix, email, context, {**own, **(headers or {})}
        )
        return message
