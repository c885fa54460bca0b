"""Receivers of webhooks, on this machine: what they answer is up to each test."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeAlias

from tipstaff.actions.webhooks.addresses import rules_of
from tipstaff.webhooks.sender import Sender

OK = b"HTTP/1.1 204 No Content\r\n\r\n"


class Receiver:
    """What listens on this machine, and what it was sent."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.received: list[bytes] = []

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.port}/in?x=1"

    def sender(self, inside: str = "127.0.0.1", total: float = 5.0) -> Sender:
        """Return what may send to it."""
        return Sender(rules_of(f"443 {self.port}", inside), total=total)


Answers: TypeAlias = Callable[[socket.socket], None]


def saying(answer: bytes) -> Answers:
    """Return what answers so."""

    def answers(connection: socket.socket) -> None:
        connection.sendall(answer)

    return answers


@contextmanager
def receiving(answers: Answers, tls: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    """Listen; each connection is read once, and then left to what `answers`."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        receiver = Receiver(listener.getsockname()[1])

        def serve() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection:
                    try:
                        found = connection if tls is None else tls.wrap_socket(connection, server_side=True)
                        with found:
                            receiver.received.append(read(found))
                            answers(found)
                    except OSError:  # who sends has gone
                        continue

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield receiver
        listener.shutdown(socket.SHUT_RDWR)
        thread.join(5)


def read(connection: socket.socket) -> bytes:
    """Read a request with its body, or what comes till there is no more."""
    data, size = b"", None
    while size is None or len(data) < size:
        if not (more := connection.recv(65536)):
            break
        data += more
        head, found, _ = data.partition(b"\r\n\r\n")
        if found:
            size = len(head) + 4 + int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
    return data
