"""Finding entities in many texts at once: each expression is tried only where it may begin a hit.

A compiled kernel folds the texts and runs the automaton of all expressions over them; Python's `re` then
reads the few places that are left, and the readers of one text make of them what they always do.
"""

from __future__ import annotations

import codecs
import functools
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from tipstaff.screening.automaton import Automaton, build
from tipstaff.screening.entities.entity import Entity
from tipstaff.screening.entities.folding import LINK, PLAIN, UNEVEN, as_written, even
from tipstaff.screening.entities.links import START, read_links
from tipstaff.screening.entities.places import Expression, Text
from tipstaff.screening.entities.readers import LINK_READERS, TEXT_READERS
from tipstaff.screening.kernels.starts import find_starts, fold_texts, sort_starts
from tipstaff.screening.nets import CODE_POINTS

_SURROGATES: Final = "surrogatepass"
_KINDS: Final = {one: kind for kind, (_, expressions) in TEXT_READERS.items() for one in expressions}


def find_many(texts: Sequence[str], kinds: Sequence[frozenset[str]]) -> list[dict[str, list[Entity]]]:
    """Return for each text the entities of each of its kinds: what `FINDERS[kind](text)` returns.

    Do not change the lists: those of kinds that were not found are one.
    """
    none: list[Entity] = []
    nothing = {wanted: dict.fromkeys(wanted, none) for wanted in set(kinds)}
    found = [nothing[wanted].copy() for wanted in kinds]
    laid = _Laid.of(texts)
    uneven = laid.uneven()
    for index, text in _text_search().places(laid, kinds):
        for kind in {_KINDS[expression] for expression in text.places or ()}:
            found[index][kind] = TEXT_READERS[kind][0](text)
    link_kinds = {wanted: [kind for kind in wanted if kind in LINK_READERS] for wanted in nothing}
    if uneven:
        laid = _Laid.of([even(text) if index in uneven else text for index, text in enumerate(texts)])
    for index, text in _link_search().places(laid, kinds):
        if links := read_links(text):
            take_back = as_written(texts[index]) if index in uneven else list
            for kind in link_kinds[kinds[index]]:
                found[index][kind] = take_back(LINK_READERS[kind](links))
    return found


@dataclass(frozen=True, slots=True)
class _Laid:
    """Texts end to end: the code points of text i are `chars[starts[i]:starts[i + 1]]`."""

    texts: Sequence[str]
    chars: npt.NDArray[np.uint32]
    starts: npt.NDArray[np.int64]

    @classmethod
    def of(cls, texts: Sequence[str]) -> _Laid:
        data = "".join(texts).encode("utf-32-le", _SURROGATES)
        starts = np.zeros(len(texts) + 1, dtype=np.int64)
        np.cumsum(np.fromiter(map(len, texts), np.int64, len(texts)), out=starts[1:])
        return cls(texts, np.frombuffer(data, dtype=np.uint32), starts)

    def uneven(self) -> frozenset[int]:
        """Return the texts that are not even."""
        places = np.flatnonzero(_is_uneven()[self.chars])
        return frozenset((np.searchsorted(self.starts, places, side="right") - 1).tolist())


@dataclass(frozen=True, slots=True)
class _Search:
    """Looks for the places of some expressions in texts that are folded by `table`.

    `dots`: whether an ideographic full stop inside an ASCII word is a dot. `bits` are the expressions that
    each kind needs, `automaton` numbers them as `expressions` does.
    """

    table: npt.NDArray[np.uint32]
    dots: bool
    expressions: Sequence[Expression]
    automaton: Automaton
    bits: Mapping[str, int]

    @classmethod
    def of(
        cls, fold: Mapping[int, int], needs: Mapping[str, Collection[Expression]], *, dots: bool
    ) -> _Search:
        """Build the search for kinds that need these expressions."""
        table = np.arange(CODE_POINTS, dtype=np.uint32)
        table[list(fold)] = list(fold.values())
        expressions = list(dict.fromkeys(one for needed in needs.values() for one in needed))
        bits = {kind: sum(1 << expressions.index(one) for one in needed) for kind, needed in needs.items()}
        (automaton,) = build([[one.begins for one in expressions]])
        return cls(table, dots, expressions, automaton, bits)

    def places(self, laid: _Laid, kinds: Sequence[frozenset[str]]) -> Iterator[tuple[int, Text]]:
        """Yield each text in which an expression of its kinds may begin, folded, and where."""
        folded = np.empty_like(laid.chars)
        changed = np.empty(len(laid.texts), dtype=np.bool_)
        fold_texts(laid.chars, laid.starts, self.table, self.dots, folded, changed)
        places, runs = self._runs(laid, folded, kinds)
        at: dict[int, dict[Expression, list[int]]] = {}
        for text, expression, first, last in zip(*runs, strict=True):
            at.setdefault(text, {})[self.expressions[expression]] = places[first:last]
        view, starts, is_changed = folded.data, laid.starts.tolist(), changed.tolist()
        for text, found in at.items():
            if is_changed[text]:
                span = view[starts[text] : starts[text + 1]]
                yield text, Text(codecs.utf_32_le_decode(span, _SURROGATES)[0], found)
            else:
                yield text, Text(laid.texts[text], found)

    def _runs(
        self, laid: _Laid, folded: npt.NDArray[np.uint32], kinds: Sequence[frozenset[str]]
    ) -> tuple[list[int], list[list[int]]]:
        """Return places, and where among them are those of a text and an expression (see `sort_starts`)."""
        bits = {wanted: self._wanted(wanted) for wanted in set(kinds)}
        wanted = np.fromiter((bits[one] for one in kinds), np.uint32, len(kinds))
        places = np.empty(folded.size, dtype=np.int64)
        masks = np.empty(folded.size, dtype=np.uint32)
        place_starts = np.zeros(len(kinds) + 1, dtype=np.int64)
        automaton = self.automaton
        count = find_starts(
            folded, laid.starts, wanted,
            automaton.classes, automaton.columns, automaton.begins,
            automaton.following, automaton.accepted, automaton.open,
            places, masks, place_starts,
        )  # fmt: skip
        ordered = np.empty(count, dtype=np.int64)
        runs = np.empty((4, count), dtype=np.int64)
        used = sort_starts(places, masks, place_starts, len(self.expressions), ordered, runs)
        return ordered.tolist(), runs[:, :used].tolist()

    def _wanted(self, kinds: frozenset[str]) -> int:
        """Return the expressions that some kinds need, one bit each."""
        wanted = 0
        for kind in kinds:
            wanted |= self.bits.get(kind, 0)
        return wanted


@functools.cache
def _is_uneven() -> npt.NDArray[np.bool_]:
    """Tell of each code point whether a text that has it is not even."""
    table = np.zeros(CODE_POINTS, dtype=np.bool_)
    table[list(UNEVEN)] = True
    return table


@functools.cache
def _text_search() -> _Search:
    needs = {kind: expressions for kind, (_, expressions) in TEXT_READERS.items()}
    return _Search.of(PLAIN, needs, dots=False)


@functools.cache
def _link_search() -> _Search:
    return _Search.of(LINK, {kind: [START] for kind in LINK_READERS}, dots=True)
