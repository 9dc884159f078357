"""Searching by POST alone, so that what is typed stands in no address, no history and no log: the
list answers its own form, at an address that says nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from counsel.accounts.scoped_admin import ScopedAdmin

if TYPE_CHECKING:
    _Base = ScopedAdmin
else:
    _Base = object

_FOUND = "_found"


class FindForm(forms.Form):
    q = forms.CharField(
        label=_("Name or e-mail address"),
        max_length=120,
        error_messages={"required": _("Write a part of the name or of the address.")},
    )


def called(words: str) -> Q:
    """Clients with these words in their name or address."""
    return Q(name__icontains=words) | Q(email__icontains=words)


def find(request: HttpRequest, what: object) -> None:
    """From here on this request's list is one of what was found."""
    setattr(request, _FOUND, what)


def is_search(request: HttpRequest) -> bool:
    return hasattr(request, _FOUND)


def found_in(request: HttpRequest) -> Any:
    return getattr(request, _FOUND)


class FoundByPost(_Base):
    def answer(self, request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
        response: HttpResponse = self.changelist_view(request, context)
        return response

    def refuse(self, request: HttpRequest, form: FindForm) -> HttpResponse:
        """The list again, with what is wrong beside what was typed."""
        response = self.answer(request, {"find_form": form})
        response.status_code = 422
        return response

    def get_list_filter(self, request: HttpRequest) -> list[Any]:
        return [] if is_search(request) else super().get_list_filter(request)

    def get_sortable_by(self, request: HttpRequest) -> Any:
        # A link that sorts would lead away from what was found.
        return () if is_search(request) else super().get_sortable_by(request)
