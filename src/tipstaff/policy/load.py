"""Reading a policy from its folder: everything is parsed and checked, and all faults are reported at once.

The examples are run by `tipstaff.screening.load`, which has the engines; this module only reads them.
"""

from __future__ import annotations

import datetime as dt
import importlib.resources
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Final

import msgspec

from tipstaff.base.canonical import Plain, digest
from tipstaff.base.errors import InputError
from tipstaff.policy import folding, hostnames
from tipstaff.policy.condition import render
from tipstaff.policy.faults import Faults, did_you_mean
from tipstaff.policy.model import (
    LearnedSignal,
    LexiconSignal,
    Measure,
    Policy,
    Provision,
    Rule,
    Rung,
    Signal,
    Text,
)
from tipstaff.policy.rules import read_rules
from tipstaff.policy.signals import Check, read_signals
from tipstaff.policy.texts import check_training, read_examples, read_training
from tipstaff.policy.toml import Document, read_toml

FILE: Final = "policy.toml"
ENGINE: Final = 3
"""Raised whenever the engines change what a policy finds; part of every digest."""

_NAME = re.compile(r"[a-z][a-z0-9-]{1,39}")
_VERSION = re.compile(r"\d{1,4}\.\d{1,4}\.\d{1,4}")


class _Provision(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    jurisdiction: str
    issued: dt.date
    article: str
    source: str
    instrument: Text
    summary: Text
    duty: Text


class _Rung(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    measure: Measure
    strikes: Annotated[int, msgspec.Meta(ge=1)]
    days: Annotated[int, msgspec.Meta(ge=0)]
    expires_days: Annotated[int, msgspec.Meta(ge=1)]


class _Head(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    version: str
    effective: dt.date
    title: Text
    summary: Text
    provision: list[object]
    ladder: list[object]


def shipped_policies() -> dict[str, Path]:
    """Return the folders of the policies that come with Tipstaff, by name."""
    root = Path(str(importlib.resources.files("tipstaff.policies")))
    return {folder.name: folder for folder in sorted(root.iterdir()) if (folder / FILE).is_file()}


def find_policy(name: str) -> Path:
    """Return the folder of a policy: one that ships, by name, or any folder, by path.

    Raises `InputError` if there is neither.
    """
    shipped = shipped_policies()
    if name in shipped:
        return shipped[name]
    folder = Path(name)
    if folder.is_dir():
        return folder
    raise InputError(f"there is no policy {name!r}; {did_you_mean(name, shipped)} A folder's path works too.")


def read_policy(folder: Path, faults: Faults, check: Check) -> Policy | None:
    """Read a policy. Everything wrong is added to `faults`; None if its head cannot be read.

    `check` is a further check of every expression. A policy returned along with faults is not for use.
    """
    document = read_toml(folder, FILE, faults)
    signals = read_signals(folder, faults, check)
    head = _head(document, faults) if document else None
    provisions = _provisions(document, head.provision, faults) if document and head else ()
    ladder = _ladder(document, head.ladder, faults) if document and head else ()
    rules = read_rules(folder, signals, provisions, faults)
    examples = read_examples(folder, rules, faults)
    check_training(examples, read_training(folder, faults), faults)
    if head is None:
        return None
    return Policy(
        name=head.name,
        version=head.version,
        effective=head.effective,
        title=head.title,
        summary=head.summary,
        provisions=provisions,
        ladder=ladder,
        signals=signals,
        rules=rules,
        examples=examples,
        folder=folder,
        digest=digest(_content(head, provisions, ladder, signals, rules)),
    )


def _head(document: Document, faults: Faults) -> _Head | None:
    """Read the head of a policy."""
    try:
        head = msgspec.convert(document.data, _Head)
    except msgspec.ValidationError as error:
        fields = ", ".join(field.name for field in msgspec.structs.fields(_Head))
        faults.add(FILE, 0, str(error), f"a policy has {fields}")
        return None
    if not _NAME.fullmatch(head.name):
        faults.add(
            FILE, document.line("", 0, "name"), f"the name {head.name!r} is not usable", "small letters and -"
        )
    if not _VERSION.fullmatch(head.version):
        faults.add(
            FILE, document.line("", 0, "version"), f"the version {head.version!r} is not MAJOR.MINOR.PATCH"
        )
    return head


def _provisions(document: Document, tables: Sequence[object], faults: Faults) -> tuple[Provision, ...]:
    """Read the provisions."""
    provisions: dict[str, Provision] = {}
    for number, table in enumerate(tables):
        line = document.line("provision", number)
        try:
            parsed = msgspec.convert(table, _Provision)
        except msgspec.ValidationError as error:
            fields = ", ".join(field.name for field in msgspec.structs.fields(_Provision))
            faults.add(FILE, line, f"provision {number + 1}: {error}", f"a provision has {fields}")
            continue
        if parsed.id in provisions:
            faults.add(FILE, line, f"a second provision {parsed.id!r}", "give it another id")
        provisions[parsed.id] = Provision(**msgspec.structs.asdict(parsed))
    return tuple(provisions.values())


def _ladder(document: Document, tables: Sequence[object], faults: Faults) -> tuple[Rung, ...]:
    """Read the ladder of measures: the strikes never fall from one rung to the next."""
    rungs: list[Rung] = []
    for number, table in enumerate(tables):
        line = document.line("ladder", number)
        try:
            rung = Rung(**msgspec.structs.asdict(msgspec.convert(table, _Rung)))
        except msgspec.ValidationError as error:
            fields = ", ".join(field.name for field in msgspec.structs.fields(_Rung))
            faults.add(FILE, line, f"rung {number + 1}: {error}", f"a rung has {fields}")
            continue
        if rungs and rung.strikes < rungs[-1].strikes:
            faults.add(
                FILE, line, f"rung {number + 1} asks for fewer strikes than the one before", "sort the ladder"
            )
        rungs.append(rung)
    return tuple(rungs)


def _content(
    head: _Head,
    provisions: Sequence[Provision],
    ladder: Sequence[Rung],
    signals: Sequence[Signal],
    rules: Sequence[Rule],
) -> Plain:
    """Return all that the digest covers: what can change a finding, and what is said to people."""
    return {
        "engine": ENGINE,
        "folding": folding.digest(),
        "hostnames": hostnames.digest(),
        "name": head.name,
        "version": head.version,
        "effective": head.effective.isoformat(),
        "title": _plain(head.title),
        "summary": _plain(head.summary),
        "provisions": [_plain(provision) for provision in provisions],
        "ladder": [_plain(rung) for rung in ladder],
        "signals": [_signal(signal) for signal in signals],
        "rules": [{**_fields(rule, leave_out={"when", "line"}), "when": render(rule.when)} for rule in rules],
    }


def _signal(signal: Signal) -> Plain:
    """Return what the digest covers of a signal; learned weights by their own digest."""
    fields = _fields(signal, leave_out={"weights", "file", "terms", "spellings"})
    if isinstance(signal, LearnedSignal):
        fields["weights"] = signal.weights.digest
    if isinstance(signal, LexiconSignal):
        fields["terms"] = [[term.text, term.weight] for term in signal.terms]
        fields["spellings"] = [*sorted(spelling.value for spelling in signal.spellings)]
    return {"type": type(signal).__name__, **fields}


def _fields(value: object, leave_out: set[str]) -> dict[str, Plain]:
    """Return the fields of a dataclass as plain values."""
    names = [name for name in type(value).__dataclass_fields__ if name not in leave_out]  # type: ignore[attr-defined]
    return {name: _plain(getattr(value, name)) for name in names}


def _plain(value: object) -> Plain:
    """Return a value as one that has a canonical form."""
    plain: Plain = msgspec.to_builtins(value)
    return plain
