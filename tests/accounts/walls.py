"""An admin with every kind of door, open as wide as `ScopedAdmin` lets them be.

The product's own admins use few of them; the wall must hold for the next one, too.
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib import admin
from django.urls import path

import counsel.urls
from clients.models import Client, Invitation
from counsel.accounts.models import User
from counsel.accounts.scoped_admin import ScopedAdmin, ScopedInline
from counsel.desk.site import DeskSite
from exercises.models import Assignment, ExerciseVersion
from sessions.models import IntakeQuestion, Service

ALL = frozenset({"view", "add", "change", "delete"})
site = DeskSite()


class ClientDoors(ScopedAdmin):
    counsellor_may = ALL
    owner_field = "counsellor"
    fields = ("name", "email", "time_zone", "status")
    list_display = ("name",)
    ordering = ("name",)
    search_fields = ("name",)


class AssignmentDoors(ScopedAdmin):
    """A plain select, a list that is edited in place, a filter over a foreign key."""

    counsellor_may = ALL
    fields = ("client", "version", "rationale", "rhythm", "starts_on")
    list_display = ("__str__", "client", "rhythm")
    list_editable = ("client",)
    list_filter = ("client", "rhythm")


class InvitationDoors(ScopedAdmin):
    counsellor_may = ALL
    autocomplete_fields = ("client",)


class VersionDoors(ScopedAdmin):
    counsellor_may = ALL


class QuestionInline(ScopedInline):
    model = IntakeQuestion
    fields = ("kind", "label")


class ServiceDoors(ScopedAdmin):
    """Rows that may be looked at, with rows of theirs below them."""

    counsellor_may = frozenset({"view"})
    fields = ("name",)
    inlines = (QuestionInline,)


class UserDoors(ScopedAdmin):
    counsellor_may = ALL
    fields: ClassVar[list[str]] = ["name", "groups"]


site.register(Client, ClientDoors)
site.register(Assignment, AssignmentDoors)
site.register(Invitation, InvitationDoors)
site.register(ExerciseVersion, VersionDoors)
site.register(User, UserDoors)
site.register(Service, ServiceDoors)
# The side list leads to pages of the others.
for model, own in admin.site._registry.items():
    if not site.is_registered(model):
        site.register(model, type(own))

# Everything else stays where it is: pages link to it.
urlpatterns = [
    path("admin/", site.urls),
    *(url for url in counsel.urls.urlpatterns if str(url.pattern) != "admin/"),
]
