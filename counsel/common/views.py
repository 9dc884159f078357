from __future__ import annotations

import logging
from typing import NoReturn

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from counsel.common.help_lines import EMERGENCY, UnfitHelpLines, emergency_number, help_lines

logger = logging.getLogger(__name__)


@require_safe
def help_now(request: HttpRequest) -> HttpResponse:
    """Whom to call. Works without sign-in, JavaScript or database."""
    try:
        lines, emergency = help_lines(), emergency_number()
    except UnfitHelpLines:
        # The page names the emergency number by itself; it must open whatever happens.
        logger.exception("the help lines cannot be read")
        lines, emergency = (), EMERGENCY
    return render(request, "help.html", {"help_lines": lines, "emergency": emergency})


@require_safe
def away(request: HttpRequest) -> HttpResponse:
    """An empty page that says nothing of us, for somebody who had to leave ours quickly."""
    return render(request, "away.html")


def not_offered(request: HttpRequest) -> NoReturn:
    """Stands before a page of a library that this practice does not offer."""
    raise Http404
