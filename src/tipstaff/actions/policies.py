"""Policies on the ledger: a version is in force from the statement of a policy owner on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

import msgspec

from tipstaff.ledger.cbor import Value
from tipstaff.ledger.keys import SigningKey
from tipstaff.ledger.statement import Draft, Statement, sign

if TYPE_CHECKING:
    from tipstaff.policy.model import Policy

_CTI_SIZE: Final = 64


class Adopted(msgspec.Struct, frozen=True):
    """A version of a policy that was put in force: the entry of its statement, and the digest in it."""

    reference: str
    entry: bytes
    digest: bytes


class Policies(Protocol):
    """Where it is kept which policies were put in force."""

    def adopted(self, reference: str) -> Adopted | None:
        """Return a version by NAME@VERSION+DIGEST; None where it was never in force."""

    def newest(self, name: str) -> Adopted | None:
        """Return the version of a policy that was put in force last; None where there is none."""

    def stated(self, name: str) -> int:
        """Return how many statements there are about a policy."""

    def put_in_force(self, name: str, adopted: Adopted) -> None:
        """Keep that a version is in force."""


def in_force(policy: Policy, number: int, key: SigningKey, holder: str, now: int) -> bytes:
    """Sign that a version of a policy is in force; it is statement number so-and-so about that policy."""
    claims: dict[str, Value] = {
        "name": policy.name,
        "version": policy.version,
        "digest": bytes.fromhex(policy.digest),
        "state": "in_force",
        "number": number,
    }
    cti = identifier(policy.name, number)
    return sign(Draft("policy", 1, holder, policy.name, now, cti, claims), key)


def identifier(name: str, number: int) -> bytes:
    """Return the identifier of statement number so-and-so about a policy."""
    return f"{number:08}/{name}"[:_CTI_SIZE].encode()


def adopted_by(statement: Statement) -> Adopted:
    """Return the version that a statement has put in force."""
    name, version, digest = (statement.claims[part] for part in ("name", "version", "digest"))
    if not isinstance(digest, bytes):
        raise TypeError("a statement about a policy has no digest")
    return Adopted(f"{name}@{version}+{digest.hex()}", statement.entry, digest)
