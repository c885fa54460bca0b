"""Statements: what is signed, and what of it is believed once its signature verifies."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, cast

import msgspec

from tipstaff.ledger import cose
from tipstaff.ledger.cbor import MOST, Value, decode, decode_known, decode_unchecked, encode
from tipstaff.ledger.errors import EncodingError, StatementError
from tipstaff.ledger.keys import EDDSA, ES256, SigningKey, VerifyingKey, is_low
from tipstaff.ledger.plain import CTI_SIZES, LONGEST, Plain, is_kind, read_plain

MAX_SIZE: Final = 65_535
"""Bytes of a statement at the most: what an entry bundle can hold."""

CONTENT_TYPE: Final = "application/cbor"
KIND, VERSION = -65537, -65538
HASH_ALG, PREIMAGE_TYPE, LOCATION = 258, 259, 260
SHA_256: Final = -16

_KID_SIZE: Final = 32
_HASH_SIZE: Final = 32
# Labels in the order of their encodings, which is the only one that is accepted.
_LABELS: Final = (cose.ALG, cose.CONTENT_TYPE, cose.KID, cose.CWT_CLAIMS, KIND, VERSION)
_ENVELOPE: Final = (cose.ALG, cose.KID, cose.CWT_CLAIMS, HASH_ALG, PREIMAGE_TYPE, KIND, VERSION)
_LOCATED: Final = (cose.ALG, cose.KID, cose.CWT_CLAIMS, HASH_ALG, PREIMAGE_TYPE, LOCATION, KIND, VERSION)
_HIGH: Final = "the signature is not in its low form: of s and -s, the lesser one is accepted"
_TOLD: Final = 8
"""Labels that are told to be unknown: what is said of a statement must not be longer than the statement."""

_NAMES: Final = frozenset((str,))
_NUMBERS: Final = frozenset((int,))
_CWT: Final = (cose.ISS, cose.SUB, cose.IAT, cose.CTI)


class Envelope(msgspec.Struct, frozen=True, gc=False):
    """Of a hash envelope (RFC 9995): the media type of what was hashed, and where it is kept, if told."""

    media_type: str
    location: str | None = None


class Statement(msgspec.Struct, frozen=True, gc=False):
    """A statement that was read. Nothing of it is to be believed before its signature is verified.

    `encoded` are the bytes with an empty unprotected map, `entry` is their SHA-256, and the signature is over
    `message`. Like all that is made for each statement, it is none of the garbage collector's: nothing within
    can lead back to it.
    """

    kind: str
    version: int
    iss: str
    sub: str
    iat: int
    cti: bytes
    kid: bytes
    alg: int
    envelope: Envelope | None
    payload: bytes
    encoded: bytes
    entry: bytes
    message: bytes
    signature: bytes

    @property
    def claims(self) -> dict[str, Value]:
        """The claims of an ordinary statement; those of a hash envelope are none.

        They are decoded whenever they are asked for. Raises `StatementError`, unless `parse` has read it.
        """
        return {} if self.envelope else _claims(self.payload)

    @property
    def known_claims(self) -> dict[str, Value]:
        """The same, where `are_claims` has said that they are some."""
        return cast("dict[str, Value]", decode_known(self.payload))

    @property
    def digest(self) -> bytes | None:
        """Of a hash envelope, the SHA-256 of the payload that is kept elsewhere."""
        return self.payload if self.envelope else None

    def verified_by(self, key: VerifyingKey) -> bool:
        """Say whether the key is the one that the statement names, and the signature is that key's."""
        return self.kid == key.kid and self.alg == key.alg and key.verify(self.signature, self.message)


@dataclass(frozen=True, slots=True)
class Draft:
    """What is to be stated: `claims`, or `envelope` and `digest` of a payload that is kept elsewhere."""

    kind: str
    version: int
    iss: str
    sub: str
    iat: int
    cti: bytes
    claims: Mapping[str, Value] | None = None
    envelope: Envelope | None = None
    digest: bytes | None = None


