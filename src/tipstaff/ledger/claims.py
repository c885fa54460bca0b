"""Whether the claims of a statement are those that its kind must and may make."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from tipstaff.ledger.cbor import Value
from tipstaff.ledger.errors import RefusedError
from tipstaff.ledger.table import Claim, Kind, When, read_value

_HASH_SIZE = 32


def check_claims(row: Kind, claims: Mapping[str, Value], role: str) -> None:
    """Check names, types and values, and what they require of one another; `role` is the signer's.

    Raises `RefusedError`.
    """
    if not row.open and (unknown := claims.keys() - row.claims.keys()):
        raise RefusedError(f"unknown claims: {', '.join(sorted(unknown))}; known are {', '.join(row.claims)}")
    for name, claim in row.claims.items():
        if name in claims:
            check_claim(name, claim, claims[name])
        elif not claim.optional:
            raise RefusedError(f"claim {name} is missing")
    for requires in row.requires:
        if holds(requires.when, claims) and (
            missing := [name for name in requires.claims if name not in claims]
        ):
            raise RefusedError(
                f"claims are missing which {_told(requires.when)} requires: {', '.join(missing)}"
            )
    if row.any_of and not any(name in claims for name in row.any_of):
        raise RefusedError(f"at least one of {', '.join(row.any_of)} is required")
    for limit in row.limits:
        if role == limit.role:
            for value in _values(claims, limit.claim):
                if value not in limit.values:
                    raise RefusedError(f"a {role} may not say {value!r:.60} for {limit.claim}")


def holds(when: When, claims: Mapping[str, Value]) -> bool:
    """Say whether a condition holds of the claims of a statement."""
    return all(claims.get(name) in values for name, values in when.items())


def check_claim(name: str, claim: Claim, value: Value) -> None:  # noqa: C901  a match over all types is one idea
    """Check the value of one claim. Raises `RefusedError`."""
    match claim.type, value:
        case "text", str() if 1 <= len(value) <= claim.most:
            return
        case (("count" | "time"), int()) if not isinstance(value, bool) and value >= 0:
            return
        case "flag", bool():
            return
        case (("hash" | "commitment"), bytes()) if len(value) == _HASH_SIZE:
            return
        case "bytes", bytes() if len(value) <= claim.most:
            return
        case "choice", str() if value in claim.of:
            return
        case "entry", bytes() if len(value) == _HASH_SIZE:
            return
        case "entry", str() if value == claim.or_:
            return
        case "counts", dict() if len(value) <= claim.most:
            for key, item in value.items():
                check_claim(name, _NAME, cast("Value", key))
                check_claim(f"{name}.{key}", _COUNT, item)
            return
        case "list", list() if len(value) <= claim.most:
            for number, item in enumerate(value):
                check_claim(f"{name}[{number}]", cast("Claim", claim.item), item)
            return
        case "map", dict():
            _check_map(name, cast("dict[str, Claim]", claim.members), cast("dict[str, Value]", value))
            return
        case "table", dict():
            read_value(value)
            return
    raise RefusedError(f"claim {name} is not {_expected(claim)}: {value!r:.60}")


_NAME = Claim(type="text")
_COUNT = Claim(type="count")


def _check_map(name: str, members: Mapping[str, Claim], value: Mapping[str, Value]) -> None:
    """Check a map with named members."""
    if unknown := value.keys() - members.keys():
        raise RefusedError(f"claim {name} has unknown members: {', '.join(sorted(map(str, unknown)))}")
    for member, claim in members.items():
        if member in value:
            check_claim(f"{name}.{member}", claim, value[member])
        elif not claim.optional:
            raise RefusedError(f"claim {name}.{member} is missing")


def _values(claims: Mapping[str, Value], path: str) -> list[Value]:
    """Return the values at a path: those of a claim, or of a member of each map in a list."""
    first, _, member = path.partition(".")
    value = claims.get(first)
    if member:
        return [cast("dict[str, Value]", item).get(member) for item in cast("list[Value]", value or [])]
    return [] if value is None else [value]


def _expected(claim: Claim) -> str:
    """Say what a claim may be."""
    match claim.type:
        case "choice":
            return f"one of {', '.join(claim.of)}"
        case "entry":
            word = f", or {claim.or_!r}" if claim.or_ else ""
            return f"the entry (32 bytes) of a statement of kind {' or '.join(claim.of)}{word}"
        case "text":
            return f"a text of 1 to {claim.most} characters"
        case "hash" | "commitment":
            return f"a {claim.type} of 32 bytes"
        case "count" | "time":
            return f"a {claim.type}, a whole number from 0"
        case "counts":
            return f"a map of at most {claim.most} names to numbers"
        case "bytes" | "list":
            return f"{claim.type} of at most {claim.most}"
        case kind:
            return f"a {kind}"


def _told(when: When) -> str:
    """Tell a condition."""
    return " and ".join(f"{name} = {' or '.join(map(str, values))}" for name, values in when.items())
