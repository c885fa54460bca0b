"""What is wrong with an installation, and how it is mended. Nothing is changed."""

from __future__ import annotations

import stat
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

import msgspec
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from tipstaff.actions.cases import Dossier
from tipstaff.actions.desk import Desk
from tipstaff.actions.host import HostError
from tipstaff.actions.policies import State, versions
from tipstaff.assembly.casework import (
    casework_engine,
    load_version,
    open_desk,
    people_keys,
    settings_of,
    square_engine,
)
from tipstaff.assembly.ledger import Clock, read_store, system_clock
from tipstaff.assembly.rebuild import rebuild_all
from tipstaff.base.counted import agreeing, counted
from tipstaff.base.errors import InputError, TipstaffError
from tipstaff.casework.orders.order import Order
from tipstaff.casework.outline import Standing
from tipstaff.hosts.square import database as square_database
from tipstaff.ledger.errors import CorruptLogError, LayoutError, LogError
from tipstaff.ledger.tiles import TileNodes
from tipstaff.ledger.tree import Range, subtrees
from tipstaff.storage import installation
from tipstaff.storage.access.hooks import SqlHooks
from tipstaff.storage.access.migrate import MIGRATIONS as ACCESS
from tipstaff.storage.casework import migrate as casework_database
from tipstaff.storage.migrate import NEWER_MEND, NEWER_TOLD, Schema
from tipstaff.storage.people import NEXT

PATIENCE: Final = 10
"""Minutes that a statement or a measure may be overdue."""

_TRIES: Final = 3
"""Attempts after which a delivery is told of."""

_OTHERS: Final = 0o077
_PAGE: Final = 500


class Finding(msgspec.Struct, frozen=True):
    """Something that is wrong: what it is about, what is wrong with it, and how it is mended."""

    about: str
    told: str
    mend: str


def examine(directory: Path, minutes: int = PATIENCE, clock: Clock = system_clock) -> list[Finding]:
    """Return all that is wrong with an installation. Raises `InputError` where there is none.

    What is overdue by less than `minutes` is not wrong yet. What cannot be looked at while something else is
    wrong is left out.
    """
    if not any((directory / name).exists() for name in installation.FILES):
        raise InputError(f"{directory} is no installation: `tipstaff init` makes one")
    settings = settings_of(directory)
    findings = [*_files(directory, installation.files(settings)), *_permissions(directory)]
    missing = any(found.told == _MISSING for found in findings)
    findings += _keys(directory)
    if missing:
        return findings
    findings += _checked(installation.LEDGER, lambda: _ledger(directory))
    if any(found.mend == _ANOTHER_VERSION for found in findings):
        return findings  # nothing here is to be changed by this version
    found = [
        *_checked(installation.CASEWORK, lambda: _casework(directory)),
        *_checked(
            installation.SQUARE,
            lambda: _schema(installation.SQUARE, square_engine(directory), square_database.schema, directory),
        ),
    ]
    findings += found
    if not found:
        findings += _checked("casework.db", lambda: _derived(directory, clock))
        findings += _checked("casework.db", lambda: _work(directory, minutes, clock))
        findings += _checked("casework.db", lambda: _policies(directory))
        findings += _checked("casework.db", lambda: _webhooks(directory))
    return findings


_MISSING: Final = "is missing"

_ANOTHER_VERSION: Final = "go on with the version that wrote it: nothing converts a ledger for another one"


def _checked(about: str, check: Callable[[], Iterator[Finding]]) -> Iterator[Finding]:
    """Yield what a check finds; one that cannot go on is a finding as well."""
    try:
        yield from check()
    except (TipstaffError, SQLAlchemyError, OSError) as error:
        yield Finding(about, f"cannot be used: {error}", "restore it from a backup")


