"""Reads the reports that mail servers send back about one of our mails (RFC 3464).

What such a report is about is told by the Message-ID of the mail it returns, which nobody can
guess, and by nothing else: an address in it may be anybody's invention.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, message_from_string
from email.message import Message
from email.utils import parseaddr
from enum import Enum
from uuid import UUID

# Of anything longer the beginning will do: the report stands before the mail it returns, and ours
# are short. Anybody may write to the mailbox of reports, and a long one takes long to read.
LONGEST = 200_000

# Under that name a mail sent by a provider carries its row with it.
ROW = "row"

_MESSAGE_ID = re.compile(r"<([0-9a-f]{32})@[^<>\s]+>")
_STATUS = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
_REPORTS = frozenset({"message/delivery-status", "message/global-delivery-status"})
_RETURNED = frozenset(
    {"message/rfc822", "message/global", "text/rfc822-headers", "message/global-headers"}
)
# About a full mailbox, a mail too large, our words or our server: the address itself is right.
_NOT_THE_ADDRESS = re.compile(r"5\.(2\.[23]|3\.\d+|6\.\d+|7\.\d+)")


class Fate(Enum):
    # Still on its way, the server says.
    DELAYED = "delayed"
    # It did not arrive; the next one may.
    LOST = "lost"
    # Nothing will ever arrive at that address.
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Bounce:
    """What became of one row's mail. `status` is like "5.1.1", or empty; `address` is where we
    had sent it, or empty where the report does not say.
    """

    row: UUID
    fate: Fate
    status: str
    address: str


def read_bounce(raw: bytes) -> Bounce | None:
    """None for what is no report about a mail of ours, or says that all is well."""
    try:
        return _read(message_from_bytes(raw[:LONGEST]))
    except RecursionError:
        # Parts within parts within parts: no mail server writes that.
        return None


def _read(report: Message) -> Bounce | None:
    parts = list(report.walk())
    told = _worst(block for part in parts for block in _recipients(part))
    row = _row(report, parts)
    if told is None or row is None:
        return None
    status = _STATUS.search(_text(told, "Status") or _text(told, "Diagnostic-Code"))
    code = status.group() if status else ""
    return Bounce(row, fate_of(_action(told), code), code, _address(parts, told))


def fate_of(action: str, status: str) -> Fate:
    """`action` is the report's word for it: "failed" or "delayed"."""
    if action == "delayed":
        return Fate.DELAYED
    is_final = status.startswith("5.") and not _NOT_THE_ADDRESS.fullmatch(status)
    return Fate.REFUSED if is_final else Fate.LOST


def row_of_message_id(text: str) -> UUID | None:
    """The row whose mail has that Message-ID."""
    found = _MESSAGE_ID.search(text)
    return UUID(found.group(1)) if found else None


def _recipients(part: Message) -> Iterator[Message]:
    """The blocks about one recipient each; the first of all is about the server."""
    if part.get_content_type() not in _REPORTS:
        return
    payload = part.get_payload()
    blocks = [block for block in payload if isinstance(block, Message)] if payload else []
    for block in blocks:
        yield block
        # Of one in another charset the reader has made a mail, with the rest as its words.
        rest = block.get_payload()
        if isinstance(rest, str) and rest.strip():
            yield from (message_from_string(text) for text in re.split(r"\r?\n\r?\n", rest.strip()))


def _worst(blocks: Iterator[Message]) -> Message | None:
    found = {_action(block): block for block in blocks}
    return found.get("failed") or found.get("delayed")


def _action(block: Message) -> str:
    return next(iter(_text(block, "Action").lower().split()), "")


def _row(report: Message, parts: list[Message]) -> UUID | None:
    for header in ("Message-ID", "In-Reply-To", "References"):
        # Its own Message-ID is the server's; those of what it returns are ours.
        sources = _returned(parts) if header == "Message-ID" else iter([report])
        for source in sources:
            if row := row_of_message_id(_text(source, header)):
                return row
    return None


def _returned(parts: list[Message]) -> Iterator[Message]:
    for part in parts:
        if part.get_content_type() not in _RETURNED:
            continue
        payload = part.get_payload()
        if isinstance(payload, str):
            text = part.get_payload(decode=True)
            yield message_from_bytes(text if isinstance(text, bytes) else payload.encode())
        else:
            yield from (inner for inner in payload if isinstance(inner, Message))


def _address(parts: list[Message], told: Message) -> str:
    """To whom we had written: of a forwarded mail the report names another."""
    for mail in _returned(parts):
        if address := parseaddr(_text(mail, "To"))[1]:
            return address
    recipient = _text(told, "Original-Recipient") or _text(told, "Final-Recipient")
    return recipient.partition(";")[2].strip()


def _text(message: Message, header: str) -> str:
    return str(message.get(header, ""))
