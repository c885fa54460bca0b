"""Making anew what is kept beside events, and saying where it was not what they add up to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

import msgspec
from sqlalchemy import Connection, Engine, Table, delete, insert, select, update

from tipstaff.actions.cases import Dossier
from tipstaff.actions.dossiers import build_dossier
from tipstaff.casework.case import Case
from tipstaff.casework.events import Recorded
from tipstaff.casework.orders.order import Order
from tipstaff.casework.outline import outline
from tipstaff.casework.refusals import to_undo
from tipstaff.storage.casework.beside import BESIDE, keep_beside
from tipstaff.storage.casework.counts import keep_counts_of_case, keep_counts_of_order
from tipstaff.storage.casework.migrate import MIGRATIONS
from tipstaff.storage.casework.outlines import keep_outline
from tipstaff.storage.casework.schema import DELIVERIES, DOSSIERS, EVENTS, OUTLINES, STATEMENTS

_BEGUN: Final = select(DOSSIERS.c.number).where(DOSSIERS.c.version > 0)
_decode: Final = msgspec.json.Decoder(Recorded).decode


class Difference(NamedTuple):
    """What is not as the events of a case or an order have it, and whether it can be made anew."""

    dossier: str
    what: str
    mendable: bool = True


class Follows(NamedTuple):
    """What follows from a case or an order by the rules of the ledger, and is kept beside its events.

    That is when it is next to be attended to, and whether something in it waits for a second person.
    """

    attend_at: int | None
    waits: bool = False


def rebuild(
    engine: Engine, now: int, follows: Callable[[Dossier], Follows], *, repair: bool
) -> Iterator[Difference]:
    """Yield where what is kept beside events is not what they add up to; with `repair`, make it anew.

    Each case and order is looked at in a transaction of its own, so that others may go on meanwhile.
    """
    with engine.connect() as connection:
        numbers = list(connection.scalars(_BEGUN))
    for number in numbers:
        with engine.connect() as connection, connection.begin() as transaction:
            yield from list(_differences(connection, number, now, follows))
            if not repair:
                transaction.rollback()


def bring_along(engine: Engine, now: int, follows: Callable[[Dossier], Follows]) -> list[Difference]:
    """Bring a database to the newest schema; return what else had to be made anew in it.

    It is one transaction: nobody ever finds a database with columns that nothing was put into yet.
    """
    with engine.begin() as connection:
        MIGRATIONS.run(connection)
        numbers = list(connection.scalars(_BEGUN))
        return [one for number in numbers for one in _differences(connection, number, now, follows)]


def _differences(
    connection: Connection, number: int, now: int, follows: Callable[[Dossier], Follows]
) -> Iterator[Difference]:
    """Yield the differences of one case or order, and repair what can be."""
    # Written to first: whoever else writes waits, and nothing changes between here and the commit.
    connection.execute(update(DOSSIERS).where(DOSSIERS.c.number == number).values(number=number))
    query = select(EVENTS.c.recorded).where(EVENTS.c.dossier == number).order_by(EVENTS.c.number)
    events = [_decode(recorded) for recorded in connection.scalars(query)]
    if not events:
        yield Difference(f"dossier {number}", "its events are missing", mendable=False)
        return
    dossier = build_dossier(number, events)
    attend_at, waits = follows(dossier)
    waits = _waits_still(connection, number, now) or waits
    yield from _of_dossier(connection, dossier, now, attend_at)
    before = {table.name: _rows(connection, table, number) for table in BESIDE}
    for table in BESIDE:
        connection.execute(delete(table).where(table.c.dossier == number))
    if isinstance(dossier, Case):
        keep_beside(connection, None, dossier)
        keep_outline(connection, outline(dossier, waits=waits))
        keep_counts_of_case(connection, None, number, events)
    else:
        keep_counts_of_order(connection, None, dossier)
    for table in BESIDE:
        if before[table.name] != _rows(connection, table, number):
            yield Difference(str(dossier), f"its {table.name} are not what its events say")
    yield from _lost(connection, dossier)
    if isinstance(dossier, Case):
        yield from _unowed(connection, dossier, now)


def _waits_still(connection: Connection, number: int, now: int) -> bool:
    """Say whether a case is listed as waiting, and is to be looked at by now: who looks has that seen to."""
    beside = DOSSIERS.join(OUTLINES, DOSSIERS.c.number == OUTLINES.c.dossier)
    query = select(OUTLINES.c.waits).select_from(beside)
    due = query.where(DOSSIERS.c.number == number, DOSSIERS.c.attend_at <= now)
    return bool(connection.scalar(due))


def _of_dossier(
    connection: Connection, dossier: Dossier, now: int, attend_at: int | None
) -> Iterator[Difference]:
    """Compare the version, and when it is to be attended to: once too often does no harm."""
    same = DOSSIERS.c.number == dossier.number
    kept = connection.execute(select(DOSSIERS.c.version, DOSSIERS.c.attend_at).where(same)).one()
    if kept.version != dossier.version:
        yield Difference(str(dossier), f"its version is kept as {kept.version}")
    if kept.attend_at is not None and kept.attend_at <= now:
        attend_at = kept.attend_at
    elif kept.attend_at != attend_at:
        yield Difference(str(dossier), f"it is to be attended to at {kept.attend_at}, not {attend_at}")
    row = {"version": dossier.version, "attend_at": attend_at}
    connection.execute(update(DOSSIERS).where(same).values(row))


def _rows(connection: Connection, table: Table, number: int) -> list[tuple[object, ...]]:
    """Return the rows of a table that are about a case or an order."""
    query = select(table).where(table.c.dossier == number).order_by(*table.primary_key.columns)
    return [tuple(row) for row in connection.execute(query)]


def _lost(connection: Connection, dossier: Dossier) -> Iterator[Difference]:
    """Yield statements that do not wait, and of which it is not known what became of them."""
    queued = select(STATEMENTS.c.entry).where(STATEMENTS.c.dossier == dossier.number)
    known = {*connection.scalars(queued), *dossier.logged, *dossier.refused}
    for entry in _signed_of_case(dossier) if isinstance(dossier, Case) else _signed_of_order(dossier):
        if entry not in known:
            yield Difference(str(dossier), f"statement {entry.hex()[:16]}… is lost", mendable=False)


def _unowed(connection: Connection, case: Case, now: int) -> Iterator[Difference]:
    """Yield the measures that are not done, and that no host is owed; from now on one is."""
    owed = set(connection.scalars(select(DELIVERIES.c.measure).where(DELIVERIES.c.dossier == case.number)))
    for carrying in case.carryings:
        over = carrying.rests or case.has_ended(carrying) or carrying.entry in case.refused
        undoes = to_undo(case, carrying)
        if (undoes or not over) and carrying.entry not in owed:
            number = max((effect.round for effect in carrying.effects), default=0) + 1
            row = {"measure": carrying.entry, "round": number, "dossier": case.number, "due": now, "tries": 0,
                   "late": undoes, "trouble": ""}  # fmt: skip
            connection.execute(insert(DELIVERIES).values(row))
            yield Difference(str(case), f"no host is owed measure {carrying.entry.hex()[:16]}…")


def _signed_of_order(order: Order) -> Iterator[bytes]:
    """Yield the entries of the statements that an order is made of."""
    yield order.entry
    yield from (confirmation.entry for confirmation in order.confirmations)
    for amendment in order.amendments:
        yield amendment.entry
        yield from (confirmation.entry for confirmation in amendment.confirmations)
    yield from (erasure.entry for erasure in order.erasures)


def _signed_of_case(case: Case) -> Iterator[bytes]:
    """Yield the entries of the statements that a case is made of."""
    for decision in case.decisions:
        yield decision.entry
        yield from (confirmation.entry for confirmation in decision.confirmations)
        if decision.appeal:
            yield decision.appeal.entry
            yield from () if decision.appeal.result_entry is None else (decision.appeal.result_entry,)
            yield from (confirmation.entry for confirmation in decision.appeal.confirmations)
    yield from (carrying.entry for carrying in case.carryings)
    yield from (erasure.entry for erasure in case.erasures)
