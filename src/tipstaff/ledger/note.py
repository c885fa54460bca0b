"""Signed notes (C2SP signed-note): a text, an empty line, and a line for each signature."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable
from typing import Final, NamedTuple

from tipstaff.base.errors import InputError
from tipstaff.ledger.errors import ProofError
from tipstaff.ledger.keys import EDDSA, SigningKey, VerifyingKey

MAX_SIZE: Final = 1_000_000
_MAX_SIGNATURES: Final = 100
_ED25519: Final = b"\x01"
_ID_SIZE: Final = 4
_NAME: Final = re.compile(r"[^\s+]{1,200}\Z")
_LINE: Final = re.compile(r"— ([^\s+]+) ([A-Za-z0-9+/]+={0,2})\Z")


class Signature(NamedTuple):
    """A signature line: the name of a key, its hash in 4 bytes, and the signature."""

    name: str
    key_hash: bytes
    signature: bytes


class Note(NamedTuple):
    """A note that was taken apart; `text` ends with a newline, and none of its signatures is verified yet."""

    text: str
    signatures: tuple[Signature, ...]

    def signed_by(self, name: str, key: VerifyingKey) -> bool:
        """Say whether one of the signatures is that key's, under that name; only Ed25519 keys sign notes."""
        if key.alg != EDDSA:
            return False
        wanted = (name, key_hash(name, key))
        return any(
            (line.name, line.key_hash) == wanted and key.verify(line.signature, self.text.encode())
            for line in self.signatures
        )


def check_name(name: str) -> str:
    """Return the name of a key, which is the origin of a log. Raises `InputError` where it cannot be one."""
    if not _NAME.match(name) or not name.isprintable():
        raise InputError(
            f"{name!r} cannot be the origin of a log: it is a name such as example.org/log, "
            "without spaces and plus signs"
        )
    return name


def key_hash(name: str, key: VerifyingKey) -> bytes:
    """Return the 4 bytes that tell an Ed25519 key under a name from others."""
    return hashlib.sha256(name.encode() + b"\n" + _ED25519 + key.raw).digest()[:_ID_SIZE]


def verifier(name: str, key: VerifyingKey) -> str:
    """Return a key as other implementations of notes take it: name, key hash and key (a *vkey*)."""
    return f"{name}+{key_hash(name, key).hex()}+{base64.b64encode(_ED25519 + key.raw).decode()}"


def sign_note(text: str, name: str, keys: Iterable[SigningKey]) -> bytes:
    """Sign a text, which ends with a newline, under a name."""
    lines = [
        f"— {name} {base64.b64encode(key_hash(name, key.public) + key.sign(text.encode())).decode()}\n"
        for key in keys
    ]
    return (text + "\n" + "".join(lines)).encode()


def parse_note(data: bytes) -> Note:
    """Take a note apart. Raises `ProofError` when it is none."""
    if len(data) > MAX_SIZE:
        raise ProofError(f"a note has {len(data):,} bytes; {MAX_SIZE:,} is the most")
    try:
        whole = data.decode()
    except UnicodeDecodeError as error:
        raise ProofError(f"not a note: {error}") from error
    text, gap, block = whole.rpartition("\n\n")
    if (
        not gap
        or not block.endswith("\n")
        or any(ord(letter) < ord(" ") and letter != "\n" for letter in whole)
    ):
        raise ProofError("not a note: there is no text, empty line and lines of signatures")
    lines = block[:-1].split("\n")
    if len(lines) > _MAX_SIGNATURES:
        raise ProofError(f"a note has {len(lines)} signatures; {_MAX_SIGNATURES} is the most")
    return Note(text + "\n", tuple(map(_signature, lines)))


def _signature(line: str) -> Signature:
    """Read a signature line."""
    match = _LINE.match(line)
    data = decode_base64(match[2]) if match else b""
    if not match or len(data) <= _ID_SIZE:
        raise ProofError(f"not a line of a signature: {line!r:.80}")
    return Signature(match[1], data[:_ID_SIZE], data[_ID_SIZE:])


def decode_base64(text: str) -> bytes:
    """Decode base64 with its padding and nothing beside it. Raises `ProofError`."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise ProofError(f"not base64: {text!r:.60}") from error
    if base64.b64encode(data).decode() != text:
        raise ProofError(f"not the one base64 of its bytes: {text!r:.60}")
    return data
