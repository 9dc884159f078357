"""Finding a client by name or address. What is typed goes by POST alone: it stands in no address,
no history and no log.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.decorators import method_decorator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters

from counsel.accounts.scoped_admin import ScopedAdmin

if TYPE_CHECKING:
    _Base = ScopedAdmin
else:
    _Base = object

_FOUND = "_found_by"


class FindForm(forms.Form):
    q = forms.CharField(
        label=_("Name or e-mail address"),
        max_length=120,
        error_messages={"required": _("Write a part of the name or of the address.")},
    )


class FoundList(ChangeList):
    """Of the whole caseload, whoever has ended included."""

    def get_queryset(self, request: HttpRequest, *args: Any) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request, *args)
        words = getattr(request, _FOUND)
        return rows.filter(Q(name__icontains=words) | Q(email__icontains=words))


class Finding(_Base):
    """Answers the form of the list with the list itself, at an address that says nothing."""

    @method_decorator(sensitive_post_parameters("q"))
    def find_view(self, request: HttpRequest) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        if request.method != "POST":
            return redirect("admin:clients_client_changelist")
        if "q" not in request.POST:
            # Something is to be done with those that were found, whoever has ended included.
            setattr(request, _FOUND, "")
            return self._list(request, {})
        form = FindForm(request.POST)
        if not form.is_valid():
            response = self._list(request, {"find_form": form})
            response.status_code = 422
            return response
        words = form.cleaned_data["q"]
        setattr(request, _FOUND, words)
        title = gettext("Clients found")
        return self._list(request, {"find_form": form, "found_by": words, "title": title})

    def _list(self, request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
        response: HttpResponse = self.changelist_view(request, context)
        return response

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return FoundList if _is_search(request) else super().get_changelist(request, **kwargs)

    def get_list_filter(self, request: HttpRequest) -> list[Any]:
        return [] if _is_search(request) else super().get_list_filter(request)

    def get_sortable_by(self, request: HttpRequest) -> Any:
        # A link that sorts would lead away from what was found.
        return () if _is_search(request) else super().get_sortable_by(request)


def _is_search(request: HttpRequest) -> bool:
    return hasattr(request, _FOUND)
