from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from counsel.common.help_lines import help_lines


@require_safe
def help_now(request: HttpRequest) -> HttpResponse:
    """Whom to call. Works without sign-in, JavaScript or database."""
    return render(request, "help.html", {"help_lines": help_lines()})
