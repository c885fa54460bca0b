"""Codes of the time, and recovery codes."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from tipstaff.actions.access.codes import (
    address_of,
    code_at,
    counter_of,
    make_recovery_codes,
    make_secret,
    recovery_digest,
    written,
)

SECRET = b"12345678901234567890"
"""That of RFC 6238, appendix B, of which the codes there have eight digits: the last six are ours."""


@pytest.mark.parametrize(
    ("now", "code"),
    [
        (59, "287082"),
        (1111111109, "081804"),
        (1111111111, "050471"),
        (1234567890, "005924"),
        (2000000000, "279037"),
        (20000000000, "353130"),
    ],
)
def test_codes_are_those_of_the_standard(now: int, code: str) -> None:
    """RFC 6238, appendix B, for SHA-1."""
    assert code_at(SECRET, now) == code
    assert counter_of(SECRET, code, now, 0) == now // 30


def test_a_code_counts_for_its_neighbours_and_once() -> None:
    """Half a minute early or late it is taken; later, or if it or a later one was taken before, it is not."""
    code, step = code_at(SECRET, 3000), 100
    assert [counter_of(SECRET, code, now, 0) for now in (2940, 2970, 3000, 3059, 3060)] == [
        None, step, step, step, None,
    ]  # fmt: skip
    assert counter_of(SECRET, code, 3000, step) is None
    assert counter_of(SECRET, code, 3000, step - 1) == step


@pytest.mark.parametrize("code", ["", "28708", "2870820", "x", "２８７０８２", "\ud800", " 287082", "000000"])
def test_what_is_no_code_is_none(code: str) -> None:
    """Whatever it is, nothing breaks."""
    assert counter_of(SECRET, code, 59, 0) is None


def test_an_app_reads_the_secret() -> None:
    """The URI has it in Base32, with who it is for; each secret is new, and has 160 bits."""
    found = urlsplit(address_of(SECRET, "alice"))
    asked = parse_qs(found.query)
    assert (found.scheme, found.netloc, found.path) == ("otpauth", "totp", "/Tipstaff:alice")
    assert asked["secret"] == [written(SECRET)] == ["GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"]
    assert asked["issuer"] == ["Tipstaff"]
    one, other = make_secret(), make_secret()
    assert (len(one), one != other) == (20, True)


def test_recovery_codes_are_ten_and_unlike() -> None:
    """80 bits each, in groups, which do not count, as little as case."""
    codes = make_recovery_codes()
    assert len(set(codes)) == 10
    assert all(len(code.replace("-", "")) == 16 for code in codes)
    assert recovery_digest(codes[0]) == recovery_digest(codes[0].upper().replace("-", " "))
    assert len({recovery_digest(code) for code in codes}) == 10
