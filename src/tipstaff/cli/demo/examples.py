"""The first part of the demo: the posts that come with Tipstaff, screened."""

from __future__ import annotations

import importlib.resources
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from tipstaff.base.errors import InputError
from tipstaff.cli.demo.chapters import show_line
from tipstaff.demo.telling import Quote, Say
from tipstaff.policy.model import Language, Policy, Verdict
from tipstaff.screening.findings import Finding, OnPost
from tipstaff.screening.posts import Post
from tipstaff.streams.chunks import read_chunks
from tipstaff.streams.files import find_sources
from tipstaff.streams.posts import FieldMap
from tipstaff.streams.screener import Screener, Setup
from tipstaff.streams.summary import Summary


def show_examples(console: Console, policies: Sequence[Policy], language: Language) -> None:
    """Screen the example posts, and show what came of it, with one post that was let through."""
    file = example_posts()
    found: list[tuple[Policy, OnPost]] = []
    for policy in policies:
        total, on_posts = _screened(file, policy)
        verdicts = total.verdicts_of(policy.reference)
        text = (
            f"Of {total.posts} example posts, {verdicts[Verdict.VIOLATION]} break {policy.name}, "
            f"{verdicts[Verdict.REVIEW]} are for review, {verdicts[Verdict.PERMITTED]} expressly permitted."
        )
        show_line(console, Say(text), policy, language)
        found += [(policy, each) for each in on_posts]
    policy, post, finding = let_through(found)
    text = "One that is let through, though it quotes what others are blocked for:"
    for line in (Say(text), Quote(post, finding)):
        show_line(console, line, policy, language)


def _screened(file: Path, policy: Policy) -> tuple[Summary, list[OnPost]]:
    """Screen a file under one policy, whose engine is there since it was loaded."""
    fields = FieldMap.of([])
    screener, total, found = Screener(Setup((policy,), fields)), Summary(), list[OnPost]()
    for chunk in read_chunks(find_sources([str(file)]), tuple(fields.names.values())):
        screened = screener.screen(chunk)
        total.add(len(screened.posts), screened.found, len(screened.rejects))
        found += screened.found
    return total, found


def let_through(found: Sequence[tuple[Policy, OnPost]]) -> tuple[Policy, Post, Finding]:
    """Return a post on which one rule takes the finding of another out, and that rule's finding."""
    for policy, (post, findings) in found:
        for finding in findings:
            if any(finding.rule in other.exempted_by for other in findings):
                return policy, post, finding
    raise InputError("no example post is let through by an exemption")


def example_posts() -> Path:
    """Return the file of example posts: in the installed package, or in a checkout."""
    package = Path(str(importlib.resources.files("tipstaff")))
    places = [package / "demo" / "posts.jsonl", package.parents[1] / "examples" / "posts.jsonl"]
    for place in places:
        if place.is_file():
            return place
    raise InputError(f"the example posts are missing: neither {places[0]} nor {places[1]} is there")
