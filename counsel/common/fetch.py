"""Reads a file from an address that somebody typed in, and from nowhere it must not reach.

Only https, only hosts on the public internet (`counsel.common.network`), every redirect checked
anew. Size, time and redirects are limited.
"""

from __future__ import annotations

import http.client
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urljoin

from urllib3 import BaseHTTPResponse
from urllib3.exceptions import HTTPError
from urllib3.util import Url

from counsel.common.network import (
    Network,
    NetworkError,
    Unreachable,
    checked_url,
    connected,
    cut_off_at,
)

_REDIRECTS = {301, 302, 303, 307, 308}
_CHUNK = 64 * 1024


class ReadingRefused(NetworkError):
    """Somebody answered and did not hand it over."""


class TooLarge(NetworkError):
    """There is more than we take."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """What was there, with what to show next time so that it is sent only when it changed."""

    body: bytes
    etag: str
    last_modified: str


@dataclass(frozen=True, slots=True)
class Limits:
    """`size` in bytes, unpacked; `seconds` for everything, redirects included.

    `wait_seconds` is the longest silence: until somebody answers, or goes on.
    """

    size: int = 5 * 1024 * 1024
    seconds: float = 20
    wait_seconds: float = 10
    redirects: int = 3


def fetch(
    address: str,
    *,
    etag: str = "",
    last_modified: str = "",
    limits: Limits | None = None,
    network: Network | None = None,
) -> Fetched | None:
    """What is there now; None where it has not changed since `etag` or `last_modified`.

    Raises a NetworkError. `network` is passed in only by tests: nothing a practice can set
    changes it.
    """
    limits, network = limits or Limits(), network or Network()
    until = time.monotonic() + limits.seconds
    headers = {"Accept": "text/calendar, */*;q=0.1", "Accept-Encoding": "gzip"}
    headers["User-Agent"] = "calendar-reader/1"
    if etag:
        headers["If-None-Match"] = etag
    if last_modified:
        headers["If-Modified-Since"] = last_modified
    for _hop in range(limits.redirects + 1):
        url = checked_url(address)
        with _asked(url, headers, network, until, limits) as response:
            if response.status not in _REDIRECTS:
                return _taken(response, until, limits)
            address = urljoin(url.url, response.headers.get("Location", ""))
    raise ReadingRefused


@contextmanager
def _asked(
    url: Url, headers: dict[str, str], network: Network, until: float, limits: Limits
) -> Iterator[BaseHTTPResponse]:
    """The answer of the host behind a checked address, cut off when the time is over."""
    connection = connected(url, network, until, limits.wait_seconds)
    try:
        with cut_off_at(connection, until):
            connection.request(
                "GET",
                url.request_uri,
                headers={"Host": url.netloc or "", **headers},
                preload_content=False,
            )
            yield connection.getresponse()
    except (HTTPError, OSError, http.client.HTTPException, ValueError) as error:
        raise Unreachable from error
    finally:
        connection.close()


def _taken(response: BaseHTTPResponse, until: float, limits: Limits) -> Fetched | None:
    if response.status == 304:
        return None
    if response.status != 200:
        raise ReadingRefused
    body = bytearray()
    while chunk := response.read(_CHUNK, decode_content=True):
        body += chunk
        if len(body) > limits.size:
            raise TooLarge
    if time.monotonic() >= until:
        raise Unreachable
    return Fetched(
        bytes(body), response.headers.get("ETag", ""), response.headers.get("Last-Modified", "")
    )
