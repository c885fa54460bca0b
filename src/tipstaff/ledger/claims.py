"""Whether the claims of a statement are those that its kind must and may make."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from tipstaff.ledger.cbor import Value
from tipstaff.ledger.errors import RefusedError
from tipstaff.ledger.kind import HOLDER, Kind, Limit, Reached, Requires, When
from tipstaff.ledger.state import KeyRecord


def check_claims(row: Kind, claims: Mapping[str, Value], signer: KeyRecord, iat: int) -> None:
    """Check names, types and values, and what they require of one another.

    Raises `RefusedError`.
    """
    tests = row.tests
    for name, value in claims.items():
        test = tests.get(name)
        if test is None:
            if not row.open:
                unknown = ", ".join(sorted(claims.keys() - tests.keys()))
                raise RefusedError(f"unknown claims: {unknown}; known are {', '.join(tests)}")
        elif not test(value):
            raise RefusedError(row.claims[name].explain(name, value))
    if not row.required <= claims.keys():
        missing = next(name for name in tests if name in row.required and name not in claims)
        raise RefusedError(f"claim {missing} is missing")
    for requires in row.requires:
        if holds(requires.when, claims):
            _check_required(requires, claims)
    if row.any_of and claims.keys().isdisjoint(row.any_of):
        raise RefusedError(f"at least one of {', '.join(row.any_of)} is required")
    for limit in row.limits:
        if signer.role == limit.role:
            _check_limit(limit, claims, signer)
    for reached in row.reached:
        if holds(reached.when, claims):
            _check_reached(reached, claims, iat)


def holds(when: When, claims: Mapping[str, Value]) -> bool:
    """Say whether a condition holds of the claims of a statement."""
    for name in when:  # noqa: SIM110  asked several times of each statement: `all` takes thrice as long
        if claims.get(name) not in when[name]:
            return False
    return True


def _check_required(requires: Requires, claims: Mapping[str, Value]) -> None:
    """Ask for the claims that a condition requires."""
    if missing := [name for name in requires.claims if name not in claims]:
        raise RefusedError(f"claims are missing which {_told(requires.when)} requires: {', '.join(missing)}")
    for name in requires.cites:
        if not isinstance(claims.get(name), bytes):
            raise RefusedError(f"{name} must cite a statement where {_told(requires.when)}")


def _check_limit(limit: Limit, claims: Mapping[str, Value], signer: KeyRecord) -> None:
    """Refuse values that the signer's role may not use."""
    for value in _values(claims, limit.claim):
        if value not in limit.values and not (HOLDER in limit.values and value == signer.holder):
            raise RefusedError(f"a {signer.role} may not say {value!r:.60} for {limit.claim}")


def _check_reached(reached: Reached, claims: Mapping[str, Value], iat: int) -> None:
    """Refuse what is stated before the time that it waits for."""
    time = cast("int | None", claims.get(reached.claim))
    if time is None:
        raise RefusedError(f"claim {reached.claim} is missing, a time that must have come")
    if iat < time:
        raise RefusedError(f"iat lies before {reached.claim}, {time}, a time that must have come")


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
