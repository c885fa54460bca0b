"""The signals of one post that plain code computes, once its terms and expressions are known."""

from __future__ import annotations

from collections.abc import Sequence

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
from tipstaff.screening.derive import fact_value, near, quoted
from tipstaff.screening.entities import FINDERS, Entity
from tipstaff.screening.findings import Hit
from tipstaff.screening.lists import BlockLists
from tipstaff.screening.plan import PolicyPlan
from tipstaff.screening.posts import Batch


class Completion:
    """Completes the signals of one post, finding each kind of entity in each field at most once."""

    def __init__(self, batch: Batch, post: int, fields: Sequence[int], lists: BlockLists | None) -> None:
        self._batch = batch
        self._post = batch.posts[post]
        self._fields = fields
        self._lists = lists
        self._found: dict[tuple[int, EntityKind], list[Entity]] = {}

    def complete(self, plan: PolicyPlan, values: dict[str, int], hits: dict[str, list[Hit]]) -> None:
        """Fill in what `values` and `hits` lack; lexicon, pattern and learned signals are there already."""
        for signal in plan.signals:
            self._fill(signal, values, hits)

    def _fill(self, signal: Signal, values: dict[str, int], hits: dict[str, list[Hit]]) -> None:
        """Compute one signal."""
        match signal:
            case LexiconSignal() | PatternSignal() | LearnedSignal():
                return
            case FactSignal():
                values[signal.name] = fact_value(signal.field, self._post)
                return
            case UnionSignal():
                hits[signal.name] = [hit for name in signal.of for hit in hits.get(name, ())]
                values[signal.name] = sum(values[name] for name in signal.of)
                return
            case EntitySignal():
                found = self._entities(signal)
            case DomainsSignal():
                listed = frozenset(signal.domains)
                found = [hit for hit in self._hits(EntityKind.DOMAIN) if hit.matched in listed]
            case BlockedSignal():
                found = self._blocked()
            case NearSignal():
                found = near(hits[signal.of], hits[signal.to], signal.within)[0]
            case ApartSignal():
                found = near(hits[signal.of], hits[signal.to], signal.within)[1]
            case QuotedSignal():
                found = quoted(hits[signal.of], self._batch.texts)
        hits[signal.name] = found
        values[signal.name] = len(found)

    def _find(self, field: int, kind: EntityKind) -> list[Entity]:
        """Return the entities of one kind in one field."""
        key = (field, kind)
        if key not in self._found:
            self._found[key] = FINDERS[kind.value](self._batch.texts[field])
        return self._found[key]

    def _hits(self, kind: EntityKind) -> list[Hit]:
        """Return the entities of one kind in all fields as hits."""
        return [
            Hit(field, entity.start, entity.end, entity.value)
            for field in self._fields
            for entity in self._find(field, kind)
        ]

    def _entities(self, signal: EntitySignal) -> list[Hit]:
        """Return the hits of an entity signal."""
        return [
            Hit(field, entity.start, entity.end, entity.value)
            for kind in signal.kinds
            for field in self._fields
            for entity in self._find(field, kind)
            if not signal.details or entity.detail.startswith(signal.details)
        ]

    def _blocked(self) -> list[Hit]:
        """Return the links that stand on a block list of the user's, with the list and its digest."""
        if self._lists is None:
            return []
        digests = {listed.name: listed.digest for listed in self._lists.lists}
        found = []
        for hit in self._hits(EntityKind.URL):
            match = self._lists.match(hit.matched)
            if match is not None:
                digest = digests[match.list_name]
                found.append(hit._replace(matched=f"{match.domain} on {match.list_name}+{digest}"))
        return found
