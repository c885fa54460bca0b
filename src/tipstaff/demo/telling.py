"""What the story is told in: chapters of lines, each of a kind that whoever shows it knows."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple, TypeAlias

from tipstaff.hosts.square.pages import PostPage
from tipstaff.screening.findings import Finding
from tipstaff.screening.posts import Post


class Say(NamedTuple):
    """A sentence or two."""

    text: str


class Fact(NamedTuple):
    """Something under a name of one word or two."""

    name: str
    text: str


class Quote(NamedTuple):
    """A post, with the evidence of a finding in it."""

    post: Post
    finding: Finding


class Ground(NamedTuple):
    """What a finding goes by: its words, its rule, and the provision that it cites."""

    finding: Finding


class Sight(NamedTuple):
    """What readers get of a post at some time."""

    name: str
    page: PostPage


class Row(NamedTuple):
    """A case in a table: its number, its account, how many posts were found, by which rule most."""

    case: int
    account: str
    followers: int
    posts: int
    rule: str


class Cases(NamedTuple):
    """A table of cases."""

    rows: tuple[Row, ...]


class Counted(NamedTuple):
    """Counts by name."""

    name: str
    counts: Mapping[str, int]


class Commands(NamedTuple):
    """Commands of `tipstaff` for the reader to run, and in which directory."""

    directory: Path
    lines: tuple[str, ...]


Line: TypeAlias = Say | Fact | Quote | Ground | Sight | Cases | Counted | Commands
"""Everything that a chapter may have."""


class Chapter(NamedTuple):
    """A part of the story, and when it takes place."""

    title: str
    when: str
    lines: tuple[Line, ...]
