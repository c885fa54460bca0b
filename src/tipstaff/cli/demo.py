"""`tipstaff demo`: the main job on the posts that come with Tipstaff."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tipstaff.screening.findings import Finding

NAME = "demo"
HELP = "screen the posts that come with Tipstaff, and show what is found"

_SHOWN = 3
_ACCOUNTS = 8


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `demo` is given."""
    parser.add_argument("--lang", choices=["en", "zh"], default="en", help="language of the explanations")


def run(args: argparse.Namespace) -> int:
    """Screen the example posts and show what is found."""
    import sys
    from time import perf_counter

    from rich.text import Text

    from tipstaff.cli.policies import load_policies
    from tipstaff.cli.show import make_console, show_post, show_summary
    from tipstaff.policy.model import Language
    from tipstaff.screening.accounts import Accounts, Roll, by_post
    from tipstaff.streams.chunks import read_chunks
    from tipstaff.streams.files import find_sources
    from tipstaff.streams.posts import FieldMap
    from tipstaff.streams.screener import Screener, Setup
    from tipstaff.streams.summary import Summary

    console = make_console(sys.stdout)
    file = example_posts()
    console.print(Text(f"Screening {file.name}, invented posts of invented accounts.\n", "dim"))
    policies = load_policies([])
    fields = FieldMap.of([])
    screener = Screener(Setup(policies, fields))
    total = Summary()
    roll = Roll()
    posts = {}
    findings = []
    begin = perf_counter()
    for chunk in read_chunks(find_sources([str(file)]), tuple(fields.names.values())):
        screened = screener.screen(chunk)
        total.add(screened.posts, screened.findings, len(screened.rejects))
        roll.add(Accounts.of(screened.posts, screened.findings))
        posts.update({(post.host, post.account, post.id): post for post in screened.posts})
        findings += screened.findings
    show_summary(console, total, roll, policies, perf_counter() - begin, limit=_ACCOUNTS)
    groups = choose(list(by_post(findings)))
    console.print(Text(f"{len(groups)} posts with their evidence\n", "italic"))
    for group in groups:
        first = group[0]
        post = posts[first.host, first.account, first.post]
        console.print(show_post(post, group, policies, Language(args.lang)))
    return 0


def choose(groups: Sequence[Sequence[Finding]]) -> list[Sequence[Finding]]:
    """Return the findings of a few telling posts.

    The highest score comes first; then those of other accounts and other rules; one in which an exemption
    let something through is among them, if there is any.
    """
    ranked = sorted(groups, key=lambda group: -max(finding.score for finding in group))
    exempt = [group for group in ranked if any(finding.exempted_by for finding in group)]
    chosen: list[Sequence[Finding]] = []
    rules: set[str] = set()
    accounts: set[str] = set()
    for group in ranked:
        effective = {finding.rule for finding in group if not finding.exempted_by}
        if len(chosen) == _SHOWN - bool(exempt):
            break
        if group not in exempt and group[0].account not in accounts and not effective <= rules:
            chosen.append(group)
            rules |= effective
            accounts.add(group[0].account)
    return [*chosen, *exempt[: _SHOWN - len(chosen)]]


def example_posts() -> Path:
    """Return the file of example posts: in the installed package, or in a checkout."""
    import importlib.resources

    from tipstaff.base.errors import InputError

    package = Path(str(importlib.resources.files("tipstaff")))
    places = [package / "demo" / "posts.jsonl", package.parents[1] / "examples" / "posts.jsonl"]
    for place in places:
        if place.is_file():
            return place
    raise InputError(f"the example posts are missing: neither {places[0]} nor {places[1]} is there")
