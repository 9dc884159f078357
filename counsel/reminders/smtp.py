"""Django's SMTP backend, made to tell "surely not sent" from "nobody knows"."""

from __future__ import annotations

import smtplib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from django.conf import settings
from django.core.mail.backends import smtp

from counsel.reminders.hosts import mail_host

_TAKEN = 250
_REFUSED = range(400, 600)


class MaybeSent(Exception):
    """The connection broke while the server was taking the message in (RFC 1047)."""


class _Careful(smtplib.SMTP):
    def __init__(self, host: str, port: int, **options: Any) -> None:
        # The name we greet with ends up in a header: it must not be that of the machine.
        super().__init__(host, port, **{**options, "local_hostname": mail_host()})

    def data(self, msg: Any) -> tuple[int, bytes]:
        try:
            code, reply = super().data(msg)
        except smtplib.SMTPDataError:
            raise
        except Exception as error:
            raise MaybeSent from error
        if code == _TAKEN or code in _REFUSED:
            return code, reply
        raise MaybeSent("an answer cut short, or none")

    def getreply(self) -> tuple[int, bytes]:
        # A socket's own timeout starts anew with every byte: a server that sends one a second
        # would hold us for hours.
        with _hang_up_after(self):
            return super().getreply()


class _CarefulTLS(_Careful, smtplib.SMTP_SSL):
    pass


class EmailBackend(smtp.EmailBackend):
    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        return _CarefulTLS if self.use_ssl else _Careful


@contextmanager
def _hang_up_after(connection: smtplib.SMTP) -> Iterator[None]:
    watch = threading.Timer(settings.EMAIL_TIMEOUT, _hang_up, [connection])
    watch.daemon = True
    watch.start()
    try:
        yield
    finally:
        watch.cancel()


def _hang_up(connection: smtplib.SMTP) -> None:
    if connection.sock is not None:
        with suppress(OSError):
            connection.sock.shutdown(socket.SHUT_RDWR)
