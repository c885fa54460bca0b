"""An authenticator in software, with the browser before it: WebAuthn by hand, with no library of it."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any, Literal

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

USER_PRESENT, USER_VERIFIED, ATTESTED = 0x01, 0x04, 0x40


def b64(data: bytes) -> str:
    """Return bytes as browsers send them."""
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def unb64(text: str) -> bytes:
    """Return bytes as browsers are sent them."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class Authenticator:
    """One passkey, and what may be wrong with what is said of it."""

    algorithm: Literal[-7, -8, -35] = -7
    origin: str = "https://tipstaff.example"
    rp_id: str = ""
    flags: int = USER_PRESENT | USER_VERIFIED
    obeys: bool = True
    counts: bool = True
    counter: int = 0
    cross_origin: bool = False
    credential: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    handle: bytes = b""

    def __post_init__(self) -> None:
        """Make the key."""
        self._ec = ec.generate_private_key(ec.SECP256R1() if self.algorithm == -7 else ec.SECP384R1())
        self._ed = ed25519.Ed25519PrivateKey.generate()

    def create(self, options: dict[str, Any]) -> dict[str, Any]:
        """Make the passkey that is asked for."""
        self.handle = unb64(options["user"]["id"])
        if self.obeys and self.algorithm not in [one["alg"] for one in options["pubKeyCredParams"]]:
            raise AssertionError("not asked for")
        attested = bytes(16) + len(self.credential).to_bytes(2, "big") + self.credential
        data = self._data(options["rp"]["id"], ATTESTED) + attested + cbor2.dumps(self._public())
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        client = self._client("webauthn.create", options["challenge"])
        return self._answer({"clientDataJSON": b64(client), "attestationObject": b64(attestation)})

    def get(self, options: dict[str, Any]) -> dict[str, Any]:
        """Sign what is asked."""
        data = self._data(options["rpId"], 0)
        client = self._client("webauthn.get", options["challenge"])
        signature = self._sign(data + hashlib.sha256(client).digest())
        return self._answer(
            {
                "clientDataJSON": b64(client),
                "authenticatorData": b64(data),
                "signature": b64(signature),
                "userHandle": b64(self.handle),
            }
        )

    def _answer(self, response: dict[str, str]) -> dict[str, Any]:
        """Return what `toJSON` of a browser does."""
        named = b64(self.credential)
        return {
            "id": named, "rawId": named, "type": "public-key", "response": response,
            "authenticatorAttachment": "platform", "clientExtensionResults": {},
        }  # fmt: skip

    def _client(self, kind: str, challenge: str) -> bytes:
        """Return what the browser says."""
        told: dict[str, object] = {"type": kind, "challenge": challenge, "origin": self.origin}
        told |= {"crossOrigin": self.cross_origin}
        return json.dumps(told).encode()

    def _data(self, rp_id: str, more: int) -> bytes:
        """Return what the authenticator says: the site, what its person did, how often it signed."""
        self.counter += self.counts
        hashed = hashlib.sha256((self.rp_id or rp_id).encode()).digest()
        return hashed + bytes([self.flags | more]) + self.counter.to_bytes(4, "big")

    def _public(self) -> dict[int, Any]:
        """Return the public key, in COSE."""
        if self.algorithm == -8:
            raw = self._ed.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
            return {1: 1, 3: -8, -1: 6, -2: raw}
        numbers = self._ec.public_key().public_numbers()
        curve, size = (1, 32) if self.algorithm == -7 else (2, 48)
        places = {-2: numbers.x.to_bytes(size, "big"), -3: numbers.y.to_bytes(size, "big")}
        return {1: 2, 3: self.algorithm, -1: curve, **places}

    def _sign(self, data: bytes) -> bytes:
        """Sign."""
        if self.algorithm == -8:
            return self._ed.sign(data)
        return self._ec.sign(data, ec.ECDSA(SHA256()))
