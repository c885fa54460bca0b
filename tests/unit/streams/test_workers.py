"""Screening chunks in this process and in others."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from pathlib import Path

import pytest

from tipstaff import EngineName, InputError, Policy
from tipstaff.streams.chunks import Chunk, Lines
from tipstaff.streams.posts import FieldMap
from tipstaff.streams.screener import Setup, Step, screen_chunks
from tipstaff.streams.summary import Summary
from tipstaff.streams.workers import WorkerError, screen_in_processes

FIELDS = FieldMap.of([])


def _chunk(number: int) -> Chunk:
    """Return a chunk of a few posts and a reject; later ones are smaller, so that they are done sooner."""
    lines = [
        b'{"id":"%d-%d","account":"a%d","text":"buy mooncoin"}\n' % (number, post, post % 3)
        for post in range(2000 // (number + 1))
    ]
    return Lines(f"f{number}", 1, b"".join([*lines, b"oops\n"]), consumed=number)


def test_same_as_in_this_process(mini: Policy) -> None:
    """Several processes find the same as one, in the same order, and come to the same summary."""
    setup = Setup((mini,), FIELDS)
    chunks = [_chunk(number) for number in range(12)]
    one, two = Summary(), Summary()
    expected = list(screen_chunks(chunks, setup))
    found = list(screen_in_processes(iter(chunks), setup, 2))
    for total, steps in ((one, expected), (two, found)):
        for step in steps:
            total.merge(step.summary)
    assert found == expected
    assert two == one
    assert [step.consumed for step in found] == list(range(12))


def test_few_ahead(mini: Policy) -> None:
    """Chunks are read only a few ahead of what has been screened, so memory stays flat."""
    given = 0

    def chunks() -> Iterator[Chunk]:
        nonlocal given
        for number in range(40):
            given += 1
            yield _chunk(number)

    ahead = []
    for done, _ in enumerate(screen_in_processes(chunks(), Setup((mini,), FIELDS), 2)):
        ahead.append(given - done)
    assert max(ahead) <= 4


def test_left_early(mini: Policy) -> None:
    """Whoever stops taking steps leaves no process behind."""
    steps = screen_in_processes((_chunk(1) for _ in range(100)), Setup((mini,), FIELDS), 2)
    assert isinstance(next(steps), Step)
    assert len(multiprocessing.active_children()) == 2
    steps.close()
    assert multiprocessing.active_children() == []


def test_error_in_reading(mini: Policy) -> None:
    """An error while reading is raised when all that was read before is done."""

    def chunks() -> Iterator[Chunk]:
        yield from (_chunk(number) for number in range(3))
        raise InputError("damaged")

    done = []
    with pytest.raises(InputError, match="damaged"):
        done.extend(step.consumed for step in screen_in_processes(chunks(), Setup((mini,), FIELDS), 2))
    assert multiprocessing.active_children() == []


def test_input_error_in_a_worker(mini: Policy, tmp_path: Path) -> None:
    """What a worker cannot use comes back as the same kind of error."""
    setup = Setup((mini,), FIELDS, EngineName.COLUMNAR, (tmp_path / "missing.txt",))
    with pytest.raises(InputError, match=r"missing\.txt"):
        list(screen_in_processes([_chunk(1)], setup, 2))


def test_defect_in_a_worker(mini: Policy) -> None:
    """A defect in a worker comes back with where it happened."""
    broken = Lines("f", "one", b"x\n")  # type: ignore[arg-type]
    with pytest.raises(WorkerError, match=r"a worker process failed:\n(.|\n)*TypeError"):
        list(screen_in_processes([broken], Setup((mini,), FIELDS), 1))


def test_worker_that_dies(mini: Policy) -> None:
    """A worker that is killed is an error that says so, and the others end."""

    def chunks() -> Iterator[Chunk]:
        yield _chunk(1)
        for process in multiprocessing.active_children():
            process.kill()
        yield from (_chunk(number) for number in range(9))

    with pytest.raises(WorkerError, match="ended with exit code -9"):
        list(screen_in_processes(chunks(), Setup((mini,), FIELDS), 2))
    assert multiprocessing.active_children() == []
