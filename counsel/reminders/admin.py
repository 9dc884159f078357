from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from counsel.accounts.roles import counsellor_of
from counsel.audit.recorded_admin import RecordedAdmin
from counsel.reminders.fates import SHAPES, kind_words, tells_what_clients_do, why
from counsel.reminders.models import Channel, Reminder, State
from counsel.reminders.registry import kinds


class StateFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("trouble", _("May not have arrived, lately")),
            ("late", _("Due, not gone out yet")),
            *((value, capfirst(label)) for value, label in State.choices),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        rows: Any = queryset
        if self.value() == "trouble":
            trouble: QuerySet[Any] = rows.lately_in_trouble(timezone.now())
            return trouble
        if self.value() == "late":
            late: QuerySet[Any] = rows.late(timezone.now())
            return late
        if self.value() in (State.QUEUED, State.CLAIMED):
            # As they are; said so that they are found by the index of what is open.
            queryset = queryset.filter(finished_at=None)
        return queryset.filter(state=self.value()) if self.value() in State.values else queryset


class ChannelFilter(admin.SimpleListFilter):
    title = _("channel")
    parameter_name = "channel"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(value, capfirst(label)) for value, label in Channel.choices]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Reminder]) -> QuerySet[Reminder]:
        chosen = self.value()
        return queryset.filter(channel=chosen) if chosen in Channel.values else queryset


class KindFilter(admin.SimpleListFilter):
    """By the kinds the reader may see a row of at all, and by what one of them speaks of.

    Nobody with a caseload is told what it spoke of: of one that failed it would say what had been
    done by then.
    """

    title = _("message")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        is_counsellor = counsellor_of(request.user) is not None
        seen = [kind for kind in kinds() if not (is_counsellor and kind.unseen_by_counsellors)]
        choices = [(kind.key, capfirst(str(kind.label))) for kind in seen]
        if not is_counsellor:
            choices += [
                (f"{kind.key}:{part}", f"{capfirst(str(kind.label))}: {words}")
                for kind in seen
                for part, words in kind.parts.items()
            ]
        return sorted(choices, key=lambda choice: choice[1])

    def queryset(self, request: HttpRequest, queryset: QuerySet[Reminder]) -> QuerySet[Reminder]:
        key, _colon, part = (self.value() or "").partition(":")
        if part and counsellor_of(request.user) is None:
            queryset = queryset.filter(about__contains=part)
        return queryset.filter(kind=key) if key else queryset


class ReminderAdmin(RecordedAdmin):
    """What was sent, what was not, and why: to read only, since the ledger is written by rules.

    A row shows keys and times, neither names nor words. The desk registers it, with names.
    """

    counsellor_may = frozenset({"view"})
    manager_may = technician_may = frozenset({"view"})
    list_display = ("due", "fate", "what", "to_whom")
    list_filter: ClassVar[Any] = (StateFilter, "due_at", ChannelFilter, KindFilter)
    # By the one column that an index keeps in order.
    sortable_by = ("due",)
    list_per_page = 50
    # What is due at one moment stands in an order that no random key decides.
    ordering = ("-due_at", "kind", "occurrence", "pk")
    fields = (
        *("what", "channel", "subject", "person", "how", "why"),
        *("due_at", "not_after", "attempts", "try_at"),
        *("handed_over_at", "resent_at", "finished_at"),
        *("copy", "asked_again", "asked_again_at"),
    )
    readonly_fields: ClassVar[tuple[str, ...]] = ("what", "how", "why")

    def client_id_of(self, obj: Any) -> uuid.UUID | None:
        """None: a row alone names nobody."""
        return None

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """How often it was tried, and when, would tell whether it was still needed."""
        if obj and tells_what_clients_do(obj) and counsellor_of(request.user):
            return ("what", "channel", "person", "how", "why", "due_at")
        return super().get_fields(request, obj)

    @admin.display(description=_("due"), ordering="due_at")
    def due(self, reminder: Reminder) -> str:
        """In the reader's zone; the year only where it is not this one."""
        moment = timezone.localtime(reminder.due_at)
        this_year = moment.year == timezone.localtime().year
        return date_format(moment, "j M, H:i" if this_year else "j M Y, H:i")

    @admin.display(description=_("message"))
    def what(self, reminder: Reminder) -> str:
        return kind_words(reminder)

    @admin.display(description=_("to"))
    def to_whom(self, reminder: Reminder) -> str:
        role, _colon, key = reminder.person.partition(":")
        return f"{role} {key[:8]}"

    @admin.display(description=_("state"))
    def fate(self, reminder: Reminder) -> SafeString:
        reason = why(reminder)
        if not reason:
            return self.how(reminder)
        return format_html("{}<br>{}", self.how(reminder), reason)

    @admin.display(description=_("why"))
    def why(self, reminder: Reminder) -> str:
        return why(reminder) or "-"

    @admin.display(description=_("state"))
    def how(self, reminder: Reminder) -> SafeString:
        state = State(reminder.state)
        words = capfirst(str(state.label))
        return format_html('<span class="status status-{}">{}</span>', SHAPES[state], words)
