"""Seeded statements for the bench: cases decided, carried out and read back, signed by persons' keys."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from hashlib import sha256
from multiprocessing import get_context
from typing import Final

from tipstaff.ledger.cbor import Value
from tipstaff.ledger.genesis import added_claims, own_statement
from tipstaff.ledger.keys import SigningKey
from tipstaff.ledger.statement import Draft, parse, sign

ORIGIN: Final = "bench.example/log"
NOW: Final = 1_790_000_000
"""The time at which everything in the bench happens, in seconds."""

CASE: Final = 3
"""Statements of a case: decision, measure, effect."""

_PIECE: Final = 5_000
"""Cases that a process signs at a time."""


def key_of(name: str) -> SigningKey:
    """Return the key of a holder; the log's own is that of its origin."""
    return SigningKey.from_seed(_hash(f"key of {name}"))


def beginning() -> list[bytes]:
    """Return what comes first: the persons' keys, and a policy in force."""
    log = key_of(ORIGIN)
    persons = (("owner", "policy_owner"), ("reviewer", "reviewer"), ("platform", "platform"))
    keys = [
        own_statement(ORIGIN, log, "key", added_claims(key_of(holder).public, holder, role, 0), NOW)
        for holder, role in persons
    ]
    return [*keys, _policy()]


def statements(cases: int, first: int = 0) -> list[bytes]:
    """Sign the statements of so many cases, from case `first` on, in two processes."""
    starts = range(first, first + cases, _PIECE)
    ends = [min(start + _PIECE, first + cases) for start in starts]
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        return [statement for piece in pool.map(_sign, starts, ends) for statement in piece]


def _sign(start: int, end: int) -> list[bytes]:
    """Sign the statements of the cases [start, end)."""
    policy = parse(_policy()).entry
    reviewer, platform = key_of("reviewer"), key_of("platform")
    return [statement for case in range(start, end) for statement in _case(case, policy, reviewer, platform)]


def _case(case: int, policy: bytes, reviewer: SigningKey, platform: SigningKey) -> Iterator[bytes]:
    """Yield the statements of a case."""
    number = f"case-{case:09}"
    block: dict[str, Value] = {"number": 1, "kind": "block_content", "territory": "CN", "targets": 1}
    claims: dict[str, Value] = {
        "case": number,
        "number": 1,
        "subject": f"v1:{_hash(f'subject {case % 1000}').hex()}",
        "provision": "im-2014 art. 6",
        "policy": policy,
        "policy_digest": _hash("policy"),
        "grounds": {"finding": 3, "complaint": 2},
        "measures": [block],
        "hearing": "not_due",
        "reasons": _hash(f"reasons {case}"),
        "targets": [_hash(f"target {case}")],
    }
    decision = _signed("decision", number, claims, reviewer, "reviewer")
    yield decision
    cited = parse(decision).entry
    carried: dict[str, Value] = {
        "decision": cited,
        "measure": 1,
        "target": 1,
        "host": "square",
        "direction": "apply",
        "cause": cited,
        "kind": "block_content",
        "territory": "CN",
        "from": NOW,
        "late": False,
    }
    measure = _signed("measure", number, carried, platform, "platform")
    yield measure
    effect: dict[str, Value] = {"measure": parse(measure).entry, "number": 1, "state": "applied"}
    yield _signed("effect", number, effect, platform, "platform")


def _policy() -> bytes:
    """Return the policy that decisions cite."""
    claims: dict[str, Value] = {
        "name": "bench",
        "version": "1.0.0",
        "digest": _hash("policy"),
        "state": "in_force",
        "number": 1,
    }
    return _signed("policy", "bench", claims, key_of("owner"), "owner")


def _signed(kind: str, sub: str, claims: dict[str, Value], key: SigningKey, holder: str) -> bytes:
    """Sign a statement whose identifier is what it is about, as numbers in the order of time."""
    return sign(Draft(kind, 1, holder, sub, NOW, f"{sub}/{kind}".encode(), claims), key)


def _hash(text: str) -> bytes:
    """Return 32 bytes that follow from a text."""
    return sha256(text.encode()).digest()
