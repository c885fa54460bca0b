"""An installation served in a process of its own on this machine, and clients that keep their connections."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from http.client import HTTPConnection
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from time import perf_counter, sleep
from types import TracebackType
from typing import Final, Self

import uvicorn

from tipstaff.actions.screening.looking import Looked
from tipstaff.api.handlers import HANDLERS
from tipstaff.assembly.ledger import system_clock
from tipstaff.assembly.server import open_server
from tipstaff.base.errors import InputError
from tipstaff.screening.posts import Post
from tipstaff.server.app import make_app
from tipstaff.server.connections import config_of

_PATIENCE: Final = 60.0
_OK: Final = 200


def nothing(posts: Sequence[Post]) -> Sequence[Looked]:
    """Find nothing, without looking: what the server does beside screening is left."""
    return [Looked(())] * len(posts)


@contextmanager
def serving(directory: Path, *, screening: bool = True) -> Iterator[int]:
    """Serve an installation for a while; yields the port. Without `screening` nothing is looked at."""
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=serve, args=(directory, screening, theirs), daemon=True)
    process.start()
    theirs.close()
    port: int = ours.recv()
    try:
        yield port
    finally:
        ours.send(None)
        process.join(_PATIENCE)
        ours.close()


def serve(directory: Path, screening: bool, pipe: Connection) -> None:  # noqa: FBT001  arguments of a process
    """Serve, tell the port, and end once something is sent."""
    app = make_app(open_server(directory, system_clock, None if screening else nothing), HANDLERS)
    server = uvicorn.Server(config_of(app))

    def end() -> None:
        pipe.recv()
        server.should_exit = True

    # Of that protocol by name: asyncio sends small pieces at once only where it sees that it is TCP.
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        threading.Thread(target=end, daemon=True).start()
        pipe.send(listening.getsockname()[1])
        server.run(sockets=[listening])


class Client:
    """Asks a server, over one connection that it keeps."""

    def __init__(self, port: int, token: str) -> None:
        self._connection = HTTPConnection("127.0.0.1", port, timeout=_PATIENCE)
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def __enter__(self) -> Self:
        """Keep the connection, once it is made, until the end."""
        return self

    def __exit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        """Close the connection."""
        self._connection.close()

    def ask(self, method: str, path: str, body: bytes | None = None) -> bytes:
        """Return what is answered. Raises `InputError` where that is an error."""
        self._connection.request(method, path, body, self._headers)
        answer = self._connection.getresponse()
        told = answer.read()
        if answer.status != _OK:
            raise InputError(f"{method} {path}: {answer.status} {told[:300].decode(errors='replace')}")
        return told

    def send(self, body: bytes) -> bytes:
        """Send posts; returns what is answered."""
        return self.ask("POST", "/v1/posts", body)

    def wait(self) -> None:
        """Wait until the server answers, and what is in force has been read. Raises `ConnectionError`."""
        end = perf_counter() + _PATIENCE
        while True:
            try:
                self.send(b'{"posts": []}')
            except ConnectionError:
                if perf_counter() > end:
                    raise
                sleep(0.05)
            else:
                return


def send_all(port: int, token: str, bodies: Iterable[bytes], connections: int) -> tuple[float, list[bytes]]:
    """Send bodies over some connections; returns the seconds that it took, and what was answered."""
    left, lock = iter(bodies), threading.Lock()
    answers: list[bytes] = []

    def work() -> None:
        with Client(port, token) as client:
            while True:
                with lock:
                    body = next(left, None)
                if body is None:
                    return
                answers.append(client.send(body))

    seconds = in_threads([work] * connections)
    return seconds, answers


def in_threads(works: Sequence[Callable[[], None]]) -> float:
    """Do all at once, each in a thread; returns the seconds until all are done. Raises what one raised."""
    errors: list[Exception] = []

    def run(work: Callable[[], None]) -> None:
        try:
            work()
        except (InputError, OSError) as error:
            errors.append(error)

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    start = perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    return perf_counter() - start
