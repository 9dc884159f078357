"""Finding the messages of a client by name or address, which go by POST alone: they stand in no
address, no history and no log.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext
from django.views.decorators.debug import sensitive_post_parameters

from clients.models import Client
from clients.reach import CLIENT
from counsel.accounts.roles import counsellor_of
from counsel.desk.caseload.finding import FindForm
from counsel.reminders.admin import ReminderAdmin
from sessions.wording import zone_words

if TYPE_CHECKING:
    _Base = ReminderAdmin
else:
    _Base = object

# Of so many clients at once; whoever has more of that name writes more of it.
MOST_CLIENTS = 20
_FOUND = "_found_persons"


class Finding(_Base):
    """For who has a caseload: the ledger knows keys, and a manager no names."""

    @method_decorator(sensitive_post_parameters("q"))
    def find_view(self, request: HttpRequest) -> HttpResponse:
        if counsellor_of(request.user) is None:
            raise PermissionDenied
        if request.method != "POST":
            return redirect("admin:reminders_reminder_changelist")
        form = FindForm(request.POST)
        if not form.is_valid():
            response = self._list(request, {"find_form": form})
            response.status_code = 422
            return response
        words = form.cleaned_data["q"]
        keys = _clients_called(request, words)
        setattr(request, _FOUND, [f"{CLIENT}:{key}" for key in keys[:MOST_CLIENTS]])
        context = {
            "find_form": form,
            "found_by": words,
            "clients_found": len(keys[:MOST_CLIENTS]),
            "more_clients": len(keys) > MOST_CLIENTS,
            "title": gettext("Messages found"),
        }
        return self._list(request, context)

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
        return rows.filter(person__in=getattr(request, _FOUND)) if _is_search(request) else rows

    def get_list_filter(self, request: HttpRequest) -> list[Any]:
        return [] if _is_search(request) else super().get_list_filter(request)

    def get_sortable_by(self, request: HttpRequest) -> Any:
        # A link that sorts would lead away from what was found.
        return () if _is_search(request) else super().get_sortable_by(request)

    def _list(self, request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
        response: HttpResponse = self.changelist_view(request, context)
        return response


def _clients_called(request: HttpRequest, words: str) -> list[Any]:
    rows = Client.objects.visible_to(request.user)
    found = rows.filter(Q(name__icontains=words) | Q(email__icontains=words))
    return list(found.order_by("name", "pk").values_list("pk", flat=True)[: MOST_CLIENTS + 1])


def _is_search(request: HttpRequest) -> bool:
    return hasattr(request, _FOUND)
