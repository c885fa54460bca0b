"""Sending to an address that somebody else has chosen, without being led astray by it.

The name is looked up once, each of its addresses is looked at, and one of those is connected to: nothing is
looked up again that could be answered differently. No redirect is followed, no proxy of the environment
asked, and of the answer nothing is read but its status and headers. All of it together takes so long and no
longer: a socket that is not done by then is shut down, however slowly it goes on.
"""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing, suppress
from http.client import HTTPConnection, HTTPException
from importlib.metadata import version
from time import monotonic
from typing import Final, Self

from tipstaff.actions.webhooks.addresses import Place, Rules, check_address, place_of
from tipstaff.actions.webhooks.tell import UnreachedError

CONNECT: Final = 5.0
"""Seconds in which one address has to take a connection."""

TOTAL: Final = 15.0
"""Seconds in which all has to be done, once the name is looked up."""

_LATER: Final = 5.0
"""Seconds by which a single read may outlast all of it: whoever watches over the whole comes first."""

_ADDRESSES: Final = 4
"""Addresses of a name that are tried at the most."""

Resolve = Callable[[str, int], list[str]]
"""Returns the addresses of a name. Raises `OSError`, `UnicodeError`."""


def addresses_of(host: str, port: int) -> list[str]:
    """Return the addresses that a name has, each once, in the order in which the system has them tried."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for _, _, _, _, address in found))


class Sender:
    """Sends to what some rules allow."""

    def __init__(
        self,
        rules: Rules,
        resolve: Resolve = addresses_of,
        tls: ssl.SSLContext | None = None,
        total: float = TOTAL,
    ) -> None:
        self._rules = rules
        self._resolve = resolve
        self._tls = ssl.create_default_context() if tls is None else tls
        self._total = total
        self._agent = f"tipstaff/{version('tipstaff')}"

    def __call__(self, url: str, headers: Mapping[str, str], body: bytes) -> int:
        """Send a body; returns the status. Raises `AddressError`, `UnreachedError`."""
        place = place_of(url, self._rules)
        addresses = self._addresses(place)
        watch = _Watch(self._total)
        try:
            with watch, closing(self._connect(place, addresses, watch)) as connected:
                status = self._ask(connected, place, headers, body)
                watch.check()  # headers that were cut short are none
                return status
        except (OSError, HTTPException) as error:
            told = f"no answer within {self._total:g} s" if watch.over else _told(error)
            raise UnreachedError(told) from error

    def _addresses(self, place: Place) -> list[str]:
        """Return the addresses of a place, all of which webhooks may go to. Raises as `__call__` does."""
        try:
            addresses = self._resolve(place.host, place.port)
        except (OSError, UnicodeError) as error:
            raise UnreachedError(f"{place.host} has no address") from error
        for one in addresses:
            check_address(place, one, self._rules)
        if not addresses:
            raise UnreachedError(f"{place.host} has no address")
        return addresses

    def _connect(self, place: Place, addresses: Sequence[str], watch: _Watch) -> socket.socket:
        """Connect to the first address that answers, with TLS where the place has it. Raises `OSError`."""
        connected = _connected(addresses[:_ADDRESSES], place.port, watch)
        if place.scheme == "https":
            try:
                connected = self._tls.wrap_socket(
                    connected, server_hostname=place.host, do_handshake_on_connect=False
                )
                watch.watch(connected)
                connected.do_handshake()
            except BaseException:
                connected.close()
                raise
        return connected

    def _ask(self, connected: socket.socket, place: Place, headers: Mapping[str, str], body: bytes) -> int:
        """Send a body over a connection; returns the status. Raises `OSError`, `HTTPException`."""
        connection = HTTPConnection(place.host, place.port)
        connection.sock = connected
        own = {"host": place.header, "user-agent": self._agent, "connection": "close"}
        connection.request("POST", place.target, body, {**own, **headers})
        with closing(connection.getresponse()) as response:
            return response.status


class _Watch:
    """Shuts a socket down that is not done in time."""

    def __init__(self, seconds: float) -> None:
        self.over = False
        self._end = monotonic() + seconds
        self._watched: socket.socket | None = None
        self._lock = threading.Lock()
        self._timer = threading.Timer(seconds, self._shut)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        """Begin."""
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        """End: it is done."""
        self._timer.cancel()

    @property
    def left(self) -> float:
        """The seconds that are left. Raises `TimeoutError` where none are."""
        left = self._end - monotonic()
        if left <= 0:
            raise TimeoutError
        return left

    def watch(self, watched: socket.socket) -> None:
        """Watch a socket, in place of the one before. Raises `TimeoutError` where it is too late."""
        with self._lock:
            self._watched = watched
        self.check()

    def check(self) -> None:
        """Raise `TimeoutError` where it is too late."""
        if self.over:
            raise TimeoutError

    def _shut(self) -> None:
        """Shut the socket down: who waits for it is told so."""
        with self._lock:
            self.over = True
            if self._watched is not None:
                with suppress(OSError):  # it may be closed by now
                    socket.socket.shutdown(self._watched, socket.SHUT_RDWR)  # of TLS, without asking


def _connected(addresses: Sequence[str], port: int, watch: _Watch) -> socket.socket:
    """Connect to the first address that answers. Raises `OSError` as the last one has it."""
    for number, address in enumerate(addresses, start=1):
        try:
            connected = socket.create_connection((address, port), min(CONNECT, watch.left))
        except OSError:
            if number == len(addresses):
                raise
        else:
            connected.settimeout(watch.left + _LATER)
            watch.watch(connected)
            return connected
    raise TimeoutError


def _told(error: OSError | HTTPException) -> str:
    """Say why there was no answer, in words of this machine: a receiver writes into no log."""
    if isinstance(error, HTTPException):
        return "what it answers is no HTTP"
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not to be trusted: {error.verify_message}"
    if isinstance(error, ssl.SSLError):
        return f"no TLS: {error.reason}"
    if isinstance(error, TimeoutError):
        return "it did not answer in time"
    return f"it cannot be reached: {error.strerror or type(error).__name__}"
