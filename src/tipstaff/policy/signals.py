"""Signals as a policy declares them, in `signals/signals.toml`.

Each signal is a table ``[KIND.NAME]`` with a `summary` in zh and en and the keys of its kind::

    [lexicon.token_sale]      terms = "token_sale.csv", spellings = ["leet", "pinyin", "homophone"]
    [pattern.return_promise]  expressions = ['...']
    [entity.contact]          kinds = ["handle", "wechat"], details = ["group"]   (details are optional)
    [domains.exchange_link]   domains = ["example.com"]
    [blocked.listed_link]     (block lists come from the user)
    [fact.declared]           field = "sponsored"
    [union.topic]             of = ["token_sale", "coins"]
    [near.sale_call]          of = "call", to = "token_sale", within = 20
    [apart.plain_call]        of = "call", to = "warning", within = 20
    [quoted.quoted_call]      of = "call"
    [learned.promotion]       (the weights are in learned.bin)
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Annotated, Final, TypeAlias

import msgspec

from tipstaff.policy.faults import Declared, Faults, did_you_mean
from tipstaff.policy.files import read_bytes
from tipstaff.policy.keys import read_keys
from tipstaff.policy.lexicon import read_terms
from tipstaff.policy.model import (
    DETAILS,
    ApartSignal,
    BlockedSignal,
    DomainsSignal,
    EntityKind,
    EntitySignal,
    FactField,
    FactSignal,
    LearnedSignal,
    LexiconSignal,
    NearSignal,
    PatternSignal,
    QuotedSignal,
    Signal,
    Spelling,
    Text,
    UnionSignal,
    parts,
)
from tipstaff.policy.patterns import PatternError, compile_pattern
from tipstaff.policy.toml import Document, read_toml
from tipstaff.policy.weights import unpack

FILE: Final = "signals/signals.toml"
WEIGHTS_FILE: Final = "learned.bin"
TRAIN: Final = "run `tipstaff policy train`"
DOMAIN = re.compile(r"(?!www\.)[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,3}")
FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*\.csv")
NAME = re.compile(r"[a-z][a-z0-9_]{1,39}")
MAX_WAYS: Final = 1000
"""On how many ways places may come to a union from the signals that find them."""


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    summary: Text


class _Lexicon(_Table, frozen=True):
    terms: str
    spellings: list[Spelling] = []


class _Pattern(_Table, frozen=True):
    expressions: Annotated[list[str], msgspec.Meta(min_length=1)]


class _Entity(_Table, frozen=True):
    kinds: Annotated[list[EntityKind], msgspec.Meta(min_length=1)]
    details: list[str] = []


class _Domains(_Table, frozen=True):
    domains: Annotated[list[str], msgspec.Meta(min_length=1)]


class _Fact(_Table, frozen=True):
    field: FactField


class _Union(_Table, frozen=True):
    of: Annotated[list[str], msgspec.Meta(min_length=1)]


class _Pair(_Table, frozen=True):
    of: str
    to: str
    within: Annotated[int, msgspec.Meta(ge=0, le=100_000)]


class _Quoted(_Table, frozen=True):
    of: str


_TABLES: Final[Mapping[str, type[_Table]]] = {
    "lexicon": _Lexicon,
    "pattern": _Pattern,
    "entity": _Entity,
    "domains": _Domains,
    "blocked": _Table,
    "fact": _Fact,
    "union": _Union,
    "near": _Pair,
    "apart": _Pair,
    "quoted": _Quoted,
    "learned": _Table,
}

Check: TypeAlias = Callable[[str], object]
"""A further check of an expression, which raises `PatternError`; the engine has one of its own."""


@dataclass(frozen=True, slots=True)
class Signals:
    """The signals of a policy: those with nothing wrong, in the order declared, and the names of all."""

    sound: tuple[Signal, ...]
    declared: Declared


def read_signals(folder: Path, faults: Faults, check: Check) -> Signals:
    """Read every signal of a policy; faults are added to `faults`."""
    document = read_toml(folder, FILE, faults)
    if document is None:
        _read_groups(folder, faults)
        return Signals((), Declared(frozenset(), whole=False))
    signals: dict[str, Signal] = {}
    declared: set[str] = set()
    for kind, tables in document.data.items():
        if kind not in _TABLES or not isinstance(tables, dict):
            names = list(tables) if isinstance(tables, dict) else []
            line = document.line(kind) or min((document.line(f"{kind}.{name}") for name in names), default=0)
            faults.add(FILE, line, f"unknown kind of signal {kind!r}", did_you_mean(kind, _TABLES))
            declared.update(names)
            continue
        for name, table in tables.items():
            header = f"{kind}.{name}"
            line = document.line(header)
            if not NAME.fullmatch(name):
                faults.add(FILE, line, f"the name {name!r} is not usable", "small letters, digits and _ only")
            elif name in declared:
                faults.add(FILE, line, f"a second signal {name!r}", "give it another name")
            else:
                signal = _read(folder, document, header, table, faults, check)
                if signal is not None:
                    signals[name] = signal
            declared.add(name)
    known = Declared(frozenset(declared))
    _check_references(document, signals, known, faults)
    return Signals(tuple(signals.values()), known)


def _read_group(folder: Path, terms: str | None, faults: Faults) -> None:
    """Read the terms of a signal with which something else is wrong, for what is wrong with them."""
    if terms is not None and FILE_NAME.fullmatch(terms):
        read_terms(folder, f"signals/{terms}", faults)


def _read_groups(folder: Path, faults: Faults) -> None:
    """Read the lexicon groups of which it cannot be told who uses them, for what is wrong with them."""
    for path in sorted((folder / FILE).parent.glob("*.csv")):
        read_terms(folder, f"signals/{path.name}", faults)


def _read(
    folder: Path, document: Document, header: str, table: object, faults: Faults, check: Check
) -> Signal | None:
    """Read one signal."""
    kind, _, name = header.partition(".")
    line = document.line(header)

    def say(key: str, message: str, mend: str) -> None:
        faults.add(FILE, document.line(header, 0, key), f"signal {name}: {message}", mend)

    keys = read_keys(table, _TABLES[kind], f"keys of this kind: {', '.join(_keys(kind))}", say)
    parsed = keys.whole()
    match parsed:
        case None:
            _read_group(folder, keys.get("terms") if kind == "lexicon" else None, faults)
            return None
        case _Lexicon(summary, terms, spellings):
            if not FILE_NAME.fullmatch(terms):
                faults.add(
                    FILE, document.line(header, 0, "terms"), f"{terms!r} is no file in signals/", "NAME.csv"
                )
                return None
            file = f"signals/{terms}"
            return LexiconSignal(name, summary, file, read_terms(folder, file, faults), frozenset(spellings))
        case _Pattern(summary, expressions):
            line = document.line(header, 0, "expressions")
            _check_expressions(line, expressions, faults, check)
            return PatternSignal(name, summary, tuple(expressions))
        case _Entity(summary, kinds, details):
            _check_details(line, name, kinds, details, faults)
            return EntitySignal(name, summary, tuple(kinds), tuple(details))
        case _Domains(summary, domains):
            _check_domains(line, domains, faults)
            return DomainsSignal(name, summary, tuple(domains))
        case _Fact(summary, field):
            return FactSignal(name, summary, field)
        case _Union(summary, of):
            return UnionSignal(name, summary, tuple(of))
        case _Pair(summary, of, to, within) if kind == "near":
            return NearSignal(name, summary, of, to, within)
        case _Pair(summary, of, to, within):
            return ApartSignal(name, summary, of, to, within)
        case _Quoted(summary, of):
            return QuotedSignal(name, summary, of)
    if kind == "blocked":
        return BlockedSignal(name, parsed.summary)
    return _learned(folder, name, parsed.summary, faults)


def _learned(folder: Path, name: str, summary: Text, faults: Faults) -> LearnedSignal | None:
    """Read the weights of a learned signal."""
    data = read_bytes(folder, WEIGHTS_FILE, faults, TRAIN)
    try:
        return LearnedSignal(name, summary, unpack(data)) if data is not None else None
    except ValueError as error:
        faults.add(WEIGHTS_FILE, 0, f"the weights cannot be read: {error}", TRAIN)
        return None


def _check_details(line: int, name: str, kinds: list[EntityKind], details: list[str], faults: Faults) -> None:
    """Add a fault for every detail with which that of no entity begins: it would never be found."""
    known = {detail for kind in kinds for detail in DETAILS[kind]}
    for detail in details:
        if not detail or not any(each.startswith(detail) for each in known):
            message = f"signal {name}: no entity of these kinds has a detail that begins with {detail!r}"
            faults.add(FILE, line, message, did_you_mean(detail, known))


def _check_domains(line: int, domains: list[str], faults: Faults) -> None:
    """Add a fault for every domain that no link could be found to lead to."""
    for domain in domains:
        if not DOMAIN.fullmatch(domain):
            faults.add(FILE, line, f"{domain!r} is no registrable domain", "write it as in example.com")


def _keys(kind: str) -> list[str]:
    """Return the keys that a table of one kind may have."""
    return [field.name for field in msgspec.structs.fields(_TABLES[kind])]


def _check_expressions(line: int, expressions: list[str], faults: Faults, check: Check) -> None:
    """Add a fault for every expression that cannot be used."""
    for expression in expressions:
        try:
            compile_pattern(expression)
            check(expression)
        except PatternError as error:
            faults.add(FILE, line, error.message, error.mend)


def _check_references(
    document: Document, signals: Mapping[str, Signal], declared: Declared, faults: Faults
) -> None:
    """Add a fault for every signal made of one that is unknown, has no places, or needs the signal itself."""
    needs = {name: parts(signal) for name, signal in signals.items()}
    for name, references in needs.items():
        header = f"{type(signals[name]).__name__.removesuffix('Signal').lower()}.{name}"
        line = document.line(header)
        for reference in references:
            if declared.lacks(reference):
                mend = did_you_mean(reference, declared.names)
                faults.add(FILE, line, f"unknown signal {reference!r}", mend)
            elif isinstance(signals.get(reference), FactSignal | LearnedSignal):
                faults.add(FILE, line, f"{reference} has no place in the text", "use it in a rule instead")
        if isinstance(signals[name], UnionSignal):
            for reference in sorted({one for one in references if references.count(one) > 1}):
                faults.add(FILE, line, f"union {name} names {reference!r} more than once", "name it once")
        if _reaches(name, name, needs):
            faults.add(FILE, line, f"signal {name} is made of itself", "break the circle")
    _check_ways(document, signals, faults)


def _check_ways(document: Document, signals: Mapping[str, Signal], faults: Faults) -> None:
    """Add a fault for every union that places come to on more than `MAX_WAYS`, though not to its parts.

    Each way brings a place once more: unions of unions could double their places at every level.
    """
    needs = {name: parts(signal) for name, signal in signals.items()}
    try:
        ordered = tuple(TopologicalSorter(needs).static_order())
    except CycleError:
        return  # a fault already
    ways: dict[str, int] = {}
    for name in ordered:
        match signals.get(name):
            case UnionSignal(of=several):
                ways[name] = sum(ways[part] for part in several)
                if ways[name] > MAX_WAYS and all(ways[part] <= MAX_WAYS for part in several):
                    message = (
                        f"union {name} is made of more than {MAX_WAYS} signals,"
                        " those counted again that it leads to again"
                    )
                    mend = "name fewer signals, or each on fewer ways"
                    faults.add(FILE, document.line(f"union.{name}"), message, mend)
            case NearSignal(of=of) | ApartSignal(of=of) | QuotedSignal(of=of):
                ways[name] = ways[of]
            case _:
                ways[name] = 1


def _reaches(start: str, goal: str, needs: Mapping[str, tuple[str, ...]]) -> bool:
    """Tell whether following what `start` is made of comes to `goal`."""
    waiting, seen = list(needs.get(start, ())), set[str]()
    while waiting:
        name = waiting.pop()
        if name == goal:
            return True
        if name not in seen:
            seen.add(name)
            waiting.extend(needs.get(name, ()))
    return False
