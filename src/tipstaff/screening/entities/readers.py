"""Every kind of entity: how it is read from a text, and the expressions that it needs for that."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final, TypeAlias

from tipstaff.screening.entities.amounts import CHINESE_SUM, SUM, read_amounts
from tipstaff.screening.entities.contacts import QQ, TELEGRAM, WECHAT, read_qq, read_telegram, read_wechat
from tipstaff.screening.entities.entity import Entity
from tipstaff.screening.entities.invitations import read_invitations
from tipstaff.screening.entities.links import Link
from tipstaff.screening.entities.percentages import (
    DOUBLE,
    MULTIPLE,
    PERCENT,
    PERCENT_OF,
    TIMES,
    read_percentages,
)
from tipstaff.screening.entities.phones import CHINESE_MOBILE, INTERNATIONAL, read_phones
from tipstaff.screening.entities.places import Expression, Text
from tipstaff.screening.entities.tags import (
    CASHTAG,
    HANDLES,
    HASH,
    read_cashtags,
    read_handles,
    read_hashtags,
)
from tipstaff.screening.entities.urls import read_domains, read_urls
from tipstaff.screening.entities.wallets import BASE58, ETHEREUM, SEGWIT, read_wallets

LinkReader: TypeAlias = Callable[[Sequence[Link]], list[Entity]]
TextReader: TypeAlias = Callable[[Text], list[Entity]]

LINK_READERS: Final[Mapping[str, LinkReader]] = {
    "url": read_urls,
    "domain": read_domains,
    "invitation": read_invitations,
}
"""The kinds that are read from the links of a text."""

TEXT_READERS: Final[Mapping[str, tuple[TextReader, Sequence[Expression]]]] = {
    "handle": (read_handles, [HANDLES]),
    "cashtag": (read_cashtags, [CASHTAG]),
    "hashtag": (read_hashtags, [HASH]),
    "wallet": (read_wallets, [BASE58, SEGWIT, ETHEREUM]),
    "wechat": (read_wechat, [WECHAT]),
    "qq": (read_qq, [QQ]),
    "telegram": (read_telegram, [TELEGRAM]),
    "phone": (read_phones, [CHINESE_MOBILE, INTERNATIONAL]),
    "amount": (read_amounts, [SUM, CHINESE_SUM]),
    "percentage": (read_percentages, [PERCENT, PERCENT_OF, TIMES, MULTIPLE, DOUBLE]),
}
"""The kinds that are read from a folded text; without a place for any of the expressions there is none."""
