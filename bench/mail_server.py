"""An ordinary mail server (aiosmtpd) that takes everything and keeps nothing.

`python -m bench.mail_server` says its port, then answers. What it costs to take a mail apart is
its own, the same for both sides.
"""

from __future__ import annotations

import asyncio

from aiosmtpd.smtp import SMTP, Envelope, Session


class Handler:
    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        return "250 taken"


async def main() -> None:
    loop = asyncio.get_running_loop()

    def greet() -> SMTP:
        return SMTP(Handler(), enable_SMTPUTF8=True, hostname="sink.invalid", loop=loop)

    server = await loop.create_server(greet, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
