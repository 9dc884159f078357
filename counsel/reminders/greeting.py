"""How a message begins."""

from __future__ import annotations

from django.utils.translation import gettext as _


def greeting(name: str) -> str:
    """'Hello,' or, with the first of what somebody is called by, 'Hello Anna,'."""
    names = name.split()
    return _("Hello %(name)s,") % {"name": names[0]} if names else _("Hello,")
