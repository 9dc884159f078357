from __future__ import annotations

import uuid
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse

from counsel.accounts.scoped_admin import ScopedAdmin
from counsel.audit.models import Verb
from counsel.audit.services import record_access


class RecordedAdmin(ScopedAdmin):
    """Pages that show a client's record: each look and each change leaves one access event.

    An event that cannot be written fails the page, before anything is shown.
    """

    def client_id_of(self, obj: Any) -> uuid.UUID:
        """Whose record `obj` is part of."""
        client_id: uuid.UUID = obj.client_id
        return client_id

    def record(self, request: HttpRequest, obj: Any, verb: Verb) -> None:
        record_access(verb=verb, subject=obj, client_id=self.client_id_of(obj), request=request)

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
