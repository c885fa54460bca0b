"""What tests run in processes of their own, which know this module by its name and no test's."""

from __future__ import annotations

from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier
from pathlib import Path

import msgspec

from tipstaff.assembly.casework import open_worker


def work_beside(directory: Path, barrier: Barrier, turns: int) -> None:
    """Work so many turns beside others, each of which begins at the same moment."""
    with open_worker(directory) as turn:
        for _ in range(turns):
            barrier.wait(60)
            turn()


def answer_at_odds(pipe: Connection) -> None:
    """Find every signature good, and say so once too often, or once too seldom."""
    for more in (1, -1):
        pieces = msgspec.msgpack.decode(pipe.recv_bytes())
        pipe.send_bytes(b"\1" * (len(pieces) + more))
