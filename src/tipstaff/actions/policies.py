"""Policies on the ledger: a policy owner states of each version that it is in shadow, in force or retired."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

import msgspec

from tipstaff.base.errors import InputError
from tipstaff.ledger.cbor import Value
from tipstaff.ledger.keys import SigningKey
from tipstaff.ledger.statement import Draft, Statement, parse, sign
from tipstaff.ledger.store import Store

if TYPE_CHECKING:
    from tipstaff.policy.model import Policy

_CTI_SIZE: Final = 64


class State(StrEnum):
    """How a version of a policy stands: what it finds is compared, or decided on, or it finds nothing."""

    SHADOW = "shadow"
    IN_FORCE = "in_force"
    RETIRED = "retired"


class Stated(msgspec.Struct, frozen=True):
    """A statement about a version of a policy: the one of that number about the policy of that name."""

    name: str
    number: int
    reference: str
    state: State
    entry: bytes
    digest: bytes

    @property
    def version(self) -> str:
        """Return `NAME VERSION`."""
        return self.reference.partition("+")[0].replace("@", " ")


class Policies(Protocol):
    """Where the statements about policies are kept."""

    def stated(self, name: str | None = None) -> list[Stated]:
        """Return the statements about a policy, or about all, by name and number."""

    def adopted(self, reference: str) -> Stated | None:
        """Return the statement that has put NAME@VERSION+DIGEST in force; None where it is not in force."""

    def keep(self, stated: Stated) -> None:
        """Keep one more statement. Raises where there is one of its number."""


class Shelf(Protocol):
    """The versions of policies that are kept, and those that ship; and where it is stated how one stands.

    Whoever states something signs it. Raises `CaseError` where that cannot be, as things stand.
    """

    def load(self, reference: str) -> Policy:
        """Return a version that was stated. Raises `CaseError` where its copy is not what was stated."""

    def read(self, reference: str) -> Policy:
        """Return a version as its copy is, for those who look; its examples are not run.

        Raises `CaseError` where it cannot be read.
        """

    def shipped(self, name: str) -> Policy | None:
        """Return the policy of that name that ships; None where none does."""

    def adopt(self, policy: Policy, by: str) -> None:
        """State that a version is in force, and that the one before is retired."""

    def shadow(self, policy: Policy, by: str) -> None:
        """State that a version is in shadow."""

    def retire(self, reference: str, by: str) -> None:
        """State that a version is retired."""


def versions(stated: Sequence[Stated]) -> list[Stated]:
    """Return the last statement about each version, in the order in which these were made."""
    last = {one.reference: one for one in stated}
    return [one for one in stated if last[one.reference] is one]


class Placed(NamedTuple):
    """Where a statement stands on the ledger, and when it was signed."""

    position: int
    at: int


def placed(ledger: Store, stated: Stated) -> Placed | None:
    """Return where a statement about a version stands; None where it is not on the ledger yet."""
    position = ledger.position(stated.entry)
    if position is None:
        return None
    (encoded,) = ledger.statements(position, position + 1)
    return Placed(position, parse(encoded).iat)


def in_force(policies: Policies, name: str) -> Stated | None:
    """Return the version of a policy that is in force; None where none is."""
    found = (one for one in versions(policies.stated(name)) if one.state is State.IN_FORCE)
    return next(found, None)


def find_version(policies: Policies, named: str, states: Sequence[State]) -> Stated | None:
    """Return the one version in some states that is named by NAME or NAME@VERSION; None where none is.

    Raises `InputError` where several are.
    """
    found = [
        one
        for one in versions(policies.stated(named.partition("@")[0]))
        if one.state in states and named in (one.name, one.reference, one.reference.partition("+")[0])
    ]
    if len(found) > 1:
        known = ", ".join(one.reference.partition("+")[0] for one in found)
        raise InputError(f"{named} may be {known}: say which")
    return found[0] if found else None


def sign_statement(
    reference: str, state: State, number: int, key: SigningKey, holder: str, now: int
) -> bytes:
    """Sign how NAME@VERSION+DIGEST stands; it is statement number so-and-so about that policy."""
    name, _, rest = reference.partition("@")
    version, _, digest = rest.partition("+")
    claims: dict[str, Value] = {
        "name": name,
        "version": version,
        "digest": bytes.fromhex(digest),
        "state": state.value,
        "number": number,
    }
    return sign(Draft("policy", 1, holder, name, now, identifier(name, number), claims), key)


def identifier(name: str, number: int) -> bytes:
    """Return the identifier of statement number so-and-so about a policy."""
    return f"{number:08}/{name}"[:_CTI_SIZE].encode()


def stated_by(statement: Statement) -> Stated:
    """Return what a statement about a policy says."""
    match statement.claims:
        case {"name": str(name), "version": str(version), "digest": bytes(digest), "state": str(state),
              "number": int(number)}:  # fmt: skip
            reference = f"{name}@{version}+{digest.hex()}"
            return Stated(name, number, reference, State(state), statement.entry, digest)
        case _:
            raise TypeError("a statement about a policy has not all its claims")
