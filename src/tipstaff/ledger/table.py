"""The table of registration rules: for each kind what must be said, by whom, and after what.

A table is data: it ships as table.toml, is stated in entry 0 of every log, and is interpreted by
`registration`. docs/ledger.md explains its language, key by key.
"""

from __future__ import annotations

import importlib.resources
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property, lru_cache
from typing import Final, NamedTuple, TypeAlias, cast

import msgspec

from tipstaff.ledger.cbor import Value, decode
from tipstaff.ledger.claim import Claim, Test
from tipstaff.ledger.errors import EncodingError, TableError
from tipstaff.ledger.roles import ROLES

HOLDER: Final = "@holder"
"""Among names of claims and values: the holder of the key that signs."""

ENTRY: Final = "@entry"
"""At the end of a path: not a claim of the statement that it leads to, but the entry of that statement."""

_ACTED_ON: Final[Mapping[str, Mapping[str, str]]] = {
    "rules": {"version": "count", "table": "table"},
    "key": {
        "kid": "hash", "action": "choice", "public_key": "bytes", "holder": "text", "role": "choice",
        "not_before": "time", "not_after": "time",
    },
}  # fmt: skip
"""The kinds that the interpreter acts on, and the claims that it goes by."""

_ALWAYS: Final = frozenset(("version", "table", "kid", "action"))
"""Those of them that every statement of the kind makes."""

When: TypeAlias = dict[str, list[str | int]]
"""A condition: each of these claims has one of these values."""


def first_of(path: str) -> str:
    """Return the claim that a path begins with."""
    return path.partition(".")[0]


