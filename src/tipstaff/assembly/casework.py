"""An installation: casework, square, the vault and the ledger, in one directory."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from tipstaff.actions.cases import Cases
from tipstaff.actions.desk import Desk, leaving_nothing
from tipstaff.actions.drift import Checked, check
from tipstaff.actions.host import HostError
from tipstaff.actions.pace import Pace
from tipstaff.actions.policies import State, Stated, identifier, in_force, sign_statement, stated_by, versions
from tipstaff.actions.work import Done, work
from tipstaff.assembly.ledger import Clock, init_log, open_log, read_store, system_clock
from tipstaff.base.counted import agreeing, counted
from tipstaff.base.errors import InputError
from tipstaff.base.files import create_private
from tipstaff.casework.errors import CaseError
from tipstaff.config.read import FILE, read_checked, read_settings, set_where
from tipstaff.config.settings import Settings
from tipstaff.hosts.square import database as square_database
from tipstaff.hosts.square.host import Square
from tipstaff.hosts.square.platform import Platform
from tipstaff.ledger.genesis import added_claims, own_statement
from tipstaff.ledger.log import Log, Outcome
from tipstaff.ledger.note import check_name
from tipstaff.ledger.state import KeyRecord, find_author, find_key, find_kids
from tipstaff.ledger.statement import Statement, parse
from tipstaff.ledger.store import Store
from tipstaff.ledger.verification import Refused
from tipstaff.storage import installation
from tipstaff.storage.casework import migrate as casework_database
from tipstaff.storage.casework.cases import SqlCases
from tipstaff.storage.casework.policies import SqlPolicies
from tipstaff.storage.engine import open_engine
from tipstaff.storage.migrate import NEWER_MEND, NEWER_TOLD, Schema, place_of
from tipstaff.storage.people import PeopleKeys
from tipstaff.storage.policies import Versions
from tipstaff.vault.vault import Vault

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from tipstaff.policy.model import Policy

_OWNER: Final = "policy_owner"
"""Who states which policies are in force."""

PAUSE: Final = 0.1
"""Seconds between two turns of a worker that has nothing to do."""

_PATIENCE: Final = 10.0
"""Seconds to wait for another process that writes to the ledger."""


def settings_of(directory: Path) -> Settings:
    """Return the settings of an installation. Raises `InputError`."""
    return read_settings(directory, os.environ)


def settings_set_where(directory: Path) -> dict[str, str]:
    """Return where each setting of an installation is set that is. Raises `InputError`."""
    return set_where(directory, os.environ)


def casework_engine(directory: Path, *, durable: bool = True) -> Engine:
    """Open the database of casework; as `open_engine` has it where what is written need not be durable."""
    url = settings_of(directory).casework_url or f"sqlite:///{directory / installation.CASEWORK}"
    return open_engine(url, durable=durable)


def square_engine(directory: Path) -> Engine:
    """Open the database of square."""
    return open_engine(settings_of(directory).square_url or f"sqlite:///{directory / installation.SQUARE}")


def people_keys(directory: Path) -> PeopleKeys:
    """Return the keys of those who sign. Raises `InputError` where there is no installation."""
    installation.passphrase(directory)
    return PeopleKeys(directory / installation.PEOPLE, partial(installation.passphrases, directory))


@contextmanager
def open_desk(directory: Path, clock: Clock = system_clock) -> Iterator[Desk]:
    """Open what casework needs of an installation. Statements that it signs wait for a worker."""
    secret = installation.pseudonym_key(directory)
    keys = people_keys(directory)
    with ExitStack() as stack:
        vault = stack.enter_context(closing(Vault(directory / installation.VAULT)))
        store, _ = stack.enter_context(read_store(directory / installation.LEDGER))
        settings = settings_of(directory)
        cases = casework_engine(directory)
        stack.callback(cases.dispose)
        _check_schema(cases, casework_database.schema, directory)
        engine = square_engine(directory)
        stack.callback(engine.dispose)
        with suppress(HostError):  # casework goes on while a host is away
            _check_schema(engine, square_database.schema, directory)
        square = Square(engine)
        hosts = {square.name: square}
        kept = Versions(directory / installation.POLICIES)
        desk = Desk(
            SqlCases(cases),
            SqlPolicies(cases),
            hosts,
            vault,
            keys,
            store,
            secret,
            clock,
            kept.ladder,
            kept.provisions,
            kept.second_person,
            kept.shown_ladder,
            settings,
        )
        with leaving_nothing(desk):
            yield desk


def _check_schema(engine: Engine, schema: Callable[[Engine], Schema], directory: Path) -> None:
    """Refuse a database that this version cannot work with, and say what mends it. Raises `InputError`."""
    path = place_of(engine)
    try:
        found = schema(engine)
    except DBAPIError as error:
        raise InputError(f"{path} cannot be read: {error.orig}. Restore it from a backup") from error
    if found is Schema.NEWER:
        raise InputError(f"{path} {NEWER_TOLD}. Mend: {NEWER_MEND}")
    if found is Schema.OLDER:
        raise InputError(
            f"{path} is at an older schema than this version: run `tipstaff rebuild {directory}`"
        )


@contextmanager
def open_square(directory: Path) -> Iterator[Platform]:
    """Open square for those who publish and read. Raises `InputError` where there is no installation."""
    installation.passphrase(directory)
    engine = square_engine(directory)
    try:
        _check_schema(engine, square_database.schema, directory)
        yield Platform(engine)
    finally:
        engine.dispose()


def check_beginning(directory: Path, origin: str, settings: Path | None) -> None:
    """Raise `InputError` where `install` would, for what it is given; nothing is made, and it is quick."""
    check_name(origin)
    installation.check_empty(directory)
    if settings is not None:
        read_checked(settings, os.environ)


def install(
    directory: Path,
    origin: str,
    clock: Clock = system_clock,
    settings: Path | None = None,
    policies: Sequence[Policy] = (),
) -> None:
    """Begin an installation: its secrets, databases and ledger, and those who sign without being people.

    `settings` is a file with the settings that it is to have; `policies` are put in force. Where it fails,
    nothing is left in the directory. Raises `InputError`.
    """
    check_beginning(directory, origin, settings)
    with installation.create(directory):
        if settings is not None:
            create_private(directory / FILE, read_checked(settings, os.environ))
        init_log(directory / installation.LEDGER, origin, clock)
        engine = casework_engine(directory)
        casework_database.upgrade(engine)
        engine.dispose()
        square = square_engine(directory)
        square_database.upgrade(square)
        square.dispose()
        Vault(directory / installation.VAULT).close()
        for name in ("platform", "machine", _OWNER):
            add_person(directory, name, name, clock)
        for policy in policies:
            adopt(directory, policy, clock)


def add_person(directory: Path, name: str, role: str, clock: Clock = system_clock) -> None:
    """Make the key of somebody who signs, and state on the ledger that it is theirs.

    A key that was made and not stated is theirs: dying in between is made good by the same command again.
    Raises `InputError` where the name is taken.
    """
    keys = people_keys(directory)
    with open_ledger(directory, clock) as log:
        if keys_of(log.store, name):
            told = f"there is a {name!r} already" if keys.has(name) else f"there was a {name!r} before"
            raise InputError(f"{told}: names are given once")
        key = keys.key_of(name) if keys.has(name) else keys.create(name)
        claims = added_claims(key.public, name, role, log.now())
        statement = own_statement(log.origin, log.signing_key(), "key", claims, log.now())
        registered(log.append([statement]))


def keys_of(store: Store, name: str) -> dict[bytes, KeyRecord]:
    """Return the keys that the ledger knows of somebody, by their kids, the oldest first."""
    found = ((kid, find_key(store, kid)) for kid in find_kids(store))
    return {kid: record for kid, record in found if record and record.holder == name}


def adopt(directory: Path, policy: Policy, clock: Clock = system_clock, by: str = _OWNER) -> None:
    """State that a version of a policy is in force, and that the one that was so before is retired.

    `by` is the policy owner who signs; without, the installation itself. Raises `CaseError` while decisions
    under the version before wait for the ledger, which would refuse them.
    """
    Versions(directory / installation.POLICIES).keep(policy)
    _state(directory, policy.reference, State.IN_FORCE, clock, by)


def shadow(directory: Path, policy: Policy, clock: Clock = system_clock, by: str = _OWNER) -> None:
    """State that a version of a policy is in shadow: what it finds is compared, and nothing comes of it.

    Raises `CaseError` where it is in force.
    """
    Versions(directory / installation.POLICIES).keep(policy)
    _state(directory, policy.reference, State.SHADOW, clock, by)


def retire(directory: Path, reference: str, clock: Clock = system_clock, by: str = _OWNER) -> None:
    """State that a version of a policy is retired. Raises `CaseError` as `adopt` does."""
    _state(directory, reference, State.RETIRED, clock, by)


def load_version(directory: Path, reference: str) -> Policy:
    """Load a version of a policy that was stated, as it was then. Raises `InputError`."""
    return Versions(directory / installation.POLICIES).load(reference)


def _state(directory: Path, reference: str, state: State, clock: Clock, by: str) -> None:
    """State how a version of a policy stands; what was stated before it is so already.

    All of it is done while nobody else writes to the ledger: owners may state something at the same time.
    Dying between the ledger and the database leaves statements that the database knows nothing of: they are
    found on the ledger, and taken up, by whoever states something of this policy next.
    """
    keys = people_keys(directory)
    engine = casework_engine(directory)
    name = reference.partition("@")[0]
    try:
        policies = SqlPolicies(engine)
        with open_ledger(directory, clock) as log:
            number = len(policies.stated(name)) + 1
            while found := _stated(log.store, name, number):
                policies.keep(stated_by(found))
                number += 1
            known = {one.reference: one.state for one in versions(policies.stated(name))}
            if known.get(reference) is state:
                return
            changes = [(reference, state)]
            current = in_force(policies, name)
            if current and current.reference == reference and state is State.SHADOW:
                raise CaseError(f"{current.version} is in force: what it finds is decided on")
            if current and state is State.IN_FORCE:
                changes.insert(0, (current.reference, State.RETIRED))
            if current and (state is State.IN_FORCE or current.reference == reference):
                _check_waiting(SqlCases(engine), current)
            statements = [
                sign_statement(*change, place, keys.key_of(by), by, log.now())
                for place, change in enumerate(changes, start=number)
            ]
            registered(log.append(statements))  # together, or none of them
            for statement in statements:
                policies.keep(stated_by(parse(statement)))
    finally:
        engine.dispose()


def _check_waiting(cases: Cases, current: Stated) -> None:
    """Refuse to end a version while decisions under it wait for the ledger. Raises `CaseError`."""
    waiting = [parse(each.encoded) for each in cases.waiting()]
    left = [each.claims["case"] for each in waiting if each.claims.get("policy") == current.entry]
    if left:
        wait, them = agreeing(len(left), "waits", "wait"), agreeing(len(left), "it", "them")
        raise CaseError(
            f"{counted(len(left), 'decision')} under {current.version} {wait} for the ledger, such as one in "
            f"{left[0]}: let a worker append {them} first"
        )


def _stated(store: Store, name: str, number: int) -> Statement | None:
    """Return statement number so-and-so about a policy, whoever owned it, if it is on the ledger."""
    records = (find_key(store, kid) for kid in find_kids(store))
    owners = {one.holder for one in records if one and one.role == _OWNER}
    found = next(filter(None, (find_author(store, one, identifier(name, number)) for one in owners)), None)
    return None if found is None else parse(next(store.statements(found[0], found[0] + 1)))


def registered(outcomes: Sequence[Outcome]) -> None:
    """Raise `CaseError` where the ledger has refused something."""
    for outcome in outcomes:
        if isinstance(outcome, Refused):
            raise CaseError(f"the ledger has refused it: {outcome.reason}")


class _Ledger:
    """The ledger of an installation, opened for each batch: between two of them others may write to it."""

    def __init__(self, directory: Path, clock: Clock) -> None:
        self._directory = directory
        self._clock = clock

    def append(self, statements: list[bytes]) -> list[Outcome]:
        """Append statements, in this order; returns what became of each."""
        with open_ledger(self._directory, self._clock) as log:
            return log.append(statements)

    def ask(self) -> None:
        """Ask whether it would take statements. Raises `LogError` where it would not."""
        self.append([])


@contextmanager
def open_worker(directory: Path, clock: Clock = system_clock) -> Iterator[Callable[[], Done]]:
    """Open an installation for a worker; yields what does all the work that is due, once it is called.

    That is: append statements, carry measures out, read them back. What cannot go on is tried again ever more
    rarely.
    """
    with open_desk(directory, clock) as desk:
        yield partial(work, desk, _Ledger(directory, clock), Pace())


def drain(directory: Path, clock: Clock = system_clock) -> Done:
    """Do all the work that is due, once."""
    with open_worker(directory, clock) as turn:
        return turn()


def check_drift(
    directory: Path, clock: Clock = system_clock, tell: Callable[[int, int], None] = lambda _done, _of: None
) -> Checked:
    """Read back all that was carried out; what has drifted is owed again. `tell` is told how far it is."""
    with open_desk(directory, clock) as desk:
        return check(desk, tell, lambda: _Ledger(directory, clock).ask())


def open_ledger(directory: Path, clock: Clock) -> AbstractContextManager[Log]:
    """Open the ledger of an installation for writing, when whoever writes to it now is done."""
    return open_log(directory / installation.LEDGER, clock, _PATIENCE)
