"""Statements: what is signed is what is read, and everything else is refused with its reason."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import cast

import pytest
from worlds import START, digest, make_es256_key, make_key

from tipstaff.ledger import cose
from tipstaff.ledger.cbor import Value, decode, encode
from tipstaff.ledger.errors import EncodingError, StatementError
from tipstaff.ledger.keys import SigningKey
from tipstaff.ledger.statement import MAX_SIZE, Draft, Envelope, parse, sign

ED, ES = make_key("author"), make_es256_key("author")
CLAIMS: Mapping[str, Value] = {"case": "case-1", "number": 1, "reasons": digest("reasons")}


def draft(**fields: object) -> Draft:
    """Return a draft, with `fields` in place of its own."""
    given: dict[str, object] = {
        "kind": "decision", "version": 1, "iss": "alice", "sub": "case-1", "iat": START, "cti": b"12345678",
        "claims": CLAIMS, **fields,
    }  # fmt: skip
    return Draft(**given)  # type: ignore[arg-type]


def labels(key: SigningKey = ED) -> dict[int, Value]:
    """Return a good protected header."""
    return {
        1: key.public.alg, 3: "application/cbor", 4: key.public.kid,
        15: {1: "alice", 2: "case-1", 6: START, 7: b"12345678"}, -65537: "decision", -65538: 1,
    }  # fmt: skip


def with_header(header: Value, payload: bytes = encode(CLAIMS), key: SigningKey = ED) -> bytes:
    """Sign whatever header and payload."""
    return cose.sign(key, encode(header), payload)


@pytest.mark.parametrize("key", [ED, ES], ids=["Ed25519", "ES256"])
def test_what_is_signed_is_what_is_read(key: SigningKey) -> None:
    """Every field comes back as it was stated, and the signature verifies with that key alone."""
    data = sign(draft(), key)
    found = parse(data)
    assert (found.kind, found.version, found.iss, found.sub, found.iat) == (
        "decision", 1, "alice", "case-1", START,
    )  # fmt: skip
    assert (found.cti, found.claims, found.kid) == (b"12345678", CLAIMS, key.public.kid)
    assert (found.encoded, found.entry) == (data, hashlib.sha256(data).digest())
    assert found.verified_by(key.public)
    assert not found.verified_by((ES if key is ED else ED).public)
    assert not found.verified_by(make_key("another").public)


def test_a_statement_is_a_tagged_cose_sign1() -> None:
    """The bytes are those of RFC 9052: tag 18, four parts, and a signature over the Sig_structure."""
    data = sign(draft(), ED)
    protected, unprotected, payload, signature = cast("list[bytes]", decode(data[1:]))
    assert data[0] == 0xD2
    assert cast("Value", unprotected) == {}
    assert decode(protected) == labels()
    assert decode(payload) == CLAIMS
    assert ED.public.verify(signature, encode(["Signature1", protected, b"", payload]))


def test_what_stands_unprotected_is_dropped() -> None:
    """A receipt that travels in the unprotected map changes neither the statement nor its entry."""
    data = sign(draft(), ED)
    protected, _, payload, signature = cast("list[bytes]", decode(data[1:]))
    carrying = b"\xd2" + encode([protected, {394: [b"a receipt"]}, payload, signature])
    assert carrying != data
    assert parse(carrying) == parse(data)
    assert parse(carrying).encoded == data


def test_a_hash_envelope_states_the_hash_of_what_is_elsewhere() -> None:
    """Media type and location come back; there are no claims, and the digest is the payload."""
    for location in (None, "https://example.org/deed"):
        envelope = Envelope("text/plain", location)
        found = parse(sign(draft(claims=None, envelope=envelope, digest=digest("deed")), ED))
        assert (found.envelope, found.digest, found.claims) == (envelope, digest("deed"), {})
        assert found.verified_by(ED.public)


@pytest.mark.parametrize("wrong", [None, b"", b"short", bytes(33)])
def test_the_hash_of_an_envelope_has_32_bytes(wrong: bytes | None) -> None:
    """Anything else in place of the hash is not signed."""
    with pytest.raises(StatementError, match="32 bytes"):
        sign(draft(claims=None, envelope=Envelope("text/plain"), digest=wrong), ED)


def test_claims_are_not_dropped_in_silence() -> None:
    """A draft has claims, or an envelope with a digest: what would not be signed is refused."""
    for wrong in ({"envelope": Envelope("text/plain"), "digest": digest("x")}, {"digest": digest("x")}):
        with pytest.raises(StatementError, match="claims"):
            sign(draft(**wrong), ED)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"kind": ""}, "kind"),
        ({"kind": "Decision"}, "kind"),
        ({"kind": "a" * 33}, "kind"),
        ({"kind": "decision\n"}, "kind"),
        ({"version": 0}, "version"),
        ({"version": True}, "version"),
        ({"iss": ""}, "iss"),
        ({"iss": "a" * 201}, "iss"),
        ({"iss": b"alice"}, "iss"),
        ({"sub": ""}, "sub"),
        ({"sub": "s" * 201}, "sub"),
        ({"iat": -1}, "iat"),
        ({"iat": True}, "iat"),
        ({"cti": b"1234567"}, "cti"),
        ({"cti": bytes(65)}, "cti"),
        ({"cti": "12345678"}, "cti"),
        ({"claims": {1: "a number as a name"}}, "by their names"),
        ({"claims": {"long": "x" * MAX_SIZE}}, "65,535"),
    ],
)
def test_bad_fields_are_not_signed(fields: dict[str, object], words: str) -> None:
    """What would be refused when it is read is refused when it is signed, and the field is named."""
    with pytest.raises(StatementError, match=words):
        sign(draft(**fields), ED)


def test_claims_without_an_encoding_are_not_signed() -> None:
    """A float has no place in a statement."""
    with pytest.raises(EncodingError):
        sign(draft(claims={"x": 1.5}), ED)


@pytest.mark.parametrize("label", sorted(labels()))
def test_every_label_is_required(label: int) -> None:
    """A header that lacks one is refused, and the label is named."""
    header = labels()
    del header[label]
    with pytest.raises(StatementError, match=f"{label} is missing"):
        parse(with_header(header))


def test_not_every_unknown_label_is_told() -> None:
    """A stranger's statement of thousands of labels is refused in a few words."""
    with pytest.raises(StatementError, match=r"1000 is unknown.*, 1007 is unknown, 4,992 more") as caught:
        parse(with_header(labels() | dict.fromkeys(range(1000, 6000), 0)))
    assert len(str(caught.value)) < 500


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({2: [1]}, "2 is unknown"),
        ({33: b"x5chain"}, "33 is unknown"),
        ({"kind": "text label"}, "is unknown"),
        ({260: "https://example.org"}, "260 is unknown"),
        ({258: -16, 259: "text/plain"}, "3 is unknown"),
        ({1: -7}, ""),
        ({1: -35}, "algorithm -35 is not supported"),
        ({1: -19}, "algorithm -19 is not supported"),
        ({1: None}, "algorithm None is not supported"),
        ({1: "EdDSA"}, "not supported"),
        ({3: "text/plain"}, "content type"),
        ({3: 60}, "content type"),
        ({4: b"kid"}, "kid"),
        ({4: "k" * 32}, "kid"),
        ({15: {}}, "CWT claims"),
        ({15: [1]}, "CWT claims"),
        ({15: {1: "alice", 2: "s", 6: START}}, "CWT claims"),
        ({15: {1: "alice", 2: "s", 4: 1, 6: START, 7: b"12345678"}}, "CWT claims"),
        ({15: {1: "alice", 2: "s", 6: START, "cti": b"12345678"}}, "CWT claims"),
        ({-65537: 7}, "kind"),
        ({-65538: "1"}, "version"),
    ],
)
def test_other_labels_and_values_are_refused(changes: dict[int, Value], words: str) -> None:
    """Unknown labels, other algorithms and other types: refused, or at least not verified by the key."""
    data = with_header({**labels(), **changes})
    if words:
        with pytest.raises(StatementError, match=words):
            parse(data)
    else:
        assert not parse(data).verified_by(ED.public)


