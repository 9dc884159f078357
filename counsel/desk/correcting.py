"""What clients want corrected in their records, and the counsellor's answers."""

from __future__ import annotations

import uuid

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from counsel.audit.models import Verb
from counsel.audit.services import record_access, record_listed
from counsel.common.errors import DomainError
from counsel.common.http import require_get_or_post
from counsel.desk.pages import Wrap, desk_page, for_counsellors
from counsel.records.access import correction_of
from counsel.records.correcting import correction_answer, corrections_open_to
from counsel.records.models import CorrectionRequest

PER_PAGE = 30
LONGEST = 5_000


class AnswerForm(forms.Form):
    answer = forms.ChoiceField(
        label=gettext_lazy("Your answer"),
        choices=[
            ("corrected", gettext_lazy("It is corrected, or noted beside")),
            ("refused", gettext_lazy("It stays as it is")),
        ],
        widget=forms.RadioSelect,
    )
    words = forms.CharField(
        label=gettext_lazy("What you changed, or why not"),
        help_text=gettext_lazy(
            "The client reads this. A signed note never changes: add to it, and say so here."
        ),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


def urls(wrap: Wrap) -> list[URLPattern]:
    return [
        path("corrections/", wrap(corrections), name="corrections"),
        path("corrections/<uuid:correction_id>/", wrap(correction), name="correction"),
    ]


@for_counsellors
@require_safe
def corrections(request: HttpRequest) -> HttpResponse:
    """Which wait for an answer."""
    page = Paginator(corrections_open_to(request.user), PER_PAGE).get_page(request.GET.get("page"))
    record_listed(request, [(CorrectionRequest, row.pk, row.client_id) for row in page])
    context = {"page": page}
    return desk_page(request, "desk/record/corrections.html", _("To be corrected"), context)


@for_counsellors
@require_get_or_post
def correction(request: HttpRequest, correction_id: uuid.UUID) -> HttpResponse:
    asked = correction_of(request.user, correction_id)
    form = AnswerForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and _answered(request, asked, form):
        messages.success(request, _("Answered. The client finds it on their page."))
        return redirect("admin:corrections")
    record_access(verb=Verb.READ, subject=asked, client_id=asked.client_id, request=request)
    context = {"asked": asked, "client": asked.client, "form": form}
    refused = bool(form.is_bound and form.errors)
    title = _("To be corrected")
    return desk_page(request, "desk/record/correction.html", title, context, is_refused=refused)


def _answered(request: HttpRequest, asked: CorrectionRequest, form: AnswerForm) -> bool:
    try:
        with transaction.atomic():
            correction_answer(request=asked, by=asked.client.counsellor, **form.cleaned_data)
            record_access(
                verb=Verb.CHANGE, subject=asked, client_id=asked.client_id, request=request
            )
    except DomainError as error:
        form.add_error(None, error.message)
        return False
    return True
