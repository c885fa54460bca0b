"""Canonical bytes: one value, one encoding, one digest, on any machine."""

from __future__ import annotations

import hashlib
from typing import TypeAlias

import msgspec

Plain: TypeAlias = "bool | int | str | list[Plain] | dict[str, Plain] | None"
"""What has a canonical form: no floats, whose text differs between writers."""

_ENCODER = msgspec.json.Encoder(order="deterministic")


def canonical_bytes(value: Plain) -> bytes:
    """Encode `value` as UTF-8 JSON with sorted keys and no white space.

    For values of type `Plain` this is the encoding of RFC 8785 (JSON Canonicalization Scheme) for
    keys within the Basic Multilingual Plane.
    """
    return _ENCODER.encode(value)


def digest(value: Plain) -> str:
    """SHA-256 of the canonical bytes, as 64 lower-case hexadecimal digits."""
    return hashlib.sha256(canonical_bytes(value)).hexdigest()
