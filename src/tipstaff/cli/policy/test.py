"""`tipstaff policy test`: run the examples of a policy."""

from __future__ import annotations

import argparse

from tipstaff.cli.policy import add_policy

NAME = "test"
HELP = "check the files of a policy, and run its examples"

_EPILOG = """exit codes: 0 all is well; 1 an example comes out otherwise; 2 the policy cannot be read
"""

_FAILED = 1
_WIDTH = 70


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `policy test` is given."""
    parser.epilog = _EPILOG
    add_policy(parser)


def run(args: argparse.Namespace) -> int:
    """Run the examples, and show those that fail."""
    from collections import Counter

    from rich.text import Text

    from tipstaff.cli.console import stdout_console
    from tipstaff.cli.policy.reading import read_unrun
    from tipstaff.cli.policy.tables import plain_table, short
    from tipstaff.cli.show import one_line
    from tipstaff.policy.load import find_policy
    from tipstaff.policy.texts import EXAMPLES_FILE
    from tipstaff.screening.load import example_findings, example_problem

    policy = read_unrun(find_policy(args.policy))
    console = stdout_console()
    table = plain_table(
        "line:",
        "promised",
        "problem",
        "example",
        title=f"Examples that fail, in {policy.folder / EXAMPLES_FILE}",
    )
    fired: Counter[str] = Counter()
    for example, findings in zip(policy.examples, example_findings(policy), strict=True):
        fired.update(finding.rule for finding in findings)
        problem = example_problem(example, findings)
        if problem:
            promised = f"{example.verdict.value} {example.rule}".strip()
            text = one_line(f"{example.title} {example.text}".strip(), _WIDTH)
            table.add_row(str(example.line), Text(promised), Text(problem, "red"), Text(text))
    table.columns[2].no_wrap = False
    failed, count = table.row_count, len(policy.examples)
    if failed:
        console.print(table)
    for rule in policy.rules:
        if not fired[rule.name]:
            console.print(Text(f"no example makes rule {rule.name} fire", "yellow"))
    what = f"{policy.name} {policy.version} ({short(policy.digest)})"
    verdict = f"{failed} of {count} examples fail" if failed else f"all {count} examples come out as promised"
    console.print(Text(f"{what}: {verdict}", "bold red" if failed else "green"))
    return _FAILED if failed else 0
