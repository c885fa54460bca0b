"""How fast the ledger is, beside nothing but the work that it cannot do without: signatures and hashes.

The measure of signatures is the library of most programs, OpenSSL by way of `cryptography`. The ledger itself
verifies with libsodium, which is stricter and faster; how long that takes alone is told beside it.
"""

from __future__ import annotations

import random
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from functools import partial
from hashlib import sha256
from importlib.metadata import version
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Final, NamedTuple, TypeAlias

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from tipstaff.assembly.ledger import audit_folder, read_trust
from tipstaff.base.errors import InputError
from tipstaff.bench import results
from tipstaff.bench.machine import machine, peak_mb
from tipstaff.bench.statements import CASE, NOW, ORIGIN, beginning, key_of, statements
from tipstaff.ledger.export import export
from tipstaff.ledger.genesis import begin
from tipstaff.ledger.log import Log, Outcome, Registered, grow
from tipstaff.ledger.prover import Prover
from tipstaff.ledger.statement import Statement, parse
from tipstaff.ledger.tiles import TileNodes
from tipstaff.ledger.tree import Range, leaf_hash, node_hash, prove_inclusion
from tipstaff.ledger.trust import format_trust, make_trust
from tipstaff.ledger.verification import Checked, Pending, Pool, check
from tipstaff.storage.ledger.checkpoints import SqliteCheckpoints
from tipstaff.storage.ledger.store import SqliteStore

BATCH: Final = 500
ROUNDS: Final = 40
SPEEDUP_ROUNDS: Final = 24
VERIFY_ROUNDS: Final = 5
"""Times that verification alone is measured before an audit, and again after it."""

AUDITED: Final = 200_000
"""A log of fewer statements is audited some times, and the median is taken."""

LEAVES: Final = 1_000_000
PROOFS: Final = 4_000
GROWN_PROOFS: Final = 500
VERIFIED: Final = 6_000
WORKERS: Final = 2
_AHEAD: Final = 4
"""Batches that workers verify while another is appended."""

_POINTS: Final = 10
_MB: Final = 1024 * 1024

Progress = Callable[[str, float], None]


