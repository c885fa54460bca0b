"""The first part of the demo: the posts that come with Tipstaff, screened."""

from __future__ import annotations

import importlib.resources
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from tipstaff.base.errors import InputError
from tipstaff.cli.demo.chapters import show_heading, show_line
from tipstaff.demo.telling import Ground, Quote, Say
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
    file, fields = example_posts(), FieldMap.of([])
    screener = Screener(Setup(tuple(policies), fields))
    total, found = Summary(), list[OnPost]()
    for chunk in read_chunks(find_sources([str(file)]), tuple(fields.names.values())):
        screened = screener.screen(chunk)
        total.add(len(screened.posts), screened.found, len(screened.rejects))
        found += screened.found
    show_heading(console, 1, "Screening", file.name)
    for policy in policies:
        verdicts = total.verdicts_of(policy.reference)
        text = (
            f"{total.posts} example posts under {policy.name} {policy.version}: "
            f"{verdicts[Verdict.VIOLATION]} break it, {verdicts[Verdict.REVIEW]} are for a person to look "
            f"at, {verdicts[Verdict.PERMITTED]} speak of the same subjects and are expressly permitted."
        )
        show_line(console, Say(text), policy, language)
    post, finding, policy = let_through(found, policies)
    show_line(
        console,
        Say("One that is let through, though it quotes what others are blocked for:"),
        policy,
        language,
    )
    show_line(console, Quote(post, finding), policy, language)
    show_line(console, Ground(finding), policy, language)


def let_through(found: Sequence[OnPost], policies: Sequence[Policy]) -> tuple[Post, Finding, Policy]:
    """Return a post on which one rule takes the finding of another out, and that rule's finding."""
    named = {policy.reference: policy for policy in policies}
    for post, findings in found:
        for finding in findings:
            if any(
                finding.rule in other.exempted_by and other.policy == finding.policy for other in findings
            ):
                return post, finding, named[finding.policy]
    raise InputError("no example post is let through by an exemption")


def example_posts() -> Path:
    """Return the file of example posts: in the installed package, or in a checkout."""
    package = Path(str(importlib.resources.files("tipstaff")))
    places = [package / "demo" / "posts.jsonl", package.parents[1] / "examples" / "posts.jsonl"]
    for place in places:
        if place.is_file():
            return place
    raise InputError(f"the example posts are missing: neither {places[0]} nor {places[1]} is there")