def sign(draft: Draft, key: SigningKey) -> bytes:
    """Sign a statement and return its bytes.

    Raises `StatementError` for what `parse` would refuse, `EncodingError` for claims without an encoding.
    """
    header: dict[int, Value] = {
        cose.ALG: key.public.alg,
        cose.KID: key.public.kid,
        cose.CWT_CLAIMS: {cose.ISS: draft.iss, cose.SUB: draft.sub, cose.IAT: draft.iat, cose.CTI: draft.cti},
        KIND: draft.kind,
        VERSION: draft.version,
    }
    if draft.envelope is None:
        if draft.digest is not None:
            raise StatementError("a digest goes with an envelope; what is stated here are claims")
        header[cose.CONTENT_TYPE] = CONTENT_TYPE
        payload = encode(dict(draft.claims or {}))
    elif draft.claims:
        raise StatementError("a hash envelope makes no claims: its payload is kept elsewhere")
    else:
        header |= {HASH_ALG: SHA_256, PREIMAGE_TYPE: draft.envelope.media_type}
        if draft.envelope.location is not None:
            header[LOCATION] = draft.envelope.location
        payload = draft.digest or b""
    data = cose.sign(key, encode(header), payload)
    parse(data)
    return data


def parse(data: bytes) -> Statement:
    """Read a statement, whole; what stands in its unprotected map is dropped.

    Raises `StatementError`, with what is wrong, for anything that docs/ledger.md does not describe. The
    signature is not verified: see `Statement.verified_by`.
    """
    statement = read(data)
    if statement.envelope is None:
        _claims(statement.payload)
    return statement


def read(data: bytes) -> Statement:
    """Read a statement, but not yet its claims: whoever could not sign must not make others decode much.

    Raises `StatementError` as `parse` does.
    """
    if len(data) > MAX_SIZE:
        raise StatementError(f"a statement has {len(data):,} bytes; {MAX_SIZE:,} is the most")
    plain = read_plain(data)
    return _ordinary(data, plain) if plain else _read(data)


def _ordinary(data: bytes, plain: Plain) -> Statement:
    """Return an ordinary statement."""
    alg, kid, iss, sub, iat, cti, kind, version, payload, message, signature = plain
    if not is_low(alg, signature):
        raise StatementError(_HIGH)
    entry = hashlib.sha256(data).digest()
    return Statement(
        kind, version, iss, sub, iat, cti, kid, alg, None, payload, data, entry, message, signature
    )


def _read(data: bytes) -> Statement:
    """Read a statement as CBOR, whatever it is."""
    try:
        protected, unprotected, payload, signature = cose.split(data)
        cose.check_signature(signature)
        header = cast("dict[int, Value]", decode_unchecked(protected))
    except EncodingError as error:
        raise StatementError(f"malformed statement: {error}") from error
    if payload is None:
        raise StatementError("malformed statement: the payload is detached; a statement carries its own")
    if not isinstance(header, dict):
        raise StatementError("malformed statement: the protected header is no map")
    hashed = _envelope(header, payload)
    alg, kid, kind, version = _identity(header)
    iss, sub, iat, cti = _cwt(header[cose.CWT_CLAIMS])
    if not is_low(alg, signature):
        raise StatementError(_HIGH)
    encoded = cose.assemble(protected, payload, signature) if unprotected else data
    return Statement(
        kind=kind,
        version=version,
        iss=iss,
        sub=sub,
        iat=iat,
        cti=cti,
        kid=kid,
        alg=alg,
        envelope=hashed,
        payload=payload,
        encoded=encoded,
        entry=hashlib.sha256(encoded).digest(),
        message=cose.to_be_signed(protected, payload),
        signature=signature,
    )


def _identity(header: Mapping[int, Value]) -> tuple[int, bytes, str, int]:
    """Return algorithm, kid, kind and version."""
    alg, kid, kind, version = header[cose.ALG], header[cose.KID], header[KIND], header[VERSION]
    if type(alg) is not int or alg not in (EDDSA, ES256):
        raise StatementError(
            f"algorithm {alg!r:.40} is not supported: it is {EDDSA} (EdDSA) or {ES256} (ES256)"
        )
    if type(kid) is not bytes or len(kid) != _KID_SIZE:
        raise StatementError("the kid is no key thumbprint of 32 bytes")
    if type(kind) is not str or not is_kind(kind):
        raise StatementError(f"kind {kind!r:.60} is no name of 1 to 32 small letters and underscores")
    if type(version) is not int or not 1 <= version <= MOST:
        raise StatementError(f"version {version!r:.40} is no number from 1")
    return alg, kid, kind, version


