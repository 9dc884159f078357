"""The mailbox of a Counsel without a mail server: each mail a file, to be read in the desk.

For the embedded run, where everybody is a demo person. Whoever may enter the desk may read
every mail here, sign-in codes included, so the page is there on this machine alone. With real
people, set COUNSEL_MAIL_URL to a real server (a deployment check says so).
"""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage as ParsedMail
from email.policy import default
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from counsel.reminders.hosts import is_only_here

BACKEND = "counsel.reminders.mailbox.EmailBackend"
NEWEST = 100
_STAMP = "%Y%m%dT%H%M%S%f"
_NAME = re.compile(r"\d{8}T\d{12}-[0-9a-f]{8}")


class EmailBackend(BaseEmailBackend):
    """Writes `<time in UTC>-<random>.eml`, readable by us alone, there whole or not at all."""

    def open(self) -> None:
        folder().mkdir(mode=0o700, parents=True, exist_ok=True)
        folder().chmod(0o700)

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        self.open()
        for message in email_messages:
            _write(message.message().as_bytes(linesep="\r\n"))  # type: ignore[call-arg]
        return len(email_messages)


def _write(raw: bytes) -> None:
    name = f"{datetime.now(UTC):{_STAMP}}-{secrets.token_hex(4)}"
    unfinished = folder() / f"{name}.new"
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(raw)
    unfinished.rename(folder() / f"{name}.eml")


def in_use() -> bool:
    return settings.EMAIL_BACKEND == BACKEND


def can_be_read() -> bool:
    return in_use() and is_only_here()


def folder() -> Path:
    # Set with the backend by COUNSEL_MAIL_URL (`counsel.env.mail`).
    return Path(settings.EMAIL_FILE_PATH)  # type: ignore[misc]


@dataclass(frozen=True, slots=True)
class File:
    """An attachment; `text` is what can be shown of it."""

    name: str
    mimetype: str
    content: bytes
    text: str


@dataclass(frozen=True, slots=True)
class Mail:
    name: str
    at: datetime
    to: str
    sender: str
    subject: str
    body: str
    files: tuple[File, ...]


def forget(addresses: Iterable[str]) -> None:
    """Delete the mails to these addresses, where they are kept at all."""
    if not in_use():
        return
    gone = {address.lower() for address in addresses}
    for file in folder().glob("*.eml"):
        mail = read(file.stem)
        if mail is not None and any(address in mail.to.lower() for address in gone):
            file.unlink(missing_ok=True)


def newest() -> list[Mail]:
    """The last hundred mails, newest first."""
    names = sorted((file.stem for file in folder().glob("*.eml")), reverse=True)
    return [mail for name in names[:NEWEST] if (mail := read(name))]


def read(name: str) -> Mail | None:
    """The mail of that name; None for a name that is none, so no path leads out of the folder."""
    if not _NAME.fullmatch(name):
        return None
    try:
        raw = (folder() / f"{name}.eml").read_bytes()
    except FileNotFoundError:
        return None
    message = message_from_bytes(raw, policy=default)
    body = message.get_body(("plain", "html"))
    return Mail(
        name=name,
        at=datetime.strptime(name.partition("-")[0], _STAMP).replace(tzinfo=UTC),
        to=str(message["To"]),
        sender=str(message["From"]),
        subject=str(message["Subject"]),
        body=body.get_content() if body else "",
        files=tuple(_files(message)),
    )


def _files(message: ParsedMail) -> Iterator[File]:
    for part in message.iter_attachments():
        content = part.get_content()
        text = content if isinstance(content, str) else ""
        raw = part.get_payload(decode=True)
        yield File(
            name=part.get_filename() or "file",
            mimetype=part.get_content_type(),
            content=raw if isinstance(raw, bytes) else b"",
            text=text,
        )
