"""Adding up what is counted, without a database: what is kept in memory is counted as in SQL."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator

from tipstaff.casework.counts import Asked, Counted, Hits, Tally, Times, Total, What

Row = tuple[int, Counted]
"""One thing that is counted, behind the number of its case or order."""


def tallied(rows: Iterable[Row], asked: Asked) -> list[Tally]:
    """Return how often things were counted, by day and word."""
    found = Counter((one.what, one.day, str(one.word), one.under) for _, one in _there(rows, asked))
    return [Tally(*group, times) for group, times in sorted(found.items())]


def totalled(rows: Iterable[Row], asked: Asked, *, once: bool) -> list[Total]:
    """Return how often things were counted in all, by word; in how many cases and orders with `once`."""
    found: dict[tuple[What, str], list[int]] = defaultdict(list)
    for dossier, one in _there(rows, asked):
        found[one.what, str(one.word)].append(dossier)
    return [Total(*group, len({*every} if once else every)) for group, every in sorted(found.items())]


def timed(rows: Iterable[Row], asked: Asked, size: int) -> list[Times]:
    """Return how long things took, by spans of `size` seconds."""
    found: dict[int, list[int]] = defaultdict(list)
    for _, one in _there(rows, asked):
        if one.seconds is not None:
            found[(one.at - asked.since) // size].append(one.seconds)
    return [_times(span, sorted(seconds)) for span, seconds in sorted(found.items())]


def hits(rows: Iterable[Row], under: str, since: int, hosts: Collection[str] | None) -> dict[str, Hits]:
    """Return what came of each rule of a version; what was found from `since` on is recent."""
    found: dict[str, dict[What, list[tuple[int, int]]]] = defaultdict(lambda: defaultdict(list))
    for dossier, one in rows:
        if one.under == under and one.what in _RULE and (hosts is None or one.host in hosts):
            found[one.word][one.what].append((dossier, one.at))
    told: dict[str, Hits] = {}
    for rule, of in found.items():
        recent = [dossier for dossier, at in of[What.FOUND] if at >= since]
        told[rule] = Hits(
            len(of[What.FOUND]), len(recent), len({*recent}), len(of[What.BORNE_OUT]),
            len(of[What.DISMISSED]), len(of[What.REVERSED]),
        )  # fmt: skip
    return told


_RULE = (What.FOUND, What.BORNE_OUT, What.DISMISSED, What.REVERSED)


def _there(rows: Iterable[Row], asked: Asked) -> Iterator[Row]:
    """Yield the rows that are asked for."""
    for dossier, one in rows:
        shown = asked.hosts is None or one.host in asked.hosts
        if shown and one.what in asked.whats and asked.since <= one.at < asked.until:
            yield dossier, one


def _times(span: int, seconds: list[int]) -> Times:
    """Return how long things took, of what they took in order."""
    times = len(seconds)
    return Times(span, times, seconds[(times + 1) // 2 - 1], seconds[(times * 9 + 9) // 10 - 1])
