from __future__ import annotations

from typing import NoReturn

from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from counsel.common.help_lines import help_at_hand


@require_safe
def help_now(request: HttpRequest) -> HttpResponse:
    """Whom to call. Works without sign-in, JavaScript or database."""
    # Also without lines the page names an emergency number.
    known = help_at_hand()
    context = {"help": known, "others": known.elsewhere(timezone.localdate())}
    return render(request, "help.html", context)


@require_safe
def away(request: HttpRequest) -> HttpResponse:
    """An empty page that says nothing of us, for somebody who had to leave ours quickly."""
    return render(request, "away.html")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """What could not be read. What was merely too long is told so."""
    if isinstance(exception, RequestDataTooBig):
        return render(request, "413.html", status=413)
    return render(request, "400.html", status=400)


def not_offered(request: HttpRequest) -> NoReturn:
    """Stands before a page of a library that this practice does not offer."""
    raise Http404
