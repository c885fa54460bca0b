"""The signals of one post that plain code computes, once its terms and expressions are known."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from tipstaff.policy.condition import names
from tipstaff.policy.model import (
    ApartSignal,
    BlockedSignal,
    DomainsSignal,
    EntityKind,
    EntitySignal,
    FactSignal,
    LearnedSignal,
    LexiconSignal,
    NearSignal,
    PatternSignal,
    QuotedSignal,
    Signal,
    UnionSignal,
    parts,
)
from tipstaff.screening.derive import fact_value, near, quoted
from tipstaff.screening.entities import FINDERS
from tipstaff.screening.findings import Hit
from tipstaff.screening.lists import BlockLists
from tipstaff.screening.plan import Plan
from tipstaff.screening.posts import Batch
from tipstaff.screening.tables import AT, DIGITS, DOLLAR, DOT, HASH, LONG_RUN

GATES: Final[Mapping[EntityKind, int]] = {
    EntityKind.URL: DOT,
    EntityKind.DOMAIN: DOT,
    EntityKind.INVITATION: DOT,
    EntityKind.HANDLE: AT,
    EntityKind.CASHTAG: DOLLAR,
    EntityKind.HASHTAG: HASH,
    EntityKind.WALLET: LONG_RUN,
    EntityKind.QQ: DIGITS,
    EntityKind.PHONE: DIGITS,
}
"""The flag without which a field cannot hold an entity of that kind; a kind that is absent has none."""

ALL_FLAGS: Final = 0xFF

_FINDERS: Final = {kind: FINDERS[kind.value] for kind in EntityKind}


@dataclass(slots=True)
class Workings:
    """What is known of one post: by row, the values and the places of its signals.

    `fields` are the indices of its texts in the batch, `flags` those of each (all set if not known). A signal
    without places has no entry in `hits`.
    """

    batch: Batch
    post: int
    fields: Sequence[int]
    flags: Sequence[int]
    lists: BlockLists | None
    values: list[int]
    hits: dict[int, list[Hit]] = field(default_factory=dict)
    entities: dict[EntityKind, list[tuple[Hit, str]]] = field(default_factory=dict)


Step: TypeAlias = Callable[[Workings], None]


class Completer:
    """Completes the workings of a post: every signal but lexicon, pattern and learned ones.

    Signals that need no entity are computed *early*, the others *late*, and then only for the rules that
    are still possible. `early_rows` are the rows that are exact once the early ones are computed.
    """

    def __init__(self, plan: Plan) -> None:
        self._early: list[Step] = []
        self._late: list[tuple[int, Step]] = []
        self._needs: list[frozenset[int]] = []
        early_rows = set()
        for policy in plan.policies:
            behind: dict[str, frozenset[int]] = {}
            for signal in policy.signals:
                row = policy.rows[signal.name]
                step = _step(signal, policy.rows)
                rows = frozenset[int]().union(*(behind[part] for part in parts(signal)))
                if rows or isinstance(signal, EntitySignal | DomainsSignal | BlockedSignal):
                    rows |= {row}
                    self._late.extend([(row, step)] if step else [])
                else:
                    early_rows.add(row)
                    self._early.extend([step] if step else [])
                behind[signal.name] = rows
            self._needs += [
                frozenset[int]().union(*(behind[name] for name in names(rule.when)))
                for rule in policy.policy.rules
            ]
        self.early_rows = frozenset(early_rows)

    def early(self, workings: Workings) -> None:
        """Fill in the signals that need no entity."""
        for step in self._early:
            step(workings)

    def late(self, workings: Workings, rules: Sequence[int]) -> None:
        """Fill in what the rules with these numbers, through all policies, read besides; after `early`."""
        needed = frozenset[int]().union(*(self._needs[rule] for rule in rules))
        for row, step in self._late:
            if row in needed:
                step(workings)

    def all_late(self, workings: Workings) -> None:
        """Fill in every signal that is left."""
        self.late(workings, range(len(self._needs)))


def _step(signal: Signal, rows: Mapping[str, int]) -> Step | None:
    """Return what computes one signal; None for those that the engines compute."""
    row = rows[signal.name]
    match signal:
        case LexiconSignal() | PatternSignal() | LearnedSignal():
            return None
        case FactSignal(field=fact):

            def fill_fact(workings: Workings) -> None:
                workings.values[row] = fact_value(fact, workings.batch.posts[workings.post])

            return fill_fact
        case UnionSignal(of=names):
            members = [rows[name] for name in names]

            def fill_union(workings: Workings) -> None:
                workings.values[row] = sum(workings.values[member] for member in members)
                workings.hits[row] = [hit for member in members for hit in workings.hits.get(member, ())]

            return fill_union
        case NearSignal(of=of, to=to, within=within):
            return _pair(row, rows[of], rows[to], within, close=True)
        case ApartSignal(of=of, to=to, within=within):
            return _pair(row, rows[of], rows[to], within, close=False)
        case QuotedSignal(of=of):
            quotable = rows[of]
            return _found(row, lambda workings: quoted(workings.hits.get(quotable, ()), workings.batch.texts))
        case EntitySignal(kinds=kinds, details=details):
            return _found(row, lambda workings: _entities(workings, kinds, details))
        case DomainsSignal(domains=domains):
            listed = frozenset(domains)
            return _found(row, lambda workings: _listed(workings, listed))
        case BlockedSignal():
            return _found(row, _blocked)


def _found(row: int, find: Callable[[Workings], list[Hit]]) -> Step:
    """Return a step whose signal counts its places."""

    def fill(workings: Workings) -> None:
        found = find(workings)
        workings.values[row] = len(found)
        if found:
            workings.hits[row] = found

    return fill


def _pair(row: int, of: int, to: int, within: int, *, close: bool) -> Step:
    """Return a step for a signal of nearness or of distance."""

    def find(workings: Workings) -> list[Hit]:
        places = workings.hits.get(of)
        return near(places, workings.hits.get(to, ()), within)[0 if close else 1] if places else []

    return _found(row, find)


def _find(workings: Workings, kind: EntityKind) -> list[tuple[Hit, str]]:
    """Return the entities of one kind in all fields, each with its detail; found once for each post."""
    if kind not in workings.entities:
        gate, find = GATES.get(kind, ALL_FLAGS), _FINDERS[kind]
        workings.entities[kind] = [
            (Hit(field, entity.start, entity.end, entity.value), entity.detail)
            for field, flags in zip(workings.fields, workings.flags, strict=True)
            if gate == ALL_FLAGS or flags & gate
            for entity in find(workings.batch.texts[field])
        ]
    return workings.entities[kind]


def _entities(workings: Workings, kinds: Sequence[EntityKind], details: tuple[str, ...]) -> list[Hit]:
    """Return the places of an entity signal."""
    return [
        hit
        for kind in kinds
        for hit, detail in _find(workings, kind)
        if not details or detail.startswith(details)
    ]


def _listed(workings: Workings, domains: frozenset[str]) -> list[Hit]:
    """Return the links to domains that the policy lists."""
    return [hit for hit, _ in _find(workings, EntityKind.DOMAIN) if hit.matched in domains]


def _blocked(workings: Workings) -> list[Hit]:
    """Return the links on a block list of the user's, with the name and the digest of the list."""
    if workings.lists is None:
        return []
    digests = {listed.name: listed.digest for listed in workings.lists.lists}
    found = []
    for hit, _ in _find(workings, EntityKind.DOMAIN):
        # A defanged host is no host as written; its registrable domain always is.
        host = workings.batch.texts[hit.field][hit.start : hit.end]
        match = workings.lists.match(host) or workings.lists.match(hit.matched)
        if match is not None:
            listed = f"{match.domain} on {match.list_name}+{digests[match.list_name]}"
            found.append(hit._replace(matched=listed))
    return found
