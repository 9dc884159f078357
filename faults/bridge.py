"""Whoever carries text messages, in a process of its own: takes or refuses them as it is told.

`python -m faults.bridge <folder> <port> <seed>`. It takes a message twice if it is handed over
twice, whatever key that bears: a careless provider.
"""

from __future__ import annotations

import asyncio
import json
import sys
from contextlib import suppress
from pathlib import Path

from faults.obeying import HANG_SECONDS, Obeying
from faults.orders import FORGET, HANG

OK = "200"


class Bridge(Obeying):
    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while status := await self._post(reader):
                code, _, wait = status.partition(" ")
                hint = f"Retry-After: {wait}\r\n" if wait else ""
                writer.write(f"HTTP/1.1 {code} -\r\n{hint}Content-Length: 0\r\n\r\n".encode())
                await writer.drain()
        writer.close()

    async def _post(self, reader: asyncio.StreamReader) -> str:
        """The answer to the next message; empty where there is none."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        length = int(head.partition("content-length:")[2].split("\r\n")[0])
        message = json.loads(await reader.readexactly(length))
        number, message_id = message["to"], f"<{message['id']}@mail.invalid>"
        if rule := self.rule_at("POST", number):
            self.note("refused", number, message_id)
            return rule.answer
        rule = self.rule_at("TAKEN", number)
        if rule is not None:
            self.note("cut", number, message_id)
        if rule is None or rule.answer != FORGET:
            self.note("taken", number, message_id)
        if rule is None:
            return OK
        if rule.answer == HANG:
            await asyncio.sleep(HANG_SECONDS)
        return ""


async def serve(folder: Path, port: int, seed: int) -> None:
    server = await asyncio.start_server(Bridge(folder, seed).talk, "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])))
