"""Claims: what each type takes, whoever reads it."""

from __future__ import annotations

from typing import get_args

import msgspec
import pytest

from tipstaff.ledger.cbor import MOST, Value
from tipstaff.ledger.claim import Claim
from tipstaff.ledger.state import thing_of

TYPES = get_args(next(field for field in msgspec.structs.fields(Claim) if field.name == "type").type)


def claim(type_: str, **more: object) -> Claim:
    """Return a claim of a type, with what such a claim needs."""
    needed: dict[str, object] = {}
    if type_ == "list":
        needed = {"item": {"type": "count"}}
    if type_ == "map":
        needed = {"members": {"a": {"type": "count"}}}
    return msgspec.convert({"type": type_, **needed, **more}, Claim)


@pytest.mark.parametrize("type_", TYPES)
def test_only_a_table_takes_an_integer_below_zero(type_: str) -> None:
    """The state of the rules packs what claims say, and 64 bits are all that it can pack of an integer."""
    for number in (-1, -(2**63) - 1, -(2**64)):
        values: list[Value] = [number, [number], {"a": number}]
        taken = [claim(type_).test(value) for value in values]
        assert taken == [False, False, type_ == "table"]


@pytest.mark.parametrize("type_", ["count", "time", "counts", "list", "map"])
def test_the_greatest_integer_is_kept(type_: str) -> None:
    """What does pass can be packed, whatever it is."""
    value: Value = {"counts": {"a": MOST}, "map": {"a": MOST}, "list": [MOST]}.get(type_, MOST)
    assert claim(type_).test(value)
    assert thing_of("kind", [value]) != thing_of("kind", [None])


NAMES = ["court", "2018/7", "最高人民法院 沪01民终1号", "caf\u00e9", "\U00020bb7", "한국", "①", "a  b"]
NO_NAMES = {
    "nothing": "",
    "a blank in front": " a",
    "a blank behind": "a ",
    "a blank of another kind": "a\u3000b",
    "a line": "a\n",
    "the end of a line": "a\u2028b",
    "not in NFC": "cafe\u0301",
    "a sign for another letter": "\u212b",
    "a control": "a\x85b",
    "a soft hyphen": "a\u00adb",
    "a joiner": "a\u200db",
    "no width": "a\u200bb",
    "once a blank, now a format character": "a\u180eb",
    "a stand-in for what could not be read": "a\ufffd",
    "a description of an ideograph": "\u2ff0",
    "a direction": "\u202ea",
    "a variation": "a\ufe0f",
    "a tag": "a\U000e0041",
    "private use": "\ue000",
    "a surrogate": "\ud800",
    "no character": "\uffff",
    "unassigned in Unicode 3.2, assigned in 17": "\U0001f600",
    "composed since Unicode 16": "\U000105d2\u0307",
    "unassigned so far": "\u0378",
    "more than 200": "a" * 201,
    "bytes": b"a",
}


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_any_visible_text_in_nfc(name: str) -> None:
    """Letters, digits, signs and ideographs of whatever script, and blanks between them."""
    assert claim("name").test(name)


@pytest.mark.parametrize("fault", NO_NAMES)
def test_a_name_has_one_spelling(fault: str) -> None:
    """What looks like another name or like nothing is refused, and what a later Unicode may change."""
    assert not claim("name").test(NO_NAMES[fault])


def test_an_id_is_small_letters_digits_and_a_few_signs() -> None:
    """There is one way of writing each, on every keyboard."""
    for text in ("square", "a.example:8080/x_y@z-1", "0", "a" * 200):
        assert claim("id").test(text)
    for text in ("", "Square", ".a", "_a", "a b", "a\n", "é", "a" * 201, "a+b", 1, None):
        assert not claim("id").test(text)
    assert not claim("id", most=3).test("long")


def test_a_pseudonym_is_a_version_and_hexadecimal_digits() -> None:
    """No name of an account fits."""
    for text in ("v1:" + "0f" * 16, "v12:" + "a" * 128):
        assert claim("pseudonym").test(text)
    for version in ("", "v", "v0", "v01", "V1", "v\u0661"):
        assert not claim("pseudonym").test(f"{version}:{'0' * 32}")
    for digits in ("", "0" * 31, "0" * 129, "g" * 32, "A" * 32, "0" * 32 + "\n"):
        assert not claim("pseudonym").test(f"v1:{digits}")
    assert not claim("pseudonym").test(b"v1:" + b"0" * 32)
