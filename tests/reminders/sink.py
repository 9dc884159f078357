"""A mail server that takes, refuses, holds or drops what it is given, over real sockets."""

from __future__ import annotations

import asyncio
import threading
from email import message_from_bytes
from email.policy import default

from aiosmtpd.smtp import SMTP, AuthResult


class Sink:
    """Answers the steps in `answers` ("MAIL", "RCPT", "DATA") with those words, else takes all.

    `drop` names a step at which the connection breaks without a word: "CONNECT", "MAIL", "DATA"
    (before the message), or "TAKEN" (after the message, before the answer). `drops` of them, then
    all goes well. It says that it `offers` these extensions; one that `goes_on` waits for a message
    also where nobody is to have it. `pause` is how many seconds it takes over each. `tarpit` sends
    the answer to it one byte at a time; `hold` sends none, and sets `holding`. No password is
    right.
    """

    def __init__(self):
        self.answers, self.drop, self.drops = {}, None, 10**6
        self.tarpit, self.hold, self.holding = False, False, threading.Event()
        self.pause, self.offers, self.goes_on = 0, (), False
        self.received, self.connections, self.greetings = [], 0, []
        self.port = 0
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self):
        self._thread.start()
        self.start()
        return self

    def __exit__(self, *error):
        self.stop()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def start(self):
        server = self._loop.create_server(self._greet, "127.0.0.1", self.port)
        self._server = asyncio.run_coroutine_threadsafe(server, self._loop).result(5)
        self.port = self._server.sockets[0].getsockname()[1]

    def stop(self):
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(5)

    async def _close(self):
        self._server.close()
        pending = asyncio.all_tasks() - {asyncio.current_task()}
        for task in pending:
            task.cancel()
        await asyncio.gather(*pending, return_exceptions=True)

    def _greet(self):
        self.connections += 1
        return _Conversation(
            self,
            enable_SMTPUTF8=True,
            authenticator=lambda *_: AuthResult(success=False, handled=False),
            auth_require_tls=False,
            loop=self._loop,
        )

    @property
    def mails(self):
        return [message_from_bytes(raw, policy=default) for raw in self.received]

    def drops_at(self, step):
        if self.drop != step or not self.drops:
            return False
        self.drops -= 1
        return True

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        self.greetings.append(hostname)
        session.host_name = hostname
        return [responses[0], *(f"250-{name}" for name in self.offers), *responses[1:]]

    async def handle_MAIL(self, server, session, envelope, address, options):
        if self.drops_at("MAIL"):
            return server.break_off()
        if "MAIL" not in self.answers:
            envelope.mail_from = address
        return self.answers.get("MAIL", "250 OK")

    async def handle_RCPT(self, server, session, envelope, address, options):
        if "RCPT" not in self.answers:
            envelope.rcpt_tos.append(address)
        return self.answers.get("RCPT", "250 OK")

    async def handle_DATA(self, server, session, envelope):
        if "DATA" in self.answers:
            return self.answers["DATA"]
        await asyncio.sleep(self.pause)
        self.received.append(envelope.content)
        if self.drops_at("TAKEN"):
            return server.break_off()
        if self.hold:
            self.holding.set()
            await asyncio.sleep(60)
        if self.tarpit:
            for _ in range(100):
                server.transport.write(b"2")
                await asyncio.sleep(0.1)
        return "250 OK"


class _Conversation(SMTP):
    def connection_made(self, transport):
        super().connection_made(transport)
        if self.event_handler.drops_at("CONNECT"):
            transport.abort()

    async def smtp_DATA(self, arg):
        if self.event_handler.drops_at("DATA"):
            return self.transport.abort()
        if self.event_handler.goes_on and not self.envelope.rcpt_tos:
            return await self.push("354 go on")
        return await super().smtp_DATA(arg)

    def break_off(self):
        self.transport.abort()
        return "421 gone"
