"""Keys: thumbprints and signatures of published examples, and what is no key."""

from __future__ import annotations

import hashlib

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from worlds import make_es256_key, make_key

from tipstaff.base.errors import InputError
from tipstaff.ledger.cbor import Value, encode
from tipstaff.ledger.errors import EncodingError
from tipstaff.ledger.keys import EDDSA, ES256, SigningKey, VerifyingKey, ed25519

X = "65eda5a12577c2bae829437fe338701a10aaa375e1bb5b5de108de439c08551d"
Y = "1e52ed75701163f7f9e40ddf9f341b3dc9ba860af7e0ca7ca7e9eecd0084d19c"
ORDER = 2**252 + 27742317777372353535851937790883648493
NEUTRAL = (1).to_bytes(32, "little")
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def p256(x: bytes, y: bytes) -> bytes:
    """Encode a COSE_Key of P-256."""
    return encode({1: 2, -1: 1, -2: x, -3: y})


def test_the_thumbprint_is_that_of_the_rfc() -> None:
    """The example of RFC 9679, section 6."""
    key = VerifyingKey.decode(p256(bytes.fromhex(X), bytes.fromhex(Y)))
    assert key.alg == ES256
    assert key.kid.hex() == "496bd8afadf307e5b08c64b0421bf9dc01528a344a43bda88fadd1669da253ec"


@pytest.mark.parametrize(
    ("seed", "public", "message", "signature"),
    [
        (
            "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
            "",
            (
                "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
                "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
            ),
        ),
        (
            "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
            "72",
            (
                "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
                "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
            ),
        ),
    ],
)
def test_signatures_are_those_of_the_rfc(seed: str, public: str, message: str, signature: str) -> None:
    """Tests 1 and 2 of RFC 8032, section 7.1."""
    key = SigningKey.from_seed(bytes.fromhex(seed))
    assert key.public.raw.hex() == public
    assert key.public == ed25519(bytes.fromhex(public))
    assert key.sign(bytes.fromhex(message)) == bytes.fromhex(signature)
    assert key.public.verify(bytes.fromhex(signature), bytes.fromhex(message))


@pytest.mark.parametrize("alg", [EDDSA, ES256])
def test_a_key_verifies_what_it_signed_and_nothing_else(alg: int) -> None:
    """64 bytes; neither another message, another key, a flipped bit nor another length verifies."""
    key, other = SigningKey.generate(alg), SigningKey.generate(alg)
    signature = key.sign(b"message")
    assert key.public.alg == alg
    assert len(signature) == 64
    assert key.public.verify(signature, b"message")
    assert not key.public.verify(signature, b"Message")
    assert not other.public.verify(signature, b"message")
    for at in (0, 31, 32, 63):
        assert not key.public.verify(
            signature[:at] + bytes([signature[at] ^ 1]) + signature[at + 1 :], b"message"
        )
    for wrong in (b"", signature[:-1], signature + b"\0", bytes(64), b"\xff" * 64):
        assert not key.public.verify(wrong, b"message")


def test_what_only_some_libraries_accept_is_no_signature() -> None:
    """A holder can sign with an R of small order: OpenSSL says yes, others no; here nobody may differ."""
    seed = bytes(range(32))
    secret = int.from_bytes(hashlib.sha512(seed).digest()[:32], "little") & (2**254 - 8) | 2**254
    key = SigningKey.from_seed(seed)
    challenge = int.from_bytes(hashlib.sha512(NEUTRAL + key.public.raw + b"message").digest(), "little")
    forged = NEUTRAL + (challenge % ORDER * secret % ORDER).to_bytes(32, "little")
    Ed25519PublicKey.from_public_bytes(key.public.raw).verify(
        forged, b"message"
    )  # raises where it is refused
    assert not key.public.verify(forged, b"message")


def test_signatures_of_one_algorithm_are_none_of_the_other() -> None:
    """An ES256 key does not verify 64 bytes of EdDSA."""
    signature = make_key("a").sign(b"message")
    assert not make_es256_key("a").public.verify(signature, b"message")


