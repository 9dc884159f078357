"""What a client agreed to, and asking them to agree to a text."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from clients.access import client_of, consent_request_of
from clients.models import Client, ConsentDocument
from clients.selectors import consent_requests_of, consents_of, texts_to_agree_to
from clients.services import consent_ask, consent_request_take_back
from counsel.audit.models import Verb
from counsel.audit.services import record_access
from counsel.common.errors import DomainError
from counsel.desk.pages import Wrap, desk_page, for_counsellors


class AskForm(forms.Form):
    document = forms.ChoiceField(label=gettext_lazy("Text"), widget=forms.RadioSelect)

    def __init__(self, data: Any, *, texts: list[ConsentDocument]) -> None:
        super().__init__(data)
        self.texts = {str(text.pk): text for text in texts}
        self.fields["document"].choices = [  # type: ignore[attr-defined]
            (key, _("%(title)s, version %(version)s") % vars(text))
            for key, text in self.texts.items()
        ]

    @property
    def chosen(self) -> ConsentDocument:
        return self.texts[self.cleaned_data["document"]]


def urls(wrap: Wrap) -> list[URLPattern]:
    at = "<uuid:client_id>/agreements"
    return [
        path(f"{at}/", wrap(agreements), name="clients_client_agreements"),
        path(
            f"{at}/<uuid:request_id>/take-back/",
            wrap(take_back),
            name="clients_client_agreement_take_back",
        ),
    ]


@for_counsellors
@require_http_methods(["GET", "HEAD", "POST"])
def agreements(request: HttpRequest, client_id: uuid.UUID) -> HttpResponse:
    client = client_of(request.user, client_id)
    form = AskForm(request.POST or None, texts=texts_to_agree_to(client))
    if form.is_valid() and _asked(request, form, client):
        messages.success(request, _("Asked. They get a message, and find it on their page."))
        return redirect("admin:clients_client_agreements", client.pk)
    record_access(verb=Verb.READ, subject=client, client_id=client.pk, request=request)
    asked = list(consent_requests_of(client))
    context = {
        "client": client,
        "form": form,
        "waiting": [row for row in asked if not row.answer],
        "closed": [row for row in asked if row.answer and row.answer != row.Answer.AGREED],
        "consents": list(consents_of(client)),
    }
    refused = bool(form.is_bound and form.errors)
    title = _("Agreements")
    return desk_page(request, "desk/agreements.html", title, context, is_refused=refused)


@for_counsellors
@require_POST
def take_back(request: HttpRequest, client_id: uuid.UUID, request_id: uuid.UUID) -> HttpResponse:
    asking = consent_request_of(request.user, client_id, request_id)
    try:
        with transaction.atomic():
            consent_request_take_back(request=asking)
            record_access(verb=Verb.CHANGE, subject=asking, client_id=client_id, request=request)
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("They are not asked any more."))
    return redirect("admin:clients_client_agreements", client_id)


def _asked(request: HttpRequest, form: AskForm, client: Client) -> bool:
    try:
        with transaction.atomic():
            asking = consent_ask(client=client, document=form.chosen)
            record_access(verb=Verb.CREATE, subject=asking, client_id=client.pk, request=request)
    except DomainError as error:
        form.add_error(error.field, error.message)
        return False
    return True
