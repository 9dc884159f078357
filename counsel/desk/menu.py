"""The side list of the desk: the lists there are, under the work they belong to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

# A dot names a table, anything else a page of the desk: for everybody there, for those who have a
# caseload, or for those who run the practice.
_GROUPS: tuple[tuple[StrOrPromise, tuple[str, ...]], ...] = (
    (
        _("Clients"),
        (
            "clients.client",
            "exercises.entry",
            "exercises.riskflag",
            "consultations.consultationnote",
            "exercises.assignment",
            "cover",
            "emergency",
            "erasing",
        ),
    ),
    (
        _("Time"),
        (
            "consultations_consultation_calendar",
            "consultations.consultation",
            "consultations.series",
            "consultations.waitingentry",
            "consultations.availabilityrule",
            "consultations.service",
            "consultations.importedcalendar",
        ),
    ),
    (
        _("Exercises"),
        ("exercises.exercise", "exercises.programme", "exercises.enrolment", "measures"),
    ),
    (
        _("Practice"),
        (
            "your_page",
            "practice_numbers",
            "accounts.counsellor",
            "reminders.reminder",
            "letters",
            "consultations.notetemplate",
            "accounts.practice",
            "accounts.user",
            "odd_access",
            "audit.accessevent",
        ),
    ),
)
_EVERYBODYS = {"emergency": _("In an emergency")}
_PAGES = {
    "cover": _("From colleagues"),
    "erasing": _("Only kept"),
    "consultations_consultation_calendar": _("Calendar"),
    "measures": _("Measures"),
    "your_page": _("Your page"),
    "letters": _("Words of messages"),
}
_MANAGERS_PAGES = {
    "odd_access": _("Odd access"),
    "practice_numbers": _("Numbers"),
    "letters": _("Words of messages"),
    "erasing": _("Only kept"),
}


@dataclass(frozen=True, slots=True)
class Entry:
    name: StrOrPromise
    url: str
    is_current: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    name: StrOrPromise
    entries: list[Entry]


def menu_of(
    apps: Iterable[dict[str, Any]], path: str, *, has_caseload: bool, runs_practice: bool
) -> list[Group]:
    """`apps` as Django lists them for the reader, who is at `path`.

    A table no group names stands last of all.
    """
    found = {
        model["model"]._meta.label_lower: Entry(model["name"], model["admin_url"])
        for app in apps
        for model in app["models"]
        if model["admin_url"]
    }
    pages = {
        **_EVERYBODYS,
        **(_PAGES if has_caseload else {}),
        **(_MANAGERS_PAGES if runs_practice else {}),
    }
    found |= {key: Entry(name, reverse(f"admin:{key}")) for key, name in pages.items()}
    # The calendar's address begins like that of the consultations.
    near = [key for key, entry in found.items() if path.startswith(entry.url)]
    if near:
        current = max(near, key=lambda key: len(found[key].url))
        found[current] = replace(found[current], is_current=True)
    groups = [
        Group(name, [found.pop(key) for key in keys if key in found]) for name, keys in _GROUPS
    ]
    groups[-1].entries.extend(found.values())
    return [group for group in groups if group.entries]
