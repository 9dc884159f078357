"""Addresses whose host only looks like another one: `аpple.com`, whose first letter is Cyrillic."""

from __future__ import annotations


def spelt_out(address: str) -> str:
    """The address as it was typed, and behind it the host that a mail to it goes to.

    Plain addresses are told as they are. A host that cannot be written in plain letters, to which
    no mail can go, is told letter by letter.
    """
    _name, at, host = address.rpartition("@")
    if not at or host.isascii():
        return address
    return f"{address} ({_plain(host)})"


def _plain(host: str) -> str:
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError:
        return host.encode("ascii", "backslashreplace").decode("ascii")
