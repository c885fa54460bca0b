"""The keys of people: they come, are replaced and go; and what they are encrypted under.

Each step is durable before the next one, and the same command again goes on where one has died. A new key is
stated before it signs, and signs before the old one is revoked: what was signed under that one is appended
first.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from tipstaff.assembly.casework import keys_of, open_desk, open_ledger, people_keys, registered
from tipstaff.assembly.ledger import Clock, system_clock
from tipstaff.base.counted import agreeing, counted
from tipstaff.base.errors import InputError
from tipstaff.ledger.genesis import added_claims, own_statement, revoked_claims
from tipstaff.ledger.log import Log
from tipstaff.ledger.statement import parse
from tipstaff.storage import installation

_NEVER: Final = ("platform", "machine", "policy_owner")
"""Who signs for the installation itself, and is never removed."""


def rotate(directory: Path, name: str, clock: Clock = system_clock) -> int:
    """Give somebody a new key, and revoke the old one; returns how many statements stand against that.

    They were signed under the old key, and wait for the ledger: once it has them, the same command again
    revokes that key. What was signed before verifies as ever.
    """
    keys = people_keys(directory)
    current = keys.key_of(name).public.kid
    with open_ledger(directory, clock) as log:
        record = keys_of(log.store, name).get(current)
        if record is None or record.revoked is not None:
            raise InputError(f"the ledger knows no key of {name!r} that is in force")
        if keys.has_next(name) or not _old(log, name, current):
            new = keys.next_of(name).public
            if new.kid not in keys_of(log.store, name):
                claims = added_claims(new, name, record.role, log.now())
                registered(
                    log.append([own_statement(log.origin, log.signing_key(), "key", claims, log.now())])
                )
            keys.replace(name)
            current = new.kid
        old = _old(log, name, current)
        waiting = _waiting(directory, old)
        if not waiting:
            _revoke(log, old)
        return waiting


def remove(directory: Path, name: str, clock: Clock = system_clock, *, at_once: bool = False) -> int:
    """Revoke the keys of somebody, and remove them; returns how many statements will be refused for that.

    Raises `InputError` where some wait for it still, unless it is to be `at_once`: then the ledger refuses
    them, and the cases that they are of come back.
    """
    if name in _NEVER:
        raise InputError(f"{name} signs for the installation itself: its key is rotated, and never removed")
    keys = people_keys(directory)
    with open_ledger(directory, clock) as log:
        old = _old(log, name, b"")
        if not old and not keys.has(name):
            raise InputError(f"there is nobody named {name!r}")
        waiting = _waiting(directory, old)
        if waiting and not at_once:
            them = agreeing(waiting, "it", "them")
            raise InputError(
                f"{counted(waiting, 'statement')} of {name} {agreeing(waiting, 'waits', 'wait')} for the "
                f"ledger: let a worker append {them} first, or have {them} refused (--at-once), and what "
                f"{agreeing(waiting, 'it is', 'they are')} about comes back"
            )
        _revoke(log, old)
        keys.remove(name)
        return waiting


def change_passphrase(directory: Path, clock: Clock = system_clock) -> None:
    """Encrypt all keys of people under a new passphrase. No key comes or goes meanwhile."""
    keys = people_keys(directory)
    with open_ledger(directory, clock):
        installation.begin_passphrase(directory)
        keys.encrypt()
        installation.end_passphrase(directory)


def _old(log: Log, name: str, current: bytes) -> list[bytes]:
    """Return the keys of somebody that are in force beside the current one."""
    records = keys_of(log.store, name)
    return [kid for kid, record in records.items() if record.revoked is None and kid != current]


def _waiting(directory: Path, kids: list[bytes]) -> int:
    """Count the statements that were signed under some keys, and wait for the ledger."""
    with open_desk(directory) as desk:
        return sum(parse(one.encoded).kid in kids for one in desk.cases.waiting())


def _revoke(log: Log, kids: list[bytes]) -> None:
    """State that keys are revoked, all together."""
    key, now = log.signing_key(), log.now()
    registered(log.append([own_statement(log.origin, key, "key", revoked_claims(kid), now) for kid in kids]))
