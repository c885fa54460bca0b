"""How a log begins, and how its own keys come and go."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Final

from tipstaff.ledger import registration, table
from tipstaff.ledger.cbor import Value
from tipstaff.ledger.errors import LogError
from tipstaff.ledger.keys import SigningKey, VerifyingKey
from tipstaff.ledger.log import Log
from tipstaff.ledger.state import find_key, find_kids
from tipstaff.ledger.statement import Draft, sign
from tipstaff.ledger.store import Checkpoints, Store
from tipstaff.ledger.verification import Refused

_CTI_SIZE: Final = 16
_TIME_SIZE: Final = 5


def begin(
    origin: str, key: SigningKey, store: Store, checkpoints: Checkpoints, clock: Callable[[], int]
) -> Log:
    """Begin a log in empty stores: entry 0 states its rules, entry 1 its key."""
    with store.transaction() as transaction:
        transaction.write([], [], {}, registration.genesis(origin, key.public))
    log = Log(origin, [key], store, checkpoints, clock)
    now = clock()
    rules = own_statement(origin, key, registration.RULES, {"version": 1, "table": table.shipped()}, now)
    added = own_statement(
        origin, key, registration.KEY, added_claims(key.public, origin, registration.LOG, now), now
    )
    for outcome in log.append([rules, added]):
        if isinstance(outcome, Refused):
            raise LogError(f"the log cannot begin: {outcome.reason}")
    return log


def rotation(log: Log, new: SigningKey) -> list[bytes]:
    """Return the statements that give a log a new key: appended together, they are on the log together.

    The key that signs now adds the new one, which revokes it, and every other key of the log that an earlier
    rotation may have left in force.
    """
    origin, now, old = log.origin, log.now(), log.signing_key()
    records = ((kid, find_key(log.store, kid)) for kid in find_kids(log.store))
    left = [
        kid
        for kid, record in records
        if record and record.role == registration.LOG and record.revoked is None
    ]
    added = added_claims(new.public, origin, registration.LOG, now)
    return [
        own_statement(origin, old, registration.KEY, added, now),
        *(own_statement(origin, new, registration.KEY, revoked_claims(kid), now) for kid in left),
    ]


def own_statement(
    origin: str, key: SigningKey, kind: str, claims: dict[str, Value], now: int, version: int = 1
) -> bytes:
    """Sign a statement of the log's own. Its identifier begins with the time: what is new stands together."""
    cti = now.to_bytes(_TIME_SIZE) + secrets.token_bytes(_CTI_SIZE - _TIME_SIZE)
    return sign(Draft(kind, version, origin, origin, now, cti, claims), key)


def added_claims(key: VerifyingKey, holder: str, role: str, not_before: int) -> dict[str, Value]:
    """Return the claims of a statement that adds a key."""
    return {
        "kid": key.kid,
        "action": "added",
        "public_key": key.encoded,
        "holder": holder,
        "role": role,
        "not_before": not_before,
    }


def revoked_claims(kid: bytes) -> dict[str, Value]:
    """Return the claims of a statement that revokes a key."""
    return {"kid": kid, "action": "revoked"}