def measure(entries: int, progress: Progress) -> results.LedgerReport:
    """Measure everything; `entries` is the size of the log that is audited."""
    progress("signing statements", 0.0)
    appended = statements(-(-ROUNDS * BATCH // CASE))
    with tempfile.TemporaryDirectory() as scratch:
        progress("appending", 0.1)
        appended_us = _append(Path(scratch), appended[: ROUNDS * BATCH])
        progress("appending with two workers", 0.2)
        speedup = _speedup(Path(scratch), appended[: SPEEDUP_ROUNDS * BATCH])
    progress("proofs", 0.3)
    proof_us, hashing_us = _prove()
    with tempfile.TemporaryDirectory() as scratch:
        grown = _grow(Path(scratch), entries, progress)
        progress("auditing", 0.8)
        audit = _audit(Path(scratch))
    progress("done", 1.0)
    return results.LedgerReport(
        version("tipstaff"),
        results.Ledger(
            append_ratio_to_verify=appended_us.verify / appended_us.append,
            append_speedup_two_workers=speedup,
            proof_ratio_to_hashing=hashing_us / proof_us,
            proofs_per_second=1e6 / proof_us,
            audit_ratio_to_verify=audit.verify_us / audit.us,
            bytes_per_entry=grown.bytes_per_entry,
            peak_mb=audit.peak_mb,
            memory_bytes_per_entry=audit.grown_mb * _MB / audit.entries,
            entries=audit.entries,
            leaves=LEAVES,
            statement_bytes=grown.statement_bytes,
            append_us=appended_us.append,
            check_us=appended_us.check,
            verify_us=appended_us.verify,
            own_verify_us=appended_us.own_verify,
            proof_us=proof_us,
            audit_us=audit.us,
            audit_workers=WORKERS,
            audit_verify_us=audit.verify_us,
            audit_own_verify_us=audit.own_verify_us,
            register_us_by_size=grown.register_us,
            bytes_per_entry_by_size=grown.bytes_by_size,
            proof_us_by_size=grown.proof_us,
        ),
        machine(("cbor2", "cryptography", "msgspec")),
    )


class _Appended(NamedTuple):
    """µs a statement: verification alone by both libraries, with parsing, and all that a batch needs."""

    verify: float
    own_verify: float
    check: float
    append: float


def _append(folder: Path, data: Sequence[bytes]) -> _Appended:
    """Append batches, and verify them alone, in turns; the best turn of each."""
    turns: list[_Appended] = []
    with _log(folder / "append") as log:
        for batch in _batches(data):
            parsed = [parse(statement) for statement in batch]
            signed = _signed(parsed)
            runs = (
                partial(_verify, signed),
                partial(_verify_ourselves, parsed),
                partial(check, batch, log.store),
                partial(_append_all, log, batch),
            )
            turns.append(_Appended(*(_timed(run) / len(batch) for run in runs)))
    return _Appended(*map(min, zip(*turns, strict=True)))


def _speedup(folder: Path, data: Sequence[bytes]) -> float:
    """Append the same batches in one process, and with two that verify ahead; the ratio of the times."""
    alone, together = [], []
    with Pool(WORKERS) as pool, _log(folder / "alone") as one, _log(folder / "together") as two:
        pool.begin(data[:BATCH], two.store)()  # the workers are there before the clock starts
        half = len(data) // 2
        for part in (data[:half], data[half:]):
            alone.append(_timed(partial(_append_all, one, part)))
            together.append(_timed(partial(_pipeline, two, pool, part)))
    return min(alone) / min(together)


def _append_all(log: Log, data: Sequence[bytes]) -> None:
    """Append batches."""
    for batch in _batches(data):
        _accepted(log.append(batch))


def _register_all(log: Log, data: Sequence[Checked]) -> None:
    """Append batches whose signatures are not verified again."""
    for start in range(0, len(data), BATCH):
        _accepted(log.register(data[start : start + BATCH]))


def _pipeline(log: Log, pool: Pool, data: Sequence[bytes]) -> None:
    """Append batches while others are being verified."""
    pending: list[Pending] = []
    for batch in _batches(data):
        pending.append(pool.begin(batch, log.store))
        if len(pending) > _AHEAD:
            _accepted(log.register(pending.pop(0)()))
    for last in pending:
        _accepted(log.register(last()))


def _prove() -> tuple[float, float]:
    """Prove random leaves of a large tree from cached tiles; µs a proof, and µs for as many hashes."""
    leaves = (leaf_hash(sha256(b"%d" % number).digest()) for number in range(LEAVES))
    tiles = grow(Range(), leaves, lambda _level, _number: b"")
    nodes = TileNodes(lambda level, number: tiles[level, number])
    chosen = random.Random(1).sample(range(LEAVES), PROOFS)  # noqa: S311  a seeded choice, no secret
    paths = [prove_inclusion(nodes, index, LEAVES) for index in chosen]
    proofs = [_timed(lambda: [prove_inclusion(nodes, index, LEAVES) for index in chosen]) for _ in range(3)]
    hashes = [_timed(lambda: [_hash_path(path) for path in paths]) for _ in range(3)]
    return min(proofs) / PROOFS, min(hashes) / PROOFS


def _prove_all(prover: Prover, positions: Sequence[int]) -> None:
    """Prove statements from the disk."""
    for position in positions:
        prover.proof(position)


def _hash_path(path: Sequence[bytes]) -> bytes:
    """Hash as many nodes as a path has."""
    node = path[0]
    for sibling in path:
        node = node_hash(node, sibling)
    return node


class _Grown:
    """A log of a size, and what it cost by the way."""

    def __init__(self) -> None:
        self.register_us: dict[str, float] = {}
        self.bytes_by_size: dict[str, float] = {}
        self.proof_us: dict[str, float] = {}
        self.bytes_per_entry = 0.0
        self.statement_bytes = 0.0


def _grow(folder: Path, entries: int, progress: Progress) -> _Grown:
    """Grow a log of so many entries, whose signatures are not verified again, and export it."""
    grown = _Grown()
    with _log(folder / "log") as log:
        prover = Prover(log.store, SqliteCheckpoints(folder / "log" / "checkpoint.db"))
        total = 0
        cases = -(-entries // (CASE * _POINTS))
        for point in range(_POINTS):
            progress("growing a log", 0.4 + 0.35 * point / _POINTS)
            data = statements(cases, point * cases)
            total += sum(map(len, data))
            checked = [Checked(parse(statement), verified=True) for statement in data]
            taken = _timed(partial(_register_all, log, checked))
            size = log.store.size
            grown.register_us[str(size)] = taken / len(data)
            grown.bytes_by_size[str(size)] = _bytes(folder / "log") / size
            chosen = random.Random(1).sample(range(size), GROWN_PROOFS)  # noqa: S311  a seeded choice
            grown.proof_us[str(size)] = _timed(partial(_prove_all, prover, chosen)) / GROWN_PROOFS
        grown.statement_bytes = total / (cases * CASE * _POINTS)
        trust = make_trust(ORIGIN, key_of(ORIGIN).public, log.store.size, log.store)
        (folder / "trust.json").write_bytes(format_trust(trust))
        export(log.store, log.last, folder / "out", lambda _done, _of: None)
    grown.bytes_per_entry = _bytes(folder / "log") / (cases * CASE * _POINTS)
    return grown


class _Audited(NamedTuple):
    """What an audit took: µs a statement, beside verification alone by both libraries, and memory."""

    entries: int
    us: float
    verify_us: float
    own_verify_us: float
    peak_mb: float
    grown_mb: float


def _audit(folder: Path) -> _Audited:
    """Audit an export in a process of its own, on all cores, and verify alone on as many before and after.

    An audit of a million statements takes minutes, in which a machine that is shared is now fast, now slow:
    it is compared with the median of what was measured around it.
    """
    sample = statements(VERIFIED // CASE)
    context = get_context("spawn")
    rounds: list[tuple[float, float]] = []
    with (
        ProcessPoolExecutor(WORKERS, mp_context=context) as pool,
        ProcessPoolExecutor(1, mp_context=context) as alone,
    ):

        def verify_some() -> None:
            for _ in range(VERIFY_ROUNDS):
                taken = zip(*pool.map(_verify_sample, [sample] * WORKERS), strict=True)
                theirs, ours = (max(times) / (len(sample) * WORKERS) for times in taken)
                rounds.append((theirs, ours))

        verify_some()
        entries, seconds, before, peak = alone.submit(_audit_alone, folder).result()
        verify_some()
    verify_us, own_verify_us = map(median, zip(*rounds, strict=True))
    return _Audited(entries, seconds * 1e6 / entries, verify_us, own_verify_us, peak, peak - before)


def _verify_sample(sample: Sequence[bytes]) -> tuple[float, float]:
    """Verify statements, beside another process that does the same; µs that it took with each library."""
    parsed = [parse(statement) for statement in sample]
    return _timed(partial(_verify, _signed(parsed))), _timed(partial(_verify_ourselves, parsed))


def _audit_alone(folder: Path) -> tuple[int, float, float, float]:
    """Audit some times; returns entries, the median of the seconds, and MB of memory before and at most."""
    trust = read_trust(folder / "trust.json")
    before = peak_mb()
    seconds: list[float] = []
    entries = 0
    while entries * len(seconds) < AUDITED:
        begin_at = perf_counter()
        report = audit_folder(folder / "out", trust, None, WORKERS, lambda _done, _of: None)
        seconds.append(perf_counter() - begin_at)
        if not report.sound:
            raise InputError(f"the log of the bench is not sound: {report.fault}")
        entries = report.size
    return entries, median(seconds), before, peak_mb()


@contextmanager
def _log(folder: Path) -> Iterator[Log]:
    """Begin a log in a folder, with the persons and the policy of the bench."""
    folder.mkdir()
    store, checkpoints = SqliteStore(folder / "log.db"), SqliteCheckpoints(folder / "checkpoint.db")
    try:
        log = begin(ORIGIN, key_of(ORIGIN), store, checkpoints, lambda: NOW)
        _accepted(log.append(beginning()))
        yield log
    finally:
        store.close()
        checkpoints.close()


def _accepted(outcomes: Sequence[Outcome]) -> None:
    """Make sure that everything was registered."""
    refused = [outcome for outcome in outcomes if not isinstance(outcome, Registered)]
    if refused:
        raise InputError(f"a statement of the bench was refused: {refused[0].reason}")


_Signed: TypeAlias = tuple[Ed25519PublicKey, bytes, bytes]
"""A key, a signature and the message that it is over."""


def _signed(parsed: Sequence[Statement]) -> Sequence[_Signed]:
    """Return signatures as OpenSSL verifies them, with keys that were read before."""
    public = (key_of(name).public for name in ("reviewer", "platform"))
    keys = {key.kid: Ed25519PublicKey.from_public_bytes(key.raw) for key in public}
    return [(keys[statement.kid], statement.signature, statement.message) for statement in parsed]


def _verify(signed: Sequence[_Signed]) -> None:
    """Verify signatures with OpenSSL, and nothing else. Raises where one is wrong."""
    for key, signature, message in signed:
        key.verify(signature, message)


def _verify_ourselves(parsed: Sequence[Statement]) -> None:
    """Verify signatures as the ledger does, and nothing else."""
    keys = {key.kid: key for key in (key_of(name).public for name in ("reviewer", "platform"))}
    for statement in parsed:
        if not statement.verified_by(keys[statement.kid]):
            raise InputError("a signature of the bench is wrong")


def _batches(data: Sequence[bytes]) -> Iterator[Sequence[bytes]]:
    """Yield batches."""
    for start in range(0, len(data), BATCH):
        yield data[start : start + BATCH]


def _timed(run: Callable[[], object]) -> float:
    """Run, and return the microseconds that it took."""
    begin_at = perf_counter()
    run()
    return (perf_counter() - begin_at) * 1e6


def _bytes(folder: Path) -> int:
    """Return the size of the files in a folder."""
    return sum(path.stat().st_size for path in folder.iterdir())
