from __future__ import annotations

from django.apps import apps
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from counsel.accounts.scoped_admin import ScopedAdmin
from counsel.audit.models import AccessEvent


@admin.register(AccessEvent)
class AccessEventAdmin(ScopedAdmin):
    """Who looked at or changed what, without a client's name or address.

    For who runs the practice or the system.
    """

    manager_may = technician_may = frozenset({"view"})
    desk_name = _("Access log")
    list_display = ("at", "who", "verb", "what", "record", "ip")
    list_display_links = None
    list_filter = ("verb",)
    list_select_related = ("actor",)
    list_per_page = 50
    ordering = ("-sequence",)
    fields = ("at", "who", "verb", "what", "record", "request_id", "ip", "reason")

    @admin.display(description=_("who"))
    def who(self, event: AccessEvent) -> str:
        if event.actor is None:
            return str(_("the system"))
        return event.actor.get_full_name() if event.actor.is_staff else str(_("a client"))

    @admin.display(description=_("what"))
    def what(self, event: AccessEvent) -> str:
        try:
            return str(apps.get_model(event.subject)._meta.verbose_name)
        except LookupError:
            # The log outlives the tables it speaks of.
            return event.subject

    @admin.display(description=_("client's record"))
    def record(self, event: AccessEvent) -> str:
        return str(event.client_id)[:8] if event.client_id else ""
