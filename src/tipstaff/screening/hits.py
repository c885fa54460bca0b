"""Hits in columns: where the signals of the posts that are left stand.

A *hit* is a row of six numbers: the slot of the post, the row of the signal, the field, start and end in
code points of the field as it was written, and the number of the text that matched.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from tipstaff.policy.model import BlockedSignal, DomainsSignal, EntityKind, EntitySignal
from tipstaff.screening.batches import Batch
from tipstaff.screening.bounds import Mask, anywhere
from tipstaff.screening.complete import listing
from tipstaff.screening.confirm import NormalForms
from tipstaff.screening.entities import Entity
from tipstaff.screening.entities.many import find_many
from tipstaff.screening.gates import GATES
from tipstaff.screening.lists import BlockLists
from tipstaff.screening.matches import Matcher
from tipstaff.screening.plan import Plan
from tipstaff.screening.tables import DIGIT
from tipstaff.screening.terms import Folded

Hits: TypeAlias = npt.NDArray[np.int64]
"""Shape (hits, 6)."""


@dataclass(frozen=True, slots=True)
class Left:
    """The fields of the posts that are left, and what may stand in them.

    `posts` and `fields` are sorted indices into the batch; field i belongs to `posts[owners[i]]`, has the
    normal form `forms[form_slots[i]]`; `folded` has all fields of the batch. `targets` are the terms that
    stand in the fields `term_fields` at `spans`; `expressions` those that may match in `expression_fields`
    (both indices into the batch).
    """

    batch: Batch
    folded: Folded
    posts: npt.NDArray[np.int64]
    fields: npt.NDArray[np.int64]
    owners: npt.NDArray[np.int64]
    forms: NormalForms
    form_slots: npt.NDArray[np.int64]
    targets: npt.NDArray[np.int64]
    term_fields: npt.NDArray[np.int64]
    spans: npt.NDArray[np.int32]
    expressions: npt.NDArray[np.int64]
    expression_fields: npt.NDArray[np.int64]


_GATES: Final = {kind.value: flag for kind, flag in GATES.items()}


class Texts:
    """Numbers of the texts that matched: spellings have theirs from the plan, others get the next ones."""

    def __init__(self, spellings: Sequence[str], numbers: Mapping[str, int]) -> None:
        self._spellings = spellings
        self._numbers = dict[str, int]()
        self._known = numbers
        self._more: list[str] = []

    def number(self, text: str) -> int:
        """Return the number of a text."""
        number = self._known.get(text)
        if number is None:
            number = self._numbers.get(text)
        if number is None:
            number = self._numbers[text] = len(self._spellings) + len(self._more)
            self._more.append(text)
        return number

    def __getitem__(self, number: int) -> str:
        """Return the text with a number."""
        known = len(self._spellings)
        return self._spellings[number] if number < known else self._more[number - known]


class Gatherer:
    """Gathers the hits of terms, expressions and entities."""

    def __init__(self, plan: Plan) -> None:
        self._matcher = Matcher([expression.exact for expression in plan.expressions])
        self._expression_rows = np.array([expression.row for expression in plan.expressions], dtype=np.int64)
        self._weak = np.array(
            [number for number, expression in enumerate(plan.expressions) if expression.weak], dtype=np.int64
        )
        letters = [target.spelled.letters for target in plan.targets]
        self._spellings = list(dict.fromkeys(letters))
        self._numbers = {spelling: number for number, spelling in enumerate(self._spellings)}
        self._spelling_of = np.array([self._numbers[spelling] for spelling in letters], dtype=np.int64)
        self._owner_starts = np.cumsum([0, *(len(target.owners) for target in plan.targets)], dtype=np.int64)
        self._owner_rows = np.array(
            [owner.row for target in plan.targets for owner in target.owners], dtype=np.int64
        )
        self._readers: list[tuple[int, frozenset[str], _Reader]] = []
        for policy in plan.policies:
            for signal in policy.signals:
                reader = _reader(signal)
                if reader is not None:
                    self._readers.append((policy.rows[signal.name], *reader))
        self._kinds = lru_cache(maxsize=4096)(self._kinds_of)

    def texts(self) -> Texts:
        """Return numbers for the texts of a chunk."""
        return Texts(self._spellings, self._numbers)

    def terms(self, left: Left) -> Hits:
        """Return the hits of terms, each for every signal that its spelling belongs to."""
        first = self._owner_starts[left.targets]
        counts = self._owner_starts[left.targets + 1] - first
        chosen = np.repeat(np.arange(left.targets.size), counts)
        within = np.arange(chosen.size) - np.repeat(np.cumsum(counts) - counts, counts)
        fields = left.term_fields[chosen]
        hits = np.empty((chosen.size, 6), dtype=np.int64)
        hits[:, 0] = left.owners[np.searchsorted(left.fields, fields)]
        hits[:, 1] = self._owner_rows[first[chosen] + within]
        hits[:, 2] = fields
        hits[:, 3:5] = left.spans[chosen]
        hits[:, 5] = self._spelling_of[left.targets[chosen]]
        return hits

    def expressions(self, left: Left, needed: Mask, texts: Texts) -> Hits:
        """Return the hits of exact expressions, of the rows that a post needs: `needed` (posts, rows)."""
        places = np.searchsorted(left.fields, left.expression_fields)
        digits = np.flatnonzero(left.folded.flags[left.fields] & DIGIT)
        places = np.concatenate([places, np.repeat(digits, self._weak.size)])
        numbers = np.concatenate([left.expressions, np.tile(self._weak, digits.size)])
        wanted = needed[left.owners[places], self._expression_rows[numbers]]
        order = np.lexsort((numbers[wanted], places[wanted]))
        places, numbers = places[wanted][order], numbers[wanted][order]
        slots = left.form_slots[places]
        found = self._matcher.find(left.forms, slots, numbers)
        columns = _lines(
            [
                number
                for pair, start, end, text in found
                for number in (pair, start, end - 1, texts.number(text))
            ],
            4,
        )
        pairs = columns[:, 0]
        begins = left.forms.starts[slots[pairs]]
        hits = np.empty((len(found), 6), dtype=np.int64)
        hits[:, 0] = left.owners[places[pairs]]
        hits[:, 1] = self._expression_rows[numbers[pairs]]
        hits[:, 2] = left.fields[places[pairs]]
        hits[:, 3] = left.forms.origin[begins + columns[:, 1]]
        hits[:, 4] = left.forms.origin[begins + columns[:, 2]] + 1
        hits[:, 5] = columns[:, 3]
        return hits

    def entities(self, left: Left, needed: Mask, texts: Texts, lists: BlockLists | None) -> Hits:
        """Return the hits of entities, of the rows that a post needs: `needed` (posts, rows)."""
        rows = [row for row, _, _ in self._readers]
        chosen = np.flatnonzero(anywhere(needed[:, rows], 1)[left.owners])
        packed = np.packbits(needed, axis=1)
        fields, owners = left.fields[chosen].tolist(), left.owners[chosen].tolist()
        wanted = [
            self._kinds(packed[owner].tobytes(), flags)
            for owner, flags in zip(owners, left.folded.flags[left.fields[chosen]].tolist(), strict=True)
        ]
        several = [left.batch.texts[field] for field in fields]
        found = find_many(several, [kinds for _, kinds in wanted])
        hits: list[int] = []
        for field, owner, (readers, _), text, entities in zip(
            fields, owners, wanted, several, found, strict=True
        ):
            for kind, some in entities.items():
                for entity in some:
                    for row, read in readers[kind]:
                        matched = read(entity, text, lists)
                        if matched is not None:
                            hits += (owner, row, field, entity.start, entity.end, texts.number(matched))
        return _lines(hits, 6)

    def _kinds_of(
        self, rows: bytes, flags: int
    ) -> tuple[Mapping[str, Sequence[tuple[int, _Reader]]], frozenset[str]]:
        """Return who reads entities of each kind for these rows (packed bits), and which a field may hold."""
        needed = np.unpackbits(np.frombuffer(rows, dtype=np.uint8))
        readers: dict[str, list[tuple[int, _Reader]]] = {}
        for row, kinds, read in self._readers:
            for kind in kinds if needed[row] else ():
                readers.setdefault(kind, []).append((row, read))
        return readers, frozenset(kind for kind in readers if kind not in _GATES or flags & _GATES[kind])


def _lines(numbers: Sequence[int], width: int) -> npt.NDArray[np.int64]:
    """Return numbers in lines of a width; much faster than an array of tuples."""
    return np.fromiter(numbers, np.int64, len(numbers)).reshape(len(numbers) // width, width)


_Reader: TypeAlias = Callable[[Entity, str, BlockLists | None], str | None]
"""Returns what matched if an entity of a text is one that the signal looks for."""


def _reader(signal: object) -> tuple[frozenset[str], _Reader] | None:
    """Return what kinds of entity a signal reads, and how; None if it reads none."""
    match signal:
        case EntitySignal(kinds=kinds, details=details):

            def read_entity(entity: Entity, _text: str, _lists: BlockLists | None) -> str | None:
                return entity.value if not details or entity.detail.startswith(details) else None

            return frozenset(kind.value for kind in kinds), read_entity
        case DomainsSignal(domains=domains):
            listed = frozenset(domains)

            def read_domain(entity: Entity, _text: str, _lists: BlockLists | None) -> str | None:
                return entity.value if entity.value in listed else None

            return frozenset({EntityKind.DOMAIN.value}), read_domain
        case BlockedSignal():

            def read_blocked(entity: Entity, text: str, lists: BlockLists | None) -> str | None:
                host = text[entity.start : entity.end]
                return listing(host, lists) if lists is not None else None

            return frozenset({EntityKind.DOMAIN.value}), read_blocked
    return None
