"""Whether a table of registration rules is sound: every rule leads somewhere, and can be asked."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Final, TypeAlias

from tipstaff.ledger.claim import Claim
from tipstaff.ledger.kind import ENTRY, HOLDER, Agree, Confirmed, Equal, Kind, first_of
from tipstaff.ledger.roles import ROLES

Kinds: TypeAlias = Mapping[str, Kind]
"""The rows of a table, by kind."""

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
        if any(
            (part.type == "list") != (part.item is not None)
            or (part.type == "map") != (part.members is not None)
            for part in claim.parts
        ):
            yield "a list has an item, a map has members, and nothing else has them"
    for cited in _citing(row):
        if cited in row.claims and row.claims[cited].type != "entry":
            yield f"{cited} cites nothing: it is no entry"
    for path in row.paths:
        if not _leads(kinds, row, path):
            yield f"{path} leads to no statement"
    for rule in row.agree:
        citable = rule.kinds or _cited_kinds(kinds, row, rule.cited)
        if not _ends(kinds, citable, rule.path):
            yield f"{rule.cited}.{rule.path} leads to no claim"
        if rule.with_ != HOLDER and not _leads_to_claim(kinds, row, rule.with_):
            yield f"{rule.with_} leads to no claim"
    yield from _faults_of_shape(row)
    yield from _faults_of_cited(kinds, row)


def _faults_of_shape(row: Kind) -> Iterator[str]:
    """Yield rules that do not fit the claims which they name."""
    yield from (f"{name} is no name of a claim" for name in row.claims if name.startswith("@"))
    for name, claim in row.claims.items():
        if claim.distinct and not _required_member(claim, claim.distinct):
            yield f"{name} is no list of maps that all have {claim.distinct}"
        if any(part.type == "entry" for part in claim.parts[1:]):
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
            if name not in kinds[kind].claims:
                yield f"{cited} cites {kind}, which has no claim {name}"
    if row.member:
        wanted = (*row.member.by.values(), *row.member.claims.values(), *row.member.most.values())
        for kind in _cited_kinds(kinds, row, row.member.cited):
            claim = kinds[kind].claims.get(row.member.list)
            if not _has_members(claim, wanted):
                yield f"{row.member.list} of {kind} is no list of maps with {', '.join(wanted)}"


def _cited_kinds(kinds: Kinds, row: Kind, name: str) -> set[str]:
    """Return the kinds that a claim may cite, as far as the table has them."""
    return kinds.keys() & set(row.claims[name].kinds) if name in row.claims else set()


def _has_members(claim: Claim | None, names: Iterable[str]) -> bool:
    """Say whether a claim is a list of maps which have these members."""
    members = claim.item.members if claim and claim.item else None
    return members is not None and set(names) <= members.keys()


def _required_member(claim: Claim, name: str) -> bool:
    """Say whether a claim is a list of maps which all have this member."""
    members = claim.item.members if claim.item else None
    return members is not None and name in members and not members[name].optional


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
    yield from map(first_of, row.paths)


def _leads(kinds: Kinds, row: Kind, path: str) -> bool:
    """Say whether a path of citations leads somewhere, from one of the kinds on its way at least."""
    rows: list[Kind] = [row]
    for name in path.split("."):
        rows = [kinds[kind] for kind in set().union(*(_cited_kinds(kinds, each, name) for each in rows))]
    return bool(rows)


def _leads_to_claim(kinds: Kinds, row: Kind, path: str) -> bool:
    """Say whether a path from a statement of a kind ends with a claim, whatever kinds are on its way."""
    first, _, rest = path.partition(".")
    return (
        _ends(kinds, _cited_kinds(kinds, row, first), rest) if rest else first in row.claims or first == ENTRY
    )


def _ends(kinds: Kinds, cited: Collection[str], path: str) -> bool:
    """Say whether a path from statements of some kinds ends with a claim, whatever kinds are on its way."""
    *citations, claim = path.split(".")
    for name in citations:
        targets = [_cited_kinds(kinds, kinds[kind], name) if kind in kinds else set() for kind in cited]
        if not all(targets):
            return False
        cited = set().union(*targets)
    return claim == ENTRY or all(kind in kinds and claim in kinds[kind].claims for kind in cited)
