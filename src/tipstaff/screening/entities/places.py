"""A folded text, and where in it the expressions of a finder are tried."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple


@dataclass(frozen=True, slots=True, eq=False)
class Expression:
    """What a finder looks for. `begins` matches (more of) what `pattern` has at the beginning of a hit."""

    pattern: re.Pattern[str]
    begins: re.Pattern[str]

    @classmethod
    def of(cls, pattern: str, flags: int = 0, *, begins: str = "") -> Expression:
        """Compile an expression in ASCII mode; without `begins` every match may be a hit."""
        compiled = re.compile(pattern, flags | re.ASCII)
        return cls(compiled, re.compile(begins, flags | re.ASCII) if begins else compiled)


class Text(NamedTuple):
    """A text, folded, and the only places at which an expression may begin a hit; `None`: everywhere."""

    folded: str
    places: Mapping[Expression, Sequence[int]] | None = None

    def matches(self, expression: Expression) -> Iterable[re.Match[str]]:
        """Return the matches from left to right that do not overlap; those that are no hit may be missing."""
        if self.places is None:
            return expression.pattern.finditer(self.folded)
        if expression not in self.places:
            return ()
        match_at, end, found = expression.pattern.match, 0, []
        for place in self.places[expression]:
            if place >= end and (match := match_at(self.folded, place)):
                end = match.end()
                found.append(match)
        return found

    def searcher(self, expression: Expression) -> Callable[[int], re.Match[str] | None]:
        """Return what finds the next match from a place on; a search never begins before the last match."""
        if self.places is None:
            return partial(expression.pattern.search, self.folded)
        return partial(_next_match, expression.pattern, self.folded, iter(self.places.get(expression, ())))


def _next_match(
    pattern: re.Pattern[str], folded: str, places: Iterator[int], begin: int
) -> re.Match[str] | None:
    for place in places:
        if place >= begin and (match := pattern.match(folded, place)):
            return match
    return None
