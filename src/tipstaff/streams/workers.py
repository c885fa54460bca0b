"""Screening chunks in several processes; steps come back in the order of the chunks.

Each worker is a fresh process with an engine of its own at the other end of a pipe. A thread here hands it
a chunk and waits for the answer; at most two chunks for each worker are on their way, so memory stays flat.
A worker whose pipe is closed ends, however the main process ended.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import queue
import signal
import traceback
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess

import msgspec

from tipstaff.base.errors import InputError, TipstaffError
from tipstaff.streams.chunks import Chunk
from tipstaff.streams.screener import Screener, Setup, Step

_PATIENCE = 5.0
"""Seconds that a worker has to end before it is made to."""


class WorkerError(TipstaffError):
    """A worker process failed; the message says how."""


class _Failed(msgspec.Struct, tag="failed"):
    message: str
    bad_input: bool


_ANSWER: msgspec.msgpack.Decoder[Step | _Failed] = msgspec.msgpack.Decoder(Step | _Failed)


def screen_in_processes(chunks: Iterable[Chunk], setup: Setup, count: int) -> Generator[Step]:
    """Screen chunks in `count` processes, and yield what they come to, in order.

    An error while reading the chunks is raised when those before are done. Whatever ends the run, the
    workers have ended when this generator is closed.
    """
    workers: list[_Worker] = []
    idle: queue.SimpleQueue[_Worker] = queue.SimpleQueue()
    pending: deque[Future[Step]] = deque()

    def screen(chunk: Chunk) -> Step:
        worker = idle.get()
        try:
            return worker.screen(chunk)
        finally:
            idle.put(worker)

    with ThreadPoolExecutor(count) as threads:
        try:
            for _ in range(count):
                workers.append(_Worker(setup))
                idle.put(workers[-1])
            for future in _in_order(chunks, lambda chunk: threads.submit(screen, chunk), pending, 2 * count):
                yield future.result()
        finally:
            for future in pending:
                future.cancel()
            for worker in workers:
                worker.end()


def _in_order(
    chunks: Iterable[Chunk],
    submit: Callable[[Chunk], Future[Step]],
    pending: deque[Future[Step]],
    most: int,
) -> Iterator[Future[Step]]:
    """Submit chunks, at most so many ahead, and yield what was submitted in order."""
    fault: InputError | None = None
    try:
        for chunk in chunks:
            pending.append(submit(chunk))
            while pending and (len(pending) >= most or pending[0].done()):
                yield pending.popleft()
    except InputError as error:
        fault = error
    while pending:
        yield pending.popleft()
    if fault is not None:
        raise fault


class _Worker:
    """A process at the other end of a pipe."""

    def __init__(self, setup: Setup) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process: SpawnProcess = context.Process(target=_serve, args=(theirs, setup), daemon=True)
        # The child keeps the signal mask it is born with: Ctrl-C is for this process to deal with.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            self._process.start()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
        theirs.close()

    def screen(self, chunk: Chunk) -> Step:
        """Hand over a chunk and wait for what becomes of it."""
        try:
            self._pipe.send(chunk)
            answer = _ANSWER.decode(self._pipe.recv_bytes())
        except (EOFError, OSError) as error:
            self._process.join(_PATIENCE)
            code = self._process.exitcode
            raise WorkerError(
                f"a worker process ended with exit code {code}; if memory is short, give fewer --workers"
            ) from error
        if isinstance(answer, _Failed):
            raise InputError(answer.message) if answer.bad_input else WorkerError(answer.message)
        return answer

    def end(self) -> None:
        """End the process, busy or not."""
        self._process.terminate()
        self._process.join(_PATIENCE)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()
        self._pipe.close()


def _serve(pipe: Connection, setup: Setup) -> None:
    """Answer chunks until the pipe is closed: the body of a worker."""
    # Libraries may lift the mask while they are imported; from here on the signal is passed over.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    encoder = msgspec.msgpack.Encoder()
    screener: Screener | None = None
    with contextlib.suppress(EOFError, BrokenPipeError, ConnectionResetError):
        while True:
            chunk: Chunk = pipe.recv()
            answer: Step | _Failed
            try:
                screener = screener or Screener(setup)
                answer = screener.step(chunk)
            except InputError as error:
                answer = _Failed(str(error), bad_input=True)
            except Exception:  # noqa: BLE001  it is raised again in the main process
                answer = _Failed(f"a worker process failed:\n{traceback.format_exc()}", bad_input=False)
            pipe.send_bytes(encoder.encode(answer))
