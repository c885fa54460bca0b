"""Adding up what is counted, without a database: what is kept in memory is counted as in SQL."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator

from tipstaff.casework.counts import Asked, Counted, Hits, Tally, Times, What

Row = tuple[int, Counted]
"""One thing that is counted, behind the number of its case or order."""


def tallied(rows: Iterable[Row], asked: Asked) -> list[Tally]:
    """Return how often things were counted, by bucket and word."""
    found: dict[tuple[What, int, str, str], list[int]] = defaultdict(list)
    for dossier, one in _there(rows, asked):
        bucket = (one.at - asked.since) // asked.size
        found[one.what, bucket, str(one.word), one.under].append(dossier)
    return [Tally(*group, len(all_), len(set(all_))) for group, all_ in sorted(found.items())]


def timed(rows: Iterable[Row], asked: Asked) -> list[Times]:
    """Return how long things took, by bucket."""
    found: dict[int, list[int]] = defaultdict(list)
    for _, one in _there(rows, asked):
        if one.seconds is not None:
            found[(one.at - asked.since) // asked.size].append(one.seconds)
    return [_times(bucket, sorted(seconds)) for bucket, seconds in sorted(found.items())]


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
            len(of[What.FOUND]), len({dossier for dossier, _ in of[What.FOUND]}), len(recent), len({*recent}),
            len(of[What.BORNE_OUT]), len(of[What.DISMISSED]), len(of[What.REVERSED]),
        )  # fmt: skip
    return told


_RULE = (What.FOUND, What.BORNE_OUT, What.DISMISSED, What.REVERSED)


def _there(rows: Iterable[Row], asked: Asked) -> Iterator[Row]:
    """Yield the rows that are asked for."""
    for dossier, one in rows:
        shown = asked.hosts is None or one.host in asked.hosts
        if shown and one.what in asked.whats and asked.since <= one.at < asked.until:
            yield dossier, one


def _times(bucket: int, seconds: list[int]) -> Times:
    """Return how long things took, of what they took in order."""
    times = len(seconds)
    return Times(bucket, times, seconds[(times + 1) // 2 - 1], seconds[(times * 9 + 9) // 10 - 1])
