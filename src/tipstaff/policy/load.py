"""Reading a policy from its folder: everything is parsed and checked, and all faults are reported at once.

The examples are run by `tipstaff.screening.load`, which has the engines; this module only reads them.
"""

from __future__ import annotations

import datetime as dt
import importlib.resources
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Final, TypeVar

import msgspec

from tipstaff.base.canonical import Plain, digest
from tipstaff.base.errors import InputError
from tipstaff.policy import folding, hostnames
from tipstaff.policy.condition import render
from tipstaff.policy.faults import Declared, Faults, did_you_mean
from tipstaff.policy.keys import Keys, read_keys
from tipstaff.policy.model import (
    Example,
    LearnedSignal,
    LexiconSignal,
    Measure,
    Policy,
    Provision,
    Reversal,
    Rule,
    Rung,
    Signal,
    Text,
)
from tipstaff.policy.rules import read_rules
from tipstaff.policy.signals import TRAIN, WEIGHTS_FILE, Check, Signals, read_signals
from tipstaff.policy.texts import (
    TRAINING_FILE,
    check_training,
    read_examples,
    read_training,
    training_digest,
)
from tipstaff.policy.toml import Document, read_toml

FILE: Final = "policy.toml"
ENGINE: Final = 3
"""Raised whenever the engines change what a policy finds; part of every digest."""

_Table = TypeVar("_Table", bound=msgspec.Struct)

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


class _Reversals(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    second_person: list[Reversal]


class _Head(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    version: str
    effective: dt.date
    title: Text
    summary: Text
    provision: list[object]
    ladder: list[object]
    reversals: object = None


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
    if name and folder.is_dir():
        return folder
    mend = did_you_mean(name, shipped)
    mend += "" if mend.endswith("?") else "."
    raise InputError(f"there is no policy {name!r}; {mend} A folder's path works too.")


def read_policy(folder: Path, faults: Faults, check: Check) -> Policy | None:
    """Read a policy. Everything wrong is added to `faults`; None if its head cannot be read.

    `check` is a further check of every expression. A policy returned along with faults is not for use.
    """
    document = read_toml(folder, FILE, faults)
    signals = read_signals(folder, faults, check)
    keys = _head(document, faults) if document else None
    cited = Declared(frozenset(), whole=False)
    provisions: tuple[Provision, ...] = ()
    ladder: tuple[Rung, ...] = ()
    second_person: tuple[Reversal, ...] = ()
    if document and keys:
        provisions, cited = _provisions(document, keys.get("provision"), faults)
        ladder = _ladder(document, keys.get("ladder") or (), faults)
        second_person = _reversals(document, keys.get("reversals"), faults)
    rules = read_rules(folder, signals, cited, faults)
    examples = read_examples(folder, rules.declared, faults)
    _check_training(folder, examples, signals, faults)
    head = keys.whole() if keys else None
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
        second_person=second_person,
        signals=signals.sound,
        rules=rules.sound,
        examples=examples,
        folder=folder,
        digest=digest(_content(head, provisions, ladder, second_person, signals.sound, rules.sound)),
    )


def _check_training(folder: Path, examples: Sequence[Example], signals: Signals, faults: Faults) -> None:
    """Add a fault for every training text that gives an example away, and for weights of other texts."""
    before = len(faults.found)
    training = read_training(folder, faults)
    if training and len(faults.found) == before:
        trained_on = training_digest(text for _, text in training)
        for signal in signals.sound:
            if isinstance(signal, LearnedSignal) and signal.weights.header.trained_on != trained_on:
                faults.add(WEIGHTS_FILE, 0, f"the weights are not those of {TRAINING_FILE} as it is", TRAIN)
    check_training(examples, training, faults)


def _head(document: Document, faults: Faults) -> Keys[_Head]:
    """Read the head of a policy."""

    def say(key: str, message: str, mend: str) -> None:
        faults.add(FILE, document.line("", 0, key), message, mend)

    fields = ", ".join(field.name for field in msgspec.structs.fields(_Head))
    keys = read_keys(document.data, _Head, f"a policy has {fields}", say)
    name, version = keys.get("name"), keys.get("version")
    if name is not None and not _NAME.fullmatch(name):
        say("name", f"the name {name!r} is not usable", "small letters and -")
    if version is not None and not _VERSION.fullmatch(version):
        say("version", f"the version {version!r} is not MAJOR.MINOR.PATCH", "")
    return keys


def _tables(
    document: Document, header: str, what: str, kind: type[_Table], tables: Sequence[object], faults: Faults
) -> Iterator[tuple[int, Keys[_Table]]]:
    """Yield the tables of an array, each with its line, as far as they can be read."""
    fields = ", ".join(field.name for field in msgspec.structs.fields(kind))
    for number, table in enumerate(tables):

        def say(key: str, message: str, mend: str, number: int = number) -> None:
            line = document.line(header, number, key)
            faults.add(FILE, line, f"{what} {number + 1}: {message}", mend)

        yield document.line(header, number), read_keys(table, kind, f"a {what} has {fields}", say)


def _provisions(
    document: Document, tables: Sequence[object] | None, faults: Faults
) -> tuple[tuple[Provision, ...], Declared]:
    """Read the provisions, and the ids of all, whatever is wrong with them."""
    provisions: dict[str, Provision] = {}
    declared: set[str] = set()
    whole = tables is not None
    for line, keys in _tables(document, "provision", "provision", _Provision, tables or (), faults):
        identifier: str | None = keys.get("id")
        if identifier is None:
            whole = False
            continue
        if identifier in declared:
            faults.add(FILE, line, f"a second provision {identifier!r}", "give it another id")
        declared.add(identifier)
        parsed = keys.whole()
        if parsed is not None:
            provisions[identifier] = Provision(**msgspec.structs.asdict(parsed))
    return tuple(provisions.values()), Declared(frozenset(declared), whole=whole)


def _ladder(document: Document, tables: Sequence[object], faults: Faults) -> tuple[Rung, ...]:
    """Read the ladder of measures: the strikes never fall from one rung to the next."""
    rungs: list[Rung] = []
    for number, (line, keys) in enumerate(_tables(document, "ladder", "rung", _Rung, tables, faults), 1):
        parsed = keys.whole()
        if parsed is None:
            continue
        rung = Rung(**msgspec.structs.asdict(parsed))
        if rungs and rung.strikes < rungs[-1].strikes:
            faults.add(
                FILE, line, f"rung {number} asks for fewer strikes than the one before", "sort the ladder"
            )
        rungs.append(rung)
    return tuple(rungs)


def _reversals(document: Document, table: object, faults: Faults) -> tuple[Reversal, ...]:
    """Read whose reversal a second person confirms; where the table is left out, that of nothing."""
    if table is None:
        return ()

    def say(key: str, message: str, mend: str) -> None:
        faults.add(FILE, document.line("reversals", 0, key), f"reversals: {message}", mend)

    parsed = read_keys(table, _Reversals, "reversals have second_person", say).whole()
    return tuple(dict.fromkeys(parsed.second_person)) if parsed else ()


def _content(
    head: _Head,
    provisions: Sequence[Provision],
    ladder: Sequence[Rung],
    second_person: Sequence[Reversal],
    signals: Sequence[Signal],
    rules: Sequence[Rule],
) -> Plain:
    """Return all that the digest covers: what can change a finding, and what is said to people.

    Where nothing is said of reversals nothing is added: such a policy keeps the digest that it always had.
    """
    reversals: dict[str, Plain] = {"second_person": [_plain(one) for one in second_person]}
    return {
        **(reversals if second_person else {}),
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
