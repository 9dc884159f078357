"""A mail server in a process of its own: takes, refuses, holds or breaks off as it is told.

`python -m faults.sink <folder> <port> <seed>`. It writes down each mail it takes before it
answers, so that what has arrived is known from here alone.
"""

from __future__ import annotations

import asyncio
import re
import sys
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from faults.obeying import HANG_SECONDS, Obeying
from faults.orders import DROP, FORGET, HANG, TRICKLE, Rule, Step, What

OK = "250 OK"
GONE = "421 gone"
LIMIT = 64 * 1024 * 1024
_ID = re.compile(rb"^Message-ID:\s*(\S+)", re.IGNORECASE | re.MULTILINE)
_PID = re.compile(rb"^pid=(\d+)", re.MULTILINE)


class Sink(Obeying):
    _held = 0

    def note_mail(self, what: What, address: str, raw: bytes) -> None:
        head = raw[:4096]
        message_id, pid = _ID.search(head), _PID.search(head)
        self.note(
            what,
            address,
            message_id[1].decode() if message_id else "",
            int(pid[1]) if pid else 0,
        )

    async def handle_MAIL(
        self, server: Talk, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = await self._early(server, "MAIL")
        if answer == OK:
            envelope.mail_from = address
        return answer

    async def handle_RCPT(
        self, server: Talk, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = await self._early(server, "RCPT", address)
        if answer == OK:
            envelope.rcpt_tos.append(address)
        return answer

    async def _early(self, server: Talk, step: Step, address: str = "") -> str:
        """Nothing of the message has come yet, so whoever sends it knows that it is not taken."""
        rule = self.rule_at(step, address)
        if rule is None:
            return OK
        self.note("refused", address)
        if rule.answer == DROP:
            server.hang_up()
            return GONE
        if rule.answer == HANG:
            await asyncio.sleep(HANG_SECONDS)
        return rule.answer

    async def handle_DATA(self, server: Talk, session: Session, envelope: Envelope) -> str:
        raw, address = bytes(envelope.original_content or b""), envelope.rcpt_tos[0]
        if rule := self.rule_at("DATA", address):
            self.note_mail("refused", address, raw)
            return rule.answer
        if delay := self.orders().delay:
            await asyncio.sleep(delay)
        if rule := self.rule_at("TAKEN", address):
            return await self._break(server, rule, address, raw)
        self.note_mail("taken", address, raw)
        first, server.has_sent = not server.has_sent, True
        if self._held < self.orders().hold or (first and self.orders().each_batch):
            await self._hold(address, raw)
        return OK

    async def _hold(self, address: str, raw: bytes) -> None:
        self._held += 1
        number = self._held
        self.note_mail("held", address, raw)
        while number > self.orders().released:
            await asyncio.sleep(0.02)

    async def _break(self, server: Talk, rule: Rule, address: str, raw: bytes) -> str:
        self.note_mail("cut", address, raw)
        if rule.answer != FORGET:
            self.note_mail("taken", address, raw)
        if rule.answer == HANG:
            await asyncio.sleep(HANG_SECONDS)
        if rule.answer == TRICKLE:
            for letter in OK * HANG_SECONDS:
                server.say(letter)
                await asyncio.sleep(1)
        server.hang_up()
        return GONE


class Talk(SMTP):
    has_sent = False

    def hang_up(self) -> None:
        if isinstance(self.transport, asyncio.Transport):
            self.transport.abort()

    def say(self, letter: str) -> None:
        if isinstance(self.transport, asyncio.Transport):
            self.transport.write(letter.encode())


async def serve(folder: Path, port: int, seed: int) -> None:
    sink = Sink(folder, seed)

    def let_in(*_: Any) -> AuthResult:
        rule = sink.rule_at("LOGIN")
        return AuthResult(success=rule is None, handled=False)

    def greet() -> Talk:
        return Talk(
            sink,
            enable_SMTPUTF8=True,
            data_size_limit=LIMIT,
            authenticator=let_in,
            auth_require_tls=False,
            loop=asyncio.get_running_loop(),
        )

    server = await asyncio.get_running_loop().create_server(greet, "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])))
