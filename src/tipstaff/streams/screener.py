"""Screening chunks: from lines to findings, with all that one process needs for it."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from tipstaff.policy.model import Policy
from tipstaff.screening.accounts import Accounts
from tipstaff.screening.batches import Batch
from tipstaff.screening.engine import EngineName, make_engine, settle
from tipstaff.screening.findings import Finding, OnPost
from tipstaff.screening.lists import BlockLists, LeftOut
from tipstaff.screening.posts import Post
from tipstaff.streams.chunks import Chunk, Reject
from tipstaff.streams.posts import FieldMap, Parser
from tipstaff.streams.summary import Summary


@dataclass(frozen=True, slots=True)
class Setup:
    """How to screen. It can be sent to another process, whose findings are then the same."""

    policies: tuple[Policy, ...]
    fields: FieldMap
    engine: EngineName = EngineName.COLUMNAR
    lists: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class Screened:
    """What became of a chunk. `found` has those of its posts on which something was found."""

    posts: Sequence[Post]
    found: Sequence[OnPost]
    rejects: Sequence[Reject]
    list_faults: Mapping[str, str]
    left_out: Mapping[str, LeftOut]


class Step(msgspec.Struct, frozen=True, tag="step"):
    """What one chunk adds to a run; `consumed` counts the bytes of all sources up to its end."""

    findings: list[Finding]
    rejects: list[Reject]
    consumed: int
    summary: Summary
    accounts: Accounts


class Screener:
    """Screens one chunk after another; block lists are read again when their files change."""

    def __init__(self, setup: Setup) -> None:
        self._parser = Parser(setup.fields)
        self._engine = make_engine(setup.policies, setup.engine)
        self._lists = BlockLists(setup.lists) if setup.lists else None
        settle()

    def screen(self, chunk: Chunk) -> Screened:
        """Return the posts of a chunk with the findings on them."""
        parsed = self._parser.parse(chunk)
        if self._lists is not None:
            self._lists.refresh()
        found = list(self._engine.by_post(Batch.of(parsed.posts), self._lists)) if parsed.posts else []
        faults = self._lists.errors if self._lists is not None else {}
        said = {name: str(error) for name, error in faults.items()}
        left_out = self._lists.left_out if self._lists is not None else {}
        return Screened(parsed.posts, found, parsed.rejects, said, left_out)

    def step(self, chunk: Chunk) -> Step:
        """Screen a chunk, and count what it comes to."""
        screened = self.screen(chunk)
        summary = Summary()
        summary.add(len(screened.posts), screened.found, len(screened.rejects))
        summary.list_faults.update(screened.list_faults)
        summary.left_out.update(screened.left_out)
        accounts = Accounts.of(screened.posts, screened.found)
        findings = [finding for _, on_post in screened.found for finding in on_post]
        return Step(findings, list(screened.rejects), chunk.consumed, summary, accounts)


def screen_chunks(chunks: Iterable[Chunk], setup: Setup) -> Generator[Step]:
    """Screen chunks in this process."""
    screener = Screener(setup)
    for chunk in chunks:
        yield screener.step(chunk)
