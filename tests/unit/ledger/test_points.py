"""Points of Ed25519: which 32 bytes are a public key, against published lists and the curve itself."""

from __future__ import annotations

import base64
import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from worlds import World, make_key

from tipstaff.base.errors import InputError
from tipstaff.ledger import cose, genesis
from tipstaff.ledger.cbor import encode
from tipstaff.ledger.errors import EncodingError
from tipstaff.ledger.keys import VerifyingKey, ed25519
from tipstaff.ledger.points import PRIME, check_point
from tipstaff.ledger.trust import format_trust, parse_trust
from tipstaff.ledger.verification import Refused

NEUTRAL = b"\x01" + bytes(31)

SMALL_ORDER = [
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000000",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
]
"""The list of libsodium (ge25519_has_small_order), which takes each with both signs."""

Point = tuple[int, int]


D = -121665 * pow(121666, -1, PRIME) % PRIME
ORDER = 2**252 + 27742317777372353535851937790883648493


def add(one: Point, other: Point) -> Point:
    """Add two points of the curve -x^2 + y^2 = 1 + d x^2 y^2."""
    (x1, y1), (x2, y2) = one, other
    product = D * x1 * x2 * y1 * y2
    x = (x1 * y2 + x2 * y1) * pow(1 + product, -1, PRIME)
    y = (y1 * y2 + x1 * x2) * pow(1 - product, -1, PRIME)
    return x % PRIME, y % PRIME


def encoded(point: Point) -> bytes:
    """Encode a point as RFC 8032 does."""
    x, y = point
    return (y | (x & 1) << 255).to_bytes(32, "little")


def times(factor: int, point: Point) -> Point:
    """Multiply a point."""
    found = (0, 1)
    for bit in f"{factor:b}":
        found = add(found, found)
        if bit == "1":
            found = add(found, point)
    return found


def point_of(y: int) -> Point | None:
    """Return the point of an even x with this y, found as RFC 8032, section 5.1.3, finds it."""
    u, v = y * y - 1, D * y * y + 1
    x = u * pow(v, 3, PRIME) * pow(u * pow(v, 7, PRIME), (PRIME - 5) // 8, PRIME) % PRIME
    if (v * x * x - u) % PRIME:
        x = x * pow(2, (PRIME - 1) // 4, PRIME) % PRIME
    return None if (v * x * x - u) % PRIME else (x, y)


def points_of_small_order() -> set[Point]:
    """Return what is left of some points when they are multiplied by the order that keys have."""
    points = filter(None, map(point_of, range(2, 40)))
    left = {times(ORDER, point) for point in points}
    return {times(factor, point) for point in left for factor in range(8)}


def test_all_points_of_small_order_are_refused() -> None:
    """The curve has eight of them, derived here, which are those of the published list."""
    points = points_of_small_order()
    assert len(points) == 8
    canonical = {bytes.fromhex(listed) for listed in SMALL_ORDER[:5]}
    assert {encoded((0, y)) for _, y in points} == canonical
    for point in points:
        with pytest.raises(EncodingError, match="small order"):
            ed25519(encoded(point))


@pytest.mark.parametrize("listed", SMALL_ORDER)
@pytest.mark.parametrize("sign", [0, 0x80])
def test_published_points_of_small_order_are_refused(listed: str, sign: int) -> None:
    """Those that libsodium refuses, in every encoding, and with either sign."""
    raw = bytes.fromhex(listed)
    with pytest.raises(EncodingError, match="not a key"):
        ed25519(raw[:-1] + bytes((raw[-1] | sign,)))


@pytest.mark.parametrize("y", [*range(PRIME, 2**255), 2**255 - 1])
def test_a_point_has_one_encoding(y: int) -> None:
    """A y that is not less than the prime stands for another one, and the key would have two kids."""
    for sign in (0, 1):
        with pytest.raises(EncodingError, match="not less than the prime"):
            ed25519((y | sign << 255).to_bytes(32, "little"))


def test_what_is_no_point_is_refused() -> None:
    """Half of all y have no x; those below 60 are told from RFC 8032's own way of finding a root."""
    refused = set()
    for y in range(2, 60):
        on_curve = point_of(y)
        for sign in (0, 1):
            raw = (y | sign << 255).to_bytes(32, "little")
            if on_curve:
                point = point_of(y) or on_curve
                if times(ORDER, point) == (0, 1):
                    assert ed25519(raw).raw == raw
                else:
                    with pytest.raises(EncodingError, match="its order is no prime"):
                        ed25519(raw)
            else:
                refused.add(y)
                with pytest.raises(EncodingError, match="no point has this y"):
                    ed25519(raw)
    assert {2, 7, 8, 11} <= refused
    assert 20 < len(refused) < 40


def test_keys_of_mixed_order_are_refused() -> None:
    """A key that signs, with a point of small order added: libraries would differ over what it has signed."""
    base = point_of(4 * pow(5, -1, PRIME) % PRIME)
    assert base
    key = times(1_000_003, base)
    assert ed25519(encoded(key)).raw == encoded(key)
    for point in points_of_small_order() - {(0, 1)}:
        with pytest.raises(EncodingError, match="its order is no prime"):
            ed25519(encoded(add(key, point)))


def test_keys_that_sign_are_taken() -> None:
    """Public keys of RFC 8032, section 7.1, and many that were made."""
    for listed in (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "278117fc144c72340f67d0f2316e8386ceffbf2b2428c9c51fef7c597f1d426e",
        "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
    ):
        check_point(bytes.fromhex(listed))
    for number in range(200):
        check_point(make_key(str(number)).public.raw)


def test_nothing_is_stated_under_a_key_that_nobody_has() -> None:
    """A key of small order is not added, so that nobody can confirm his own decision with it."""
    world = World.begin()
    weak = VerifyingKey(-8, encode({1: 1, -1: 6, -2: NEUTRAL}))
    added = genesis.added_claims(weak, "dave", "reviewer", world.log.now())
    (outcome,) = world.log.append([world.draft("key", "log", added)])
    assert isinstance(outcome, Refused)
    assert "small order" in outcome.reason
    message = cose.to_be_signed(b"", b"")
    assert not weak.verify(NEUTRAL + bytes(32), message)
    Ed25519PublicKey.from_public_bytes(NEUTRAL).verify(
        NEUTRAL + bytes(32), message
    )  # others would believe it


def test_a_trust_file_with_such_a_key_is_refused() -> None:
    """Checkpoints and receipts are believed by its keys: none of them is one that anyone can sign with."""
    file = json.loads(format_trust(World.told().trust))
    weak = VerifyingKey(-8, encode({1: 1, -1: 6, -2: NEUTRAL}))
    public = {"kid": weak.kid.hex(), "public_key": base64.b64encode(weak.encoded).decode()}
    for place in (file["log_key"], file["keys"][0], file["keys"][1]):
        before = dict(place)
        place.update(public)
        with pytest.raises(InputError, match="small order"):
            parse_trust(json.dumps(file).encode())
        place.update(before)
    parse_trust(json.dumps(file).encode())
