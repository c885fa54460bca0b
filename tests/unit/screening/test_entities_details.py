"""The details that a policy may ask for are those that the finders give."""

from __future__ import annotations

import pytest

from tipstaff.policy.model import DETAILS, EntityKind
from tipstaff.screening.entities import FINDERS

EVM = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"
TEXTS = {
    EntityKind.URL: "http://a.com https://a.com b.com/x hxxps://a.com",
    EntityKind.DOMAIN: "http://a.com http://alice.github.io http://10.0.0.1/x http://host.nosuchtop",
    EntityKind.INVITATION: "https://t.me/+AbCdEfGhIjKlMnOp https://example.com/register?ref=abc123",
    EntityKind.HANDLE: "@name and @name@host.example",
    EntityKind.CASHTAG: "$BTC",
    EntityKind.HASHTAG: "#word #词#",
    EntityKind.WALLET: f"1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa {EVM} {EVM.lower()} "
    "LVg2kJoFNg45Nbpy53h7Fe1wKyeXVRhMH9 TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t "
    "DH5yaieqoZN36fDVciNyRueRGvGLR3mr7L wallet: 7EcDhSYGxXyscszYEp35KHN8vvw3svAuLKTzXwCFLtV",
    EntityKind.WECHAT: "加微信 abcdef123 进微信群 abcdef124",
    EntityKind.QQ: "QQ 123456789, QQ群 123456788",
    EntityKind.TELEGRAM: "telegram: @somebody, 电报群 @somegroup",
    EntityKind.PHONE: "电话 13800138000, +44 20 7946 0958",
    EntityKind.AMOUNT: "收益 3000 元, 500 USDT, 月入20000+",
    EntityKind.PERCENTAGE: "3% and 10x",
}


def test_every_kind_has_its_details() -> None:
    """Details are known of every kind of entity, each once."""
    assert set(DETAILS) == set(EntityKind)
    assert all(len(set(details)) == len(details) for details in DETAILS.values())


@pytest.mark.parametrize("kind", EntityKind)
def test_the_details_of_a_kind(kind: EntityKind) -> None:
    """What is found has one of the details that are known of its kind, and each of them is found."""
    assert {entity.detail for entity in FINDERS[kind](TEXTS[kind])} == set(DETAILS[kind])
