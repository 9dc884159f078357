"""Which push services we hand notifications to: a browser of somebody else has named them."""

from __future__ import annotations

from urllib3.exceptions import HTTPError
from urllib3.util import Url, parse_url

from counsel.common.network import AddressRefused, IPAddress, Network, checked_url, is_public
from counsel.reminders.hosts import THIS_MACHINE, is_only_here


def service_network() -> Network:
    return Network(allows=_allows)


def _allows(address: IPAddress) -> bool:
    return is_public(address) or (is_only_here() and address.is_loopback)


def endpoint_url(endpoint: str) -> Url:
    """The address of a device at its push service. Raises AddressRefused.

    Public and `https`, except that a Counsel on this machine alone also knows one here.
    """
    url = _on_this_machine(endpoint) or checked_url(endpoint)
    if "[" in (url.host or ""):
        # No push service goes by a bare number, and a signature cannot name this one (RFC 8292).
        raise AddressRefused
    return url


def _on_this_machine(endpoint: str) -> Url | None:
    if not is_only_here():
        return None
    try:
        url = parse_url(endpoint)
    except HTTPError as error:
        raise AddressRefused from error
    return url if url.host in THIS_MACHINE and url.scheme in {"http", "https"} else None


def origin_of(url: Url) -> str:
    """Whom a signature is for: the service, without its port where it is the usual one."""
    usual = {"https": 443, "http": 80}
    port = "" if url.port in {None, usual.get(url.scheme or "")} else f":{url.port}"
    return f"{url.scheme}://{url.host}{port}"
