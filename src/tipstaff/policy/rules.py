"""Rules as a policy declares them, in `rules.toml`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final

import msgspec

from tipstaff.policy.condition import Condition, ValueType
from tipstaff.policy.faults import Declared, Faults, did_you_mean
from tipstaff.policy.foregone import foregone
from tipstaff.policy.keys import Keys, read_keys
from tipstaff.policy.model import LearnedSignal, Outcome, Rule, Text, value_type
from tipstaff.policy.parsing import ConditionError, Types, UnknownSignalError, parse_condition
from tipstaff.policy.signals import Signals
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


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of a policy: those with nothing wrong, in the order declared, and the names of all."""

    sound: tuple[Rule, ...]
    declared: Declared


@dataclass(frozen=True, slots=True)
class _Draft:
    """A rule as it stands in the file, as far as it can be read."""

    document: Document
    number: int
    keys: Keys[_Rule]

    @property
    def name(self) -> str:
        """Its name, or which it is if that cannot be read."""
        name: str | None = self.keys.get("name")
        return name or str(self.number + 1)

    def line(self, key: str = "") -> int:
        """Return the line of a key, or that of the table."""
        return self.document.line("rule", self.number, key)

    @property
    def may_be_exempted(self) -> bool:
        """Whether it is, for all that can be read, no exemption itself."""
        return self.keys.get("outcome") is not Outcome.PERMITTED


def read_rules(folder: Path, signals: Signals, provisions: Declared, faults: Faults) -> Rules:
    """Read every rule of a policy; faults are added to `faults`.

    What merely follows from a fault elsewhere is none: rules may name a signal, a provision or a rule that
    is declared, whatever is wrong with it.
    """
    document = read_toml(folder, FILE, faults)
    if document is None:
        return Rules((), Declared(frozenset(), whole=False))
    tables = document.data.get("rule")
    if not isinstance(tables, list) or not tables or set(document.data) != {"rule"}:
        faults.add(
            FILE, 0, "the file holds something else than [[rule]] tables", "write at least one [[rule]]"
        )
        return Rules((), Declared(frozenset(), whole=False))
    types: dict[str, ValueType | None] = dict.fromkeys(signals.declared.names)
    types |= {signal.name: value_type(signal) for signal in signals.sound}
    drafts: dict[str, _Draft] = {}
    sound: list[Rule] = []
    whole = True
    for number, table in enumerate(tables):
        draft = _draft(document, number, table, faults)
        name: str | None = draft.keys.get("name")
        whole = whole and name is not None
        if name in drafts:
            mend = f"line {drafts[name].line()} has it already"
            faults.add(FILE, draft.line("name"), f"a second rule {name!r}", mend)
            continue
        if name is not None:
            drafts[name] = draft
        when = _condition(draft, signals, types, faults)
        cited: str | None = draft.keys.get("provision")
        if cited is not None and provisions.lacks(cited):
            mend = did_you_mean(cited, provisions.names)
            message = f"rule {draft.name} cites an unknown provision {cited!r}"
            faults.add(FILE, draft.line("provision"), message, mend)
        parsed = draft.keys.whole()
        if parsed is not None and when is not None:
            sound.append(_rule(parsed, when, draft.line()))
    _check_exemptions(drafts, faults, whole=whole)
    return Rules(tuple(sound), Declared(frozenset(drafts), whole=whole))


def _draft(document: Document, number: int, table: object, faults: Faults) -> _Draft:
    """Read one table, as far as it goes."""

    def say(key: str, message: str, mend: str) -> None:
        faults.add(FILE, document.line("rule", number, key), f"rule {number + 1}: {message}", mend)

    fields = ", ".join(field.name for field in msgspec.structs.fields(_Rule))
    draft = _Draft(document, number, read_keys(table, _Rule, f"a rule has {fields}", say))
    name = draft.keys.get("name")
    if name is not None and not NAME.fullmatch(name):
        mend = "small letters, digits and - only"
        faults.add(FILE, draft.line(), f"the name {name!r} is not usable", mend)
    return draft


def _rule(parsed: _Rule, when: Condition, line: int) -> Rule:
    """Return a rule with which nothing is wrong."""
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


def _condition(draft: _Draft, signals: Signals, types: Types, faults: Faults) -> Condition | None:
    """Parse the condition of a rule."""
    when: str | None = draft.keys.get("when")
    if when is None:
        return None
    line = draft.line("when")
    try:
        condition = parse_condition(when, types)
    except UnknownSignalError as error:
        if signals.declared.lacks(error.name):
            faults.add(FILE, line, f"rule {draft.name}: {error.message}", error.mend)
        return None
    except ConditionError as error:
        faults.add(FILE, line, f"rule {draft.name}: {error.message}", error.mend)
        return None
    learned = {signal.name for signal in signals.sound if isinstance(signal, LearnedSignal)}
    outcome = foregone(condition, learned | {name for name, kind in types.items() if kind is None})
    if outcome is not None:
        always = "holds for every post" if outcome else "never holds"
        mend = "signals are whole numbers from 0 on; ask for something that a post may say or not"
        faults.add(FILE, line, f"rule {draft.name}: the condition {always}", mend)
        return None
    return condition


def _check_exemptions(rules: Mapping[str, _Draft], faults: Faults, *, whole: bool) -> None:
    """Add a fault for every exemption that exempts nothing, the unknown, or another exemption."""
    others = [name for name, rule in rules.items() if rule.may_be_exempted]
    for name, rule in rules.items():
        outcome: Outcome | None = rule.keys.get("outcome")
        exempts: Sequence[str] | None = rule.keys.get("exempts")
        if outcome is None or exempts is None:
            continue
        line = rule.line()
        if outcome is not Outcome.PERMITTED:
            if exempts:
                mend = "only a rule with the outcome permitted exempts"
                faults.add(FILE, line, f"rule {name} exempts others", mend)
            continue
        if not exempts:
            faults.add(FILE, line, f"rule {name} exempts nothing", 'name rules: exempts = ["..."]')
        for other in exempts:
            if other not in others and (whole or other in rules):
                mend = did_you_mean(other, others)
                faults.add(FILE, line, f"rule {name} exempts {other!r}, no such rule can be exempted", mend)
