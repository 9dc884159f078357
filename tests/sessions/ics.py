"""Calendar files as other programs write them, from a few lines."""

from __future__ import annotations

import itertools

_count = itertools.count(1)


def event(*lines):
    own = [] if any(line.startswith("UID") for line in lines) else [f"UID:{next(_count)}@elsewhere"]
    return ["BEGIN:VEVENT", *own, "DTSTAMP:20300101T000000Z", *lines, "END:VEVENT"]


def file(*parts, name="VCALENDAR"):
    """A file of events, or of any other lines; strings stand for themselves."""
    lines = [f"BEGIN:{name}", "VERSION:2.0", "PRODID:-//Elsewhere//EN"]
    for part in parts:
        lines += [part] if isinstance(part, str) else part
    return "\r\n".join([*lines, f"END:{name}", ""]).encode()