@pytest.mark.parametrize(
    "changes",
    [{258: -17}, {258: True}, {259: 7}, {260: 7}],
)
def test_an_envelope_is_one_of_sha_256(changes: dict[int, Value]) -> None:
    """Another hash, or a type or location that is no text, is refused."""
    header = {**labels(), 258: -16, 259: "text/plain", **changes}
    del header[3]
    with pytest.raises(StatementError, match="hash envelope"):
        parse(with_header(header, digest("deed")))


HEADER = encode(labels())


@pytest.mark.parametrize(
    "header",
    [
        HEADER.replace(b"\xa6\x01\x27", b"\xa6\xf5\x27", 1),
        HEADER.replace(b"\xa6\x01\x27", b"\xa6\xfb\x3f\xf0\x00\x00\x00\x00\x00\x00\x27", 1),
        HEADER.replace(b"\xa4\x01\x65alice", b"\xa4\xf5\x65alice", 1),
        HEADER.replace(b"\x03\x70", b"\x18\x03\x70", 1),
        HEADER.replace(b"\xa6\x01", b"\xb8\x06\x01", 1),
        HEADER.replace(b"\x65alice", b"\x7f\x65alice\xff", 1),
        HEADER.replace(b"\x3a\x00\x01\x00\x01\x01", b"\x3a\x00\x01\x00\x01\xc2\x41\x01", 1),
        b"\xa6" + HEADER[3:] + HEADER[1:3],
        HEADER + b"\x00",
        b"",
        encode([1]),
    ],
    ids=["true for 1", "1.0 for 1", "true for iss", "long label", "long map", "indefinite text", "bignum",
         "order", "more behind", "empty", "no map"],
)  # fmt: skip
def test_a_header_in_another_encoding_is_refused(header: bytes) -> None:
    """One header, one encoding: what only decodes to the same is another header, and is not read."""
    assert header != HEADER
    with pytest.raises(StatementError):
        parse(cose.sign(ED, header, encode(CLAIMS)))


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"?",
        encode([1]),
        encode("text"),
        b"\xbf\xff",
        b"\xa2\x61b\x01\x61a\x01",
        encode({1: 2}),
        b"\xa0\x00",
    ],
)
def test_a_payload_in_another_encoding_is_refused(payload: bytes) -> None:
    """The claims are a map of names in deterministic CBOR."""
    with pytest.raises(StatementError, match="malformed payload"):
        parse(with_header(labels(), payload))


