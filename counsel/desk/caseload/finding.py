"""Finding a client of the caseload by name or address."""

from __future__ import annotations

from typing import Any

from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.decorators import method_decorator
from django.utils.translation import gettext
from django.views.decorators.debug import sensitive_post_parameters

from counsel.desk.finding import FindForm, FoundByPost, called, find, found_in, is_search


class FoundList(ChangeList):
    """Of the whole caseload, whoever has ended included."""

    def get_queryset(self, request: HttpRequest, *args: Any) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request, *args)
        return rows.filter(called(found_in(request)))


class Finding(FoundByPost):
    @method_decorator(sensitive_post_parameters("q"))
    def find_view(self, request: HttpRequest) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        if request.method != "POST":
            return redirect("admin:clients_client_changelist")
        if "q" not in request.POST:
            # Something is to be done with those that were found, whoever has ended included.
            find(request, "")
            return self.answer(request, {})
        form = FindForm(request.POST)
        if not form.is_valid():
            return self.refuse(request, form)
        words = form.cleaned_data["q"]
        find(request, words)
        title = gettext("Clients found")
        return self.answer(request, {"find_form": form, "found_by": words, "title": title})

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return FoundList if is_search(request) else super().get_changelist(request, **kwargs)
