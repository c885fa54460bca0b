"""Entities: things in a text that have a form, such as links, wallets, contact accounts and sums.

A finder is a pure function from the original text of one field to its hits, in order and without overlap.
None reads anything but the text and tables of this package; none follows what it finds; none raises.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from tipstaff.screening.entities.amounts import find_amounts
from tipstaff.screening.entities.contacts import find_qq, find_telegram, find_wechat
from tipstaff.screening.entities.entity import Entity
from tipstaff.screening.entities.invitations import find_invitations
from tipstaff.screening.entities.percentages import find_percentages
from tipstaff.screening.entities.phones import find_phones
from tipstaff.screening.entities.tags import find_cashtags, find_handles, find_hashtags
from tipstaff.screening.entities.urls import find_domains, find_urls
from tipstaff.screening.entities.wallets import find_wallets

__all__ = ["FINDERS", "Entity"]

FINDERS: Mapping[str, Callable[[str], list[Entity]]] = MappingProxyType(
    {
        "url": find_urls,
        "domain": find_domains,
        "invitation": find_invitations,
        "handle": find_handles,
        "cashtag": find_cashtags,
        "hashtag": find_hashtags,
        "wallet": find_wallets,
        "wechat": find_wechat,
        "qq": find_qq,
        "telegram": find_telegram,
        "phone": find_phones,
        "amount": find_amounts,
        "percentage": find_percentages,
    }
)
"""Every kind of entity and what finds it."""
