"""Lets tests look at rows without saying whose: they check what the product did to everybody's.

Only a question that a test asks itself. One that product code asks, a test's request to a page
included, is refused as in production.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import django.db.models

from counsel.accounts import querysets

_TESTS = f"{Path(__file__).parent}/"
_ON_THE_WAY = (f"{Path(django.db.models.__file__).parent}/", querysets.__file__, __file__)
refuse = querysets.SaysWhose._must_say_whose


def _must_say_whose(rows):
    asking: Any = sys._getframe(1)
    while asking.f_code.co_filename.startswith(_ON_THE_WAY):
        asking = asking.f_back
    if not asking.f_code.co_filename.startswith(_TESTS):
        refuse(rows)


def allow() -> None:
    querysets.SaysWhose._must_say_whose = _must_say_whose  # type: ignore[method-assign]
