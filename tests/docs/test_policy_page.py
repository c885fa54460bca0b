"""docs/policy.md says what is so: its examples are quoted or tried, its tables are complete."""

from __future__ import annotations

import importlib.resources
import inspect
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import get_args

import msgspec
import pytest
from docs.pages import DOCS, Block, blocks, prose, spans, table, tables
from policies import Build, group, post, rule, signal

from tipstaff.policy import load, model, signals
from tipstaff.policy.condition import ValueType
from tipstaff.policy.faults import PolicyError
from tipstaff.policy.parsing import ConditionError, parse_condition
from tipstaff.policy.patterns import PatternError, compile_pattern
from tipstaff.policy.texts import Label, TrainingText
from tipstaff.policy.weights import Header
from tipstaff.screening.engine import EngineName, screen
from tipstaff.screening.load import load_policy
from tipstaff.screening.relax import relax

PAGE = DOCS / "policy.md"
TEMPLATE = Path(str(importlib.resources.files("tipstaff.cli.policy"))) / "template"
NUMBERS = ("topic", "offer", "promotion", "warning", "quoted_offer", "plain_offer")
TYPES = dict.fromkeys(NUMBERS, ValueType.NUMBER) | {"declared": ValueType.BOOLEAN}


def blocks_for(purpose: str) -> list[Block]:
    """Return the blocks of the page with a purpose that begins so."""
    return [block for block in blocks(PAGE) if block.purpose.startswith(purpose)]


def new_policy(folder: Path) -> Path:
    """Write the policy of the page: the one that `tipstaff policy new exam-sales` makes."""
    shutil.copytree(TEMPLATE, folder / "exam-sales", copy_function=shutil.copyfile)
    for file in (folder / "exam-sales").rglob("*.*"):
        file.write_text(file.read_text("utf-8").replace("POLICY-NAME", "exam-sales"), "utf-8")
    return folder / "exam-sales"


def edit(file: Path, old: str, new: str) -> None:
    """Replace the first occurrence of something that must be there."""
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")


@pytest.mark.parametrize("block", blocks_for("from="), ids=lambda block: str(block.line))
def test_quotations_are_verbatim(block: Block, tmp_path: Path) -> None:
    """What the page quotes from a policy stands in that file of that policy, word for word."""
    policy, _, file = block.purpose.removeprefix("from=").partition("/")
    folder = new_policy(tmp_path) if policy == "new" else load.shipped_policies()[policy]
    assert block.text in (folder / file).read_text("utf-8")


def test_every_policy_snippet_is_quoted_or_tried() -> None:
    """No block of TOML, CSV or JSON is there without a purpose by which it is checked."""
    unchecked = [block.line for block in blocks(PAGE) if not block.purpose]
    assert not unchecked


@pytest.mark.parametrize("block", blocks_for("add="), ids=lambda block: str(block.line))
def test_additions_load(block: Block, tmp_path: Path) -> None:
    """What the page shows of its own loads when it is added to the new policy."""
    folder = new_policy(tmp_path)
    before = len(load_policy(folder).signals)
    with (folder / block.purpose.removeprefix("add=")).open("a", encoding="utf-8") as file:
        file.write(block.text)
    added = sum(line.startswith("[") for line in block.text.splitlines())
    assert len(load_policy(folder).signals) == before + added


def test_the_report_of_faults_is_real(tmp_path: Path) -> None:
    """A misspelt provision and a term without letters bring the report that the page shows."""
    folder = new_policy(tmp_path)
    edit(folder / "rules.toml", '"house-rules-1"', '"house-rule-1"')
    with (folder / "signals" / "sale.csv").open("a", encoding="utf-8") as file:
        file.write("!!!,1,,\n")
    with pytest.raises(PolicyError) as caught:
        load_policy(folder)
    assert [f"{caught.value}\n"] == [block.text for block in blocks_for("faults")]


@pytest.mark.parametrize(("term", "text", "found"), table(PAGE, "term", "text", "found"))
def test_terms_are_found_as_told(term: str, text: str, found: str, policy: Build, engine: EngineName) -> None:
    """A term is found in a text where the page says so, and nowhere else."""
    made = policy(
        signal("lexicon", "words", terms="words.csv"),
        rule("found", "words > 0"),
        {"signals/words.csv": group(term)},
    )
    assert {"yes": True, "no": False}[found] == bool(screen([post(text)], made, engine=engine))


def _refusal(check: Callable[[], object], error: type[ConditionError | PatternError]) -> str:
    """Return why something is refused; empty if it is not."""
    try:
        check()
    except error as refused:
        return f"{refused.message}; {refused.mend}"
    return ""


def _as_told(fine: str, said: str, why: str) -> None:
    """Check that something was taken, or refused for the reason that the page gives."""
    reason = "" if said == fine else said.removeprefix("refused: ")
    assert bool(why) == bool(reason)
    assert reason in why


@pytest.mark.parametrize(("condition", "said"), table(PAGE, "condition", "is"))
def test_conditions_are_taken_as_told(condition: str, said: str) -> None:
    """A condition is allowed or refused as the page says, for the reason it gives."""
    why = _refusal(lambda: parse_condition(condition, TYPES), ConditionError)
    _as_told("allowed", said, why)


@pytest.mark.parametrize(("expression", "said"), table(PAGE, "expression", "is"))
def test_expressions_are_taken_as_told(expression: str, said: str) -> None:
    """An expression is used or refused as the page says, for the reason it gives."""
    why = _refusal(lambda: (compile_pattern(expression), relax(expression)), PatternError)
    _as_told("used", said, why)


def _keys(rows: Iterable[list[str]]) -> frozenset[str]:
    """Return the keys that a table tells of."""
    return frozenset(key.strip("[]") for row in rows for key in spans(row[0]) or [row[0]])


def _fields(kind: type) -> frozenset[str]:
    """Return the fields that a policy's author writes."""
    names = kind.__struct_fields__ if issubclass(kind, msgspec.Struct) else inspect.get_annotations(kind)
    return frozenset(names) - {"line"}


@pytest.mark.parametrize(
    "kind", [load._Head, model.Provision, model.Rung, model.Rule, model.Example, TrainingText]
)
def test_every_key_is_told(kind: type) -> None:
    """The page has a table with exactly the keys of each thing that a policy's author writes."""
    assert _fields(kind) in [_keys(rows) for rows in tables(PAGE, "key", "type", "what it is")]


def test_the_header_of_weights_is_told() -> None:
    """The page tells of exactly the header fields of learned.bin."""
    assert _keys(table(PAGE, "header field", "what it is")) == _fields(Header)


def test_every_kind_of_signal_is_told() -> None:
    """The page tells of exactly the kinds of signal that there are, each with its keys."""
    rows = {kind: keys for kind, keys, _ in table(PAGE, "kind", "keys", "value")}
    assert set(rows) == set(signals._TABLES)
    assert len(rows) == len(get_args(model.Signal))
    for kind, parsed in signals._TABLES.items():
        assert _fields(parsed) - {"summary"} <= set(spans(rows[kind])) | {rows[kind]}, kind


@pytest.mark.parametrize(
    "word",
    [
        word.value
        for kind in (model.Measure, model.Outcome, model.Verdict, model.FactField, model.Spelling, Label)
        for word in kind
    ],
)
def test_every_choice_is_told(word: str) -> None:
    """The page names every word that a key may be set to."""
    assert f"`{word}`" in prose(PAGE)
