"""Processes that verify signatures. One that is killed is noticed, and nobody waits for it.

Each has a pipe of its own, and a thread here that feeds it: no half-written message of one can hold up
another. What comes back are verdicts, a byte for each signature; nothing that a worker sends is unpickled.

Where a signature is good, a worker also decodes the claims that it is over: what needs no state need not be
done where all is done in order, and waited for. Who does that goes first, too: workers are nicer.
"""

from __future__ import annotations

import multiprocessing
import os
import queue
import threading
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future
from multiprocessing.connection import Connection
from typing import Final, NamedTuple, TypeAlias

import msgspec

from tipstaff.ledger.errors import WorkerError
from tipstaff.ledger.keys import VerifyingKey
from tipstaff.ledger.statement import are_claims

_AHEAD: Final = 2
"""Pieces that a worker has: the one that it verifies, and the next."""


_NICE: Final = 10
"""How much nicer a worker is. When a commit has come to the disk, workers are busy on all cores: whoever has
waited for it would wait for one of them as well, a tenth of all the time.
"""

Signed: TypeAlias = tuple[bytes, bytes, bytes, int]
"""The encoded key that must have made a signature, the signature, the message that it is over, and how many
bytes at the end of that are claims.
"""

WRONG, GOOD, GOOD_WITH_CLAIMS = 0, 1, 2
"""Verdicts: the signature is wrong; it is good; and so are the claims that it is over."""


class Piece(NamedTuple):
    """Signatures, and where their verdicts go: a byte each."""

    signed: Sequence[Signed]
    verdicts: Future[bytes]


_END: Final = Piece((), Future())
"""Stands in the queue, for each worker, where there is nothing more to do."""

_KILLED: Final = "a process that verifies signatures was killed, perhaps for want of memory"


class Workers:
    """Some processes that verify signatures, until they are ended."""

    def __init__(self, count: int) -> None:
        self._pieces: queue.SimpleQueue[Piece] = queue.SimpleQueue()
        self._lost = ""
        # Forked, threads of the caller would leave their locks behind.
        context = multiprocessing.get_context("spawn")
        self._processes = []
        self._threads = []
        for _ in range(count):
            here, there = context.Pipe()
            process = context.Process(target=_serve, args=(there,), daemon=True)
            process.start()
            there.close()
            thread = threading.Thread(target=self._feed, args=(here,), daemon=True)
            thread.start()
            self._processes.append(process)
            self._threads.append(thread)

    def verify(self, signed: Sequence[Signed]) -> Future[bytes]:
        """Hand a piece to the first worker that is free. Its result raises `WorkerError` where one died."""
        verdicts: Future[bytes] = Future()
        self._pieces.put(Piece(signed, verdicts))
        return verdicts

    def end(self) -> None:
        """End the processes, whatever they are doing."""
        for process in self._processes:
            process.kill()
        for _ in self._threads:
            self._pieces.put(_END)
        for process, thread in zip(self._processes, self._threads, strict=True):
            process.join()
            thread.join()

    def _feed(self, worker: Connection) -> None:
        """Give a worker pieces and take its verdicts, until the end."""
        given: deque[Piece] = deque()
        with worker:
            while (piece := self._next(wait=not given)) is not _END:
                if piece:
                    given.append(piece)
                try:
                    self._exchange(worker, piece, given)
                except (OSError, EOFError):
                    self._lost = self._lost or _KILLED
                except Exception as error:  # noqa: BLE001  whatever it is, nobody is left waiting
                    self._lost = self._lost or f"a process that verifies signatures cannot be used: {error!r}"
                if self._lost:  # what was lost with one may be what the others wait for: all is given up
                    while given:
                        given.popleft().verdicts.set_exception(WorkerError(self._lost))

    def _exchange(self, worker: Connection, piece: Piece | None, given: deque[Piece]) -> None:
        """Send a piece, if there is one, and take the oldest verdicts once the worker has enough to do.

        They are as many as the signatures: one too many would be believed of a signature of the next piece.
        """
        if piece:
            worker.send_bytes(msgspec.msgpack.encode(piece.signed))
        if not piece or len(given) == _AHEAD:
            verdicts = worker.recv_bytes()
            if len(verdicts) != len(given[0].signed):
                raise ValueError(f"{len(verdicts)} verdicts on {len(given[0].signed)} signatures")
            given.popleft().verdicts.set_result(verdicts)

    def _next(self, *, wait: bool) -> Piece | None:
        """Return the next piece; None where there is none yet, and no need to wait."""
        try:
            return self._pieces.get(block=wait)
        except queue.Empty:
            return None


_unpack: Final = msgspec.msgpack.Decoder(list[Signed]).decode


def _serve(pipe: Connection) -> None:
    """Verify pieces until nobody sends any more."""
    os.nice(_NICE)
    while True:
        try:
            signed = _unpack(pipe.recv_bytes())
        except EOFError:
            return
        pipe.send_bytes(bytes(_verdict(*one) for one in signed))


def _verdict(key: bytes, signature: bytes, message: bytes, claims: int) -> int:
    """Say what there is to say of a signature without a state."""
    if not VerifyingKey.decode(key).verify(signature, message):
        return WRONG
    return GOOD_WITH_CLAIMS if claims and are_claims(message[-claims:]) else GOOD
