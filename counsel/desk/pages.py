"""What the desk's own pages share. `counsel.desk.client_pages` gathers their addresses."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeAlias

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from counsel.accounts.roles import counsellor_of, is_manager, runs_something

View: TypeAlias = Callable[..., HttpResponse]
# The site's own `admin_view`, which lets nobody in who may not.
Wrap: TypeAlias = Callable[[View], Any]


def for_counsellors(view: View) -> View:
    """403 for a manager who is no counsellor: the pages below show what clients write."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if counsellor_of(request.user) is None:
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded


def for_managers(view: View) -> View:
    """403 for a counsellor who does not run the practice: the pages below are about everybody."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not is_manager(request.user):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded


def for_who_runs_it(view: View) -> View:
    """403 for who runs neither the practice nor the system."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not runs_something(request.user):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded


def desk_page(
    request: HttpRequest,
    template: str,
    title: str,
    context: dict[str, Any],
    *,
    is_refused: bool = False,
) -> TemplateResponse:
    frame = admin.site.each_context(request)
    status = 422 if is_refused else 200
    return TemplateResponse(request, template, {**frame, "title": title, **context}, status=status)