@pytest.mark.parametrize("r", [0, P256_ORDER, 2**256 - 1])
def test_numbers_out_of_range_are_no_signature(r: int) -> None:
    """Both numbers of a signature lie between 0 and the order of the curve."""
    key = make_es256_key("a")
    good = key.sign(b"message")
    assert not key.public.verify(r.to_bytes(32) + good[32:], b"message")
    assert not key.public.verify(good[:32] + r.to_bytes(32), b"message")


MALFORMED: dict[str, bytes] = {
    "no CBOR": b"key",
    "no map": encode([1]),
    "an empty map": encode({}),
    "texts as keys": encode({"kty": 1}),
    "another type": encode({1: 4, -1: b"secret"}),
    "another curve of OKP": encode({1: 1, -1: 4, -2: bytes(32)}),
    "another curve of EC2": encode({1: 2, -1: 2, -2: bytes(48), -3: bytes(48)}),
    "a short coordinate": encode({1: 1, -1: 6, -2: bytes(31)}),
    "a long coordinate": encode({1: 1, -1: 6, -2: bytes(33)}),
    "a text as a coordinate": encode({1: 1, -1: 6, -2: "x" * 32}),
    "y missing": encode({1: 2, -1: 1, -2: bytes.fromhex(X)}),
    "y as a sign": encode({1: 2, -1: 1, -2: bytes.fromhex(X), -3: True}),
    "a private part": encode({1: 1, -1: 6, -2: make_key("a").public.raw, -4: bytes(32)}),
    "a kid": encode({1: 1, 2: b"kid", -1: 6, -2: make_key("a").public.raw}),
    "an algorithm": encode({1: 1, 3: -8, -1: 6, -2: make_key("a").public.raw}),
    "another order of members": b"\xa3\x20\x06\x01\x01\x21\x58\x20" + make_key("a").public.raw,
    "true in place of 1": b"\xa3\x01\xf5\x20\x06\x21\x58\x20" + make_key("a").public.raw,
    "true in place of the curve": b"\xa4\x01\x02\x20\xf5\x21\x58\x20" + bytes.fromhex(X) + b"\x22\x58\x20"
    + bytes.fromhex(Y),
    "off the curve": p256(bytes.fromhex(X), bytes.fromhex(X)),
    "a coordinate beyond the field": p256(b"\xff" * 32, bytes.fromhex(Y)),
    "the origin": p256(bytes(32), bytes(32)),
}  # fmt: skip


@pytest.mark.parametrize("form", MALFORMED)
def test_what_is_no_public_key_is_refused(form: str) -> None:
    """Other kinds, other members, other encodings, and points that are not on the curve."""
    with pytest.raises(EncodingError):
        VerifyingKey.decode(MALFORMED[form])


def test_one_key_has_one_thumbprint() -> None:
    """What is read encodes to what was read: no second kid names the same key."""
    for key in (make_key("a").public, make_es256_key("a").public):
        assert VerifyingKey.decode(key.encoded) == key
        assert len(key.kid) == 32


@pytest.mark.parametrize("key", [make_key("a"), make_es256_key("a")])
def test_private_keys_are_kept_as_pem(key: SigningKey) -> None:
    """A key comes back from its PEM as it was."""
    assert SigningKey.from_pem(key.pem()).public == key.public


@pytest.mark.parametrize("data", [b"", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"])
def test_what_is_no_pem_is_refused(data: bytes) -> None:
    """A file that is no private key is an error of the input."""
    with pytest.raises(InputError, match="not a private key"):
        SigningKey.from_pem(data)


def test_only_ed25519_keys_have_a_raw_form() -> None:
    """Notes take Ed25519 keys; asking another for its raw form is refused."""
    with pytest.raises(InputError, match="raw form"):
        _ = make_es256_key("a").public.raw


def test_a_private_key_does_not_show_its_secret() -> None:
    """Neither repr nor str tells more than the thumbprint."""
    key = make_key("a")
    assert repr(key) == str(key) == f"SigningKey({key.public.kid.hex()[:16]}…)"


def test_raw_keys_have_32_bytes() -> None:
    """Anything else is refused."""
    value: Value = b"short"
    with pytest.raises(EncodingError):
        ed25519(value)
