"""`tipstaff demo`: the main job on the posts that come with Tipstaff."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tipstaff.screening.findings import OnPost

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
    from tipstaff.screening.accounts import Accounts, Roll
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
    found: list[OnPost] = []
    begin = perf_counter()
    for chunk in read_chunks(find_sources([str(file)]), tuple(fields.names.values())):
        screened = screener.screen(chunk)
        total.add(len(screened.posts), screened.found, len(screened.rejects))
        roll.add(Accounts.of(screened.posts, screened.found))
        found += screened.found
    show_summary(console, total, roll, policies, perf_counter() - begin, limit=_ACCOUNTS)
    chosen = choose(found)
    console.print(Text(f"{len(chosen)} posts with their evidence\n", "italic"))
    for post, findings in chosen:
        console.print(show_post(post, findings, policies, Language(args.lang)))
    return 0


def choose(found: Sequence[OnPost]) -> list[OnPost]:
    """Return a few telling posts with their findings.

    The highest score comes first; then those of other accounts and other rules; one in which an exemption
    let something through is among them, if there is any.
    """
    ranked = sorted(found, key=lambda each: -max(finding.score for finding in each.findings))
    exempt = [each for each in ranked if any(finding.exempted_by for finding in each.findings)]
    chosen: list[OnPost] = []
    rules: set[str] = set()
    accounts: set[str] = set()
    for each in ranked:
        effective = {finding.rule for finding in each.findings if not finding.exempted_by}
        if len(chosen) == _SHOWN - bool(exempt):
            break
        if each not in exempt and each.post.account not in accounts and not effective <= rules:
            chosen.append(each)
            rules |= effective
            accounts.add(each.post.account)
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
