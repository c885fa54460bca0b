"""Processes that screen the corpus beside each other: how rates add up, and how memory stays flat."""

from __future__ import annotations

import multiprocessing as mp
import resource
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier
from pathlib import Path
from time import perf_counter
from types import TracebackType
from typing import Final, Self

from tipstaff.bench.machine import peak_mb
from tipstaff.screening.batches import Batch
from tipstaff.screening.engine import make_engine, settle
from tipstaff.screening.load import load_policy
from tipstaff.streams.chunks import BLOCK, Lines
from tipstaff.streams.posts import FieldMap, Parser

ROUNDS: Final = 5
POINTS: Final = 10
_SHARE = 4


@dataclass(frozen=True, slots=True)
class _Stream:
    """Screen so many chunks and more, as often as there are points; alone or `together`."""

    posts: int
    together: bool


@dataclass(frozen=True, slots=True)
class _Done:
    """How many posts were screened, from when to when, and the memory used.

    `resident_mb` is the most that was in use between two chunks, `peak_mb` the most ever.
    """

    posts: int
    begin: float
    end: float
    resident_mb: float
    peak_mb: float


class Workers:
    """Processes started afresh, each with an engine of its own. A context manager."""

    def __init__(self, policy: Path, data: bytes, count: int) -> None:
        context = mp.get_context("spawn")
        self._count = count
        barrier = context.Barrier(count)
        self._pipes: list[Connection] = []
        self._processes = []
        for _ in range(count):
            ours, theirs = context.Pipe()
            process = context.Process(target=_work, args=(policy, data, theirs, barrier), daemon=True)
            process.start()
            theirs.close()  # the only end left is the child's: if that dies, waiting for it ends
            self._pipes.append(ours)
            self._processes.append(process)
        self._posts = data.count(b"\n")
        for pipe in self._pipes:
            pipe.recv()  # warmed up

    def __enter__(self) -> Self:
        """Return the workers, which are warm."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the processes."""
        for pipe, process in zip(self._pipes, self._processes, strict=True):
            pipe.send(None)
            process.join(10)
            pipe.close()

    def rates(self) -> Mapping[str, float]:
        """Return posts a second by wall clock, from JSON to findings: of one worker, and of all together."""
        best = {"1": 0.0, str(self._count): 0.0}
        for _ in range(ROUNDS):
            for pipes in (self._pipes[:1], self._pipes):
                for pipe in pipes:
                    pipe.send(_Stream(self._posts, together=len(pipes) > 1))
                done: list[_Done] = [pipe.recv() for pipe in pipes]
                taken = max(one.end for one in done) - min(one.begin for one in done)
                rate = sum(one.posts for one in done) / taken
                best[str(len(pipes))] = max(best[str(len(pipes))], rate)
        return best

    def memory(self, posts: int, progress: Callable[[float], None]) -> tuple[Mapping[str, float], float]:
        """Return the memory of one worker, in MB, by how many posts it has screened; and the most ever."""
        used: dict[str, float] = {}
        peak = 0.0
        screened = 0
        for point in range(1, POINTS + 1):
            self._pipes[0].send(_Stream(posts * point // POINTS - screened, together=False))
            done: _Done = self._pipes[0].recv()
            screened += done.posts
            used[str(screened)] = done.resident_mb
            peak = done.peak_mb
            progress(point / POINTS)
            if screened >= posts:
                break
        return used, peak


def _work(policy: Path, data: bytes, pipe: Connection, barrier: Barrier) -> None:
    """Be a worker: make an engine, warm it up, then do as told until told None."""
    engine = make_engine((load_policy(policy),))
    settle()
    parser = Parser(FieldMap.of(()))
    chunks = _chunks(data)
    for chunk in chunks[:_SHARE]:
        list(engine.screen(Batch.of(parser.parse(chunk).posts)))
    pipe.send(None)
    at = 0
    while isinstance(order := pipe.recv(), _Stream):
        if order.together:
            barrier.wait()
        screened, resident = 0, 0.0
        begin = perf_counter()
        while screened < order.posts:
            posts = parser.parse(chunks[at % len(chunks)]).posts
            list(engine.screen(Batch.of(posts)))
            screened += len(posts)
            at += 1
            resident = max(resident, _resident_mb())
        pipe.send(_Done(screened, begin, perf_counter(), resident, peak_mb()))


def _chunks(data: bytes) -> list[Lines]:
    """Cut lines into chunks of the size in which files are read."""
    chunks: list[Lines] = []
    start = 0
    while start < len(data):
        end = data.find(b"\n", min(start + BLOCK, len(data)) - 1) + 1 or len(data)
        chunks.append(Lines("bench", 1, data[start:end]))
        start = end
    return chunks


def _resident_mb() -> float:
    """Return the memory that this process uses now, in MB; the most ever where the system does not tell."""
    statm = Path("/proc/self/statm")
    if not statm.exists():
        return peak_mb()
    return int(statm.read_text(encoding="ascii").split()[1]) * resource.getpagesize() / (1 << 20)
