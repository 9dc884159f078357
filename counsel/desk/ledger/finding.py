"""Finding the messages of a client by name or address."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext
from django.views.decorators.debug import sensitive_post_parameters

from clients.models import Client
from clients.reach import CLIENT
from counsel.accounts.roles import counsellor_of
from counsel.desk.finding import FindForm, FoundByPost, called, find, found_in, is_search
from sessions.wording import zone_words

# Of so many clients at once; whoever has more of that name writes more of it.
MOST_CLIENTS = 20


class Finding(FoundByPost):
    """For who has a caseload: the ledger knows keys, and a manager no names."""

    @method_decorator(sensitive_post_parameters("q"))
    def find_view(self, request: HttpRequest) -> HttpResponse:
        if counsellor_of(request.user) is None:
            raise PermissionDenied
        if request.method != "POST":
            return redirect("admin:reminders_reminder_changelist")
        form = FindForm(request.POST)
        if not form.is_valid():
            return self.refuse(request, form)
        words = form.cleaned_data["q"]
        keys = _clients_called(request, words)
        find(request, [f"{CLIENT}:{key}" for key in keys[:MOST_CLIENTS]])
        context = {
            "find_form": form,
            "found_by": words,
            "clients_found": len(keys[:MOST_CLIENTS]),
            "more_clients": len(keys) > MOST_CLIENTS,
            "title": gettext("Messages found"),
        }
        return self.answer(request, context)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        context = {
            "may_find": counsellor_of(request.user) is not None,
            "zone": zone_words(timezone.get_current_timezone()),
        }
        return super().changelist_view(request, {**context, **(extra_context or {})})

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request)
        return rows.filter(person__in=found_in(request)) if is_search(request) else rows


def _clients_called(request: HttpRequest, words: str) -> list[Any]:
    rows = Client.objects.visible_to(request.user)
    found = rows.filter(called(words))
    return list(found.order_by("name", "pk").values_list("pk", flat=True)[: MOST_CLIENTS + 1])
