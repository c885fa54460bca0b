"""Web addresses, and the registrable domains behind them."""

from __future__ import annotations

from collections.abc import Iterable

from tipstaff.screening.entities.entity import Entity
from tipstaff.screening.entities.hosts import is_address
from tipstaff.screening.entities.links import Link
from tipstaff.screening.entities.suffixes import registrable


def read_urls(links: Iterable[Link]) -> list[Entity]:
    """Find links. Value: the link with its host normalised. Detail: `http`, `https`, `bare` or `defanged`."""
    return [
        Entity(
            "url", link.start, link.end, _value(link), "defanged" if link.defanged else link.scheme or "bare"
        )
        for link in links
    ]


def _value(link: Link) -> str:
    return f"{link.scheme}://{link.bare}" if link.scheme else link.bare


def read_domains(links: Iterable[Link]) -> list[Entity]:
    """Find whose each link is. Value: the registrable domain, or the address. The span is that of the host.

    Detail: the section of the public suffix list that decided (`icann`, `private`, `unknown`), or `address`.
    """
    found = []
    for link in links:
        if is_address(link.host):
            value, detail = link.host.strip("[]"), "address"
        elif owner := registrable(link.host):
            value, detail = owner
        else:
            continue
        found.append(Entity("domain", link.host_start, link.host_end, value, detail))
    return found
