"""A mail server in a process of its own: takes, refuses, holds or breaks off as it is told.

`python -m faults.sink <folder> <port> <seed>`. It writes down each mail it takes before it
answers, so that what has arrived is known from here alone.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import sys
import time
import zlib
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from random import Random
from typing import Any, Literal

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from faults.orders import (
    DROP,
    FORGET,
    HANG,
    TRICKLE,
    Note,
    Orders,
    Rule,
    Step,
    notes_file,
    orders_file,
    read_orders,
)

OK = "250 OK"
GONE = "421 gone"
# Longer than anybody waits for an answer.
HANG_SECONDS = 300
LIMIT = 64 * 1024 * 1024
_ID = re.compile(rb"^Message-ID:\s*(\S+)", re.IGNORECASE | re.MULTILINE)
_PID = re.compile(rb"^pid=(\d+)", re.MULTILINE)


class Sink:
    def __init__(self, folder: Path, seed: int) -> None:
        self.folder, self.seed = folder, seed
        self._random = Random(seed)  # noqa: S311 (a share, no secret)
        self._hits: Counter[tuple[str, str]] = Counter()
        self._held = 0
        self._read_at = 0
        self._orders = Orders()
        self._notes = os.open(notes_file(folder), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def orders(self) -> Orders:
        changed = orders_file(self.folder).stat().st_mtime_ns
        if changed != self._read_at:
            self._orders, self._read_at = read_orders(self.folder), changed
        return self._orders

    def note(
        self, what: Literal["taken", "held", "cut", "refused"], address: str = "", raw: bytes = b""
    ) -> None:
        head = raw[:4096]
        message_id, pid = _ID.search(head), _PID.search(head)
        note = Note(
            what,
            time.time(),
            message_id[1].decode() if message_id else "",
            address,
            int(pid[1]) if pid else 0,
        )
        os.write(self._notes, json.dumps(asdict(note)).encode() + b"\n")

    def rule_at(self, step: Step, address: str = "") -> Rule | None:
        for rule in self.orders().rules:
            if rule.step == step and self._meets(rule, address):
                return rule
        return None

    def _meets(self, rule: Rule, address: str) -> bool:
        if not address:
            return self._random.random() < rule.share
        # The same addresses in every run, in whatever order they come.
        drawn = zlib.crc32(f"{self.seed} {rule.step} {address}".encode()) / 2**32
        which = (f"{rule.step} {rule.answer}", address)
        if drawn >= rule.share or self._hits[which] >= rule.times:
            return False
        self._hits[which] += 1
        return True

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
            self.note("refused", address, raw)
            return rule.answer
        if delay := self.orders().delay:
            await asyncio.sleep(delay)
        if rule := self.rule_at("TAKEN", address):
            return await self._break(server, rule, address, raw)
        self.note("taken", address, raw)
        first, server.has_sent = not server.has_sent, True
        if self._held < self.orders().hold or (first and self.orders().each_batch):
            await self._hold(address, raw)
        return OK

    async def _hold(self, address: str, raw: bytes) -> None:
        self._held += 1
        number = self._held
        self.note("held", address, raw)
        while number > self.orders().released:
            await asyncio.sleep(0.02)

    async def _break(self, server: Talk, rule: Rule, address: str, raw: bytes) -> str:
        self.note("cut", address, raw)
        if rule.answer != FORGET:
            self.note("taken", address, raw)
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
