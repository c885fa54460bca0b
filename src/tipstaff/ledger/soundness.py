"""Whether a table of registration rules is sound: every rule leads somewhere, and can be asked."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Final, TypeAlias

from tipstaff.ledger.claim import Claim
from tipstaff.ledger.kind import ENTRY, HOLDER, Agree, Confirmed, Equal, Kind, first_of
from tipstaff.ledger.roles import ROLES

Kinds: TypeAlias = Mapping[str, Kind]
"""The rows of a table, by kind."""

_ACTED_ON: Final[Mapping[str, Mapping[str, str]]] = {
    "rules": {"version": "count", "table": "table"},
    "key": {
        "kid": "hash", "action": "choice", "public_key": "bytes", "holder": "name", "role": "choice",
        "not_before": "time", "not_after": "time",
    },
}  # fmt: skip
"""The kinds that the interpreter acts on, and the claims that it goes by."""

_ALWAYS: Final = frozenset(("version", "table", "kid", "action"))
"""Those of them that every statement of the kind makes."""

MOST_STEPS: Final = 8
"""How many names a path has at the most."""

_NUMBERS: Final = frozenset(("count", "time"))
_COMPOSED: Final = frozenset(("list", "map", "counts", "table"))
"""Types of values that have others within them."""

_UNCOMPARED: Final = frozenset(("table", None))
"""Types of what is compared with nothing: a table, in which any integer may stand; what is no claim."""


def find_faults(kinds: Kinds) -> Iterator[str]:
    """Yield everything that is wrong with the rows of a table."""
    yield from (f"{kind}: {fault}" for kind, row in kinds.items() for fault in _faults(kinds, row))
    for kind, claims in _ACTED_ON.items():
        yield from _faults_of_acted_on(kind, claims, kinds[kind]) if kind in kinds else [f"{kind} is missing"]
    for kind, row in kinds.items():
        for name, claim in row.claims.items():
            if (kind, name) != ("rules", "table") and any(part.type == "table" for part in claim.parts):
                yield f"{kind}: {name} is a table, which only the claim of that name of rules is"


def _faults_of_acted_on(kind: str, claims: Mapping[str, str], row: Kind) -> Iterator[str]:
    """Yield claims that the interpreter goes by and that are not there, or are something else."""
    for name, type_ in claims.items():
        if _type(row, name) != type_:
            yield f"{kind}: {name} must be a claim of type {type_}"
        if name in _ALWAYS and name in row.claims and row.claims[name].optional:
            yield f"{kind}: {name} cannot be optional"


def _faults(kinds: Kinds, row: Kind) -> Iterator[str]:
    """Yield what is wrong with the rules of a kind: names that lead nowhere."""
    yield from (f"{role} is no role" for role in row.signed_by if role not in ROLES)
    if row.envelope and (row.claims or row.open):
        yield "a hash envelope has no claims"
    yield from (f"{name} is no claim" for name in _named(row) if name not in row.claims and name != HOLDER)
    for claim in row.claims.values():
        yield from (f"{kind} is no kind" for kind in claim.kinds if kind not in kinds)
    for cited in _citing(row):
        if cited in row.claims and row.claims[cited].type != "entry":
            yield f"{cited} cites nothing: it is no entry"
    if long := [path for path in (*row.paths, *row.compared_paths) if path.count(".") >= MOST_STEPS]:
        yield from (f"{path:.100} is a path of more than {MOST_STEPS} names" for path in long)
        return  # what is too long to be followed is not followed here either
    for path in row.paths:
        if not _leads(kinds, row, path):
            yield f"{path} leads to no statement"
    for rule in row.agree:
        citable = rule.kinds or _cited_kinds(kinds, row, rule.cited)
        if not _ends(kinds, citable, rule.path):
            yield f"{rule.cited}.{rule.path} leads to no claim"
        if rule.with_ != HOLDER and not _leads_to_claim(kinds, row, rule.with_):
            yield f"{rule.with_} leads to no claim"
    yield from _faults_of_claims(row)
    yield from _faults_of_shape(row)
    yield from _faults_of_cited(kinds, row)


def _faults_of_claims(row: Kind) -> Iterator[str]:
    """Yield claims that could not be tested, or not be told from others."""
    yield from (f"{name} is no name of a claim" for name in row.claims if name.startswith("@"))
    for name, claim in row.claims.items():
        if any(
            (part.type == "list") != (part.item is not None)
            or (part.type == "map") != (part.members is not None)
            for part in claim.parts
        ):
            yield "a list has an item, a map has members, and nothing else has them"
        for part in claim.parts:
            if part.distinct and not _tells_apart(part, part.distinct):
                yield f"{name} is no list of maps that all have {part.distinct}, a plain value"
        if any(part.type == "entry" for part in claim.parts[1:]):
            yield f"{name} cites nothing: an entry stands by itself, not within a list or a map"


def _faults_of_shape(row: Kind) -> Iterator[str]:
    """Yield rules that do not fit the claims which they name."""
    for limit in row.limits:
        name, _, member = limit.claim.partition(".")
        if member and member not in _members(row.claims.get(name)):
            yield f"{limit.claim} leads to no member of a list of maps"
    for name in (*row.member.most, *row.member.least) if row.member else ():
        if _type(row, name) not in (*_NUMBERS, None):
            yield f"{name} is no number that could be less than another"
    for reached in row.reached:
        if _type(row, reached.claim) not in ("time", None):
            yield f"{reached.claim} is no time that could come"
    for name in {*_compared(row)}:
        if _type(row, name) == "table":
            yield f"{name} is a table, which is compared with nothing"
    if row.follows and not row.follows.of.keys() <= set(row.unique):
        yield "follows changes what is not unique"
    state = row.state
    if state and state.claim in row.claims and row.claims[state.claim].optional:
        yield f"{state.claim} is a state, and cannot be optional"
    if state and state.of and state.cited:
        yield "a state is of what claims name or of what is cited, not of both"


def _faults_of_cited(kinds: Kinds, row: Kind) -> Iterator[str]:
    """Yield claims that are to be found in cited statements, and are not there."""
    for requires in row.requires:
        for cited in requires.cites:
            citable = _cited_kinds(kinds, row, cited)
            yield from (f"{cited} cites no {kind}" for kind in requires.kinds if kind not in citable)
    compared = [(rule.cited, name) for rule in row.equal for name in rule.claims.values()]
    if row.member:
        compared.append((row.member.cited, row.member.list))
    for cited, name in compared:
        for kind in _cited_kinds(kinds, row, cited):
            if _type(kinds[kind], name) in _UNCOMPARED:
                yield f"{cited} cites {kind}, which has no claim {name} that could be compared"
    if row.member:
        numbers = (*row.member.most.values(), *row.member.least.values())
        wanted = (*row.member.by.values(), *row.member.claims.values(), *numbers)
        for kind in _cited_kinds(kinds, row, row.member.cited):
            members = _members(kinds[kind].claims.get(row.member.list))
            if not members or not set(wanted) <= members.keys():
                yield f"{row.member.list} of {kind} is no list of maps with {', '.join(wanted)}"
            elif not all(members[name].type in _NUMBERS for name in numbers):
                yield f"{row.member.list} of {kind} has no numbers for {', '.join(numbers)}"


def _cited_kinds(kinds: Kinds, row: Kind, name: str) -> set[str]:
    """Return the kinds that a claim may cite, as far as the table has them."""
    return kinds.keys() & set(row.claims[name].kinds) if name in row.claims else set()


def _members(claim: Claim | None) -> Mapping[str, Claim]:
    """Return the members of the maps in a list; none where a claim is no list of maps."""
    return (claim.item.members or {}) if claim and claim.item else {}


def _tells_apart(claim: Claim, name: str) -> bool:
    """Say whether a claim is a list of maps which all have this member, by which they can be told apart."""
    member = _members(claim).get(name)
    return member is not None and not member.optional and member.type not in _COMPOSED


def _type(row: Kind, name: str) -> str | None:
    """Return the type of a claim; None where a row has no such claim."""
    return row.claims[name].type if name in row.claims else None


def _named(row: Kind) -> Iterator[str]:
    """Yield the claims that the rules of a kind name."""
    yield from _compared(row)
    yield from _citing(row)
    yield from row.any_of
    for requires in row.requires:
        yield from (*requires.claims, *requires.cites)
    yield from (first_of(limit.claim) for limit in row.limits)


def _compared(row: Kind) -> Iterator[str]:
    """Yield the claims of a row whose values its rules compare, or keep to be compared with."""
    yield from row.unique
    for fixed in row.fixed:
        yield from (*fixed.of, fixed.claim)
    for equal in row.equal:
        yield from equal.claims
    if row.member:
        yield from (*row.member.by, *row.member.claims, *row.member.most, *row.member.least)
    yield from (reached.claim for reached in row.reached)
    whens = (
        *row.requires,
        *row.confirmed,
        *row.states,
        *row.reached,
        *((row.follows,) if row.follows else ()),
    )
    for rule in whens:
        yield from rule.when
    if row.state:
        yield from (*row.state.of, row.state.claim)
    if row.follows:
        yield from row.follows.of


def _citing(row: Kind) -> Iterator[str]:
    """Yield the claims that the rules of a kind follow to another statement."""
    rules: tuple[Equal | Agree | Confirmed, ...] = (*row.equal, *row.agree, *row.confirmed)
    yield from (rule.cited for rule in rules)
    if row.member:
        yield row.member.cited
    yield from (name for name in (row.role_of, row.confirms) if name)
    yield from map(first_of, row.paths)


def _leads(kinds: Kinds, row: Kind, path: str) -> bool:
    """Say whether a path of citations leads somewhere, from one of the kinds on its way at least.

    A kind on its way that has a claim of that name cites a statement by it.
    """
    rows: list[Kind] = [row]
    for name in path.split("."):
        if any(_type(each, name) not in ("entry", None) for each in rows):
            return False
        rows = [kinds[kind] for kind in set().union(*(_cited_kinds(kinds, each, name) for each in rows))]
    return bool(rows)


def _leads_to_claim(kinds: Kinds, row: Kind, path: str) -> bool:
    """Say whether a path from a statement of a kind ends with a claim, whatever kinds are on its way."""
    first, _, rest = path.partition(".")
    if rest:
        return _ends(kinds, _cited_kinds(kinds, row, first), rest)
    return first == ENTRY or _type(row, first) not in _UNCOMPARED


def _ends(kinds: Kinds, cited: Collection[str], path: str) -> bool:
    """Say whether a path from statements of some kinds ends with a claim, whatever kinds are on its way."""
    *citations, claim = path.split(".")
    for name in citations:
        targets = [_cited_kinds(kinds, kinds[kind], name) if kind in kinds else set() for kind in cited]
        if not all(targets):
            return False
        cited = set().union(*targets)
    return claim == ENTRY or all(
        kind in kinds and _type(kinds[kind], claim) not in _UNCOMPARED for kind in cited
    )
