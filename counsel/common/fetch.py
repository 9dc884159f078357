"""Reads a file from an address that somebody typed in, and from nowhere it must not reach.

Only https, only hosts on the public internet. The name is looked up once: each address it has is
checked, and the connection goes to a checked one, so that a name that changes its mind cannot
lead inside. Every redirect is checked anew. Size, time and redirects are limited. Errors never
carry the address: whoever knows it can read what is there.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from urllib.parse import urljoin

from urllib3 import BaseHTTPResponse
from urllib3.connection import HTTPSConnection
from urllib3.exceptions import HTTPError
from urllib3.util import Url, parse_url

_IP = ipaddress.IPv4Address | ipaddress.IPv6Address

LONGEST_ADDRESS = 2_000
_REDIRECTS = {301, 302, 303, 307, 308}
# Where a gateway puts the IPv4 address it speaks for into the last four bytes (RFC 6052).
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_CHUNK = 64 * 1024


class FetchError(Exception):
    """Nothing was read. Its kinds say why."""


class AddressRefused(FetchError):
    """The address, or one it led on to, is not one we read from."""


class Unreachable(FetchError):
    """Nobody answered, or not to the end, or not in time, or not as the name's true owner."""


class ReadingRefused(FetchError):
    """Somebody answered and did not hand it over."""


class TooLarge(FetchError):
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


def is_public(address: _IP) -> bool:
    """Whether the address belongs to the public internet, and to one host there."""
    if isinstance(address, ipaddress.IPv6Address) and address in _NAT64:
        return is_public(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    return address.is_global and not (
        address.is_private
        or address.is_loopback
        or address.is_link_local
        or address.is_multicast
        or address.is_reserved
        or address.is_unspecified
        or _is_detour(address)
    )


def _is_detour(address: _IP) -> bool:
    """Forms that lead to other addresses than they seem to, and the old local ones."""
    if isinstance(address, ipaddress.IPv4Address):
        return False
    detours = (address.ipv4_mapped, address.sixtofour, address.teredo, address.is_site_local)
    return any(detours)


def resolve(host: str, port: int) -> list[str]:
    """The addresses of a name, in the order to try them. Raises OSError or UnicodeError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(row[4][0]) for row in found))


@dataclass(frozen=True, slots=True)
class Network:
    """What is asked for names, which addresses are let through, and whose signature is trusted.

    Passed in only by tests; nothing a practice can set changes it.
    """

    resolve: Callable[[str, int], list[str]] = resolve
    allows: Callable[[_IP], bool] = is_public
    trust: Callable[[], ssl.SSLContext] = ssl.create_default_context


def checked_address(address: str) -> str:
    """The address in one form, `webcal` read as `https`. Raises AddressRefused.

    Nothing is looked up: this is for telling somebody at once what we never read.
    """
    return _parsed(address).url


def _parsed(address: str) -> Url:
    if len(address) > LONGEST_ADDRESS or not address.isprintable():
        raise AddressRefused
    scheme, sep, rest = address.strip().partition("://")
    if scheme.lower() in {"webcal", "webcals"}:
        scheme = "https"
    try:
        url = parse_url(f"{scheme}{sep}{rest}")
    except HTTPError as error:
        raise AddressRefused from error
    if url.scheme != "https" or not url.host or url.auth is not None or url.port == 0:
        raise AddressRefused
    literal = _literal(url.host)
    if literal is not None and not is_public(literal):
        raise AddressRefused
    return url._replace(fragment=None)


def _literal(host: str) -> _IP | None:
    try:
        return ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return None


def fetch(
    address: str,
    *,
    etag: str = "",
    last_modified: str = "",
    limits: Limits | None = None,
    network: Network | None = None,
) -> Fetched | None:
    """What is there now; None where it has not changed since `etag` or `last_modified`.

    Raises a FetchError.
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
        url = _parsed(address)
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
    connection = _connected(url, network, until, limits)
    # Each wait for a few bytes has its own clock; only cutting the line bounds their sum.
    line = connection.sock
    cut = threading.Timer(max(until - time.monotonic(), 0), _cut, [line])
    cut.daemon = True
    cut.start()
    try:
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
        cut.cancel()
        connection.close()


def _cut(line: socket.socket) -> None:
    with suppress(OSError):  # closed already
        # Not the encrypted socket's own way, which would pull it from under its reader.
        socket.socket.shutdown(line, socket.SHUT_RDWR)


def _connected(url: Url, network: Network, until: float, limits: Limits) -> HTTPSConnection:
    host, port = (url.host or "").strip("[]"), url.port or 443
    for address in _let_through(host, port, network):
        left = until - time.monotonic()
        if left <= 0:
            break
        connection = HTTPSConnection(
            address,
            port,
            timeout=min(left, limits.wait_seconds),
            ssl_context=network.trust(),
            server_hostname=host,
        )
        try:
            connection.connect()
        except (HTTPError, OSError, ValueError):
            connection.close()
        else:
            return connection
    raise Unreachable


def _let_through(host: str, port: int, network: Network) -> list[str]:
    """The addresses of the name; none at all where one of them lies inside."""
    try:
        addresses = network.resolve(host, port)
    except (OSError, UnicodeError) as error:
        raise Unreachable from error
    for address in addresses:
        literal = _literal(address)
        if literal is None or not network.allows(literal):
            raise AddressRefused
    return addresses


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
