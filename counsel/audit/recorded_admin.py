from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from django.contrib.admin.views.main import ChangeList
from django.db import transaction
from django.http import HttpRequest, HttpResponse

from counsel.accounts.scoped_admin import ScopedAdmin
from counsel.audit.models import Verb
from counsel.audit.services import Shown, record_access, record_listed


class RecordedAdmin(ScopedAdmin):
    """Pages that show a client's record: each look and each change leaves one access event.

    An event that cannot be written fails the page, before anything is shown.
    """

    def client_id_of(self, obj: Any) -> uuid.UUID | None:
        """Whose record `obj` is part of; None where it is of nobody who is a client yet."""
        client_id: uuid.UUID | None = obj.client_id
        return client_id

    def record(self, request: HttpRequest, obj: Any, verb: Verb) -> None:
        record_access(verb=verb, subject=obj, client_id=self.client_id_of(obj), request=request)

    # One statement writes the events of so many rows.
    list_per_page = 50

    def rows_shown(self, page: ChangeList) -> Iterable[Shown]:
        """What a page of the list tells of clients, each row with whose it is."""
        for obj in page.result_list:
            client_id = self.client_id_of(obj)
            if client_id is not None:
                yield type(obj), obj.pk, client_id

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        response = super().changelist_view(request, extra_context)
        page = getattr(response, "context_data", None) or {}
        if "cl" in page:
            # Before it is rendered, which happens after this.
            record_listed(request, self.rows_shown(page["cl"]))
        return response

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        obj = context.get("original")
        if obj is not None:
            self.record(request, obj, Verb.READ)
        return super().render_change_form(request, context, *args, **kwargs)

    def render_delete_form(self, request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
        self.record(request, context["object"], Verb.READ)
        return super().render_delete_form(request, context)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        with transaction.atomic():
            response: HttpResponse = super().history_view(request, object_id, extra_context)
            obj = self.get_object(request, object_id)
            if obj is not None:
                self.record(request, obj, Verb.READ)
        return response

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        self.record(request, obj, Verb.CREATE)
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        self.record(request, obj, Verb.CHANGE)
        return super().log_change(request, obj, message)
