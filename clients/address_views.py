"""Another address for messages, or a number: one page for each channel that has one."""

from __future__ import annotations

from typing import Any

from allauth.core import ratelimit
from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from clients import codes
from clients.models import Address, Client
from clients.portal import portal_client
from clients.services import (
    address_code_again,
    address_forget,
    address_give,
    address_remove,
    address_verify,
)
from counsel.common.errors import DomainError
from counsel.common.http import AuthedRequest, require_get_or_post, signed_in
from counsel.reminders.carriers import available_channels
from counsel.reminders.models import Channel


class EmailForm(forms.Form):
    value = forms.CharField(
        label=gettext_lazy("E-mail address for messages"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


class NumberForm(forms.Form):
    value = forms.CharField(
        label=gettext_lazy("Number for text messages"),
        help_text=gettext_lazy("With its country, such as +44 7700 900123."),
        max_length=40,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )


class CodeForm(forms.Form):
    code = forms.CharField(
        label=gettext_lazy("The code we sent"),
        max_length=20,
        widget=forms.TextInput(
            attrs={
                "inputmode": "numeric",
                "autocomplete": "one-time-code",
                "class": "code-field",
            }
        ),
    )


_FORMS: dict[Channel, type[forms.Form]] = {Channel.EMAIL: EmailForm, Channel.SMS: NumberForm}


@require_get_or_post
@signed_in
def address(request: AuthedRequest, channel: str) -> HttpResponse:
    """The address in use, and a form for another."""
    way, client = _channel(channel), portal_client(request)
    form = _FORMS[way](request.POST or None)
    if request.method == "POST" and form.is_valid():
        value: str = form.cleaned_data["value"]
        if not _may_send(request, client, value):
            form.add_error("value", _too_many())
            return _page(request, client, way, form=form, status=429)
        try:
            address_give(client=client, channel=way, value=value)
        except DomainError as error:
            form.add_error("value", error.message)
        else:
            messages.success(request, _("A code is on its way. It takes a minute or two."))
            return redirect("clients:address", way.value)
    return _page(request, client, way, form=form)


@require_POST
@signed_in
def code(request: AuthedRequest, channel: str) -> HttpResponse:
    way, client = _channel(channel), portal_client(request)
    waiting = _waiting(client, way)
    if waiting is None:
        return redirect("clients:address", way.value)
    form = CodeForm(request.POST)
    if form.is_valid():
        try:
            address_verify(address=waiting, code=form.cleaned_data["code"])
        except DomainError as error:
            form.add_error("code", error.message)
        else:
            messages.success(request, _("Messages go there from now on."))
            return redirect("clients:messages")
    return _page(request, client, way, code_form=form)


@require_POST
@signed_in
def again(request: AuthedRequest, channel: str) -> HttpResponse:
    """Once more to the same address."""
    way, client = _channel(channel), portal_client(request)
    waiting = _waiting(client, way)
    if waiting is None:
        return redirect("clients:address", way.value)
    if _may_send(request, client, waiting.value):
        address_code_again(address=waiting)
        messages.success(request, _("A new code is on its way. The one before is over."))
    else:
        messages.warning(request, _too_many())
    return redirect("clients:address", way.value)


@require_POST
@signed_in
def forget(request: AuthedRequest, channel: str) -> HttpResponse:
    """The address that waits for its code; the one in use stays."""
    way = _channel(channel)
    address_forget(client=portal_client(request), channel=way)
    messages.success(request, _("Nothing has changed."))
    return redirect("clients:messages")


@require_POST
@signed_in
def remove(request: AuthedRequest, channel: str) -> HttpResponse:
    way = _channel(channel)
    address_remove(client=portal_client(request), channel=way)
    messages.success(request, _("Taken away."))
    return redirect("clients:messages")


def _channel(name: str) -> Channel:
    if name not in available_channels() or name not in _FORMS:
        raise Http404
    return Channel(name)


def _waiting(client: Client, channel: Channel) -> Address | None:
    """None where a button was pressed twice, or in another window meanwhile: the page says how
    things are."""
    found: Address | None = client.addresses.filter(
        channel=channel, verified_at__isnull=True
    ).first()
    return found


def _may_send(request: HttpRequest, client: Client, value: str) -> bool:
    """Counts one code, for whoever asks and for where it goes, however that is written."""
    to = "".join(letter for letter in value.casefold() if letter.isalnum() or letter in "@+")
    keys = (f"client:{client.pk}", f"to:{to}")
    return all(ratelimit.consume(request, action="address", key=key) for key in keys)


def _too_many() -> str:
    return _("Those were many codes. Please wait an hour.")


def _page(
    request: HttpRequest,
    client: Client,
    channel: Channel,
    *,
    form: forms.Form | None = None,
    code_form: forms.Form | None = None,
    status: int = 200,
) -> HttpResponse:
    rows = {row.verified_at is not None: row for row in client.addresses.filter(channel=channel)}
    waiting: Address | None = rows.get(False)
    context: dict[str, Any] = {
        "client": client,
        "channel": channel,
        "is_email": channel == Channel.EMAIL,
        "used": rows.get(True),
        "waiting": waiting,
        "code_is_open": waiting is not None and codes.is_open(waiting, timezone.now()),
        "form": form or _FORMS[channel](),
        "code_form": code_form or CodeForm(),
    }
    return render(request, "clients/address.html", context, status=status)
