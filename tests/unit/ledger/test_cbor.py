"""Deterministic CBOR: the vectors of RFC 8949, and every other form refused."""

from __future__ import annotations

from collections.abc import Callable

import cbor2
import pytest
from worlds import repeated, shared

from tipstaff.ledger import cbor
from tipstaff.ledger.cbor import Value, byte_string, decode, encode
from tipstaff.ledger.errors import EncodingError

VECTORS: list[tuple[str, Value]] = [
    ("00", 0), ("01", 1), ("0a", 10), ("17", 23), ("1818", 24), ("1819", 25), ("1864", 100), ("1903e8", 1000),
    ("1a000f4240", 1000000), ("1b000000e8d4a51000", 1000000000000),
    ("1bffffffffffffffff", 18446744073709551615), ("3bffffffffffffffff", -18446744073709551616),
    ("20", -1), ("29", -10), ("3863", -100), ("3903e7", -1000), ("f4", False), ("f5", True), ("f6", None),
    ("40", b""), ("4401020304", b"\x01\x02\x03\x04"), ("60", ""), ("6161", "a"), ("6449455446", "IETF"),
    ("62225c", '"\\'), ("62c3bc", "\u00fc"), ("63e6b0b4", "\u6c34"), ("64f0908591", "\U00010151"),
    ("80", []), ("83010203", [1, 2, 3]), ("8301820203820405", [1, [2, 3], [4, 5]]),
    ("98190102030405060708090a0b0c0d0e0f101112131415161718181819", list(range(1, 26))),
    ("a0", {}), ("a201020304", {1: 2, 3: 4}), ("a26161016162820203", {"a": 1, "b": [2, 3]}),
    ("826161a161626163", ["a", {"b": "c"}]),
    ("a56161614161626142616361436164614461656145", {"a": "A", "b": "B", "c": "C", "d": "D", "e": "E"}),
]  # fmt: skip
"""Those of appendix A that are of this profile."""

REFUSED = {
    "an integer in one byte too many": "1817",
    "an integer in two bytes": "190018",
    "an integer in four bytes": "1a0000ffff",
    "an integer in eight bytes": "1b00000000ffffffff",
    "a negative integer in one byte too many": "3800",
    "a length in one byte too many": "580101",
    "a length in two bytes": "59000101",
    "a text with a long length": "7800",
    "an array with a long length": "9800",
    "an array with a length in eight bytes": "9b0000000000000000",
    "a map with a long length": "b800",
    "bytes of indefinite length": "5f420102ff",
    "a text of indefinite length": "7f657374726561646d696e67ff",
    "an array of indefinite length": "9f01ff",
    "a map of indefinite length": "bf6161 01ff",
    "keys out of order": "a203040102",
    "texts before numbers": "a2616101 0102",
    "a longer key first": "a2626161016162 02",
    "negative keys before positive ones": "a220000100",
    "keys out of order within": "81a203040102",
    "a key twice": "a201020103",
    "a text key twice": "a2616101616102",
    "a half float": "f90000",
    "a float": "fa47c35000",
    "a double": "fb3ff199999999999a",
    "a double that is whole": "fb3ff0000000000000",
    "an infinity": "f97c00",
    "not a number": "f97e00",
    "undefined": "f7",
    "a simple value": "f0",
    "a simple value in two bytes": "f8ff",
    "a boolean in two bytes": "f814",
    "a time as a tag": "c074323031332d30332d32315432303a30343a30305a",
    "seconds as a tag": "c11a514b67b0",
    "a positive bignum": "c249010000000000000000",
    "a negative bignum": "c349010000000000000000",
    "a small bignum": "c24101",
    "a decimal": "c48221196ab3",
    "a big float": "c5822003",
    "a rational": "d81e820103",
    "a rational over nothing": "d81e820100",
    "a regular expression": "d8236161",
    "a uuid": "d82550" + "00" * 16,
    "an encoded item": "d818456449455446",
    "a set": "d9010281 01",
    "a cycle": "d81c81d81d00",
    "a message": "d82463616263",
    "an unknown tag": "d9ffff00",
    "CBOR that describes itself": "d9d9f700",
    "what follows the end": "0000",
    "nothing": "",
    "bytes that end too soon": "4201",
    "an array that ends too soon": "8201",
    "a map that ends too soon": "a101",
    "bytes of a huge length": "5bffffffffffffffff",
    "a text of a huge length": "7b7fffffffffffffff",
    "an array of a huge length": "9bffffffffffffffff",
    "a map of a huge length": "bbffffffffffffffff",
    "a reserved argument": "1c",
    "a break": "ff",
    "text that is not UTF-8": "61ff",
    "text with half a surrogate pair": "63eda080",
    "bytes as a key": "a1410000",
    "a list as a key": "a18000",
    "a boolean as a key": "a1f500",
    "null as a key": "a1f600",
    "a float as a key": "a1fb3ff000000000000000",
}
"""Forms that are well-formed CBOR for others, or for nobody."""


