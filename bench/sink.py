"""A mail server that takes everything and keeps nothing: `python -m bench.sink [milliseconds]`.

As quick as Python gets, and the same for both sides. It says its port, then answers; where it is
given milliseconds, it is so far away.
"""

from __future__ import annotations

import asyncio
import sys

GREETING = b"220 sink\r\n"
EHLO = b"250-sink\r\n250-PIPELINING\r\n250-SIZE 10000000\r\n250 8BITMIME\r\n"
ANSWERS = {b"EHLO": EHLO, b"DATA": b"354 go on\r\n", b"QUIT": b"221 bye\r\n"}
END = b"\r\n.\r\n"


class Server(asyncio.Protocol):
    def __init__(self, delay: float) -> None:
        self.delay, self.read, self.in_message = delay, b"", False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if isinstance(transport, asyncio.Transport):
            self.transport = transport
        self._say(GREETING)

    def data_received(self, data: bytes) -> None:
        self.read += data
        if answer := b"".join(self._answers()):
            self._say(answer)

    def _answers(self) -> list[bytes]:
        answers: list[bytes] = []
        while True:
            cut = END if self.in_message else b"\r\n"
            line, found, rest = self.read.partition(cut)
            if not found:
                return answers
            self.read = rest
            answers.append(b"250 taken\r\n" if self.in_message else self._to(line[:4].upper()))
            self.in_message = not self.in_message and line[:4].upper() == b"DATA"

    def _to(self, command: bytes) -> bytes:
        return ANSWERS.get(command, b"250 yes\r\n")

    def _say(self, words: bytes) -> None:
        if self.delay:
            asyncio.get_running_loop().call_later(self.delay, self.transport.write, words)
        else:
            self.transport.write(words)


async def main(delay: float) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Server(delay), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(float(sys.argv[1]) / 1000 if sys.argv[1:] else 0))
