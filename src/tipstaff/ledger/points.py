"""Points of Ed25519 that can be public keys: the library takes any 32 bytes for one.

Under a key of small order, signatures are made without a private key: the term that the secret stands in
vanishes, for every message or for one in eight, and what was signed could be stated by anyone. Under one of
mixed order, signatures can be made of which some implementations say yes and others no.
"""

from __future__ import annotations

from typing import Final

from nacl.bindings import crypto_core_ed25519_is_valid_point

from tipstaff.ledger.errors import EncodingError

PRIME: Final = 2**255 - 19
"""The size of the field that coordinates are of."""

_D: Final = -121665 * pow(121666, -1, PRIME) % PRIME

_SMALL_ORDER: Final = frozenset(
    {
        0,  # of order 4
        1,  # the neutral point
        PRIME - 1,  # of order 2
        2707385501144840649318225287225658788936804267575313519463743609750303402022,  # of order 8
        55188659117513257062467267217118295137698188065244968500265048394206261417927,
    }
)
"""The y of all points whose order divides 8; each with both signs of x."""


def check_point(encoded: bytes) -> None:
    """Refuse 32 bytes that are no point, that are not its one encoding, or that are not of prime order.

    As in RFC 8032, section 5.1.3, but that the root itself is not needed: x^2 = u/v has one where u*v is a
    square. Where x is 0, which has no sign, the order is small. Raises `EncodingError`.
    """
    y = int.from_bytes(encoded, "little") & (1 << 255) - 1
    if y >= PRIME:
        raise EncodingError("not a key on its curve: y is not less than the prime of its field")
    if y in _SMALL_ORDER:
        raise EncodingError("not a key that signs: a point of small order, under which anyone can")
    u, v = y * y - 1, _D * y * y + 1
    if pow(u * v, (PRIME - 1) // 2, PRIME) != 1:
        raise EncodingError("not a key on its curve: no point has this y")
    if not crypto_core_ed25519_is_valid_point(encoded):
        raise EncodingError("not a key that signs: its order is no prime, and libraries would differ over it")
