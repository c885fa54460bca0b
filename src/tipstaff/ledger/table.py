"""The table of registration rules: for each kind what must be said, by whom, and after what.

A table is data: it ships as table.toml, is stated in entry 0 of every log, and is interpreted by
`registration`. docs/ledger.md explains its language, key by key.
"""

from __future__ import annotations

import importlib.resources
import tomllib
from collections.abc import Iterator, Mapping
from functools import cached_property, lru_cache
from typing import Final, TypeAlias, cast

import msgspec

from tipstaff.ledger.cbor import Value, decode
from tipstaff.ledger.claim import Claim
from tipstaff.ledger.errors import EncodingError, TableError

ROLES: Final = ("log", "platform", "machine", "policy_owner", "clerk", "reviewer", "authority")
"""Who signs. Not to be confused with the roles of an API, which sign nothing."""

HOLDER: Final = "holder"
"""In `unique`, beside names of claims: the holder of the key that signs."""

When: TypeAlias = dict[str, list[str | int]]
"""A condition: each of these claims has one of these values."""


class Requires(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When the condition holds, these optional claims are required."""

    when: When
    claims: tuple[str, ...]


class Limit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A signer of that role uses these values only; `claim` may lead into a list of maps: `list.member`."""

    role: str
    claim: str
    values: tuple[str, ...]


class Fixed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """For one value of the claims `of` there is only ever one of `claim`."""

    of: tuple[str, ...]
    claim: str


class State(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The claim is the new state of the thing that `of` names, or of the statement that `cited` cites.

    With `confirmed` it becomes so when this statement is confirmed.
    """

    claim: str
    of: tuple[str, ...] = ()
    cited: str | None = None
    confirmed: bool = False


class Follows(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When the condition holds, the same statement with the claims `of` changed so must be there already."""

    when: When
    of: dict[str, str]


class Equal(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Claims that repeat those of a cited statement: the name here to the name there."""

    cited: str
    claims: dict[str, str]


class Member(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Claims that repeat those of one member of a list of maps in a cited statement, found `by` others."""

    cited: str
    list: str
    by: dict[str, str]
    claims: dict[str, str]


class Confirmed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When the condition holds, and if it is of `kinds`, the cited statement must have been confirmed."""

    cited: str
    when: When = {}
    kinds: tuple[str, ...] = ()


class States(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the cited statement is about must be in one of these states; "" is having none yet."""

    cited: str
    values: tuple[str, ...]


class Kind(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The rules of one kind of statement."""

    version: int
    signed_by: tuple[str, ...]
    claims: dict[str, Claim] = {}
    open: bool = False
    """Any claims may be made."""
    envelope: bool = False
    """A hash envelope: there are no claims, and the payload is kept elsewhere."""
    unique: tuple[str, ...] = ()
    role_of: str | None = None
    """The signer's role must be one that may sign the kind of the statement cited here."""
    differs: tuple[str, ...] = ()
    """Paths to statements that the signer's holder has neither signed nor confirmed."""
    any_of: tuple[str, ...] = ()
    """At least one of these claims is there."""
    requires: tuple[Requires, ...] = ()
    limits: tuple[Limit, ...] = ()
    fixed: tuple[Fixed, ...] = ()
    equal: tuple[Equal, ...] = ()
    member: Member | None = None
    confirmed: tuple[Confirmed, ...] = ()
    states: tuple[States, ...] = ()
    state: State | None = None
    confirms: str | None = None
    """A statement of this kind confirms the one that is cited here."""
    follows: Follows | None = None


class Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True, dict=True):
    """All registration rules; `tolerance` is in seconds."""

    version: int
    tolerance: int
    kinds: dict[str, Kind]

    @cached_property
    def cited(self) -> frozenset[str]:
        """The kinds that other statements may cite."""
        return frozenset(
            kind for row in self.kinds.values() for claim in row.claims.values() for kind in _entries(claim)
        )

    @cached_property
    def kept(self) -> Mapping[str, frozenset[str]]:
        """For each kind, the claims that statements which cite one are compared with or go on by."""
        kept: dict[str, set[str]] = {kind: set() for kind in self.kinds}
        for kind, row in self.kinds.items():
            for rule in row.equal:
                for target in row.claims[rule.cited].of:
                    kept[target].update(rule.claims.values())
            if row.member:
                for target in row.claims[row.member.cited].of:
                    kept[target].add(row.member.list)
            for path in row.differs:
                self._keep(row, path, kept)
            if row.state and row.state.confirmed:
                kept[kind].update(name for name in (row.state.claim, row.state.cited) if name)
        return {kind: frozenset(names & self.kinds[kind].claims.keys()) for kind, names in kept.items()}

    def _keep(self, row: Kind, path: str, kept: dict[str, set[str]]) -> None:
        """Keep the claims that a path of citations goes on by."""
        first, _, rest = path.partition(".")
        for target in row.claims[first].of if rest else ():
            kept[target].add(rest.partition(".")[0])
            self._keep(self.kinds[target], rest, kept)


def shipped() -> Value:
    """Return the table that ships, as it is stated in entry 0 of a new log."""
    text = importlib.resources.files("tipstaff.ledger").joinpath("table.toml").read_text(encoding="utf-8")
    return cast("Value", tomllib.loads(text))


@lru_cache(maxsize=16)
def read(encoded: bytes) -> Table:
    """Read a table from its deterministic CBOR.

    Raises `TableError`, with everything that is wrong with it.
    """
    try:
        table = msgspec.convert(decode(encoded), Table, strict=True)
    except (msgspec.ValidationError, EncodingError) as error:
        raise TableError(f"the table of registration rules cannot be read: {error}") from error
    faults = [f"{kind}: {fault}" for kind, row in table.kinds.items() for fault in _faults(table, row)]
    faults += [f"{kind} is missing" for kind in ("rules", "key") if kind not in table.kinds]
    if faults:
        raise TableError(f"the table of registration rules is not sound: {'; '.join(faults)}")
    return table


def _faults(table: Table, row: Kind) -> Iterator[str]:
    """Yield what is wrong with the rules of a kind: names that lead nowhere."""
    yield from (f"{role} is no role" for role in row.signed_by if role not in ROLES)
    if row.envelope and (row.claims or row.open):
        yield "a hash envelope has no claims"
    yield from (f"{name} is no claim" for name in _named(row) if name not in row.claims and name != HOLDER)
    for claim in row.claims.values():
        yield from (f"{kind} is no kind" for kind in _entries(claim) if kind not in table.kinds)
        if (claim.type == "list") != (claim.item is not None) or (claim.type == "map") != (
            claim.members is not None
        ):
            yield "a list has an item, a map has members, and nothing else has them"
    for cited in _citing(row):
        if cited in row.claims and row.claims[cited].type != "entry":
            yield f"{cited} cites nothing: it is no entry"
    for path in row.differs:
        if not _leads(table, row, path):
            yield f"{path} leads to no statement"


def _named(row: Kind) -> Iterator[str]:
    """Yield the claims that the rules of a kind name."""
    yield from row.unique
    yield from row.any_of
    yield from _citing(row)
    for requires in row.requires:
        yield from (*requires.when, *requires.claims)
    yield from (limit.claim.partition(".")[0] for limit in row.limits)
    for fixed in row.fixed:
        yield from (*fixed.of, fixed.claim)
    for equal in row.equal:
        yield from equal.claims
    if row.member:
        yield from (*row.member.by, *row.member.claims)
    for confirmed in row.confirmed:
        yield from confirmed.when
    if row.state:
        yield from (*row.state.of, row.state.claim)
    if row.follows:
        yield from (*row.follows.when, *row.follows.of)


def _citing(row: Kind) -> Iterator[str]:
    """Yield the claims that the rules of a kind follow to another statement."""
    rules: tuple[Equal | Confirmed | States, ...] = (*row.equal, *row.confirmed, *row.states)
    yield from (rule.cited for rule in rules)
    if row.member:
        yield row.member.cited
    if row.state and row.state.cited:
        yield row.state.cited
    yield from (name for name in (row.role_of, row.confirms) if name)
    yield from (path.partition(".")[0] for path in row.differs)


def _leads(table: Table, row: Kind, path: str) -> bool:
    """Say whether a path of citations leads somewhere from every kind on its way."""
    first, _, rest = path.partition(".")
    claim = row.claims.get(first)
    if claim is None or claim.type != "entry":
        return False
    return not rest or all(
        kind in table.kinds and _leads(table, table.kinds[kind], rest) for kind in claim.of
    )


def _entries(claim: Claim) -> tuple[str, ...]:
    """Return the kinds that a claim may cite."""
    return claim.of if claim.type == "entry" else ()
