"""`tipstaff screen`: posts in, findings with evidence out."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tipstaff.policy.model import Policy
    from tipstaff.streams.files import Source
    from tipstaff.streams.screener import Setup, Step
    from tipstaff.streams.sink import Sink
    from tipstaff.streams.summary import Summary

NAME = "screen"
HELP = "screen posts under policies, and write the findings with their evidence"

_EPILOG = """A post has id, account and text, and may have title, url, lang, published_at, followers, sponsored,
host and app; other fields are passed over. Findings come in the order of the posts, however many workers
there are. A line that cannot be read goes to FILE.rejects (FILE: --out, or the first input) with its reason.

examples:
  tipstaff screen posts.jsonl.gz --out findings.jsonl
  tipstaff screen 'data/**/*.csv' --map text=body --map account=author --format csv --out findings.csv
  tipstaff screen archive/ --workers 8 --out findings.parquet --summary summary.json
  tail -n 1000 posts.jsonl | tipstaff screen - --policy ./my-policy --format table
"""

_REJECTED = 2
_INTERRUPTED = 130


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `screen` is given."""
    parser.epilog = _EPILOG
    add = parser.add_argument
    add("input", nargs="+", metavar="INPUT", help="a file, a pattern, a directory, or - for JSON lines on stdin")
    add("--policy", action="append", default=[], metavar="NAME|DIR", help="a policy; default: all that ship")
    add("--out", type=Path, metavar="FILE", help="where to write findings; packed if it ends in .gz or .zst")
    add("--format", choices=["jsonl", "parquet", "csv", "table"], help="default: by the ending of FILE, else jsonl")
    add("--workers", type=_positive, default=1, metavar="N", help="how many processes screen; default: 1")
    add("--summary", type=Path, metavar="FILE", help="where to write the summary as JSON")
    add("--engine", choices=["columnar", "reference"], default="columnar", help="default: columnar")
    add("--strict", action="store_true", help="exit with 2 if a line cannot be read")
    add("--map", action="append", default=[], metavar="FIELD=NAME", help="read a field from another name")
    add("--lists", action="append", default=[], type=Path, metavar="FILE", help="a block list of domains")


def run(args: argparse.Namespace) -> int:
    """Screen the inputs; all that can be checked is checked before any post is read."""
    from tipstaff.cli.interrupts import Interrupts
    from tipstaff.cli.policies import load_policies
    from tipstaff.screening.engine import EngineName
    from tipstaff.screening.lists import BlockLists
    from tipstaff.streams.chunks import columns
    from tipstaff.streams.files import find_sources
    from tipstaff.streams.posts import FieldMap
    from tipstaff.streams.screener import Setup
    from tipstaff.streams.sink import RejectSink

    fields = FieldMap.of(args.map)
    sources = find_sources(args.input)
    for source in sources:
        named = columns(source)
        if named is not None:
            fields.check(source.name, named)
    out = None if args.out == Path("-") else args.out
    rejects = _rejects_path(out, sources)
    _check_outputs(sources, [out, args.summary, rejects])
    BlockLists(args.lists)
    policies = load_policies(args.policy)
    setup = Setup(policies, fields, EngineName(args.engine), tuple(args.lists))
    with Interrupts() as interrupts, _open_sink(out, args.format) as sink, closing(RejectSink(rejects)) as refused:
        result = Run(args, setup, sources, sink, refused, interrupts)


