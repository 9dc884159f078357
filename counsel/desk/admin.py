"""Registers the pages that join several apps; each app registers its other tables itself."""

from __future__ import annotations

from django.contrib import admin

from clients.models import Client
from counsel.desk.caseload.admin import CaseloadAdmin
from counsel.desk.ledger.admin import LedgerAdmin
from counsel.desk.shared_entries import SharedEntryAdmin
from counsel.reminders.models import Reminder
from exercises.models import Entry

admin.site.register(Client, CaseloadAdmin)
admin.site.register(Entry, SharedEntryAdmin)
admin.site.register(Reminder, LedgerAdmin)
