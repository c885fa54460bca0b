"""Verifying signatures, which is what takes most of the time of a log and of an audit; in several processes.

A kid commits to its key, so whether a signature is good does not depend on where its statement stands; what
does is left to `registration.judge`, in order. Claims are decoded there as well, or by who has verified the
signature: after it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache, partial
from types import TracebackType
from typing import Final, NamedTuple, Self, TypeAlias

import msgspec

from tipstaff.ledger.errors import StatementError
from tipstaff.ledger.keys import VerifyingKey
from tipstaff.ledger.state import View, find_key
from tipstaff.ledger.statement import Statement, read
from tipstaff.ledger.workers import GOOD, GOOD_WITH_CLAIMS, Signed, Workers

_PIECE: Final = 256
"""Signatures that a process is given at a time."""


class Checked(msgspec.Struct, frozen=True, gc=False):
    """A statement whose signature was looked at. It is not `verified` where its key was not known yet.

    Its claims are `known` to be some where they were decoded before; else `registration.judge` finds out.
    """

    statement: Statement
    verified: bool
    known: bool = False


class Refused(NamedTuple):
    """A statement that is refused, and why."""

    reason: str


Pending: TypeAlias = "Callable[[], list[Checked | Refused]]"
"""Gives what was found of statements, once it is there."""

Begin: TypeAlias = Callable[[Sequence[bytes], View], Pending]
"""Begins to read statements and to verify them with the keys that a state knows."""


def check(statements: Sequence[bytes], view: View) -> list[Checked | Refused]:
    """Read statements and verify them with the keys that a state knows, one after another.

    Whether these keys may sign, `registration.judge` says; one that is missing is looked for again then.
    """
    find = cache(partial(signer, view))
    return [_check_one(data, find) for data in statements]


def begin(statements: Sequence[bytes], view: View) -> Pending:
    """Check statements in this process, when they are asked for."""
    return lambda: check(statements, view)


def verify(statement: Statement, key: VerifyingKey) -> None:
    """Verify the signature of a statement. Raises `StatementError`."""
    if not statement.verified_by(key):
        raise StatementError(_wrong(statement))


def signer(view: View, kid: bytes) -> VerifyingKey | None:
    """Return a key that was ever added, for verifying a signature; whether it may sign now, `judge` says."""
    record = find_key(view, kid)
    return None if record is None else VerifyingKey.decode(record.encoded)


class Pool:
    """Processes that verify signatures, while this one goes on; a context manager."""

    def __init__(self, workers: int) -> None:
        self._workers = Workers(workers)

    def __enter__(self) -> Self:
        """Return the pool."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """End the processes."""
        self._workers.end()

    def begin(self, statements: Sequence[bytes], view: View) -> Pending:
        """Begin to check statements: they are read here, and verified by the workers.

        What is returned raises `WorkerError` where one of these was killed.
        """
        find = cache(partial(signer, view))
        items = [_read(data, find) for data in statements]
        signed: list[Signed] = [
            (item.key.encoded, item.statement.signature, item.statement.message, _size(item.statement))
            for item in items
            if type(item) is _Known
        ]
        pieces = [self._workers.verify(signed[at : at + _PIECE]) for at in range(0, len(signed), _PIECE)]

        def pending() -> list[Checked | Refused]:
            verdicts = iter(b"".join(piece.result() for piece in pieces))
            return [
                _told(item.statement, next(verdicts)) if isinstance(item, _Known) else item for item in items
            ]

        return pending


_Find: TypeAlias = Callable[[bytes], VerifyingKey | None]
"""Finds a key by its kid."""


class _Known(msgspec.Struct, frozen=True, gc=False):
    """A statement with the key that it names."""

    statement: Statement
    key: VerifyingKey


def _read(data: bytes, find: _Find) -> _Known | Checked | Refused:
    """Read a statement, and look for its key."""
    try:
        statement = read(data)
    except StatementError as error:
        return Refused(str(error))
    key = find(statement.kid)
    if key is None:
        return Checked(statement, verified=False)
    return _Known(statement, key) if key.alg == statement.alg else _found(statement, good=False)


def _check_one(data: bytes, find: _Find) -> Checked | Refused:
    """Read a statement, and verify its signature if its key is known."""
    item = _read(data, find)
    if isinstance(item, _Known):
        return _found(item.statement, good=item.statement.verified_by(item.key))
    return item


def _size(statement: Statement) -> int:
    """Return how many bytes of claims the message of a statement ends with; those of an envelope are none."""
    return 0 if statement.envelope else len(statement.payload)


def _told(statement: Statement, verdict: int) -> Checked | Refused:
    """Return what a worker has found of a statement."""
    if verdict == GOOD_WITH_CLAIMS:
        return Checked(statement, verified=True, known=statement.envelope is None)
    return _found(statement, good=verdict == GOOD)


def _found(statement: Statement, *, good: bool) -> Checked | Refused:
    """Return what was found of a signature that was verified."""
    return Checked(statement, verified=True) if good else Refused(_wrong(statement))


def _wrong(statement: Statement) -> str:
    """Say that a signature is wrong."""
    return f"the signature is not that of key {statement.kid.hex()[:16]}…, which the statement names"
