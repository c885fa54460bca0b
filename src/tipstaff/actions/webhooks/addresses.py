"""Where webhooks may go: to what anybody on the internet can reach, and never to what is inside.

Whoever sets a webhook up has this server ask for an address of their choice, from within its network. So a
name is looked up once, each address that it has is looked at here, and one of these is connected to.
"""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from tipstaff.base.errors import TipstaffError

LONGEST: Final = 500
"""Characters of an address at the most."""

PATTERN: Final = r"^https?://[!-~]+$"
"""What every address of a webhook matches, and others as well."""

_WRITTEN: Final = re.compile(r"[!-~]+\Z")
_HOST: Final = re.compile(r"[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?\Z|[0-9a-f:.]*:[0-9a-f:.]*\Z")
_PORTS: Final = {"https": 443, "http": 80}

_NEAR: Final = [
    ip_network(one)
    for one in (
        "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "::1/128",
        "fc00::/7",
    )
]  # fmt: skip
"""What is inside: one's own machine, and networks that have no way in from the internet."""

_NOWHERE: Final = [
    ip_network(one)
    for one in (
        "0.0.0.0/8", "169.254.0.0/16", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15",
        "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
        "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
    )
]  # fmt: skip
"""What stands for no receiver: reserved, link-local (where clouds keep credentials), multicast, examples; and
IPv6 that leads to an IPv4 address within it (Teredo, 6to4)."""

_UNICAST: Final = ip_network("2000::/3")
"""All of IPv6 that the internet has: mapped addresses (::ffff:0:0/96) and NAT64 (64:ff9b::) lie outside."""


class AddressError(TipstaffError):
    """A webhook may not go there; the message says why."""


class Rules(NamedTuple):
    """What the settings let webhooks go to: these ports, and these hosts although they are inside."""

    ports: frozenset[int]
    inside: frozenset[str]


class Place(NamedTuple):
    """An address, taken apart. `target` is the path with the query."""

    scheme: str
    host: str
    port: int
    target: str

    @property
    def header(self) -> str:
        """What the `Host` header has."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"


def rules_of(ports: str, inside: str) -> Rules:
    """Return the rules of two settings, whose words are separated by blanks."""
    return Rules(frozenset(map(int, ports.split())), frozenset(inside.lower().split()))


def place_of(url: str, rules: Rules) -> Place:
    """Take an address apart, and refuse what its writing alone rules out. Raises `AddressError`."""
    if len(url) > LONGEST or not _WRITTEN.match(url):
        raise AddressError(f"an address is at most {LONGEST} letters of ASCII that can be seen")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise AddressError(f"this is no address: {error}") from error
    host = (parts.hostname or "").removesuffix(".")
    if parts.scheme not in _PORTS or not _HOST.match(host):
        raise AddressError("an address is https:// with the name of a host, in ASCII (xn--…)")
    if "@" in parts.netloc or parts.fragment or "#" in url:
        raise AddressError("an address has no user, no password and no fragment: deliveries are signed")
    if parts.scheme == "http" and host not in rules.inside:
        raise AddressError("webhooks go by https: http is for this machine, where webhook_inside names it")
    port = _PORTS[parts.scheme] if port is None else port
    if port not in rules.ports:
        raise AddressError(f"webhooks do not go to port {port} (webhook_ports)")
    path = parts.path or "/"
    place = Place(parts.scheme, host, port, f"{path}?{parts.query}" if parts.query else path)
    if (written := _literal(host)) is not None:
        _check(place, written, rules)
    return place


def check_address(place: Place, address: str, rules: Rules) -> None:
    """Refuse an address that the name of a place has. Raises `AddressError`."""
    found = _literal(address)
    if found is None:
        raise AddressError(f"{place.host} has an address that cannot be read")
    _check(place, found, rules)


def _check(place: Place, found: IPv4Address | IPv6Address, rules: Rules) -> None:
    """Refuse an address that is inside, or no receiver's. Raises `AddressError`."""
    if place.scheme == "http" and not found.is_loopback:
        raise AddressError(f"{place.host} is not this machine: webhooks go to others by https")
    near = any(found in one for one in _NEAR)
    if near and place.host in rules.inside:
        return
    outside = isinstance(found, IPv4Address) or found in _UNICAST
    nowhere = any(found in one for one in _NOWHERE) or not found.is_global  # which Python keeps up to date
    if near or nowhere or not outside:
        mend = " (webhook_inside lets it)" if near else ""
        raise AddressError(f"{place.host} is not on the internet: no webhook goes there{mend}")


def _literal(written: str) -> IPv4Address | IPv6Address | None:
    """Return an address that is written in numbers; None where it is a name."""
    try:
        return ip_address(written)
    except ValueError:
        return None
