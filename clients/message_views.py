"""The page "How we reach you": what a client chooses about the messages they get."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib import messages
from django.forms import BoundField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from clients.examples import Example, Examples, examples_of
from clients.message_forms import MessagesForm, PauseForm
from clients.models import Client
from clients.portal import portal_client
from clients.reach import channels_open_to, places_of
from clients.selectors import records_of
from clients.services import homework_pause, homework_resume, messages_choose
from counsel.common.errors import DomainError
from counsel.common.http import AuthedRequest, require_get_or_post, signed_in
from counsel.common.zones import local_date
from counsel.reminders.carriers import available_channels
from counsel.reminders.models import Channel, Wording

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True, slots=True)
class WordingOption:
    """One answer, and what a locked screen would show of a message then."""

    value: str
    name: StrOrPromise
    note: StrOrPromise
    example: Example | None
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Question:
    """How much may be said on one channel."""

    channel: Channel
    field: BoundField
    options: list[WordingOption]


_NAMES = {
    Wording.NONE: gettext_lazy("None"),
    Wording.NEUTRAL: gettext_lazy("Neutral"),
    Wording.PLAIN: gettext_lazy("Plain"),
}
_MAIL_NOTES = {
    Wording.NONE: gettext_lazy(
        "Nothing comes, except what you ask for yourself, such as a code to sign in."
    ),
    Wording.NEUTRAL: gettext_lazy("Nobody is named."),
    Wording.PLAIN: gettext_lazy("You are called by your first name, and your counsellor is named."),
}
# Of one line each, which names no counsellor.
_SHORT_NOTES = {
    Wording.NONE: gettext_lazy("Nothing comes this way."),
    Wording.NEUTRAL: gettext_lazy("Nobody is named."),
    Wording.PLAIN: gettext_lazy("You are called by your first name."),
}


@require_get_or_post
@signed_in
def reaching(request: AuthedRequest) -> HttpResponse:
    client = portal_client(request)
    form = _form(client, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            messages_choose(client=client, choices=form.decided())
        except DomainError as error:
            form.add_error(form.field_of(error), error.message)
        else:
            messages.success(request, _("Saved. It holds from the next message on."))
            return redirect("clients:messages")
    return _page(request, client, form, PauseForm(None))


@require_POST
@signed_in
def pause(request: AuthedRequest) -> HttpResponse:
    """Practice reminders rest for a while."""
    client = portal_client(request)
    form = PauseForm(request.POST)
    if form.is_valid():
        today = local_date(timezone.now(), client.zone)
        try:
            homework_pause(client=client, until=form.first_day_after(today))
        except DomainError as error:
            form.add_error(error.field, error.message)
        else:
            messages.success(request, _("Your practice reminders rest."))
            return redirect("clients:messages")
    return _page(request, client, _form(client, None), form)


@require_POST
@signed_in
def resume(request: AuthedRequest) -> HttpResponse:
    homework_resume(client=portal_client(request))
    messages.success(request, _("Your practice reminders may come again."))
    return redirect("clients:messages")


def _form(client: Client, data: object) -> MessagesForm:
    return MessagesForm(data, client=client, channels=channels_open_to(client))


def _page(
    request: HttpRequest, client: Client, form: MessagesForm, pause_form: PauseForm
) -> HttpResponse:
    today = local_date(timezone.now(), client.zone)
    examples = examples_of(client)
    until = client.homework_paused_until
    places = places_of(client)
    context = {
        "client": client,
        "form": form,
        "questions": [_question(form, channel, examples) for channel in form.channels],
        "places": places,
        "is_refused": any(place.is_refused for place in places),
        "sees_others": records_of(client.user).count() > 1 if client.user else False,
        "can_notify": Channel.PUSH in available_channels(),
        "pause_form": pause_form,
        "paused_until": until if until and until > today else None,
    }
    return render(request, "clients/messages.html", context)


def _question(form: MessagesForm, channel: Channel, examples: Examples) -> Question:
    field = form[f"{channel.value}_wording"]
    notes = _MAIL_NOTES if channel == Channel.EMAIL else _SHORT_NOTES
    options = [
        WordingOption(
            value=wording.value,
            name=name,
            note=notes[wording],
            example=examples.get((channel, wording)),
            is_chosen=field.value() == wording.value,
        )
        for wording, name in _NAMES.items()
    ]
    return Question(channel, field, options)
