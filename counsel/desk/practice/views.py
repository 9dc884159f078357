from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from counsel.accounts.step_up import step_up_required
from counsel.audit.models import Verb
from counsel.audit.services import record_access
from counsel.common.http import AuthedRequest
from counsel.common.wall import whole_practice
from counsel.common.zones import local_date, place
from counsel.desk.pages import desk_page, for_managers
from counsel.desk.practice.forms import CHOICES, OWN, SpanForm
from counsel.desk.practice.numbers import Numbers, practice_numbers
from counsel.desk.practice.tables import csv_lines


@for_managers
@require_safe
def numbers(request: AuthedRequest) -> HttpResponse:
    now = timezone.now()
    form = _form(request, request.GET, now)
    return _page(request, form, _numbers(request, form, now) if form.is_valid() else None)


@for_managers
@require_POST
@step_up_required
def export(request: AuthedRequest) -> HttpResponse:
    """The tables of the page, to take away."""
    now = timezone.now()
    form = _form(request, request.POST, now)
    if not form.is_valid():
        return _page(request, form, None)
    record_access(verb=Verb.EXPORT, subject=request.user, client_id=None, request=request)
    found = _numbers(request, form, now)
    content = "".join(csv_lines(_about(found), found.tables()))
    file = HttpResponse(content, content_type="text/csv; charset=utf-8")
    file["Content-Disposition"] = 'attachment; filename="numbers.csv"'
    return file


def _form(request: AuthedRequest, data: Any, now: datetime) -> SpanForm:
    return SpanForm(data, today=local_date(now, request.user.zone))


def _numbers(request: AuthedRequest, form: SpanForm, now: datetime) -> Numbers:
    # Numbers alone: they are of everybody, and show nobody.
    with whole_practice():
        return practice_numbers(request.user, form.days(), now, request.user.zone)


def _page(request: AuthedRequest, form: SpanForm, found: Numbers | None) -> HttpResponse:
    context = {
        "form": form,
        "choices": CHOICES,
        "own": OWN,
        "chosen": form.chosen() if found else "",
        "numbers": found,
        "place": place(request.user.zone),
    }
    return desk_page(
        request,
        "desk/practice/numbers.html",
        _("The practice in numbers"),
        context,
        is_refused=found is None,
    )


def _about(found: Numbers) -> str:
    """The first line of the file."""
    words = {
        "first": date_format(found.span.first, "j F Y"),
        "last": date_format(found.span.last, "j F Y"),
        "place": place(found.zone),
    }
    return _("From %(first)s to %(last)s, days in %(place)s") % words