def _files(directory: Path, files: tuple[str, ...]) -> Iterator[Finding]:
    """Look for files that are missing, and for others."""
    for name in (*files, *installation.FOLDERS):
        if not (directory / name).exists():
            yield Finding(name, _MISSING, "restore it from a backup")
    known = {name.partition("/")[0] for name in (*installation.FILES, *installation.FOLDERS)}
    known |= {installation.CHANGING, installation.SETTINGS}
    known |= {f"{name}-{ending}" for name in known for ending in ("wal", "shm", "journal")}
    for path in sorted(directory.iterdir()):
        if path.name not in known:
            yield Finding(path.name, "is no part of an installation", "move it elsewhere")
    for path in sorted((directory / installation.PEOPLE).glob("*")):
        if path.suffix != ".pem":
            yield Finding(f"{installation.PEOPLE}/{path.name}", "is no key", "move it elsewhere")


def _permissions(directory: Path) -> Iterator[Finding]:
    """Look for secrets that others may read."""
    secrets = [*installation.secrets_of(directory), directory / installation.PEOPLE]
    for path in secrets:
        if path.exists() and path.stat().st_mode & _OTHERS:
            mode = stat.S_IMODE(path.stat().st_mode)
            wanted = "700" if path.is_dir() else "600"
            yield Finding(
                str(path.relative_to(directory)),
                f"may be read by others ({mode:o})",
                f"chmod {wanted} {path}",
            )


def _keys(directory: Path) -> Iterator[Finding]:
    """Look for keys that the passphrase does not open."""
    try:
        keys = people_keys(directory)
    except InputError:
        return  # which is told
    for name, error in keys.unreadable():
        told = f"cannot be opened: {error}"
        yield Finding(f"{installation.PEOPLE}/{name}", told, "restore it, or the passphrase, from a backup")
    for path in sorted((directory / installation.PEOPLE).glob(f"*{NEXT}.pem")):
        name = path.stem.removesuffix(NEXT)
        mend = f"tipstaff person {directory} {name} --rotate"
        yield Finding(f"{installation.PEOPLE}/{path.name}", "is a new key that does not sign yet", mend)
    if (directory / installation.CHANGING).exists():
        mend = f"tipstaff passphrase {directory}"
        yield Finding(installation.CHANGING, "not all keys are encrypted under it yet", mend)


def _ledger(directory: Path) -> Iterator[Finding]:
    """Read the ledger: it must lead to the last checkpoint that was signed."""
    try:
        with read_store(directory / installation.LEDGER) as (store, checkpoints):
            last = checkpoints.last()
            if last is None:
                raise CorruptLogError("it holds no checkpoint")
            size, root = last.checkpoint.size, last.checkpoint.root
            if store.size < size:
                raise CorruptLogError(f"it holds {store.size} statements, and {size} were signed for")
            nodes = TileNodes(store.tile)
            if Range(size, [nodes(*subtree) for subtree in subtrees(size)]).root() != root:
                raise CorruptLogError(f"it does not lead to the checkpoint over {size} statements")
    except LayoutError as error:
        yield Finding(installation.LEDGER, str(error), _ANOTHER_VERSION)
    except LogError as error:
        yield Finding(
            installation.LEDGER, str(error), "restore the newest copy of it; never sign over this one"
        )


def _schema(
    name: str, engine: Engine, schema: Callable[[Engine], Schema], directory: Path
) -> Iterator[Finding]:
    """Compare the schema of a database with the newest; a square that is away is told of as a host."""
    try:
        with suppress(HostError):
            found = schema(engine)
            if found is Schema.NEWER:
                yield Finding(name, NEWER_TOLD, NEWER_MEND)
            elif found is Schema.OLDER:
                yield Finding(name, "is not at the newest schema", f"tipstaff rebuild {directory}")
    finally:
        engine.dispose()


def _casework(directory: Path) -> Iterator[Finding]:
    """Compare the schema of casework, and of its users: whoever needs these makes what is missing of them."""
    yield from _schema(installation.CASEWORK, casework_engine(directory), casework_database.schema, directory)
    engine = casework_engine(directory)
    try:
        if ACCESS.schema(engine) is Schema.NEWER:
            yield Finding(f"users in {installation.CASEWORK}", NEWER_TOLD, NEWER_MEND)
    finally:
        engine.dispose()


