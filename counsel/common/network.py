"""A line to a host that somebody else has named, and to nowhere it must not lead.

The name is looked up once: each address it has is checked, and the connection goes to a checked
one, so that a name that changes its mind cannot lead inside. Errors never carry the address:
whoever knows it can read, or write, what is there.
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError
from urllib3.util import Url, parse_url

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

LONGEST_ADDRESS = 2_000
# Where a gateway puts the IPv4 address it speaks for into the last four bytes (RFC 6052).
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


class NetworkError(Exception):
    """It did not come about. Its kinds say why."""


class AddressRefused(NetworkError):
    """The address, or one it led on to, is not one we go to."""


class Unreachable(NetworkError):
    """Nobody answered, or not to the end, or not in time, or not as the name's true owner."""


def is_public(address: IPAddress) -> bool:
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


def _is_detour(address: IPAddress) -> bool:
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
    """What is asked for names, which addresses are let through, and whose signature is trusted."""

    resolve: Callable[[str, int], list[str]] = resolve
    allows: Callable[[IPAddress], bool] = is_public
    trust: Callable[[], ssl.SSLContext] = ssl.create_default_context


def checked_url(address: str) -> Url:
    """A public `https` address, `webcal` read as `https`. Raises AddressRefused.

    Nothing is looked up: this is for telling somebody at once where we never go.
    """
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


def _literal(host: str) -> IPAddress | None:
    try:
        return ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return None


def connected(
    url: Url, network: Network, until: float, wait_seconds: float
) -> HTTPConnection | HTTPSConnection:
    """A line to the host of a checked address. `until` is of `time.monotonic`.

    Raises AddressRefused or Unreachable.
    """
    for address in _let_through(url, network):
        left = until - time.monotonic()
        if left <= 0:
            break
        connection = _connection(url, address, network, min(left, wait_seconds))
        try:
            connection.connect()
        except (HTTPError, OSError, ValueError):
            connection.close()
        else:
            return connection
    raise Unreachable


def _connection(
    url: Url, address: str, network: Network, timeout: float
) -> HTTPConnection | HTTPSConnection:
    if url.scheme == "http":
        return HTTPConnection(address, url.port or 80, timeout=timeout)
    return HTTPSConnection(
        address,
        url.port or 443,
        timeout=timeout,
        ssl_context=network.trust(),
        server_hostname=(url.host or "").strip("[]"),
    )


def _let_through(url: Url, network: Network) -> list[str]:
    """The addresses of the name; none at all where one of them lies inside."""
    try:
        addresses = network.resolve((url.host or "").strip("[]"), url.port or 443)
    except (OSError, UnicodeError) as error:
        raise Unreachable from error
    for address in addresses:
        literal = _literal(address)
        if literal is None or not network.allows(literal):
            raise AddressRefused
    return addresses


@contextmanager
def cut_off_at(connection: HTTPConnection | HTTPSConnection, until: float) -> Iterator[None]:
    """Each wait for a few bytes has its own clock; only cutting the line bounds their sum."""
    cut = threading.Timer(max(until - time.monotonic(), 0), _cut, [connection.sock])
    cut.daemon = True
    cut.start()
    try:
        yield
    finally:
        cut.cancel()


def _cut(line: socket.socket) -> None:
    with suppress(OSError):  # closed already
        # Not the encrypted socket's own way, which would pull it from under its reader.
        socket.socket.shutdown(line, socket.SHUT_RDWR)
