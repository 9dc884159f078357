from __future__ import annotations

from typing import NoReturn

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from counsel.common.help_lines import help_lines


@require_safe
def help_now(request: HttpRequest) -> HttpResponse:
    """Whom to call. Works without sign-in, JavaScript or database."""
    return render(request, "help.html", {"help_lines": help_lines()})


def not_offered(request: HttpRequest) -> NoReturn:
    """Stands before a page of a library that this practice does not offer."""
    raise Http404
