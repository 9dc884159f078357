"""A look at the caseload as its address spells it: filters and order, and nothing else."""

from __future__ import annotations

import re

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.models import Client
from counsel.desk.caseload.filters import EVERYBODY, NeedFilter, StatusFilter
from counsel.desk.needs import Need, label, rules

_STATUS, _NEED, _ORDER = StatusFilter.parameter_name, NeedFilter.parameter_name, "o"
_ORDERS = re.compile(r"-?\d{1,2}(\.-?\d{1,2}){0,9}", re.ASCII)


def look_of(address: str) -> str:
    """What of a query string the list knows, always spelt in one way; '' where that is nothing.

    Nothing else may be kept: an address that was put together by hand could hold anything.
    """
    given = QueryDict(address[:2_000])
    known = QueryDict(mutable=True)
    if given.get(_STATUS) in {*Client.Status.values, EVERYBODY}:
        known[_STATUS] = given[_STATUS]
    if given.get(_NEED) in Need.values:
        known[_NEED] = given[_NEED]
    if _ORDERS.fullmatch(given.get(_ORDER, "")):
        known[_ORDER] = given[_ORDER]
    return known.urlencode()


def words_of(look: str) -> list[str]:
    """What such a look shows, in words."""
    given, words = QueryDict(look), []
    if _STATUS in given:
        status = given[_STATUS]
        everybody = status == EVERYBODY
        words.append(_("everybody") if everybody else str(Client.Status(status).label))
    if _NEED in given:
        words.append(str(label(Need(given[_NEED]), rules(timezone.now()))))
    if _ORDER in given:
        words.append(_("in an order of its own"))
    return words
