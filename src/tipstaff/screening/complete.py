"""The signals of one post that plain code computes, once its terms and expressions are known."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

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
)
from tipstaff.screening.batches import Batch
from tipstaff.screening.derive import fact_value, near, quoted
from tipstaff.screening.entities import FINDERS
from tipstaff.screening.findings import Hit
from tipstaff.screening.lists import BlockLists
from tipstaff.screening.plan import Plan


@dataclass(slots=True)
class Workings:
    """What is known of one post: by row, the values and the places of its signals.

    `fields` are the indices of its texts in the batch. A signal without places has no entry in `hits`.
    """

    batch: Batch
    post: int
    fields: Sequence[int]
    lists: BlockLists | None
    values: list[int]
    hits: dict[int, list[Hit]] = field(default_factory=dict)
    entities: dict[EntityKind, list[tuple[Hit, str]]] = field(default_factory=dict)


Step: TypeAlias = Callable[[Workings], None]


class Completer:
    """Completes the workings of a post: every signal but lexicon, pattern and learned ones."""

    def __init__(self, plan: Plan) -> None:
        self._steps = [
            step
            for policy in plan.policies
            for signal in policy.signals
            if (step := _step(signal, policy.rows)) is not None
        ]

    def complete(self, workings: Workings) -> None:
        """Fill in the signals, each after what it is made of."""
        for step in self._steps:
            step(workings)


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
        workings.entities[kind] = [
            (Hit(field, entity.start, entity.end, entity.value), entity.detail)
            for field in workings.fields
            for entity in FINDERS[kind](workings.batch.texts[field])
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
    found = []
    for hit, _ in _find(workings, EntityKind.DOMAIN):
        host = workings.batch.texts[hit.field][hit.start : hit.end]
        listed = listing(host, workings.lists)
        if listed is not None:
            found.append(hit._replace(matched=listed))
    return found


def listing(host: str, lists: BlockLists) -> str | None:
    """Say on which block list a host as written stands."""
    match = lists.match(host)
    if match is None:
        return None
    digests = {listed.name: listed.digest for listed in lists.lists}
    return f"{match.domain} on {match.list_name}+{digests[match.list_name]}"
