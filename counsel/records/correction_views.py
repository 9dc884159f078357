"""A client asks for something in their record to be corrected, and reads the answer."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clients.models import Client
from clients.portal import portal_client
from counsel.audit.models import Verb
from counsel.audit.services import record_access
from counsel.common.errors import DomainError
from counsel.common.http import AuthedRequest, require_get_or_post, signed_in
from counsel.records.correcting import correction_ask, corrections_of

LONGEST = 5_000


class CorrectionForm(forms.Form):
    text = forms.CharField(
        label=gettext_lazy("What is not right, and how should it be?"),
        help_text=gettext_lazy(
            "Such as: in the note of 3 May it says one brother, and I have two."
        ),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


@require_get_or_post
@signed_in
def corrections(request: AuthedRequest) -> HttpResponse:
    client = portal_client(request)
    form = CorrectionForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and _asked(request, client, form):
        messages.success(
            request, _("Your counsellor finds it on their desk. The answer comes here.")
        )
        return redirect("records:corrections")
    status = 422 if form.is_bound else 200
    context = {"client": client, "form": form, "corrections": corrections_of(client)}
    return render(request, "records/corrections.html", context, status=status)


def _asked(request: AuthedRequest, client: Client, form: CorrectionForm) -> bool:
    try:
        with transaction.atomic():
            row = correction_ask(client=client, text=form.cleaned_data["text"])
            record_access(verb=Verb.CREATE, subject=row, client_id=client.pk, request=request)
    except DomainError as error:
        form.add_error(error.field, error.message)
        return False
    return True
