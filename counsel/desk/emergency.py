"""A record that cannot wait: opened for an hour, told at once, looked at afterwards by another."""

from __future__ import annotations

import uuid
from datetime import timedelta

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from clients.access import emergency_access_of
from clients.models import EmergencyAccess
from clients.services import emergency_access_open, emergency_access_review
from counsel.accounts.step_up import step_up_required
from counsel.audit.models import AccessEvent, Verb
from counsel.audit.services import EMERGENCY, REVIEWED, record_access, record_listed
from counsel.common.errors import ConflictError, DomainError
from counsel.common.http import AuthedRequest
from counsel.desk.pages import Wrap, desk_page

LONGEST = 2_000
_A_PAGE = 20
# Who looks for a name that is not there, again and again, is not in an emergency.
TRIES, WITHIN = 5, timedelta(hours=1)


def urls(wrap: Wrap) -> list[URLPattern]:
    return [
        path("emergency/", wrap(emergency), name="emergency"),
        path("emergency/open/", wrap(open_one), name="emergency_open"),
        path("emergency/<uuid:access_id>/review/", wrap(review), name="emergency_review"),
    ]


class OpenForm(forms.Form):
    who = forms.CharField(
        label=gettext_lazy("Whose record"),
        help_text=gettext_lazy("The whole name, or the e-mail address, as the practice has it."),
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    reason = forms.CharField(
        label=gettext_lazy("Why it cannot wait"),
        help_text=gettext_lazy("Sealed. Their counsellor reads it."),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ReviewForm(forms.Form):
    words = forms.CharField(
        label=gettext_lazy("What you found"),
        help_text=gettext_lazy("Whether it was needed, and with whom you spoke about it."),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


@require_safe
def emergency(request: AuthedRequest) -> HttpResponse:
    return _page(request, OpenForm())


@require_POST
@step_up_required
def open_one(request: AuthedRequest) -> HttpResponse:
    form = OpenForm(request.POST)
    if _has_tried_much(request):
        form.add_error(None, _("Those were many tries. Please wait, or call the counsellor."))
    elif form.is_valid():
        try:
            with transaction.atomic():
                access = emergency_access_open(by=request.user, **form.cleaned_data)
                _record(request, access, Verb.CREATE, EMERGENCY)
        except DomainError as error:
            # What was typed is kept nowhere.
            record_access(
                verb=Verb.REFUSE,
                subject=request.user,
                client_id=None,
                request=request,
                reason=EMERGENCY,
            )
            form.add_error(error.field if error.field in form.fields else None, error.message)
        else:
            messages.success(request, _("Open for an hour. Their counsellor is being told."))
            return redirect("admin:cover_client", access.client_id)
    return _page(request, form)


@require_POST
def review(request: AuthedRequest, access_id: uuid.UUID) -> HttpResponse:
    access = emergency_access_of(request.user, access_id)
    form = ReviewForm(request.POST, prefix=str(access.pk))
    if form.is_valid():
        try:
            with transaction.atomic():
                emergency_access_review(access=access, by=request.user, **form.cleaned_data)
                _record(request, access, Verb.CHANGE, REVIEWED)
        except ConflictError as error:
            messages.error(request, error.message)
            return redirect("admin:emergency")
        except DomainError as error:
            form.add_error(error.field, error.message)
        else:
            messages.success(request, _("Kept. Thank you for looking."))
            return redirect("admin:emergency")
    return _page(request, OpenForm(), form)


def _page(
    request: AuthedRequest, form: OpenForm, reviewing: ReviewForm | None = None
) -> HttpResponse:
    rows = EmergencyAccess.objects.to_look_at(request.user).exclude(by=request.user)
    rows = rows.select_related("client__counsellor", "by", "reviewed_by")
    page = Paginator(rows.order_by("reviewed_at", "-began_at"), _A_PAGE).get_page(
        request.GET.get("page")
    )
    own = EmergencyAccess.objects.open_to(request.user, timezone.now()).select_related("client")
    shown = [row for row in page if _is_named(request, row)] + list(own)
    record_listed(request, [(EmergencyAccess, row.pk, row.client_id) for row in shown])
    refused = reviewing or form
    context = {
        "form": form,
        "own": own,
        "page": page,
        "rows": [
            {
                "access": row,
                "is_named": _is_named(request, row),
                "form": _review_form(row, reviewing),
            }
            for row in page
        ],
    }
    title = _("In an emergency")
    return desk_page(
        request, "desk/emergency.html", title, context, is_refused=bool(refused.errors)
    )


def _review_form(row: EmergencyAccess, reviewing: ReviewForm | None) -> ReviewForm | None:
    if row.reviewed_at is not None:
        return None
    prefix = str(row.pk)
    return reviewing if reviewing and reviewing.prefix == prefix else ReviewForm(prefix=prefix)


def _is_named(request: AuthedRequest, row: EmergencyAccess) -> bool:
    """A manager is told whose client it was, and neither who nor why."""
    return bool(row.client.counsellor.user_id == request.user.pk)


def _has_tried_much(request: AuthedRequest) -> bool:
    since = timezone.now() - WITHIN
    tries = AccessEvent.objects.filter(actor=request.user, verb=Verb.REFUSE, reason=EMERGENCY)
    return bool(tries.filter(at__gt=since).count() >= TRIES)


def _record(request: AuthedRequest, access: EmergencyAccess, verb: Verb, reason: str) -> None:
    record_access(
        verb=verb, subject=access, client_id=access.client_id, request=request, reason=reason
    )
