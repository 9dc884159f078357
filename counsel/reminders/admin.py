from __future__ import annotations

from django.contrib import admin
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from counsel.accounts.scoped_admin import ScopedAdmin
from counsel.reminders.models import Reminder, State
from counsel.reminders.registry import get_kind

# Each state has a shape of its own (docs/look.md), so that colour never speaks alone.
SHAPES = {
    State.QUEUED: "wait",
    State.CLAIMED: "wait",
    State.SENT: "done",
    State.SKIPPED: "off",
    State.CANCELLED: "off",
    State.UNCERTAIN: "new",
    State.FAILED: "risk",
}


@admin.register(Reminder)
class ReminderAdmin(ScopedAdmin):
    """What was sent, what was not, and why: to read only, since the ledger is written by rules.

    A row shows keys and times, neither names nor words.
    """

    counsellor_may = frozenset({"view"})
    manager_may = frozenset({"view"})
    list_display = ("due_at", "what", "to_whom", "how", "reason", "attempts", "finished_at")
    list_filter = ("state",)
    list_per_page = 50
    ordering = ("-due_at", "pk")
    fields = (
        *("what", "subject", "person", "how", "reason"),
        *("due_at", "not_after", "attempts", "try_at"),
        *("handed_over_at", "resent_at", "finished_at"),
    )
    readonly_fields = ("what", "how")

    @admin.display(description=_("message"))
    def what(self, reminder: Reminder) -> str:
        try:
            return str(get_kind(reminder.kind).label)
        except KeyError:
            return reminder.kind

    @admin.display(description=_("to"))
    def to_whom(self, reminder: Reminder) -> str:
        role, _colon, key = reminder.person.partition(":")
        return f"{role} {key[:8]}"

    @admin.display(description=_("state"), ordering="state")
    def how(self, reminder: Reminder) -> SafeString:
        state = State(reminder.state)
        return format_html('<span class="status status-{}">{}</span>', SHAPES[state], state.label)