def _webhooks(directory: Path) -> Iterator[Finding]:
    """Look for webhooks that were stopped as nothing has arrived; without their tables there are none."""
    engine = casework_engine(directory)
    try:
        for one in SqlHooks(engine).webhooks() if ACCESS.is_newest(engine) else ():
            if one.trouble:
                mend = f"look at its receiver, then: tipstaff webhook enable {directory} {one.id}"
                yield Finding(f"webhook {one.id}", f"was stopped: {one.trouble}", mend)
    finally:
        engine.dispose()


def _derived(directory: Path, clock: Clock) -> Iterator[Finding]:
    """Compare what is kept beside events with what they add up to."""
    for found in rebuild_all(directory, clock, repair=False):
        mend = f"tipstaff rebuild {directory}" if found.mendable else "restore casework.db from a backup"
        yield Finding(found.dossier, found.what, mend)


def _work(directory: Path, minutes: int, clock: Clock) -> Iterator[Finding]:
    """Look for work that is not done, or not done well."""
    with open_desk(directory, clock) as desk:
        overdue = clock() - 60 * minutes
        waiting = [one for one in desk.cases.waiting() if one.due < overdue]
        if waiting:
            wait = f"{counted(len(waiting), 'statement')} {agreeing(len(waiting), 'waits', 'wait')}"
            told = f"{wait} for the ledger for more than {counted(minutes, 'minute')}"
            yield Finding("worker", told, f"tipstaff worker {directory}")
        for delivery in desk.cases.owed(clock() + 10**9):
            about = f"case {delivery.case}"
            measure = f"measure {delivery.measure.hex()[:16]}…"
            if delivery.tries >= _TRIES:
                told = f"{measure} was tried {delivery.tries} times: {delivery.trouble}"
                yield Finding(
                    about, told, f"tipstaff case show {directory} {delivery.case}: look at its host"
                )
            elif delivery.due < overdue:
                told = f"{measure} is owed to its host for more than {counted(minutes, 'minute')}"
                yield Finding(about, told, f"tipstaff worker {directory}")
        for dossier in _unattended(desk, overdue):
            told = f"something in it is due for more than {counted(minutes, 'minute')}{_erasing(dossier)}"
            yield Finding(
                str(dossier), told, f"tipstaff worker {directory}, which tells what stands against it"
            )
        for number in _refused(desk):
            mend = f"tipstaff case show {directory} {number}: decide anew"
            yield Finding(f"case {number}", "the ledger has refused a statement of it", mend)
        for name, host in desk.hosts.items():
            try:
                next(host.posts(), None)
            except TipstaffError as error:
                yield Finding(name, f"cannot be reached: {error}", "see that it runs, and ask again")


def _unattended(desk: Desk, overdue: int) -> Iterator[Dossier]:
    """Yield the cases and orders that were to be attended to before `overdue`, and nothing has come of since.

    What is due at once is so since something has happened last, to an order also in its cases.
    """
    for number in desk.cases.due(overdue):
        dossier = desk.cases.dossier(number)
        since = [dossier.changed_at]
        if isinstance(dossier, Order):
            cases = map(desk.cases.find, dossier.subjects)
            since += [case.changed_at for case in cases if case]
        if max(since) <= overdue:
            yield dossier


def _erasing(dossier: Dossier) -> str:
    """Say that texts are about to be erased, where that has begun."""
    return ": the erasure of its texts has begun, and is not done" if dossier.erasing else ""


def _policies(directory: Path) -> Iterator[Finding]:
    """Load the versions of policies that are in shadow or in force."""
    with open_desk(directory) as desk:
        found = [one for one in versions(desk.policies.stated()) if one.state is not State.RETIRED]
    for one in found:
        try:
            load_version(directory, one.reference)
        except InputError as error:
            yield Finding(
                installation.POLICIES, str(error), "what is published stays as it is: raise the version"
            )


def _refused(desk: Desk) -> Iterator[int]:
    """Yield the cases of which the ledger has refused something."""
    page = desk.cases.outlines(_PAGE)
    while page:
        yield from (one.number for one in page if one.standing is Standing.REFUSED)
        page = desk.cases.outlines(_PAGE, page[-1].number)
