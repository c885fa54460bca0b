"""Whether the claims of a statement are those that its kind must and may make."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from tipstaff.ledger.cbor import Value
from tipstaff.ledger.errors import RefusedError
from tipstaff.ledger.state import KeyRecord
from tipstaff.ledger.table import HOLDER, Kind, When


def check_claims(row: Kind, claims: Mapping[str, Value], signer: KeyRecord) -> None:
    """Check names, types and values, and what they require of one another.

    Raises `RefusedError`.
    """
    if not row.open and not claims.keys() <= row.claims.keys():
        unknown = ", ".join(sorted(claims.keys() - row.claims.keys()))
        raise RefusedError(f"unknown claims: {unknown}; known are {', '.join(row.claims)}")
    for name, claim in row.claims.items():
        if name in claims:
            if not claim.test(claims[name]):
                raise RefusedError(claim.explain(name, claims[name]))
        elif not claim.optional:
            raise RefusedError(f"claim {name} is missing")
    for requires in row.requires:
        if holds(requires.when, claims) and not claims.keys() >= set(requires.claims):
            missing = ", ".join(name for name in requires.claims if name not in claims)
            raise RefusedError(f"claims are missing which {_told(requires.when)} requires: {missing}")
        for name in requires.cites if holds(requires.when, claims) else ():
            if not isinstance(claims.get(name), bytes):
                raise RefusedError(f"{name} must cite a statement where {_told(requires.when)}")
    if row.any_of and not any(name in claims for name in row.any_of):
        raise RefusedError(f"at least one of {', '.join(row.any_of)} is required")
    for limit in row.limits:
        for value in _values(claims, limit.claim) if signer.role == limit.role else ():
            if value not in limit.values and not (HOLDER in limit.values and value == signer.holder):
                raise RefusedError(f"a {signer.role} may not say {value!r:.60} for {limit.claim}")


def holds(when: When, claims: Mapping[str, Value]) -> bool:
    """Say whether a condition holds of the claims of a statement."""
    return all(claims.get(name) in values for name, values in when.items())


def _values(claims: Mapping[str, Value], path: str) -> list[Value]:
    """Return the values at a path: those of a claim, or of a member of each map in a list."""
    first, _, member = path.partition(".")
    value = claims.get(first)
    if member:
        return [cast("dict[str, Value]", item).get(member) for item in cast("list[Value]", value or [])]
    return [] if value is None else [value]


def _told(when: When) -> str:
    """Tell a condition."""
    return " and ".join(f"{name} = {' or '.join(map(str, values))}" for name, values in when.items())
