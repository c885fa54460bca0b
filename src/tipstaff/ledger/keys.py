"""Keys: Ed25519 and P-256, named by their COSE key thumbprint.

A kid commits to its key (RFC 9679), so that which key a signature is made with never depends on a directory.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Final, TypeAlias, cast

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey

from tipstaff.base.errors import InputError
from tipstaff.ledger.cbor import Value, decode, encode
from tipstaff.ledger.errors import EncodingError
from tipstaff.ledger.points import check_point

EDDSA: Final = -8
ES256: Final = -7
ALGORITHMS: Final = {"Ed25519": EDDSA, "ES256": ES256}
"""The names of algorithms on the command line and in trust files, and their COSE numbers (RFC 9053)."""

_KTY, _CRV, _X, _Y = 1, -1, -2, -3
_OKP, _EC2 = 1, 2
_ED25519, _P256 = 6, 1
_SIZE: Final = 32
"""Bytes of a coordinate, of a scalar and of half a signature, for both kinds of key."""

_P256_ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551

_PublicKey: TypeAlias = VerifyKey | ec.EllipticCurvePublicKey


@dataclass(frozen=True)
class VerifyingKey:
    """A public key; `encoded` is its COSE_Key with the members that its thumbprint is made of."""

    alg: int
    encoded: bytes

    @cached_property
    def kid(self) -> bytes:
        """The thumbprint of RFC 9679: SHA-256 of the required members, 32 bytes."""
        return hashlib.sha256(self.encoded).digest()

    @cached_property
    def raw(self) -> bytes:
        """An Ed25519 public key as 32 bytes, as notes have it."""
        if self.alg != EDDSA:
            raise InputError("only an Ed25519 key has a raw form")
        return cast("bytes", _members(self.encoded)[_X])

    def verify(self, signature: bytes, message: bytes) -> bool:
        """Say whether the signature (64 bytes) is this key's signature of the message.

        Of Ed25519, only what every implementation accepts: see docs/decisions/0030-strict-verification.md.
        """
        if len(signature) != 2 * _SIZE:
            return False
        try:
            key = _public_key(self.encoded)
            if isinstance(key, VerifyKey):
                key.verify(message, signature)
            else:
                r, s = int.from_bytes(signature[:_SIZE]), int.from_bytes(signature[_SIZE:])
                key.verify(encode_dss_signature(r, s), message, ec.ECDSA(hashes.SHA256()))
        except (InvalidSignature, BadSignatureError):
            return False
        return True

    @classmethod
    @lru_cache(maxsize=4096)
    def decode(cls, encoded: bytes) -> VerifyingKey:
        """Read a COSE_Key.

        Raises `EncodingError` when it is of another kind, malformed, not on its curve, or of small order.
        """
        members = _members(encoded)
        if any(type(member) is bool for member in members.values()):
            raise EncodingError("not a public COSE_Key: true and false are no numbers")
        match members:
            case {1: 1, -1: 6, -2: bytes(x)} if len(members) == 3 and len(x) == _SIZE:  # noqa: PLR2004  kty, crv, x
                alg = EDDSA
                check_point(x)
            case {1: 2, -1: 1, -2: bytes(x), -3: bytes(y)} if len(members) == 4 and len(x) == len(y) == _SIZE:  # noqa: PLR2004  and y
                alg = ES256
            case _:
                raise EncodingError(
                    "not a public COSE_Key of Ed25519 or P-256 with its required members alone"
                )
        try:
            _public_key(encoded)
        except (ValueError, UnsupportedAlgorithm) as error:
            raise EncodingError(f"not a key on its curve: {error}") from error
        return cls(alg, encoded)


@dataclass(frozen=True)
class SigningKey:
    """A private key. Its secret is never shown."""

    _private: Ed25519PrivateKey | ec.EllipticCurvePrivateKey

    def __repr__(self) -> str:
        """Show which key it is."""
        return f"SigningKey({self.public.kid.hex()[:16]}…)"

    @classmethod
    def generate(cls, alg: int = EDDSA) -> SigningKey:
        """Make a new key from the system's randomness."""
        return cls(Ed25519PrivateKey.generate() if alg == EDDSA else ec.generate_private_key(ec.SECP256R1()))

    @classmethod
    def from_seed(cls, seed: bytes) -> SigningKey:
        """Return the Ed25519 key of a seed of 32 bytes."""
        return cls(Ed25519PrivateKey.from_private_bytes(seed))

    @classmethod
    def from_pem(cls, data: bytes, passphrase: bytes | None = None) -> SigningKey:
        """Read a key as `pem` writes it. Raises `InputError` for anything else."""
        try:
            key = serialization.load_pem_private_key(data, password=passphrase)
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise InputError(f"not a private key in PEM: {error}") from error
        if isinstance(key, Ed25519PrivateKey):
            return cls(key)
        if isinstance(key, ec.EllipticCurvePrivateKey) and isinstance(key.curve, ec.SECP256R1):
            return cls(key)
        raise InputError("not an Ed25519 or P-256 key")

    def pem(self, passphrase: bytes | None = None) -> bytes:
        """Write the key as PKCS #8, encrypted where there is a passphrase."""
        encryption: serialization.KeySerializationEncryption = (
            serialization.BestAvailableEncryption(passphrase) if passphrase else serialization.NoEncryption()
        )
        return self._private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption
        )

    @cached_property
    def public(self) -> VerifyingKey:
        """The public half."""
        public = self._private.public_key()
        if isinstance(public, Ed25519PublicKey):
            return VerifyingKey(EDDSA, encode({_KTY: _OKP, _CRV: _ED25519, _X: public.public_bytes_raw()}))
        point = public.public_numbers()
        x, y = point.x.to_bytes(_SIZE), point.y.to_bytes(_SIZE)
        return VerifyingKey(ES256, encode({_KTY: _EC2, _CRV: _P256, _X: x, _Y: y}))

    def sign(self, message: bytes) -> bytes:
        """Sign a message: 64 bytes."""
        if isinstance(self._private, Ed25519PrivateKey):
            return self._private.sign(message)
        r, s = decode_dss_signature(self._private.sign(message, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(_SIZE) + min(s, _P256_ORDER - s).to_bytes(_SIZE)


def is_low(alg: int, signature: bytes) -> bool:
    """Say whether a signature is the one of its twins that is accepted.

    To every ES256 signature (r, s) anyone can find (r, -s), which verifies as well: of the two only the one
    with the lesser s is taken, or a stranger could register an author's statement in a form that is not his.
    """
    return alg != ES256 or int.from_bytes(signature[_SIZE:]) <= _P256_ORDER // 2


def ed25519(raw: bytes) -> VerifyingKey:
    """Return the key of 32 raw bytes. Raises `EncodingError` when they are none."""
    return VerifyingKey.decode(encode({_KTY: _OKP, _CRV: _ED25519, _X: raw}))


def _members(encoded: bytes) -> dict[int, Value]:
    """Return the members of a COSE_Key."""
    members = decode(encoded)
    if not isinstance(members, dict):
        raise EncodingError("not a COSE_Key: it is no map")
    return cast("dict[int, Value]", members)


@lru_cache(maxsize=4096)
def _public_key(encoded: bytes) -> _PublicKey:
    """Return the key of the library that verifies with it."""
    members = cast("dict[int, bytes]", _members(encoded))
    if members[_KTY] == _OKP:  # type: ignore[comparison-overlap]  # the type of the key is a number
        return VerifyKey(members[_X])
    point = b"\x04" + members[_X] + members[_Y]
    return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
