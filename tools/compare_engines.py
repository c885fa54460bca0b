"""Screen the whole stream of real posts with both engines, and say on which posts they differ.

    python tools/compare_engines.py [INPUT] [--policy NAME|DIR]... [--every N] [--workers N]

INPUT is a JSONL file of posts, gzipped or not; `../shared/data/stream.jsonl.gz` by default. The reference
engine takes some 30 ms a post, so that the whole stream is a matter of half an hour. Exits with 1 if there is
any difference, 2 if the input or a policy cannot be read.
"""

from __future__ import annotations

import argparse
import gzip
import itertools
import multiprocessing
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from tipstaff.base.errors import InputError
from tipstaff.policy.faults import Faults, PolicyError
from tipstaff.policy.load import find_policy, read_policy, shipped_policies
from tipstaff.policy.model import Policy
from tipstaff.screening.engine import EngineName, screen
from tipstaff.screening.findings import Finding
from tipstaff.screening.posts import Post
from tipstaff.screening.relax import relax

STREAM = Path(__file__).parents[2] / "shared" / "data" / "stream.jsonl.gz"
BATCH = 100
SHOWN = 20
"""How many posts on which the engines differ are printed."""

_policies: list[Policy] = []
"""The policies of a worker; read once in each."""


class Compared(NamedTuple):
    """What came of a batch: posts, findings, and the posts on which the engines differ."""

    posts: int
    findings: int
    differences: list[str]


def load(names: Sequence[str]) -> list[Policy]:
    """Read policies; their examples are not run, since they do not matter here."""
    read = []
    for name in names:
        folder = find_policy(name)
        faults = Faults()
        policy = read_policy(folder, faults, relax)
        if policy is None or faults:
            raise PolicyError(folder, faults.found)
        read.append(policy)
    return read


def start_worker(names: Sequence[str]) -> None:
    """Read the policies in a new process."""
    _policies.extend(load(names))


def compare(lines: list[bytes]) -> Compared:
    """Screen a batch with both engines."""
    # A place in the batch instead of the id, which need not be unique, tells the posts apart.
    read = [msgspec.json.decode(line, type=Post) for line in lines]
    posts = [msgspec.structs.replace(post, id=str(place)) for place, post in enumerate(read)]
    columnar = by_post(screen(posts, _policies), len(posts))
    reference = by_post(screen(posts, _policies, engine=EngineName.REFERENCE), len(posts))
    differences = [
        difference(post, one, other)
        for post, one, other in zip(read, columnar, reference, strict=True)
        if one != other
    ]
    return Compared(len(posts), sum(map(len, reference)), differences)


def by_post(findings: Sequence[Finding], count: int) -> list[list[Finding]]:
    """Return the findings of each post of a batch."""
    found: list[list[Finding]] = [[] for _ in range(count)]
    for finding in findings:
        found[int(finding.post)].append(finding)
    return found


def difference(post: Post, columnar: Sequence[Finding], reference: Sequence[Finding]) -> str:
    """Describe a post on which the engines differ."""
    lines = [f"{post.id}: {post.title or ''!r} {post.text!r}"]
    for name, mine, other in (("columnar", columnar, reference), ("reference", reference, columnar)):
        lines += [f"  only {name}: {finding}" for finding in mine if finding not in other]
    return "\n".join(lines if len(lines) > 1 else [*lines, "  the same findings in another order"])


def read_lines(path: Path, every: int) -> Iterator[list[bytes]]:
    """Yield the lines of a file in batches."""
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as lines:
        chosen = (line for line in itertools.islice(lines, 0, None, every) if line.strip())
        while batch := list(itertools.islice(chosen, BATCH)):
            yield batch


def report(done: int, found: int, differing: int, total: int, seconds: float) -> None:
    """Print how far the comparison has come."""
    rate = done / seconds if seconds else 0.0
    left = (total - done) / rate if rate else 0.0
    text = (
        f"{done}/{total} posts, {found} findings, {differing} differ, {rate:.0f}/s, {left / 60:.0f} min left"
    )
    end = "" if sys.stderr.isatty() else "\n"
    print(f"\r{text:<79}" if not end else text, end=end, file=sys.stderr, flush=True)


def run(path: Path, policies: Sequence[str], every: int, workers: int) -> int:
    """Compare the engines on a file; return how many posts they differ on."""
    load(policies)
    total = sum(map(len, read_lines(path, every)))
    done = found = differing = 0
    begin = last = time.monotonic()
    context = multiprocessing.get_context("spawn")
    with context.Pool(workers, start_worker, (list(policies),)) as pool:
        for compared in pool.imap_unordered(compare, read_lines(path, every)):
            done, found = done + compared.posts, found + compared.findings
            for text in compared.differences:
                differing += 1
                if differing <= SHOWN:
                    print(f"\n{text}", flush=True)
            now = time.monotonic()
            if now - last > (1 if sys.stderr.isatty() else 30) or done == total:
                report(done, found, differing, total, now - begin)
                last = now
    print(f"\n{done} posts, {found} findings: the engines differ on {differing} posts")
    return differing


def main() -> int:
    """Parse the command line and compare."""
    parser = argparse.ArgumentParser(description="Compare both engines on real posts, finding by finding.")
    parser.add_argument("input", nargs="?", type=Path, default=STREAM, help="posts, one JSON object a line")
    parser.add_argument("--policy", action="append", help="a policy by name or folder; all that ship if none")
    parser.add_argument("--every", type=int, default=1, help="compare one post in so many")
    parser.add_argument("--workers", type=int, default=2, help="how many processes")
    arguments = parser.parse_args()
    try:
        policies = arguments.policy or list(shipped_policies())
        return 1 if run(arguments.input, policies, max(1, arguments.every), max(1, arguments.workers)) else 0
    except (InputError, OSError, msgspec.DecodeError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
