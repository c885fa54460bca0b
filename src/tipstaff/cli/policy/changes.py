"""What a back-test found, on a terminal and for programs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec
from rich.console import Console
from rich.table import Table
from rich.text import Text

from tipstaff.cli.policy.tables import plain_table, short
from tipstaff.cli.show import STYLES, one_line, show_post
from tipstaff.policy.model import Language, Outcome, Policy, Verdict
from tipstaff.screening.backtest import Backtest, Change, Example, Outcomes
from tipstaff.screening.findings import Finding
from tipstaff.screening.posts import Post

_ACCOUNTS = 10

NAMES: Final = {
    Change.NEWLY_CAUGHT: "newly caught",
    Change.NEWLY_LET_THROUGH: "newly let through",
    Change.CHANGED_OUTCOME: "changed outcome",
}
_COLOURS: Final = {
    Change.NEWLY_CAUGHT: "red",
    Change.NEWLY_LET_THROUGH: "green",
    Change.CHANGED_OUTCOME: "yellow",
}


class RuleRow(msgspec.Struct, frozen=True):
    """A rule: on how many posts it stands before and after, and how many changed posts it catches.

    `before` or `after` is null where a policy has no such rule.
    """

    rule: str
    outcome: Outcome
    before: int | None
    after: int | None
    newly_caught: int
    newly_let_through: int
    changed_outcome: int


class AccountRow(msgspec.Struct, frozen=True):
    """An account with changed posts."""

    account: str
    host: str | None
    posts: int
    newly_caught: int
    newly_let_through: int
    changed_outcome: int


class ExampleRow(msgspec.Struct, frozen=True):
    """A post whose verdict changed, and what each policy found on it."""

    change: Change
    rule: str
    post: Post
    old_verdict: Verdict
    new_verdict: Verdict
    old_findings: tuple[Finding, ...]
    new_findings: tuple[Finding, ...]


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What `--json` writes. `verdicts` counts posts by verdict before, then after."""

    old: str
    new: str
    posts: int
    rejects: int
    newly_caught: int
    newly_let_through: int
    changed_outcome: int
    verdicts: dict[Verdict, dict[Verdict, int]]
    rules: list[RuleRow]
    accounts: list[AccountRow]
    examples: list[ExampleRow]


def as_json(backtest: Backtest, rejects: int) -> bytes:
    """Return what a back-test found, for programs."""
    report = Report(
        old=backtest.old.reference,
        new=backtest.new.reference,
        posts=backtest.posts,
        rejects=rejects,
        **{change.value: backtest.count(change) for change in Change},
        verdicts={old: {new: backtest.verdicts[old, new] for new in Verdict} for old in Verdict},
        rules=[
            RuleRow(
                each.rule.name,
                each.rule.outcome,
                each.before if each.in_old else None,
                each.after if each.in_new else None,
                **{change.value: each.changes[change] for change in Change},
            )
            for each in backtest.rules()
        ],
        accounts=[
            AccountRow(
                each.account,
                each.host,
                each.posts,
                **{change.value: each.changes[change] for change in Change},
            )
            for each in backtest.accounts()
        ],
        examples=[
            ExampleRow(
                example.change,
                example.rule,
                example.post,
                example.old.verdict,
                example.new.verdict,
                example.old.findings,
                example.new.findings,
            )
            for change in Change
            for _, examples in backtest.examples(change)
            for example in examples
        ],
    )
    return msgspec.json.format(msgspec.json.encode(report), indent=2) + b"\n"


