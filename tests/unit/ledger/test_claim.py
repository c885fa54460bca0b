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