GOOD = sign(draft(), ED)
PARTS = cast("list[Value]", decode(GOOD[1:]))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        GOOD[1:],
        b"\xd8\x12" + GOOD[1:],
        b"\xd8\x62" + GOOD[1:],
        GOOD + b"\x00",
        GOOD[:-1],
        b"\xd2\x98\x04" + GOOD[2:],
        b"\xd2" + encode(PARTS[:3]),
        b"\xd2" + encode([*PARTS, b""]),
        b"\xd2" + encode([PARTS[0], {}, None, PARTS[3]]),
        b"\xd2" + encode([PARTS[0], None, *PARTS[2:]]),
        b"\xd2" + encode([*PARTS[:3], b"short"]),
        b"\xd2" + encode([*PARTS[:3], None]),
        b"\xd2" + encode([labels(), *PARTS[1:]]),
        b"\xd2\x84" + GOOD[2:].replace(b"\xa0", b"\xbf\xff", 1),
    ],
)
def test_what_is_no_sign1_is_refused(data: bytes) -> None:
    """Without its tag, with another, with other parts, a detached payload or another encoding."""
    with pytest.raises(StatementError, match="malformed statement"):
        parse(data)


def test_a_statement_fits_into_a_bundle() -> None:
    """65,535 bytes are read, one more is refused before anything else is looked at."""
    room = MAX_SIZE - len(sign(draft(claims={"x": "y" * 40_000}), ED)) + 40_000
    assert len(sign(draft(claims={"x": "y" * room}), ED)) == MAX_SIZE
    with pytest.raises(StatementError, match="65,536 bytes; 65,535 is the most"):
        parse(bytes(MAX_SIZE + 1))


def test_the_twin_of_a_signature_is_refused() -> None:
    """Of (r, s) and (r, -s), which both verify, a statement has the one with the lesser s."""
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    key = make_es256_key("carol")
    for number in range(8):
        draft = Draft("note", 1, "carol", "about", START, number.to_bytes(16), {"text": "a"})
        data = sign(draft, key)
        s = int.from_bytes(data[-32:])
        assert s <= order // 2
        twin = data[:-32] + (order - s).to_bytes(32)
        assert key.public.verify(twin[-64:], parse(data).message)
        with pytest.raises(StatementError, match="low form"):
            parse(twin)
