"""docs/reference and the links of all pages: whatever is not documented fails here."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from docs.pages import DOCS, ROOT, anchors, links, pages, tool

from tipstaff.cli.main import make_parser
from tipstaff.cli.policy.reading import read_unrun
from tipstaff.config.settings import ROLES
from tipstaff.policy.condition import render
from tipstaff.policy.load import shipped_policies
from tipstaff.policy.model import EntityKind, value_type
from tipstaff.policy.parsing import parse_condition

REFERENCE: Final = DOCS / "reference"
EXTERNAL: Final = ("http://", "https://", "mailto:")
PROMISED: Final = {
    "screen", "check", "demo", "bench",
    "policy list", "policy show", "policy explain", "policy test", "policy new", "policy train",
    "policy evaluate", "policy diff",
    "ledger init", "ledger append", "ledger show", "ledger prove", "ledger verify", "ledger checkpoint",
    "ledger keys", "ledger export", "ledger audit",
}  # fmt: skip
"""The commands that others rely on."""


def sections(name: str) -> dict[str, str]:
    """Return the parts of a page of the reference by the code in their headings."""
    found: dict[str, str] = {}
    for part in re.split(r"^##+ ", (REFERENCE / name).read_text("utf-8"), flags=re.MULTILINE)[1:]:
        heading, _, body = part.partition("\n")
        found[heading.rpartition("`")[0].rpartition("`")[2] or heading] = body
    return found


def commands(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    """Yield the parsers of all commands that do something."""
    groups = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    for group in groups:
        for sub in group.choices.values():
            yield from commands(sub)
    if not groups:
        yield parser


COMMANDS: Final = {parser.prog: parser for parser in commands(make_parser())}


def test_the_reference_is_up_to_date() -> None:
    """The pages of the reference are what `make docs` writes now; if not, run it and look at the change."""
    made: dict[str, str] = tool("make_reference").make_pages()
    assert sorted(made) == sorted(page.name for page in REFERENCE.iterdir())
    stale = [name for name, text in made.items() if (REFERENCE / name).read_text("utf-8") != text]
    assert not stale, f"run `make docs`: {stale}"


def test_each_setting_says_what_it_may_be() -> None:
    """Databases are addresses of databases, and nothing else is."""
    rows = [line.split(" | ") for line in (REFERENCE / "settings.md").read_text("utf-8").splitlines()]
    may_be = {cells[0].strip("| `"): cells[3] for cells in rows if len(cells) > 3}
    assert {name for name, told in may_be.items() if "sqlite" in told} == {"casework_url", "square_url"}
    assert may_be["second_factor_roles"].split(", ") == [f"`{role}`" for role in ROLES]
    assert may_be["webhook_ports"] == "`PORT`, `PORT PORT…`"


def test_the_promised_commands_are_there() -> None:
    """Every command that others rely on exists and has its section."""
    assert {f"tipstaff {name}" for name in PROMISED} <= set(COMMANDS)
    assert {f"tipstaff {name}" for name in PROMISED} <= set(sections("commands.md"))


@pytest.mark.parametrize("prog", COMMANDS)
def test_every_argument_is_told(prog: str) -> None:
    """The section of a command names each of its arguments and options, with its help."""
    section = sections("commands.md")[prog].replace("\\|", "|")
    for action in COMMANDS[prog]._actions:
        if not isinstance(action, argparse._HelpAction):
            for name in action.option_strings or [
                str(action.metavar or "|".join(map(str, action.choices or [])))
            ]:
                assert f"`{name}" in section, name
            assert action.help, action.dest
            assert action.help.split(";")[0] in section


@pytest.mark.parametrize("prog", COMMANDS)
def test_every_exit_code_is_told(prog: str) -> None:
    """The section of a command tells the exit codes that its help tells; the page tells the common ones."""
    epilog = COMMANDS[prog].epilog or ""
    told = re.findall(r"^exit codes: (.*)$", epilog, re.MULTILINE)
    assert all(f"Exit codes: {codes}." in sections("commands.md")[prog] for codes in told)
    assert "0 done; 2 what was given cannot be used" in (REFERENCE / "commands.md").read_text("utf-8")


@pytest.mark.parametrize("folder", shipped_policies().values(), ids=lambda folder: folder.name)
def test_every_signal_is_told(folder: Path) -> None:
    """Every signal of a policy that ships has its line, with its summary in both languages."""
    policy = read_unrun(folder)
    section = sections("signals.md")[policy.name].replace("\\", "")
    for signal in policy.signals:
        (line,) = [line for line in section.splitlines() if line.startswith(f"| `{signal.name}` |")]
        assert signal.summary.en in line
        assert signal.summary.zh in line


def test_every_kind_of_entity_is_told() -> None:
    """Every kind of entity has its line."""
    section = sections("signals.md")["Kinds of entity"]
    assert all(f"\n| `{kind.value}` | " in section for kind in EntityKind)


@pytest.mark.parametrize("folder", shipped_policies().values(), ids=lambda folder: folder.name)
def test_every_rule_is_told(folder: Path) -> None:
    """Every rule of a policy that ships has its section: condition, provision and explanations."""
    policy = read_unrun(folder)
    signals = {signal.name: value_type(signal) for signal in policy.signals}
    for rule in policy.rules:
        section = sections("rules.md")[f"{policy.name}/{rule.name}"]
        (condition,) = re.findall(r"```sql\n(.*?)\n```", section, re.DOTALL)
        assert render(parse_condition(condition, signals)) == render(rule.when)
        plain = section.replace("\\", "")
        assert f"**{rule.outcome.value}**, severity {rule.severity}." in plain
        assert f"`{rule.provision}`: {policy.provision(rule.provision).instrument.en}" in plain
        assert " ".join(rule.explanation.zh.split()) in plain
        assert " ".join(rule.explanation.en.split()) in plain


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    """Every relative link of a page leads to a file that is there, and to a heading that it has."""
    for target in links(page):
        if target.startswith(EXTERNAL):
            continue
        path, _, anchor = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        assert file.is_relative_to(ROOT), target
        assert file.exists(), target
        assert not anchor or anchor in anchors(file), target


def test_the_index_lists_every_page() -> None:
    """Every page of the documentation can be reached from its index."""
    listed = {(DOCS / target).resolve() for target in links(DOCS / "README.md")}
    written = {page for page in pages() if page.is_relative_to(DOCS) and page.parent.name != "decisions"}
    assert written - {DOCS / "README.md"} <= listed
