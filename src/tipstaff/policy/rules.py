"""Rules as a policy declares them, in `rules.toml`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Final

import msgspec

from tipstaff.policy.condition import Condition, ConditionError, parse_condition
from tipstaff.policy.faults import Faults, did_you_mean
from tipstaff.policy.model import Outcome, Provision, Rule, Signal, Text, value_type
from tipstaff.policy.toml import Document, read_toml

FILE: Final = "rules.toml"
NAME = re.compile(r"[a-z][a-z0-9-]{1,39}")


class _Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    when: str
    outcome: Outcome
    provision: str
    severity: Annotated[int, msgspec.Meta(ge=1, le=5)]
    title: Text
    explanation: Text
    exempts: list[str] = []


def read_rules(
    folder: Path, signals: Sequence[Signal], provisions: Sequence[Provision], faults: Faults
) -> tuple[Rule, ...]:
    """Read every rule of a policy, in the order declared; faults are added to `faults`."""
    document = read_toml(folder, FILE, faults)
    if document is None:
        return ()
    tables = document.data.get("rule")
    if not isinstance(tables, list) or not tables or set(document.data) != {"rule"}:
        faults.add(
            FILE, 0, "the file holds something else than [[rule]] tables", "write at least one [[rule]]"
        )
        return ()
    declared: dict[str, Rule] = {}
    known = {provision.id for provision in provisions}
    for number, table in enumerate(tables):
        rule = _read(document, number, table, signals, faults)
        if rule is None:
            continue
        if rule.name in declared:
            line = document.line("rule", number, "name")
            faults.add(
                FILE, line, f"a second rule {rule.name!r}", f"line {declared[rule.name].line} has it already"
            )
            continue
        declared[rule.name] = rule
        if rule.provision not in known:
            line = document.line("rule", number, "provision")
            mend = did_you_mean(rule.provision, known)
            faults.add(FILE, line, f"rule {rule.name} cites an unknown provision {rule.provision!r}", mend)
    _check_exemptions(declared, faults)
    return tuple(declared.values())


def _read(
    document: Document, number: int, table: object, signals: Sequence[Signal], faults: Faults
) -> Rule | None:
    """Read one rule."""
    line = document.line("rule", number)
    try:
        parsed = msgspec.convert(table, _Rule)
    except msgspec.ValidationError as error:
        fields = ", ".join(field.name for field in msgspec.structs.fields(_Rule))
        faults.add(FILE, line, f"rule {number + 1}: {error}", f"a rule has {fields}")
        return None
    if not NAME.fullmatch(parsed.name):
        faults.add(FILE, line, f"the name {parsed.name!r} is not usable", "small letters, digits and - only")
        return None
    when = _condition(document, number, parsed, signals, faults)
    if when is None:
        return None
    return Rule(
        name=parsed.name,
        when=when,
        outcome=parsed.outcome,
        exempts=tuple(parsed.exempts),
        provision=parsed.provision,
        severity=parsed.severity,
        title=parsed.title,
        explanation=parsed.explanation,
        line=line,
    )


def _condition(
    document: Document, number: int, parsed: _Rule, signals: Sequence[Signal], faults: Faults
) -> Condition | None:
    """Parse the condition of a rule."""
    types = {signal.name: value_type(signal) for signal in signals}
    try:
        return parse_condition(parsed.when, types)
    except ConditionError as error:
        line = document.line("rule", number, "when")
        faults.add(FILE, line, f"rule {parsed.name}: {error.message}", error.mend)
        return None


def _check_exemptions(rules: Mapping[str, Rule], faults: Faults) -> None:
    """Add a fault for every exemption that exempts nothing, the unknown, or another exemption."""
    for rule in rules.values():
        if rule.outcome is not Outcome.PERMITTED:
            if rule.exempts:
                mend = "only a rule with the outcome permitted exempts"
                faults.add(FILE, rule.line, f"rule {rule.name} exempts others", mend)
            continue
        if not rule.exempts:
            faults.add(FILE, rule.line, f"rule {rule.name} exempts nothing", 'name rules: exempts = ["..."]')
        for name in rule.exempts:
            others = [other.name for other in rules.values() if other.outcome is not Outcome.PERMITTED]
            if name not in others:
                mend = did_you_mean(name, others)
                faults.add(
                    FILE, rule.line, f"rule {rule.name} exempts {name!r}, no such rule can be exempted", mend
                )
