"""Addresses to which coins can be sent, verified wherever the address carries a checksum."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from Crypto.Hash import keccak

from tipstaff.screening.entities.base58 import decode, decode_check
from tipstaff.screening.entities.bech32 import decode_segwit
from tipstaff.screening.entities.entity import Entity, apart
from tipstaff.screening.entities.places import Expression, Text

BASE58 = Expression.of(r"(?<![A-Za-z0-9])[1-9A-HJ-NP-Za-km-z]{25,44}+(?![A-Za-z0-9])")
SEGWIT = Expression.of(
    r"(?<![A-Za-z0-9])(?:(bc|ltc)1[ac-hj-np-z02-9]{6,87}+|(BC|LTC)1[AC-HJ-NP-Z02-9]{6,87}+)"
    r"(?![A-Za-z0-9])"
)
ETHEREUM = Expression.of(r"(?<![A-Za-z0-9])0[xX]([0-9a-fA-F]{40})(?![A-Za-z0-9])")

_VERSIONS: Mapping[int, str] = {
    0x00: "bitcoin",  # P2PKH, 1…
    0x05: "bitcoin",  # P2SH, 3… (Litecoin wrote its own this way too, formerly)
    0x16: "dogecoin",  # P2SH, 9… and A…
    0x1E: "dogecoin",  # P2PKH, D…
    0x30: "litecoin",  # P2PKH, L…
    0x32: "litecoin",  # P2SH, M…
    0x41: "tron",  # T…
}
"""What the first byte of a Base58Check address says; 20 bytes of a hash follow."""

_HASH_LENGTH = 20
_SOLANA_LENGTH = 32
_SEGWIT_CHAINS = {"bc": "bitcoin", "ltc": "litecoin"}

_CUE = re.compile(
    r"(?<![A-Za-z])(?:ca|contract|address|addr|wallet|mint)(?![A-Za-z])|合约|合約|地址|钱包|錢包",
    re.IGNORECASE | re.ASCII,
)
_CUE_REACH = 24
"""How far before an address its cue may stand."""


def read_wallets(text: Text) -> list[Entity]:
    """Find wallet and contract addresses. Value: as written; in lower case where case carries nothing.

    Detail: the chain, verified by checksum: `bitcoin`, `litecoin`, `dogecoin`, `tron`, `ethereum`.
    `ethereum-unchecked` is an address all in one case, which carries no checksum; one in mixed case with a
    wrong checksum is no hit. `unchecked:solana` has the form only, and a cue before it or `pump` at its end.
    """
    readers: tuple[Callable[[Text], Iterator[Entity]], ...] = (_base58, _segwit, _ethereum)
    return apart(hit for read in readers for hit in read(text))


def _base58(text: Text) -> Iterator[Entity]:
    for match in text.matches(BASE58):
        body = decode_check(match[0])
        if body is not None and len(body) == 1 + _HASH_LENGTH and body[0] in _VERSIONS:
            yield _wallet(match, match[0], _VERSIONS[body[0]])
        elif _is_like_solana(match[0]) and (
            match[0].endswith("pump") or _has_cue(text.folded, match.start())
        ):
            yield _wallet(match, match[0], "unchecked:solana")


def _is_like_solana(written: str) -> bool:
    kinds = (str.isdigit, str.isupper, str.islower)
    if not all(any(map(kind, written)) for kind in kinds):
        return False
    raw = decode(written)
    return raw is not None and len(raw) == _SOLANA_LENGTH


def _has_cue(folded: str, start: int) -> bool:
    return _CUE.search(folded, max(0, start - _CUE_REACH), start) is not None


def _segwit(text: Text) -> Iterator[Entity]:
    for match in text.matches(SEGWIT):
        prefix = (match[1] or match[2]).lower()
        if decode_segwit(prefix, match[0]) is not None:
            yield _wallet(match, match[0].lower(), _SEGWIT_CHAINS[prefix])


def _ethereum(text: Text) -> Iterator[Entity]:
    for match in text.matches(ETHEREUM):
        digits = match[1]
        if digits in (digits.lower(), digits.upper()):
            yield _wallet(match, "0x" + digits.lower(), "ethereum-unchecked")
        elif digits == with_checksum(digits):
            yield _wallet(match, "0x" + digits.lower(), "ethereum")


def with_checksum(digits: str) -> str:
    """Return 40 hexadecimal digits in the case that EIP-55 asks for."""
    lower = digits.lower()
    digest = keccak.new(digest_bits=256, data=lower.encode("ascii")).hexdigest()
    return "".join(
        char.upper() if nibble > "7" else char for char, nibble in zip(lower, digest, strict=False)
    )


def _wallet(match: re.Match[str], value: str, detail: str) -> Entity:
    return Entity("wallet", match.start(), match.end(), value, detail)
