"""The plainer means that the engine is measured against, each in the form that suits it best."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import hyperscan

from tipstaff.policy import folding

Run: TypeAlias = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What every means looks for: terms in their normal form, and expressions over the normal form."""

    terms: Sequence[str]
    expressions: Sequence[str]


class NaiveHyperscan:
    """Hyperscan on text that somebody else has normalised: the terms, then the expressions as written.

    It reports matches and does nothing with them: no words are told from parts of words, nothing is
    mapped back to the text as it was written, no rule is asked.
    """

    def __init__(self, wanted: Wanted, normalised: Sequence[bytes]) -> None:
        self._texts = normalised
        self._whole = b"\n".join(normalised)
        terms = [(term.encode(), 0) for term in wanted.terms]
        expressions = [(expression.encode(), hyperscan.HS_FLAG_UTF8) for expression in wanted.expressions]
        self.modes: Mapping[str, tuple[Run, Run]] = {
            "whole batch": (self._batch(terms), self._batch(expressions)),
            "post by post": (self._posts(terms, 0), self._posts(expressions, 0)),
            "post by post, first match": (
                self._posts(terms, hyperscan.HS_FLAG_SINGLEMATCH),
                self._posts(expressions, hyperscan.HS_FLAG_SINGLEMATCH),
            ),
        }
        """Runs of the terms and of the expressions, by how the texts are given to Hyperscan."""

    def _batch(self, expressions: Sequence[tuple[bytes, int]]) -> Run:
        """Return a run over all texts at once that reports every match."""
        database, scratch = compiled(expressions)
        return lambda: database.scan(self._whole, match_event_handler=_ignore, scratch=scratch)

    def _posts(self, expressions: Sequence[tuple[bytes, int]], flags: int) -> Run:
        """Return a run over one text after another."""
        database, scratch = compiled([(expression, own | flags) for expression, own in expressions])

        def run() -> None:
            scan = database.scan
            for text in self._texts:
                scan(text, match_event_handler=_ignore, scratch=scratch)

        return run


def _ignore(_number: int, _start: int, _end: int, _flags: int, _context: object) -> None:
    """Do nothing with a match."""


def compiled(expressions: Sequence[tuple[bytes, int]]) -> tuple[hyperscan.Database, hyperscan.Scratch]:
    """Compile expressions with their flags, numbered from 0."""
    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    database.compile(
        expressions=[expression for expression, _ in expressions],
        ids=list(range(len(expressions))),
        elements=len(expressions),
        flags=[flags for _, flags in expressions],
    )
    return database, hyperscan.Scratch(database)


class BestPython:
    """The best that a loop over posts can do: `str.translate`, one scan, `re` for what hits."""

    def __init__(self, wanted: Wanted) -> None:
        self._table = dict(folding.table())
        self._terms = len(wanted.terms)
        once = hyperscan.HS_FLAG_SINGLEMATCH
        self._database, self._scratch = compiled(
            [(term.encode(), once) for term in wanted.terms]
            + [(expression.encode(), once | hyperscan.HS_FLAG_UTF8) for expression in wanted.expressions]
        )
        self._expressions = [re.compile(expression, re.ASCII) for expression in wanted.expressions]

    def screen(self, texts: Sequence[str]) -> dict[int, dict[int, list[tuple[int, int]]]]:
        """Return what was found by post: the end of each term, the spans of each expression."""
        table, terms, expressions = self._table, self._terms, self._expressions
        scan, scratch = self._database.scan, self._scratch
        found: dict[int, dict[int, list[tuple[int, int]]]] = {}
        ends: dict[int, int] = {}

        def on_match(number: int, _start: int, end: int, _flags: int, _context: object) -> None:
            ends[number] = end

        for post, text in enumerate(texts):
            normal = text.translate(table)
            scan(normal.encode(), match_event_handler=on_match, scratch=scratch)
            if ends:
                hits = {}
                for number, end in ends.items():
                    if number < terms:
                        hits[number] = [(-1, end)]
                    else:
                        hits[number] = [
                            match.span() for match in expressions[number - terms].finditer(normal)
                        ]
                found[post] = hits
                ends.clear()
        return found


class PlainRe:
    """Python's `re` alone: one alternation of all terms, then one expression after another."""

    def __init__(self, wanted: Wanted) -> None:
        self._table = dict(folding.table())
        terms = sorted(wanted.terms, key=lambda term: (-len(term), term))
        self._terms = re.compile("|".join(map(re.escape, terms)))
        self._expressions = [re.compile(expression, re.ASCII) for expression in wanted.expressions]

    def screen(self, texts: Sequence[str]) -> dict[int, dict[str, list[tuple[int, int]]]]:
        """Return what was found by post: the spans of each term and of each expression."""
        found: dict[int, dict[str, list[tuple[int, int]]]] = {}
        for post, text in enumerate(texts):
            normal = text.translate(self._table)
            hits: dict[str, list[tuple[int, int]]] = {}
            for match in self._terms.finditer(normal):
                hits.setdefault(match.group(), []).append(match.span())
            for expression in self._expressions:
                spans = [match.span() for match in expression.finditer(normal)]
                if spans:
                    hits[expression.pattern] = spans
            if hits:
                found[post] = hits
        return found
