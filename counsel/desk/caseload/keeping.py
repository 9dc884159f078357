"""Looks at the caseload that a counsellor keeps under a name: the page that keeps one and takes
others away, and the links above the list.
"""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from clients.access import caseload_view_of
from clients.models import CaseloadView
from clients.services import caseload_view_keep, caseload_view_remove
from counsel.accounts.roles import AnyUser, counsellor_of
from counsel.common.errors import DomainError
from counsel.desk.caseload.looks import look_of, words_of
from counsel.desk.pages import Wrap, desk_page, for_counsellors

LIST = "admin:clients_client_changelist"


class KeepForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Name"),
        help_text=gettext_lazy("A name you have used before: that view is replaced by this one."),
        max_length=60,
    )


def urls(wrap: Wrap) -> list[URLPattern]:
    name = "clients_client_views"
    return [
        path("views/", wrap(views), name=name),
        path("views/<uuid:view_id>/remove/", wrap(remove), name=f"{name}_remove"),
    ]


@for_counsellors
@require_http_methods(["GET", "HEAD", "POST"])
def views(request: HttpRequest) -> HttpResponse:
    """Keep the look in this page's own address, which is the list's."""
    counsellor = counsellor_of(request.user)
    assert counsellor is not None  # noqa: S101  (held by `for_counsellors`)
    look = look_of(request.META.get("QUERY_STRING", ""))
    form = KeepForm(request.POST if request.method == "POST" and look else None)
    if form.is_valid():
        try:
            kept = caseload_view_keep(owner=counsellor, name=form.cleaned_data["name"], query=look)
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, _("Kept. It stands above the list."))
            return redirect(f"{reverse(LIST)}?{kept.query}")
    kept_views = [(view, words_of(view.query)) for view in _kept(request.user)]
    context: dict[str, Any] = {
        "look": look,
        "shows": words_of(look),
        "form": form,
        "kept_views": kept_views,
    }
    title = _("Kept views")
    refused = bool(form.errors)
    return desk_page(request, "desk/caseload/views.html", title, context, is_refused=refused)


@for_counsellors
@require_POST
def remove(request: HttpRequest, view_id: uuid.UUID) -> HttpResponse:
    caseload_view_remove(view=caseload_view_of(request.user, view_id))
    messages.success(request, _("Removed. No client is changed by it."))
    return redirect("admin:clients_client_views")


def links(request: HttpRequest) -> dict[str, Any]:
    """For the list: what is kept, and whether that is what is looked at. One query."""
    look = look_of(request.META.get("QUERY_STRING", ""))
    kept = [(view, view.query == look) for view in _kept(request.user)]
    is_kept = any(is_this for _view, is_this in kept)
    return {"kept_views": kept, "look": look, "may_be_kept": bool(look) and not is_kept}


def _kept(user: AnyUser) -> list[CaseloadView]:
    return list(CaseloadView.objects.visible_to(user))
