"""Signatures of webhooks, after the Standard Webhooks convention: HMAC-SHA256 over id, time and body."""

from __future__ import annotations

import base64
import hmac
import secrets
from collections.abc import Iterable
from typing import Final

PREFIX: Final = "whsec_"
"""What secrets begin with, so that whoever finds one knows what it is."""

_SIZE: Final = 32


def make_secret() -> str:
    """Return a new secret, of 256 random bits."""
    return PREFIX + base64.b64encode(secrets.token_bytes(_SIZE)).decode()


def headers_of(keys: Iterable[str], message: str, at: int, body: bytes) -> dict[str, str]:
    """Return what a delivery is known by: its id, the time in seconds, and a signature by each secret."""
    signed = f"{message}.{at}.".encode() + body
    return {
        "webhook-id": message,
        "webhook-timestamp": str(at),
        "webhook-signature": " ".join(f"v1,{_signature(one, signed)}" for one in keys),
    }


def _signature(secret: str, signed: bytes) -> str:
    """Return the signature by one secret, in Base64."""
    key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    return base64.b64encode(hmac.digest(key, signed, "sha256")).decode()
