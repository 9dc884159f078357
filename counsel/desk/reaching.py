"""How a client is reached, for those who ask for it in a consultation instead of the portal."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from clients.access import client_of
from clients.message_forms import AS_PRACTICE, NEVER, OWN, MessagesForm
from clients.models import Client
from clients.reach import channels_open_to, places_of
from clients.services import messages_choose
from counsel.audit.models import Verb
from counsel.audit.services import record_access
from counsel.common.errors import DomainError
from counsel.desk.pages import Wrap, desk_page, for_counsellors
from counsel.reminders.models import Channel, Wording


class DeskMessagesForm(MessagesForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["when"].choices = [  # type: ignore[attr-defined]
            (AS_PRACTICE, _("As the practice does: %(usual)s") % {"usual": self.usual}),
            (OWN, gettext_lazy("At times of their own")),
            (NEVER, gettext_lazy("None")),
        ]
        self.fields["offsets"].label = gettext_lazy("Times of their own")
        for name in self.channel_fields:
            field = self.fields[name]
            field.choices = [(key, capfirst(words)) for key, words in Wording.choices]  # type: ignore[attr-defined]
        if Channel.PUSH in self.channels:
            self.fields["push_wording"].label = gettext_lazy("Notifications on their devices")
        self.order_fields([*self.channel_fields, "when", "offsets"])


def urls(wrap: Wrap) -> list[URLPattern]:
    return [path("<uuid:client_id>/reach/", wrap(reaching), name="clients_client_reach")]


@for_counsellors
@require_http_methods(["GET", "HEAD", "POST"])
def reaching(request: HttpRequest, client_id: uuid.UUID) -> HttpResponse:
    """Which other address they have chosen is theirs to know; whether messages arrive is not."""
    client = client_of(request.user, client_id)
    form = DeskMessagesForm(request.POST or None, client=client, channels=channels_open_to(client))
    if form.is_valid() and _chosen(request, form, client):
        messages.success(request, _("Saved. It holds from the next message on."))
        return redirect("admin:clients_client_reach", client.pk)
    record_access(verb=Verb.READ, subject=client, client_id=client.pk, request=request)
    context = {"client": client, "form": form, "places": places_of(client)}
    title = _("How we reach them")
    refused = bool(form.is_bound and form.errors)
    return desk_page(request, "desk/reach.html", title, context, is_refused=refused)


def _chosen(request: HttpRequest, form: DeskMessagesForm, client: Client) -> bool:
    try:
        with transaction.atomic():
            messages_choose(client=client, choices=form.decided())
            record_access(verb=Verb.CHANGE, subject=client, client_id=client.pk, request=request)
    except DomainError as error:
        form.add_error(form.field_of(error), error.message)
        return False
    return True
