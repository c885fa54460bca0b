"""Verifying signatures, which is what takes the time of a log and of an audit; in several processes.

A kid commits to its key, so whether a signature is good does not depend on where its statement stands; what
does is left to `registration.judge`, in order.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from types import TracebackType
from typing import Final, NamedTuple, Self, TypeAlias

from tipstaff.ledger.errors import StatementError
from tipstaff.ledger.keys import VerifyingKey
from tipstaff.ledger.state import View, find_key
from tipstaff.ledger.statement import Statement, likely_kid, parse

_PIECE: Final = 128
"""Statements that a process is given at a time."""


class Checked(NamedTuple):
    """A statement that is well-formed. It is not `verified` where its key was not known yet."""

    statement: Statement
    verified: bool


class Refused(NamedTuple):
    """A statement that is refused, and why."""

    reason: str


Pending: TypeAlias = "Callable[[], list[Checked | Refused]]"
"""Gives what was found of statements, once it is there."""

Begin: TypeAlias = Callable[[Sequence[bytes], View], Pending]
"""Begins to parse statements and to verify them with the keys that a state knows."""

Keys: TypeAlias = Mapping[bytes, bytes]
"""Encoded keys by kid."""


def check(statements: Sequence[bytes], view: View) -> list[Checked | Refused]:
    """Parse statements and verify them with the keys that a state knows, one after another."""
    return _check(statements, known_keys(statements, view))


def begin(statements: Sequence[bytes], view: View) -> Pending:
    """Check statements in this process, when they are asked for."""
    return lambda: check(statements, view)


def verify(statement: Statement, key: VerifyingKey) -> None:
    """Verify the signature of a statement. Raises `StatementError`."""
    if not statement.verified_by(key):
        raise StatementError(
            f"the signature is not that of key {statement.kid.hex()[:16]}…, which the statement names"
        )


class Pool:
    """Processes that parse and verify; a context manager."""

    def __init__(self, workers: int) -> None:
        # Forked, threads of the caller would leave their locks behind.
        self._executor = ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn"))

    def __enter__(self) -> Self:
        """Return the pool."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """End the processes."""
        self._executor.shutdown(cancel_futures=True)

    def begin(self, statements: Sequence[bytes], view: View) -> Pending:
        """Begin to check statements in the workers."""
        pieces = [statements[start : start + _PIECE] for start in range(0, len(statements), _PIECE)]
        futures = [self._executor.submit(_check, piece, known_keys(piece, view)) for piece in pieces]
        return lambda: [checked for future in futures for checked in future.result()]


def known_keys(statements: Sequence[bytes], view: View) -> dict[bytes, bytes]:
    """Return the keys that statements seem to name, as far as a state knows them.

    Whether they may sign, `registration.judge` says; where one is missing, it is looked for again then.
    """
    records = ((kid, find_key(view, kid)) for kid in {likely_kid(data) for data in statements})
    return {kid: record.encoded for kid, record in records if record}


def _check(statements: Sequence[bytes], keys: Keys) -> list[Checked | Refused]:
    """Check statements one after another."""
    return [_check_one(data, keys) for data in statements]


def _check_one(data: bytes, keys: Keys) -> Checked | Refused:
    """Parse a statement and verify its signature, if its key is known."""
    try:
        statement = parse(data)
        encoded = keys.get(statement.kid)
        if encoded is not None:
            verify(statement, VerifyingKey.decode(encoded))
    except StatementError as error:
        return Refused(str(error))
    return Checked(statement, verified=encoded is not None)