def show_changes(console: Console, backtest: Backtest, language: Language) -> None:
    """Print what a back-test found."""
    for label, policy in (("old", backtest.old), ("new", backtest.new)):
        line = Text().append(f"{label} ", "dim").append(f"{policy.name} {policy.version}", "bold")
        console.print(line.append(f"  {short(policy.digest)}", "dim"))
    if _same_version(backtest.old, backtest.new):
        same = "Both have one name and version, but not one digest: what is published under a version stays."
        console.print(Text(f"{same} Raise the version of the new one.", "yellow"))
    line = (
        Text().append(f"{backtest.posts:,}", "bold").append(" post: " if backtest.posts == 1 else " posts: ")
    )
    for change in Change:
        count = backtest.count(change)
        line.append(f"{count:,} {NAMES[change]}", f"bold {_COLOURS[change]}" if count else "dim")
        line.append(", " if change is not list(Change)[-1] else "\n")
    console.print(line)
    console.print(_verdicts(backtest))
    console.print(_rules(backtest, language))
    _show_accounts(console, backtest)
    for change in Change:
        for rule, examples in backtest.examples(change):
            console.print(Text(f"\n{NAMES[change]}: {rule}", f"bold {_COLOURS[change]}"))
            for example in examples:
                console.print(transition(example))
                console.print(_post(backtest, example, language))


def _same_version(old: Policy, new: Policy) -> bool:
    """Tell whether two policies that differ cannot be told apart by name and version."""
    return (old.name, old.version) == (new.name, new.version) and old.digest != new.digest


def transition(example: Example) -> Text:
    """Return how the verdict of a post changed, and by which rules."""
    before, after = _by_what(example.old), _by_what(example.new)
    return Text(f"{before} → {after}", "italic")


def _by_what(outcomes: Outcomes) -> str:
    """Return a verdict and the rules that make it."""
    rules = [finding.rule for finding in outcomes.catching or outcomes.standing]
    return f"{outcomes.verdict.value} ({', '.join(rules)})" if rules else outcomes.verdict.value


def shown_findings(example: Example) -> Sequence[Finding]:
    """Return the findings that explain a change: of the new policy if it has any, else of the old."""
    return example.new.findings or example.old.findings


def _post(backtest: Backtest, example: Example, language: Language) -> object:
    """Return a post with its evidence."""
    return show_post(example.post, shown_findings(example), [backtest.old, backtest.new], language)


def _verdicts(backtest: Backtest) -> Table:
    """Return how many posts have each verdict before and after."""
    before, after = backtest.verdict_counts()
    table = plain_table("verdict", "before:", "after:", "difference:", title="Verdicts")
    for verdict in Verdict:
        difference = after[verdict] - before[verdict]
        table.add_row(verdict.value, f"{before[verdict]:,}", f"{after[verdict]:,}", f"{difference:+,}")
    return table


def _rules(backtest: Backtest, language: Language) -> Table:
    """Return the rules, and what each has to do with the changes. A post may be caught by several."""
    columns = ("rule", "outcome", "before:", "after:", "caught:", "let through:", "changed:", "what it finds")
    table = plain_table(*columns, title="By rule")
    for each in backtest.rules():
        table.add_row(
            Text(each.rule.name, "bold"),
            Text(each.rule.outcome.value, STYLES[each.rule.outcome]),
            f"{each.before:,}" if each.in_old else Text("new", "dim"),
            f"{each.after:,}" if each.in_new else Text("gone", "dim"),
            *_counts(each.changes),
            Text(each.rule.title.in_language(language)),
        )
    return table


def _show_accounts(console: Console, backtest: Backtest) -> None:
    """Print the accounts with most changes."""
    accounts = backtest.accounts()
    if not accounts:
        return
    table = plain_table("account", "posts:", "caught:", "let through:", "changed:", title="By account")
    for each in accounts[:_ACCOUNTS]:
        name = each.account if each.host is None else f"{each.account} @ {each.host}"
        table.add_row(Text(one_line(name, 40), "bold"), f"{each.posts:,}", *_counts(each.changes))
    console.print(table)
    if len(accounts) > _ACCOUNTS:
        console.print(Text(f"and {len(accounts) - _ACCOUNTS:,} more accounts", "dim"))


def _counts(changes: dict[Change, int]) -> list[Text]:
    """Return counts of changes as cells, those that are nothing in grey."""
    return [
        Text(f"{changes.get(change, 0):,}", _COLOURS[change] if changes.get(change) else "dim")
        for change in Change
    ]
