"""Django's SMTP backend, made to tell "surely not sent" from "nobody knows"."""

from __future__ import annotations

import re
import smtplib
import socket
import time
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.mail.backends import smtp

from counsel.reminders.hosts import mail_host

_TAKEN = 250
_GO_ON = 354
_HANGS_UP = 421
_REFUSED = range(400, 600)
_CHUNK = 8192
_LINE_BREAK = re.compile(r"[\r\n]")
_FIRST_DOT = re.compile(rb"(?m)^\.")


class MaybeSent(Exception):
    """The connection broke while the server was taking the message in (RFC 1047)."""


class _Lines:
    """What smtplib reads replies from. Each reply is there, whole, by its time.

    A socket's own timeout starts anew with every byte: a server that sends one a second would
    hold us for hours.
    """

    def __init__(self, sock: socket.socket) -> None:
        self._sock, self._read = sock, bytearray()
        self.until = 0.0

    def readline(self, limit: int) -> bytes:
        """As of a file; an OSError where the time is up."""
        while (end := self._read.find(b"\n") + 1) == 0 and len(self._read) < limit:
            self._sock.settimeout(max(self.until - time.monotonic(), 0.001))
            chunk = self._sock.recv(_CHUNK)
            if not chunk:
                break
            self._read += chunk
        line = bytes(self._read[: end or limit])
        del self._read[: len(line)]
        return line

    def close(self) -> None:
        """There is nothing to let go of: the socket has its own."""


class _Careful(smtplib.SMTP):
    def __init__(self, host: str, port: int, **options: Any) -> None:
        # The name we greet with ends up in a header: it must not be that of the machine.
        super().__init__(host, port, **{**options, "local_hostname": mail_host()})

    def getreply(self) -> tuple[int, bytes]:
        if self.sock is None:
            raise smtplib.SMTPServerDisconnected
        if self.file is None:
            self.file = _Lines(self.sock)
        self.file.until = time.monotonic() + settings.EMAIL_TIMEOUT
        return super().getreply()

    def send(self, s: Any) -> None:
        if self.sock is not None:
            self.sock.settimeout(settings.EMAIL_TIMEOUT)
        super().send(s)

    def sendmail(
        self,
        from_addr: str,
        to_addrs: str | Sequence[str],
        msg: Any,
        mail_options: Sequence[str] = (),
        rcpt_options: Sequence[str] = (),
    ) -> Any:
        """In two round trips, not four, where the server takes commands in a row (RFC 2920)."""
        self.ehlo_or_helo_if_needed()
        if mail_options or rcpt_options or len(to_addrs) != 1 or not self.has_extn("pipelining"):
            return super().sendmail(from_addr, to_addrs, msg, mail_options, rcpt_options)
        self._announce(from_addr, to_addrs[0], len(msg))
        code, reply = self._message(msg)
        if code != _TAKEN:
            self._give_up(code)
            raise smtplib.SMTPDataError(code, reply)
        return {}

    def data(self, msg: Any) -> tuple[int, bytes]:
        code, reply = self.docmd("data")
        if code != _GO_ON:
            raise smtplib.SMTPDataError(code, reply)
        return self._message(msg)

    def _announce(self, sender: str, reader: str, size: int) -> None:
        """Ends where the server waits for the message. Each answer is about its own command."""
        if _LINE_BREAK.search(sender + reader):
            raise ValueError("an address of several lines")
        limit = f" size={size}" if self.has_extn("size") else ""
        mail = f"mail FROM:{smtplib.quoteaddr(sender)}{limit}"
        self.send(f"{mail}\r\nrcpt TO:{smtplib.quoteaddr(reader)}\r\ndata\r\n")
        taken, words = self.getreply()
        if taken == _HANGS_UP:
            self._give_up(taken)
            raise smtplib.SMTPSenderRefused(taken, words, sender)
        known, why = self.getreply()
        waits, reason = self.getreply() if known != _HANGS_UP else (known, why)
        if waits == _GO_ON and (taken, known // 10) == (_TAKEN, 25):
            return
        # One that waits for a message to nobody would take the next command for its words.
        self._give_up(_HANGS_UP if waits == _GO_ON else waits)
        if taken != _TAKEN:
            raise smtplib.SMTPSenderRefused(taken, words, sender)
        if known // 10 != 25:
            raise smtplib.SMTPRecipientsRefused({reader: (known, why)})
        raise smtplib.SMTPDataError(waits, reason)

    def _message(self, msg: bytes) -> tuple[int, bytes]:
        """The server's answer to the message. Raises MaybeSent where there is none to go by."""
        whole = _FIRST_DOT.sub(b"..", msg)
        end = b".\r\n" if whole.endswith(b"\r\n") else b"\r\n.\r\n"
        try:
            self.send(whole + end)
            code, reply = self.getreply()
        except Exception as error:
            raise MaybeSent from error
        if code == _TAKEN or code in _REFUSED:
            return code, reply
        raise MaybeSent("an answer cut short, or none")

    def _give_up(self, code: int) -> None:
        if code == _HANGS_UP:
            self.close()
            return
        try:
            self.rset()
        except smtplib.SMTPServerDisconnected:
            return


class _CarefulTLS(_Careful, smtplib.SMTP_SSL):
    pass


class EmailBackend(smtp.EmailBackend):
    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        return _CarefulTLS if self.use_ssl else _Careful

    def open(self) -> bool | None:
        if self.connection is not None and self.connection.sock is None:
            # We had to hang up.
            self.connection = None
        return super().open()