@pytest.mark.parametrize(("encoded", "value"), VECTORS, ids=[encoded[:20] for encoded, _ in VECTORS])
def test_values_are_encoded_as_the_rfc_says(encoded: str, value: Value) -> None:
    """The examples of RFC 8949, appendix A, both ways."""
    assert encode(value).hex() == encoded
    assert decode(bytes.fromhex(encoded)) == value


@pytest.mark.parametrize("form", REFUSED)
def test_every_other_form_is_refused(form: str) -> None:
    """What `encode` would not have written is not read."""
    with pytest.raises(EncodingError):
        decode(bytes.fromhex(REFUSED[form]))


def test_keys_are_ordered_bytewise_by_their_encodings() -> None:
    """The order of the example of RFC 8949, 4.2.1, and not that of insertion."""
    value: Value = {"aa": 0, 100: 0, "z": 0, -1: 0, 10: 0}  # type: ignore[dict-item]  # both kinds of keys
    assert encode(value).hex() == "a50a00186400200061 7a0062616100".replace(" ", "")


def test_keys_that_are_not_ascii_are_ordered_by_their_bytes() -> None:
    """The length is that of the encoding, not the number of letters."""
    value: Value = {"zz": 1, "\u00fc": 2, "\u6c34": 3}
    assert list(decode(encode(value))) == ["zz", "\u00fc", "\u6c34"]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "value",
    [1.5, 2**64, -(2**64) - 1, object(), {True: 1}, {1.5: 1}, {b"": 1}, {None: 1}, [{1: {2: 1.5}}], {1, 2},
     bytearray(b""), "\ud800", {"\ud800": 1}],
)  # fmt: skip
def test_what_has_no_encoding_is_refused(value: Value) -> None:
    """Floats, large integers, other types, other keys, and texts that are no Unicode: no guesses."""
    with pytest.raises(EncodingError):
        encode(value)


def test_values_that_are_shared_are_refused_before_they_are_written_out() -> None:
    """Lists of the one before it twice are 2^29 values in full: this ends only if refused."""
    with pytest.raises(EncodingError, match="tag"):
        decode(shared(29))


def test_texts_that_are_repeated_are_refused_before_they_are_written_out() -> None:
    """40,000 references to 20,000 bytes are a message of 140 kB, and 800 MB in full."""
    with pytest.raises(EncodingError, match="tag"):
        decode(repeated(20_000, 40_000))


def test_no_tag_is_read_and_none_is_remembered() -> None:
    """Each tag that a library could know is refused, and strangers cannot fill memory by naming others."""
    before = len(cbor._NO_TAGS)
    for tag in (*range(1_100), 43_000, 55_799, 2**32, 2**64 - 1):
        with pytest.raises(EncodingError, match="tag"):
            decode(cbor2.dumps(cbor2.CBORTag(tag, [1, 2])))
    assert len(cbor._NO_TAGS) == before


@pytest.mark.parametrize("depth", [33, 100, 400, 401, 5_000, 60_000])
def test_nesting_is_bounded(depth: int) -> None:
    """How deep values may lie within one another does not depend on the stack of whoever reads them."""
    with pytest.raises(EncodingError, match="depth"):
        decode(b"\x81" * depth + b"\x00")


def test_nesting_up_to_the_bound_is_read() -> None:
    """32 arrays within one another are read, and written."""
    data = b"\x81" * 32 + b"\x00"
    assert encode(decode(data)) == data


@pytest.mark.parametrize("depth", [33, 400, 10_000])
@pytest.mark.parametrize("around", [lambda value: [value], lambda value: {"a": value}])
def test_nesting_that_could_not_be_read_is_not_written(depth: int, around: Callable[[Value], Value]) -> None:
    """What is kept or signed is to be read one day: a value beyond the bound is an error of encoding."""
    value: Value = 0
    for _ in range(depth):
        value = around(value)
    with pytest.raises(EncodingError, match="depth"):
        encode(value)


@pytest.mark.parametrize(
    ("size", "head"),
    [(0, "40"), (23, "57"), (24, "5818"), (255, "58ff"), (256, "590100"), (65_536, "5a00010000")],
)
def test_byte_strings_have_the_shortest_head(size: int, head: str) -> None:
    """At each border of the length the head is the shortest that can hold it."""
    assert byte_string(bytes(size)) == bytes.fromhex(head) + bytes(size) == encode(bytes(size))
