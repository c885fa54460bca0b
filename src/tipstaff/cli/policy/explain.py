"""`tipstaff policy explain`: one rule, all it reads and all that bears on it."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from tipstaff.cli.language import add_language, chosen_language
from tipstaff.cli.policy import add_policy

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

    from tipstaff.policy.model import Language, Policy, Rule

NAME = "explain"
HELP = "explain a rule: its condition, what it reads, its provision, its exemptions and its examples"

_EXAMPLES = 12
_WIDTH = 100


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `policy explain` is given."""
    add_policy(parser)
    parser.add_argument("rule", metavar="RULE", help="the name of a rule")
    add_language(parser)


def run(args: argparse.Namespace) -> int:
    """Explain a rule; examples that fail do not matter here."""
    from tipstaff.base.errors import InputError
    from tipstaff.cli.console import stdout_console
    from tipstaff.cli.policy.reading import read_unrun
    from tipstaff.policy.faults import did_you_mean
    from tipstaff.policy.load import find_policy

    language = chosen_language(args)
    policy = read_unrun(find_policy(args.policy))
    names = [rule.name for rule in policy.rules]
    if args.rule not in names:
        hint = did_you_mean(args.rule, names)
        raise InputError(f"policy {policy.name} has no rule {args.rule!r}; {hint}")
    rule = policy.rule(args.rule)
    console = stdout_console()
    console.print(_rule(policy, rule, language))
    _signals(console, policy, rule, language)
    _examples(console, policy, rule)
    return 0


def _rule(policy: Policy, rule: Rule, language: Language) -> Text:
    """Return what a rule is, and what bears on it."""
    import sqlglot
    from rich.text import Text

    from tipstaff.cli.show import STYLES
    from tipstaff.policy.citations import citation
    from tipstaff.policy.condition import names, render

    provision = policy.provision(rule.provision)
    text = Text().append(f"{policy.name}/{rule.name}", "bold")
    text.append(f"  {rule.outcome.value}", STYLES[rule.outcome])
    text.append(f", severity {rule.severity} of 5", "dim")
    text.append(f"\n{rule.title.in_language(language)}\n", "bold")
    text.append(" ".join(rule.explanation.in_language(language).split()))
    condition = Text(sqlglot.parse_one(render(rule.when)).sql(pretty=True))
    condition.highlight_words(sorted(set(names(rule.when)), key=len, reverse=True), "cyan")
    text.append("\n\nCondition\n", "bold").append_text(condition)
    text.append("\n\nProvision\n", "bold")
    text.append(f"{provision.id}: {citation(provision, language)}\n")
    text.append(f"{provision.summary.in_language(language)}\n")
    text.append(f"{provision.source}\n", "dim")
    exempting = [other.name for other in policy.rules if rule.name in other.exempts]
    text.append("\nExempts\n" if rule.exempts else "\nExempted by\n", "bold")
    return text.append(", ".join(rule.exempts or exempting) or "no rule", "green").append("\n")


def _signals(console: Console, policy: Policy, rule: Rule, language: Language) -> None:
    """Print every signal that a rule reads, and what they are made of."""
    from rich.text import Text

    from tipstaff.cli.policy.signals import signal_tree
    from tipstaff.policy.condition import names

    signals = {signal.name: signal for signal in policy.signals}
    console.print(Text("Signals", "bold"))
    for name in dict.fromkeys(names(rule.when)):
        console.print(signal_tree(name, signals, language))


def _examples(console: Console, policy: Policy, rule: Rule) -> None:
    """Print the examples on which a rule fires, or should."""
    from rich.text import Text

    from tipstaff.cli.policy.tables import plain_table
    from tipstaff.cli.show import one_line
    from tipstaff.screening.load import example_findings

    rows = []
    for example, findings in zip(policy.examples, example_findings(policy), strict=True):
        finding = next((each for each in findings if each.rule == rule.name), None)
        if finding is None and example.rule != rule.name:
            continue
        if finding is None:
            effect = Text("does not fire", "bold red")
        elif finding.exempted_by:
            effect = Text(f"exempted by {', '.join(finding.exempted_by)}", "green")
        else:
            effect = Text("fires")
        text = one_line(f"{example.title} {example.text}".strip(), _WIDTH)
        rows.append((str(example.line), example.verdict.value, effect, Text(text)))
    if not rows:
        console.print(Text("\nNo example exercises it: write some into examples.jsonl.", "yellow"))
        return
    table = plain_table("line:", "verdict", "effect", "example", title="\nExamples that exercise it")
    for row in rows[:_EXAMPLES]:
        table.add_row(*row)
    console.print(table)
    if len(rows) > _EXAMPLES:
        console.print(Text(f"and {len(rows) - _EXAMPLES} more", "dim"))
