"""Hands something over to a host by one POST, and says how it answered.

Lines are kept open between two posts to one host. No redirect is followed, and of an answer's
words nothing is kept.
"""

from __future__ import annotations

import http.client
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from urllib3 import BaseHTTPResponse
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError
from urllib3.util import Url

from counsel.common.network import Network, NetworkError, Unreachable, connected, cut_off_at

# Of an answer so much is read, to keep the line open; after more the line is closed.
_ANSWER = 16 * 1024
_LONGEST_WAIT = timedelta(days=1)


class CutOff(NetworkError):
    """It was sent, and nobody knows whether it was taken."""


@dataclass(frozen=True, slots=True)
class Answer:
    """`retry_after` as it came: a number of seconds, a date (RFC 9110), nothing, or nonsense."""

    status: int
    retry_after: str = ""

    @property
    def is_yes(self) -> bool:
        return 200 <= self.status < 300

    def wait(self, now: datetime) -> timedelta | None:
        """How long we are asked to wait from now on, at most a day; None where we are not."""
        asked = _seconds(self.retry_after)
        if asked is None:
            try:
                date = parsedate_to_datetime(self.retry_after)
            except ValueError:
                return None
            asked = (date if date.tzinfo else date.replace(tzinfo=UTC)) - now
        return min(asked, _LONGEST_WAIT) if asked > timedelta() else None


def _seconds(text: str) -> timedelta | None:
    if not text.isascii() or not text.isdigit():
        return None
    return timedelta(seconds=min(int(text[:9]), _LONGEST_WAIT.total_seconds()))


class Poster:
    """Opened by its first post, and closed by whoever made it. Not for two threads at once."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._lines: dict[str, HTTPConnection | HTTPSConnection] = {}

    def post(self, url: Url, body: bytes, headers: Mapping[str, str], *, seconds: float) -> Answer:
        """How the host answers, within so many seconds for all of it.

        Raises AddressRefused or Unreachable where nothing has reached it, else CutOff.
        """
        until = time.monotonic() + seconds
        host = f"{url.scheme}://{url.netloc}"
        line = self._line(host, url, until)
        try:
            with cut_off_at(line, until):
                _send(line, url, body, headers)
                return _answered(line)
        except NetworkError:
            self._drop(host)
            raise

    def close(self) -> None:
        """Let go of all lines. Never raises."""
        for host in list(self._lines):
            self._drop(host)

    def _line(self, host: str, url: Url, until: float) -> HTTPConnection | HTTPSConnection:
        line = self._lines.get(host)
        left = until - time.monotonic()
        if line is not None and line.is_connected:
            line.timeout = left
            return line
        self._drop(host)
        self._lines[host] = connected(url, self._network, until, left)
        self._lines[host].timeout = max(until - time.monotonic(), 0.001)
        return self._lines[host]

    def _drop(self, host: str) -> None:
        line = self._lines.pop(host, None)
        if line is not None:
            line.close()


def _send(
    line: HTTPConnection | HTTPSConnection, url: Url, body: bytes, headers: Mapping[str, str]
) -> None:
    """Whoever got less than all of it has not got it: the length goes ahead."""
    try:
        line.request(
            "POST",
            url.request_uri,
            body=body,
            headers={"Host": url.netloc or "", **headers},
            preload_content=False,
        )
    except (HTTPError, OSError, http.client.HTTPException, ValueError) as error:
        raise Unreachable from error


def _answered(line: HTTPConnection | HTTPSConnection) -> Answer:
    try:
        response = line.getresponse()
    except (HTTPError, OSError, http.client.HTTPException, ValueError) as error:
        raise CutOff from error
    if response.status < 200:
        raise CutOff
    if not _is_read_to_its_end(response):
        line.close()
    return Answer(response.status, response.headers.get("Retry-After", ""))


def _is_read_to_its_end(response: BaseHTTPResponse) -> bool:
    """What it says beyond its status is not looked at."""
    try:
        return len(response.read(_ANSWER, decode_content=False)) < _ANSWER
    except (HTTPError, OSError, http.client.HTTPException, ValueError):
        return False