class Requires(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When the condition holds, these optional claims are required, and those of `cites` cite a statement.

    It is of one of `kinds`, where these are given.
    """

    when: When
    claims: tuple[str, ...] = ()
    cites: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()


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
    """The claim is the new state of the thing that `of` names, or of what the path `cited` leads to.

    With neither it is that of the statement itself. With `confirmed` it becomes so when this statement is
    confirmed. In one of the states `final` the thing remains.
    """

    claim: str
    of: tuple[str, ...] = ()
    cited: str | None = None
    confirmed: bool = False
    final: tuple[str, ...] = ()


class Follows(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When the condition holds, the same statement with the claims `of` changed so must be there already."""

    when: When
    of: dict[str, str]


class Equal(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Claims that repeat those of a cited statement: the name here to the name there."""

    cited: str
    claims: dict[str, str]


class Member(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Claims that repeat those of one member of a list of maps in a cited statement, found `by` others.

    Those of `most` are numbers that are not greater than the member's.
    """

    cited: str
    list: str
    by: dict[str, str]
    claims: dict[str, str]
    most: dict[str, str] = {}


class Confirmed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When the condition holds, and if it is of `kinds`, the cited statement must have been confirmed."""

    cited: str
    when: When = {}
    kinds: tuple[str, ...] = ()


class Agree(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What `path` leads to from the cited statement is what `with` leads to from here.

    A path goes from citation to citation, and ends with a claim, or with `@entry` for the entry of the
    statement itself; `@holder` is the signer. It is asked for if the cited statement is of one of `kinds` and
    the signer of one of `roles`, where these are given.
    """

    cited: str
    path: str
    with_: str = msgspec.field(name="with")
    kinds: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()


class States(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the path `cited` leads to must be in one of these states; "" is having none yet.

    It is asked for when the condition holds, and if what is cited first is of one of `kinds`, where these are
    given.
    """

    cited: str
    values: tuple[str, ...]
    kinds: tuple[str, ...] = ()
    when: When = {}

    @property
    def first(self) -> str:
        """The claim that the path begins with."""
        return first_of(self.cited)

    @property
    def rest(self) -> str:
        """The path from what that claim cites."""
        return self.cited.partition(".")[2]


class Applying(NamedTuple):
    """The rules that apply to what a claim cites if that is of one certain kind."""

    equal: tuple[Equal, ...]
    agree: tuple[Agree, ...]
    confirmed: tuple[Confirmed, ...]
    states: tuple[States, ...]


class Kind(msgspec.Struct, frozen=True, forbid_unknown_fields=True, dict=True):
    """The rules of one kind of statement. What every statement of the kind is asked is made ready once."""

    version: int
    signed_by: tuple[str, ...]
    claims: dict[str, Claim] = {}
    open: bool = False
    """Any claims may be made."""
    envelope: bool = False
    """A hash envelope: there are no claims, and the payload is kept elsewhere."""
    unique: tuple[str, ...] = ()
    judges: str | None = None
    """A path to the statement that whoever signs or confirms this one has judged."""
    role_of: str | None = None
    """The signer's role must be one that may sign the kind of the statement cited here."""
    differs: tuple[str, ...] = ()
    """Paths to statements that the signer's holder has neither signed nor confirmed nor judged."""
    any_of: tuple[str, ...] = ()
    """At least one of these claims is there."""
    requires: tuple[Requires, ...] = ()
    limits: tuple[Limit, ...] = ()
    fixed: tuple[Fixed, ...] = ()
    equal: tuple[Equal, ...] = ()
    member: Member | None = None
    agree: tuple[Agree, ...] = ()
    confirmed: tuple[Confirmed, ...] = ()
    states: tuple[States, ...] = ()
    state: State | None = None
    confirms: str | None = None
    """A statement of this kind confirms the one that is cited here."""
    follows: Follows | None = None

    @cached_property
    def tests(self) -> Mapping[str, Test]:
        """The tests of the claims, by name."""
        return {name: claim.test for name, claim in self.claims.items()}

    @cached_property
    def required(self) -> frozenset[str]:
        """The claims that every statement of the kind makes."""
        return frozenset(name for name, claim in self.claims.items() if not claim.optional)

    @cached_property
    def citing(self) -> tuple[tuple[str, frozenset[str]], ...]:
        """The claims that cite statements, and the kinds that these may be of."""
        return tuple(
            (name, frozenset(claim.of)) for name, claim in self.claims.items() if claim.type == "entry"
        )

    @cached_property
    def applying(self) -> Mapping[tuple[str, str], Applying]:
        """The rules about what is cited, by the claim that cites it and the kind of it."""
        return {(name, kind): self._applying(name, kind) for name, kinds in self.citing for kind in kinds}

    def _applying(self, name: str, kind: str) -> Applying:
        """Pick the rules that apply where a claim cites a statement of a kind."""
        return Applying(
            tuple(rule for rule in self.equal if rule.cited == name),
            tuple(rule for rule in self.agree if rule.cited == name and kind in (rule.kinds or (kind,))),
            tuple(rule for rule in self.confirmed if rule.cited == name and kind in (rule.kinds or (kind,))),
            tuple(rule for rule in self.states if rule.first == name and kind in (rule.kinds or (kind,))),
        )


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
            paths = [f"{rule.cited}.{rule.path}" for rule in row.agree] + [rule.with_ for rule in row.agree]
            for path in (*_paths(row), *paths):
                self._keep(row, path, kept)
            # What comes about when a statement is confirmed goes on from the statement that is confirmed.
            if row.judges:
                kept[kind].add(first_of(row.judges))
            if row.state and row.state.confirmed:
                kept[kind].update((row.state.claim, first_of(row.state.cited or row.state.claim)))
        return {kind: frozenset(names & self.kinds[kind].claims.keys()) for kind, names in kept.items()}

    def _keep(self, row: Kind, path: str, kept: dict[str, set[str]]) -> None:
        """Keep the claims that a path of citations goes on by."""
        first, _, rest = path.partition(".")
        for target in _entries(row.claims[first]) if rest and first in row.claims else ():
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
    for kind, claims in _ACTED_ON.items():
        faults += (
            [f"{kind}: {name} must be a claim of type {claim}" for name, claim in claims.items()
             if _type(table.kinds[kind], name) != claim]
            + [f"{kind}: {name} cannot be optional" for name in _ALWAYS & claims.keys()
               if name in table.kinds[kind].claims and table.kinds[kind].claims[name].optional]
            if kind in table.kinds else [f"{kind} is missing"]
        )  # fmt: skip
    faults += [
        f"{kind}: {name} is a table, which only the claim of that name of rules is"
        for kind, row in table.kinds.items() for name, claim in row.claims.items()
        if (kind, name) != ("rules", "table") and _has_table(claim)
    ]  # fmt: skip
    if table.tolerance < 0:
        faults.append("the tolerance is less than 0")
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
        if any(
            (part.type == "list") != (part.item is not None)
            or (part.type == "map") != (part.members is not None)
            for part in (claim, *_parts(claim))
        ):
            yield "a list has an item, a map has members, and nothing else has them"
    for cited in _citing(row):
        if cited in row.claims and row.claims[cited].type != "entry":
            yield f"{cited} cites nothing: it is no entry"
    for path in _paths(row):
        if not _leads(table, row, path):
            yield f"{path} leads to no statement"
    for rule in row.agree:
        kinds = rule.kinds or tuple(_cited_kinds(table, row, rule.cited))
        if not all(kind in table.kinds and _ends(table, table.kinds[kind], rule.path) for kind in kinds):
            yield f"{rule.cited}.{rule.path} leads to no claim"
        if rule.with_ != HOLDER and not _ends(table, row, rule.with_):
            yield f"{rule.with_} leads to no claim"
    yield from _faults_of_shape(row)
    yield from _faults_of_cited(table, row)


def _faults_of_shape(row: Kind) -> Iterator[str]:
    """Yield rules that do not fit the claims which they name."""
    yield from (f"{name} is no name of a claim" for name in row.claims if name.startswith("@"))
    for name, claim in row.claims.items():
        if claim.distinct and not _required_member(claim, claim.distinct):
            yield f"{name} is no list of maps that all have {claim.distinct}"
        if any(part.type == "entry" for part in _parts(claim)):
            yield f"{name} cites nothing: an entry stands by itself, not within a list or a map"
    for limit in row.limits:
        name, _, member = limit.claim.partition(".")
        if member and not _has_members(row.claims.get(name), (member,)):
            yield f"{limit.claim} leads to no member of a list of maps"
    for name in row.member.most if row.member else ():
        if _type(row, name) not in ("count", "time", None):
            yield f"{name} is no number that could be less than another"
    if row.follows and not row.follows.of.keys() <= set(row.unique):
        yield "follows changes what is not unique"
    state = row.state
    if state and state.claim in row.claims and row.claims[state.claim].optional:
        yield f"{state.claim} is a state, and cannot be optional"
    if state and state.of and state.cited:
        yield "a state is of what claims name or of what is cited, not of both"


def _faults_of_cited(table: Table, row: Kind) -> Iterator[str]:
    """Yield claims that are to be found in cited statements, and are not there."""
    for requires in row.requires:
        for cited in requires.cites:
            kinds = set(_cited_kinds(table, row, cited))
            yield from (f"{cited} cites no {kind}" for kind in requires.kinds if kind not in kinds)
    compared = [(rule.cited, name) for rule in row.equal for name in rule.claims.values()]
    if row.member:
        compared.append((row.member.cited, row.member.list))
    for cited, name in compared:
        for kind in _cited_kinds(table, row, cited):
            if name not in table.kinds[kind].claims:
                yield f"{cited} cites {kind}, which has no claim {name}"
    if row.member:
        wanted = (*row.member.by.values(), *row.member.claims.values(), *row.member.most.values())
        for kind in _cited_kinds(table, row, row.member.cited):
            claim = table.kinds[kind].claims.get(row.member.list)
            if not _has_members(claim, wanted):
                yield f"{row.member.list} of {kind} is no list of maps with {', '.join(wanted)}"


def _cited_kinds(table: Table, row: Kind, name: str) -> Iterator[str]:
    """Yield the kinds that a claim may cite, as far as the table has them."""
    if name in row.claims:
        yield from (kind for kind in _entries(row.claims[name]) if kind in table.kinds)


def _has_members(claim: Claim | None, names: Iterable[str]) -> bool:
    """Say whether a claim is a list of maps which have these members."""
    members = claim.item.members if claim and claim.item else None
    return members is not None and set(names) <= members.keys()


def _required_member(claim: Claim, name: str) -> bool:
    """Say whether a claim is a list of maps which all have this member."""
    members = claim.item.members if claim.item else None
    return members is not None and name in members and not members[name].optional


def _parts(claim: Claim) -> Iterator[Claim]:
    """Yield what a list or a map is made of, however deep."""
    for part in (*((claim.item,) if claim.item else ()), *(claim.members or {}).values()):
        yield part
        yield from _parts(part)


def _has_table(claim: Claim) -> bool:
    """Say whether a claim is a table, or has one in it."""
    return any(part.type == "table" for part in (claim, *_parts(claim)))


def _type(row: Kind, name: str) -> str | None:
    """Return the type of a claim; None where a row has no such claim."""
    return row.claims[name].type if name in row.claims else None


def _named(row: Kind) -> Iterator[str]:
    """Yield the claims that the rules of a kind name."""
    yield from row.unique
    yield from row.any_of
    yield from _citing(row)
    for requires in row.requires:
        yield from (*requires.when, *requires.claims, *requires.cites)
    yield from (limit.claim.partition(".")[0] for limit in row.limits)
    for fixed in row.fixed:
        yield from (*fixed.of, fixed.claim)
    for equal in row.equal:
        yield from equal.claims
    if row.member:
        yield from (*row.member.by, *row.member.claims, *row.member.most)
    for confirmed in row.confirmed:
        yield from confirmed.when
    for states in row.states:
        yield from states.when
    if row.state:
        yield from (*row.state.of, row.state.claim)
    if row.follows:
        yield from (*row.follows.when, *row.follows.of)


def _citing(row: Kind) -> Iterator[str]:
    """Yield the claims that the rules of a kind follow to another statement."""
    rules: tuple[Equal | Agree | Confirmed, ...] = (*row.equal, *row.agree, *row.confirmed)
    yield from (rule.cited for rule in rules)
    if row.member:
        yield row.member.cited
    yield from (name for name in (row.role_of, row.confirms) if name)
    yield from map(first_of, _paths(row))


def _paths(row: Kind) -> Iterator[str]:
    """Yield the paths of citations by which the rules of a kind lead to other statements."""
    yield from row.differs
    yield from (states.cited for states in row.states)
    if row.judges:
        yield row.judges
    if row.state and row.state.cited:
        yield row.state.cited


def _leads(table: Table, row: Kind, path: str) -> bool:
    """Say whether a path of citations leads somewhere, from one of the kinds on its way at least."""
    first, _, rest = path.partition(".")
    kinds = tuple(_cited_kinds(table, row, first))
    return bool(kinds) and (not rest or any(_leads(table, table.kinds[kind], rest) for kind in kinds))


def _ends(table: Table, row: Kind, path: str) -> bool:
    """Say whether a path of citations ends with a claim, whatever kinds are on its way."""
    first, _, rest = path.partition(".")
    if not rest:
        return first in row.claims or first == ENTRY
    kinds = tuple(_cited_kinds(table, row, first))
    return bool(kinds) and all(_ends(table, table.kinds[kind], rest) for kind in kinds)


def _entries(claim: Claim) -> tuple[str, ...]:
    """Return the kinds that a claim may cite."""
    return claim.of if claim.type == "entry" else ()
