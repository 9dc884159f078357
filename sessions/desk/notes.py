"""The list of notes, and the practice's own formats. A note's page stands with its client."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from counsel.accounts.scoped_admin import ScopedAdmin
from counsel.audit.recorded_admin import RecordedAdmin
from sessions.desk.display import short_when
from sessions.desk.notes_forms import NoteTemplateForm
from sessions.models import ConsultationNote, NoteTemplate


class StateFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("unsigned", _("Not signed")), ("signed", _("Signed"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        wanted = {"unsigned": True, "signed": False}.get(self.value() or "")
        return queryset if wanted is None else queryset.filter(signed_at__isnull=wanted)


@admin.register(ConsultationNote)
class ConsultationNoteAdmin(RecordedAdmin):
    """No search: what is typed into it would stand in the address and in logs."""

    counsellor_may = frozenset({"view"})
    list_display = ("day", "client_name", "format", "state")
    list_filter = (StateFilter,)
    list_select_related = ("consultation__client", "consultation__counsellor")
    list_per_page = 50
    ordering = ("-consultation__starts_at", "-pk")

    def client_id_of(self, obj: Any) -> uuid.UUID:
        client_id: uuid.UUID = obj.consultation.client_id
        return client_id

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        # No list of notes reads a word of them.
        return super().get_queryset(request).defer("sections", "agreed")

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        return self._its_page(request, object_id) or super().change_view(
            request, object_id, form_url, extra_context
        )

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return self._its_page(request, object_id) or super().history_view(
            request, object_id, extra_context
        )

    def _its_page(self, request: HttpRequest, object_id: str) -> HttpResponse | None:
        note = self.get_object(request, object_id)
        if note is None or not self.has_view_permission(request):
            return None
        return redirect("admin:clients_client_note", self.client_id_of(note), note.consultation_id)

    def row_words(self, obj: Any) -> str:
        return f"{obj.consultation.client.name}, {self.day(obj)}"

    @admin.display(description=_("consultation"), ordering="consultation__starts_at")
    def day(self, note: ConsultationNote) -> str:
        consultation = note.consultation
        return short_when(consultation.starts_at, consultation.counsellor.zone)

    @admin.display(description=_("client"), ordering="consultation__client__name")
    def client_name(self, note: ConsultationNote) -> SafeString:
        return format_html("<bdi>{}</bdi>", note.consultation.client.name)

    @admin.display(description=_("state"), ordering="signed_at")
    def state(self, note: ConsultationNote) -> SafeString:
        shape, words = ("done", _("signed")) if note.signed_at else ("wait", _("not signed"))
        return format_html('<span class="status status-{}">{}</span>', shape, words)


@admin.register(NoteTemplate)
class NoteTemplateAdmin(ScopedAdmin):
    """No deleting: what is not offered any more is taken out of use."""

    counsellor_may = frozenset({"view"})
    manager_may = frozenset({"view", "add", "change"})
    form = NoteTemplateForm
    list_display = ("name", "in_use")
    list_filter = ("in_use",)
