"""`tipstaff policy show`: what a policy says, and what it looks at."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from tipstaff.cli.language import add_language, chosen_language
from tipstaff.cli.policy import add_policy

if TYPE_CHECKING:
    from rich.console import RenderableType

    from tipstaff.policy.model import Language, Policy

NAME = "show"
HELP = "show a policy: its provisions, its ladder of measures, its signals and its rules"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `policy show` is given."""
    add_policy(parser)
    add_language(parser)


def run(args: argparse.Namespace) -> int:
    """Show a policy; its examples are not run."""
    from tipstaff.cli.console import stdout_console
    from tipstaff.cli.policy.reading import read_unrun
    from tipstaff.policy.load import find_policy

    language = chosen_language(args)
    policy = read_unrun(find_policy(args.policy))
    console = stdout_console()
    for part in (_head, _provisions, _ladder, _reversals, _signals, _rules):
        console.print(part(policy, language))
    return 0


def _head(policy: Policy, language: Language) -> RenderableType:
    """Return what a policy is."""
    from rich.text import Text

    text = Text().append(f"{policy.title.in_language(language)}\n", "bold")
    text.append(f"{policy.reference}, effective {policy.effective}\n", "dim")
    text.append(" ".join(policy.summary.in_language(language).split()))
    text.append(f"\n{len(policy.examples)} examples, in {policy.folder}\n", "dim")
    return text


def _provisions(policy: Policy, language: Language) -> RenderableType:
    """Return the provisions that a policy puts into practice."""
    from rich.text import Text

    from tipstaff.policy.citations import citation

    text = Text().append("Provisions\n", "bold")
    for provision in policy.provisions:
        text.append(f"\n  {provision.id}", "bold cyan")
        text.append(f"  {citation(provision, language)}")
        text.append(f"  ({provision.jurisdiction}, {provision.issued})\n", "dim")
        text.append(f"  {provision.summary.in_language(language)}\n")
        text.append(f"  {provision.duty.in_language(language)}\n", "italic")
        text.append(f"  {provision.source}\n", "dim")
    return text


def _ladder(policy: Policy, _: Language) -> RenderableType:
    """Return the ladder of measures."""
    from tipstaff.cli.policy.tables import plain_table

    table = plain_table(
        "strikes:", "measure", "days:", "a strike expires after (days):", title="Ladder of measures"
    )
    for rung in policy.ladder:
        days = str(rung.days) if rung.days else "no end"
        table.add_row(str(rung.strikes), rung.measure.value, days, str(rung.expires_days))
    return table


def _reversals(policy: Policy, _: Language) -> RenderableType:
    """Return what a second person undoes."""
    from rich.text import Text

    named = ", ".join(policy.second_person) or "nothing"
    return Text(f"After an appeal a second person confirms the reversal of: {named}\n")


def _signals(policy: Policy, language: Language) -> RenderableType:
    """Return the signals."""
    from rich.text import Text

    from tipstaff.cli.policy.signals import kind_of
    from tipstaff.cli.policy.tables import plain_table

    table = plain_table("signal", "kind", "what it holds", title="Signals")
    for signal in policy.signals:
        summary = " ".join(signal.summary.in_language(language).split())
        table.add_row(Text(signal.name, "cyan"), kind_of(signal), Text(summary))
    return table


def _rules(policy: Policy, language: Language) -> RenderableType:
    """Return the rules."""
    from rich.text import Text

    from tipstaff.cli.policy.tables import plain_table
    from tipstaff.cli.show import STYLES

    table = plain_table("rule", "outcome", "severity:", "provision", "what it finds", title="Rules")
    for rule in policy.rules:
        title = Text(rule.title.in_language(language))
        if rule.exempts:
            title.append(f" (exempts {', '.join(rule.exempts)})", "dim")
        outcome = Text(rule.outcome.value, STYLES[rule.outcome])
        table.add_row(Text(rule.name, "bold"), outcome, str(rule.severity), Text(rule.provision), title)
    return table