def _cwt(claims: Value) -> tuple[str, str, int, bytes]:
    """Return iss, sub, iat and cti of the CWT claims."""
    if type(claims) is not dict or not _are(claims, _CWT):
        raise StatementError("the CWT claims are not iss, sub, iat and cti alone, in this order")
    iss, sub, iat, cti = claims.values()
    if type(iss) is not str or not 1 <= len(iss) <= LONGEST:
        raise StatementError(f"iss is no text of 1 to {LONGEST} characters")
    if type(sub) is not str or not 1 <= len(sub) <= LONGEST:
        raise StatementError(f"sub is no text of 1 to {LONGEST} characters")
    if type(iat) is not int or not 0 <= iat <= MOST:
        raise StatementError("iat is no time in seconds since 1970")
    if type(cti) is not bytes or len(cti) not in CTI_SIZES:
        raise StatementError(f"cti is not {CTI_SIZES.start} to {CTI_SIZES.stop - 1} bytes")
    return iss, sub, iat, cti


def _envelope(header: Mapping[int, Value], payload: bytes) -> Envelope | None:
    """Check the labels; return what a hash envelope says of its preimage, None for an ordinary statement."""
    labels = tuple(header)
    if _are(labels, _LABELS):
        if header[cose.CONTENT_TYPE] != CONTENT_TYPE:
            raise StatementError(f"content type {header[cose.CONTENT_TYPE]!r:.60} is not {CONTENT_TYPE}")
        return None
    if not _are(labels, _ENVELOPE) and not _are(labels, _LOCATED):
        raise StatementError(_strange(labels, _ENVELOPE if HASH_ALG in labels else _LABELS))
    media_type, location = header[PREIMAGE_TYPE], header.get(LOCATION)
    if type(header[HASH_ALG]) is not int or header[HASH_ALG] != SHA_256 or len(payload) != _HASH_SIZE:
        raise StatementError("a hash envelope holds a SHA-256 (-16) of 32 bytes, nothing else")
    if type(media_type) is not str or (LOCATION in labels and type(location) is not str):
        raise StatementError(
            "a hash envelope names the media type of its preimage, and its location, as texts"
        )
    return Envelope(media_type, cast("str | None", location))


def _are(labels: Iterable[object], expected: tuple[int, ...]) -> bool:
    """Say whether labels are those expected, in their order. True and 1.0 equal 1, but are not that label."""
    return tuple(labels) == expected and _NUMBERS.issuperset(map(type, labels))


def are_claims(payload: bytes) -> bool:
    """Say whether the payload of an ordinary statement is a map of claims, as `Statement.claims` has them."""
    try:
        _claims(payload)
    except StatementError:
        return False
    return True


def _claims(payload: bytes) -> dict[str, Value]:
    """Decode the payload of an ordinary statement."""
    try:
        claims = decode(payload)
    except EncodingError as error:
        raise StatementError(f"malformed payload: {error}") from error
    if type(claims) is not dict or not _NAMES.issuperset(map(type, claims)):
        raise StatementError("malformed payload: it is no map of claims by their names")
    return cast("dict[str, Value]", claims)


def _strange(labels: tuple[object, ...], expected: tuple[int, ...]) -> str:
    """Say which labels of a protected header are missing, unknown or out of order."""
    unknown = [label for label in labels if type(label) is not int or label not in expected]
    told = [
        *(f"{label} is missing" for label in expected if label not in labels),
        *(f"{label!r:.40} is unknown" for label in unknown[:_TOLD]),
        *(f"{len(unknown) - _TOLD:,} more are unknown" for _ in unknown[_TOLD : _TOLD + 1]),
    ]
    return f"the labels of the protected header are wrong: {', '.join(told) or 'they are out of order'}"
