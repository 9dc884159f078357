from __future__ import annotations

import sys
from typing import NoReturn

from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
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
    # Django takes a session that cannot be saved for one that was deleted meanwhile.
    if _is_pause(exception):
        return _pause()
    if isinstance(exception, RequestDataTooBig):
        return render(request, "413.html", status=413)
    return render(request, "400.html", status=400)


def not_offered(request: HttpRequest) -> NoReturn:
    """Stands before a page of a library that this practice does not offer."""
    raise Http404


def went_wrong(request: HttpRequest) -> HttpResponse:
    """The plain page for whatever broke: it looks nothing up. Other words where that was no bug."""
    if _is_pause(sys.exc_info()[1]):
        return _pause()
    return HttpResponse(render_to_string("500.html"), status=500)


def _is_pause(error: BaseException | None) -> bool:
    """Whether it began with a database that is away, full, or not to be written to."""
    while error is not None:
        if isinstance(error, (OperationalError, InterfaceError)):
            return True
        error = error.__cause__ or error.__context__
    return False


def _pause() -> HttpResponse:
    return HttpResponse(render_to_string("503.html"), status=503, headers={"Retry-After": "30"})
