"""Small policies for tests: a minimal valid folder, and a few words to write others with.

`write_policy` writes the files of `MINIMAL`, with a test's own in their place; `build` does so from signals
and rules and loads the result; `signal`, `rule`, `group` and `example` write what goes into them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Final, TypeAlias

import msgspec
import pytest

from tipstaff.policy.faults import Fault, PolicyError
from tipstaff.policy.model import Policy
from tipstaff.screening.findings import Finding
from tipstaff.screening.load import load_policy
from tipstaff.screening.posts import Post

HEAD = """\
name = "tiny"
version = "1.2.3"
effective = 2026-01-02

[title]
zh = "小政策"
en = "Tiny policy"

[summary]
zh = "只用于测试。"
en = "For tests only."

[[provision]]
id = "house-1"
jurisdiction = "XX"
issued = 2025-12-31
article = "1"
source = "https://example.org/house-1"
instrument = { zh = "站规", en = "House rules" }
summary = { zh = "不得宣传币种。", en = "No promotion of coins." }
duty = { zh = "审核。", en = "Review." }

[[ladder]]
measure = "warn"
strikes = 1
days = 0
expires_days = 30

[[ladder]]
measure = "close_account"
strikes = 3
days = 0
expires_days = 90
"""

Cell: TypeAlias = "str | int | bool | list[str]"
Files: TypeAlias = "Mapping[str, str | bytes | None]"
Build: TypeAlias = "Callable[..., Policy]"


def signal(kind: str, name: str, **keys: Cell) -> str:
    """Write one signal."""
    lines = [f"[{kind}.{name}]", f'summary = {{ zh = "{name}", en = "{name}" }}']
    return _table(lines, keys)


def rule(name: str, when: str, **keys: Cell) -> str:
    """Write one rule: a violation of severity 2, unless `keys` say otherwise."""
    lines = [
        f'title = {{ zh = "{name}", en = "{name}" }}',
        f'explanation = {{ zh = "{name}", en = "{name}" }}',
    ]
    common: dict[str, Cell] = {"outcome": "violation", "provision": "house-1", "severity": 2}
    return _table(["[[rule]]", *lines], {"name": name, "when": when, **common, **keys})


def _table(lines: list[str], keys: Mapping[str, Cell]) -> str:
    """Write a TOML table; JSON's strings, numbers and lists are TOML too."""
    lines += [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in keys.items()]
    return "\n".join(lines) + "\n\n"


def group(*terms: str | tuple[str, int]) -> str:
    """Write a lexicon group: terms, of weight 1 unless given."""
    rows = [term if isinstance(term, tuple) else (term, 1) for term in terms]
    return "term,weight,language,note\n" + "".join(f'"{term}",{weight},,\n' for term, weight in rows)


def example(text: str, verdict: str = "none", **keys: Cell) -> str:
    """Write one example."""
    return json.dumps({"text": text, "verdict": verdict, **keys}, ensure_ascii=False) + "\n"


MINIMAL: Mapping[str, str] = {
    "policy.toml": HEAD,
    "signals/signals.toml": signal("lexicon", "coins", terms="coins.csv"),
    "signals/coins.csv": group(("bitcoin", 2), "比特币"),
    "rules.toml": rule("coin-talk", "coins > 0"),
    "examples.jsonl": example("I hold bitcoin", "violation") + example("nothing of the kind"),
}
"""A policy that loads: every file it must have, and no more."""


def write_policy(folder: Path, files: Files | None = None) -> Path:
    """Write the minimal policy into `folder`, with `files` in place of its own; None leaves a file out."""
    for name, content in {**MINIMAL, **(files or {})}.items():
        if content is not None:
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def build(folder: Path, signals: str, rules: str, files: Files | None = None) -> Policy:
    """Write and load a policy with the given signals and rules; its one example is empty."""
    changed = {"signals/signals.toml": signals, "rules.toml": rules, "examples.jsonl": example("")}
    return load_policy(write_policy(folder, {**changed, **(files or {})}))


def post(text: str, **fields: str | int | bool | None) -> Post:
    """Return a post; `id` and `account` are given unless `fields` say otherwise."""
    return msgspec.convert({"id": "1", "account": "someone", "text": text, **fields}, Post)


def spans(findings: Iterable[Finding], signal: str | None = None) -> list[tuple[str, int, int]]:
    """Return the places that findings show, of one signal or of all: field, start and end."""
    return [
        (item.field, item.start, item.end)
        for finding in findings
        for item in finding.evidence
        if item.field is not None and item.start is not None and item.end is not None
        if signal in (None, item.signal)
    ]


def faults_of(folder: Path) -> tuple[Fault, ...]:
    """Return the faults for which a policy does not load."""
    with pytest.raises(PolicyError) as caught:
        load_policy(folder)
    return caught.value.faults


OLD: Final = {
    "signals/signals.toml": signal("lexicon", "offer", terms="offer.csv")
    + signal("lexicon", "caution", terms="caution.csv"),
    "signals/offer.csv": group("buy mooncoin", "moonshot"),
    "signals/caution.csv": group("beware"),
    "rules.toml": rule("offer", "offer > 0")
    + rule("caution", "caution > 0", outcome="permitted", exempts=["offer"]),
    "examples.jsonl": example("buy mooncoin", "violation") + example("beware: buy mooncoin", "permitted"),
}
"""A policy with an exemption."""

NEW: Final = {
    **OLD,
    "policy.toml": HEAD.replace("1.2.3", "1.3.0"),
    "signals/offer.csv": group("buy mooncoin"),
    "rules.toml": rule("offer", "offer > 0") + rule("hint", "caution > 0", outcome="review"),
    "examples.jsonl": example("buy mooncoin", "violation"),
}
"""The next version of `OLD`: it catches what warns, and lets `moonshot` through."""
