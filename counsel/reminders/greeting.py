"""How a message begins. `name` is empty, except for a reader who asked for plain words."""

from __future__ import annotations

from django.utils.translation import gettext as _


def greeting(name: str) -> str:
    """'Hello,' or, with the first of what somebody is called by, 'Hello Anna,'."""
    names = name.split()
    return _("Hello %(name)s,") % {"name": names[0]} if names else _("Hello,")


def greeted(name: str, line: str) -> str:
    """The same for a message of one line: 'Hello Anna. Confirmed: …', or the line alone."""
    names = name.split()
    return _("Hello %(name)s. %(line)s") % {"name": names[0], "line": line} if names else line
