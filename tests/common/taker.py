"""A host on this machine that takes what is posted to it, and answers as a test wants."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True)
class Posted:
    path: str
    headers: dict[str, str]
    body: bytes
    # Which line it came by: the port at its other end.
    line: int


class _Quiet(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        """Whoever posts may hang up: that is what some tests are about."""


class Taker:
    """Says yes unless `says`, or something of its own for one path in `answers`, is set."""

    def __init__(self) -> None:
        self.posted: list[Posted] = []
        self.status = 201
        self.headers: dict[str, str] = {}
        self.answers: dict[str, Callable[[BaseHTTPRequestHandler], None]] = {}
        self._server = _Quiet(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
        )
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def says(self, status: int, path: str = "", **headers: str) -> None:
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        if path:
            self.answers[path] = lambda handler: answer(handler, status, headers)
        else:
            self.status, self.headers = status, headers

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _handler(self):
        taker = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                taker.posted.append(Posted(self.path, headers, body, self.client_address[1]))
                if self.path in taker.answers:
                    taker.answers[self.path](self)
                else:
                    answer(self, taker.status, taker.headers)

            def log_message(self, *args):
                pass

        return Handler


def answer(handler: BaseHTTPRequestHandler, status: int, headers: dict[str, str]) -> None:
    handler.send_response(status)
    for name, value in {"Content-Length": "0", **headers}.items():
        handler.send_header(name, value)
    handler.end_headers()


@contextmanager
def running_taker():
    taker = Taker()
    try:
        yield taker
    finally:
        taker.close()
