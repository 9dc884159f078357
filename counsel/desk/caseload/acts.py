"""What is done with several clients at once. All of it happens or nothing, each record notes it,
and what sends no message says so.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from clients.services import client_status_change, invitation_send
from counsel.audit.models import Verb
from counsel.audit.recorded_admin import RecordedAdmin
from counsel.desk import assigning
from counsel.desk.caseload import programming, resting

if TYPE_CHECKING:
    _Base = RecordedAdmin
else:
    _Base = object

Status = Client.Status


class CaseloadActs(_Base):
    actions = ("assign", "programme", "rest", "active", "paused", "ended", "invite")

    @admin.action(description=_("Assign an exercise"), permissions=["change"])
    def assign(self, request: HttpRequest, queryset: QuerySet[Client]) -> HttpResponse:
        return assigning.assign_page(request, list(queryset))

    @admin.action(description=_("Give a programme"), permissions=["change"])
    def programme(self, request: HttpRequest, queryset: QuerySet[Client]) -> HttpResponse:
        return programming.choose_page(request, list(queryset))

    @admin.action(description=_("Let practice rest (no message)"), permissions=["change"])
    def rest(self, request: HttpRequest, queryset: QuerySet[Client]) -> HttpResponse:
        return resting.rest_page(request, list(queryset))

    @admin.action(description=_("Set to active (no message)"), permissions=["change"])
    def active(self, request: HttpRequest, queryset: QuerySet[Client]) -> None:
        self._set_all(request, queryset, Status.ACTIVE)

    @admin.action(description=_("Set to paused (no message)"), permissions=["change"])
    def paused(self, request: HttpRequest, queryset: QuerySet[Client]) -> None:
        self._set_all(request, queryset, Status.PAUSED)

    @admin.action(description=_("Set to ended (no message)"), permissions=["change"])
    def ended(self, request: HttpRequest, queryset: QuerySet[Client]) -> None:
        self._set_all(request, queryset, Status.ENDED)

    @admin.action(description=_("Invite to the portal by e-mail"), permissions=["change"])
    def invite(self, request: HttpRequest, queryset: QuerySet[Client]) -> None:
        chosen = list(queryset.select_related("counsellor"))
        invited = [client for client in in_order(chosen) if client.user_id is None]
        with transaction.atomic():
            for client in invited:
                invitation_send(client=client)
            for client in invited:
                self.record(request, client, Verb.CHANGE)
        if invited:
            words = ngettext(
                "The invitation goes out within a minute or two.",
                "The invitations to %(count)s clients go out within a minute or two.",
                len(invited),
            )
            messages.success(request, words % {"count": len(invited)})
        there = len(chosen) - len(invited)
        if there:
            words = ngettext(
                "%(count)s client uses the portal already.",
                "%(count)s clients use the portal already.",
                there,
            )
            messages.info(request, words % {"count": there})

    def _set_all(self, request: HttpRequest, queryset: QuerySet[Any], status: Status) -> None:
        with transaction.atomic():
            changed = [
                client
                for client in in_order(queryset)
                if client_status_change(client=client, status=status)
            ]
            for client in changed:
                self.record(request, client, Verb.CHANGE)
        words = ngettext(
            "%(count)s client is %(status)s now. Nobody was told.",
            "%(count)s clients are %(status)s now. Nobody was told.",
            len(changed),
        )
        if changed:
            messages.success(request, words % {"count": len(changed), "status": status.label})
        else:
            messages.info(request, gettext("They were that before. Nothing was changed."))


def in_order(clients: Iterable[Client]) -> list[Client]:
    """Always the same, so that two who change the same rows wait for each other, never both."""
    return sorted(clients, key=lambda client: client.pk)
