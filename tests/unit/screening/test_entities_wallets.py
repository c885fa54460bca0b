"""Wallet addresses in running text."""

from __future__ import annotations

import pytest

from tipstaff.screening.entities import FINDERS
from tipstaff.screening.entities.wallets import with_checksum

SOLANA = "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v"  # the mint of USDC on Solana
PUMP = "9BB6NFEcjBCtnNLFko2FqVQBq8HHM13kCyYcdQbgpump"  # a mint made by pump.fun

# EIP-55, "Test Cases"
CHECKSUMMED = [
    "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
    "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
    "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB",
    "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
]
ONE_CASE = [
    "0x52908400098527886E0F7030069857D2E4169EE7",
    "0x8617E340B3D01FA5F11F306F4090FD50E238070D",
    "0xde709f2102306220921060314715629080e2fb77",
    "0x27b1fdb04752bbc536007a920d24acb045561c26",
]


def wallets(text: str) -> list[tuple[str, str, str]]:
    """Return what stands in the text, its value and its detail."""
    return [(text[hit.start : hit.end], hit.value, hit.detail) for hit in FINDERS["wallet"](text)]


@pytest.mark.parametrize(
    ("address", "chain"),
    [
        ("1FsSia9rv4NeEwvJ2GvXrX7LyxYspbN2mo", "bitcoin"),
        ("36j4NfKv6Akva9amjWrLG6MuSQym1GuEmm", "bitcoin"),
        ("bc1qvyq0cc6rahyvsazfdje0twl7ez82ndmuac2lhv", "bitcoin"),
        ("bc1p83n3au0rjylefxq2nc2xh2y4jzz4pm6zxj4mw5pagdjjr2a9f36s6jjnnu", "bitcoin"),
        ("bc1z2rksukkjr8", "bitcoin"),
        ("TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t", "tron"),
        ("LM2WMpR1Rp6j3Sa59cMXMs1SPzj9eXpGc1", "litecoin"),
        ("MQMcJhpWHYVeQArcZR3sBgyPZxxRtnH441", "litecoin"),
        ("ltc1qw508d6qejxtdg4y5r3zarvary0c5xw7kgmn4n9", "litecoin"),
        ("DH5yaieqoZN36fDVciNyRueRGvGLR3mr7L", "dogecoin"),
    ],
)
def test_addresses_with_a_good_checksum_are_found(address: str, chain: str) -> None:
    """Each chain's address is found as it stands, with Chinese touching it."""
    assert wallets(f"转账到{address}，谢谢") == [(address, address, chain)]


@pytest.mark.parametrize(
    "address",
    [
        "1FsSia9rv4NeEwvJ2GvXrX7LyxYspbN2mp",
        "36j4NfKv6Akva9amjWrLG6MuSQym1GuEmn",
        "bc1qvyq0cc6rahyvsazfdje0twl7ez82ndmuac2lhx",
        "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6u",
        "mzK2FFDEhxqHcmrJw1ysqFkVyhUULo45hZ",
        "tb1qcrh3yqn4nlleplcez2yndq2ry8h9ncg3qh7n54",
        "5JuW2AMDYu4xVwRG9DZW18VbzQrGcd5RCgb99sS6ehJsNQXu5b9",
    ],
)
def test_wrong_checksums_test_networks_and_keys_are_no_wallets(address: str) -> None:
    """One changed character is enough; neither test coins nor private keys are wallets."""
    assert wallets(f"send to {address} now") == []


def test_a_segwit_address_has_no_case() -> None:
    """The upper-case form of an address has the value of the lower-case one."""
    upper = "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4"
    assert wallets(upper) == [(upper, upper.lower(), "bitcoin")]


@pytest.mark.parametrize("address", CHECKSUMMED)
def test_eip_55_vectors_are_verified(address: str) -> None:
    """The mixed-case vectors of EIP-55 carry a good checksum; the value has no case."""
    assert "0x" + with_checksum(address[2:]) == address
    assert wallets(f"合约{address}") == [(address, address.lower(), "ethereum")]


@pytest.mark.parametrize("address", ONE_CASE + [vector.lower() for vector in CHECKSUMMED])
def test_addresses_in_one_case_are_unchecked(address: str) -> None:
    """All lower or all upper case carries no checksum."""
    assert wallets(address) == [(address, address.lower(), "ethereum-unchecked")]


@pytest.mark.parametrize("address", CHECKSUMMED)
def test_a_wrong_eip_55_checksum_is_no_wallet(address: str) -> None:
    """Mixed case with one letter turned is dropped."""
    index = next(place for place in range(2, 42) if address[place].isalpha())
    wrong = address[:index] + address[index].swapcase() + address[index + 1 :]
    assert wallets(wrong) == []


@pytest.mark.parametrize("text", ["0x" + "a" * 64, "0x" + "a" * 39, "x0x" + "a" * 40, "0x" + "g" * 40])
def test_other_hexadecimal_strings_are_no_wallets(text: str) -> None:
    """A transaction hash is longer; an address is neither shorter nor inside a word."""
    assert wallets(text) == []


@pytest.mark.parametrize(
    "cue", ["CA: ", "ca ", "contract address - ", "wallet\n", "合约：", "地址", "钱包（"]
)
def test_a_solana_like_address_needs_a_cue(cue: str) -> None:
    """Thirty-two bytes in base58 count after a cue, and say that nothing was verified."""
    assert wallets(cue + SOLANA) == [(SOLANA, SOLANA, "unchecked:solana")]
    assert wallets("see " + SOLANA) == []
    assert wallets(cue + "x" * 30 + " " + SOLANA) == []


def test_a_name_that_ends_in_pump_needs_no_cue() -> None:
    """The mints of pump.fun are known by their ending."""
    assert wallets(PUMP) == [(PUMP, PUMP, "unchecked:solana")]


@pytest.mark.parametrize(
    "word", ["abcdefghijkmnopqrstuvwxyzabcdefghijk", "1" * 36, "CAT" * 12, "Abc1" * 9, "Zz9" * 14]
)
def test_plain_words_after_a_cue_are_no_wallets(word: str) -> None:
    """Digits, upper and lower case must all be there, and 32 bytes come out."""
    assert wallets(f"contract address: {word}") == []


def test_full_width_addresses_are_read() -> None:
    """Full-width letters are folded for the value; the span is the text as written."""
    plain = "bc1z2rksukkjr8"
    wide = "".join(chr(ord(char) + 0xFEE0) for char in plain)
    assert wallets(f"到{wide}。") == [(wide, plain, "bitcoin")]
