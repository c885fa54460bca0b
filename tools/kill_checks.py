"""What must be so after workers were killed: on square, on the ledger, in cases and orders."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import msgspec
from kill_load import Load
from killing import AmissError
from sqlalchemy import select

from tipstaff.actions.desk import Desk
from tipstaff.assembly.casework import open_desk
from tipstaff.assembly.doctor import examine
from tipstaff.assembly.ledger import audit_folder, read_store, read_trust
from tipstaff.assembly.rebuild import rebuild_all
from tipstaff.casework.events import (
    Answered,
    AnyEvent,
    Erased,
    Noticed,
    OrderChanged,
    Ordered,
    Recorded,
)
from tipstaff.casework.orders.events import Reported
from tipstaff.casework.tells import complainant
from tipstaff.casework.words import Direction
from tipstaff.hosts.square.schema import ActRow, MeasureRow
from tipstaff.ledger.export import export
from tipstaff.ledger.prover import Prover
from tipstaff.ledger.statement import Statement, parse
from tipstaff.storage import installation
from tipstaff.storage.casework.schema import EVENTS
from tipstaff.storage.engine import open_engine

Dossiers = dict[int, list[Recorded]]
"""All that is kept of cases and orders, by their numbers."""

Events = dict[int, list[AnyEvent]]


def check_receipts(directory: Path) -> int:
    """Check that all that square has done has a receipt; returns how many measures were ever in force."""
    engine = open_engine(f"sqlite:///{directory / installation.SQUARE}")
    with engine.connect() as connection:
        stated = list(connection.scalars(select(MeasureRow.statement)))
        acts = list(connection.scalars(select(ActRow.key)))
    engine.dispose()
    with read_store(directory / installation.LEDGER) as (store, checkpoints):
        prover = Prover(store, checkpoints)
        for entry in {*stated, *(act.partition("/")[0] for act in acts)}:
            position = store.position(bytes.fromhex(entry))
            if position is None:
                raise AmissError(f"measure {entry[:16]} is in force, and its statement is not on the ledger")
            prover.receipt(position)
    return len(stated)


def check_everything(directory: Path, load: Load) -> int:
    """Check everything once nothing is left to do; returns how many statements there are."""
    with read_store(directory / installation.LEDGER) as (store, _):
        statements = [parse(data) for data in store.statements(0, store.size)]
    check_ledger(statements, load)
    check_square(directory, statements)
    with open_desk(directory) as desk:
        check_cases(desk, statements)
        check_orders(desk, events_of(directory), load)
        check_complaints(desk, events_of(directory), load)
        check_erasures(desk, statements, events_of(directory), load)
    check_sound(directory)
    return len(statements)


def check_sound(directory: Path) -> None:
    """Check that the installation is in order, and have its ledger audited, all of it."""
    with read_store(directory / installation.LEDGER) as (store, checkpoints):
        size, last = store.size, checkpoints.last()
        if last is None:
            raise AmissError("no checkpoint is left")
        export(store, last, directory.with_name("out"), lambda _done, _of: None)
    if found := [*rebuild_all(directory, repair=False), *examine(directory)]:
        raise AmissError(f"something is wrong with the installation: {found[0]}")
    trust = read_trust(directory / installation.LEDGER / "trust.json")
    audited = audit_folder(directory.with_name("out"), trust, None, 1, lambda _done, _of: None)
    if not audited.sound or audited.size != size:
        raise AmissError(f"the audit of {audited.size} statements: {audited.fault}")


def check_ledger(statements: list[Statement], load: Load) -> None:
    """Look for what was acknowledged, once each."""
    for kind, told in (("decision", load.decisions), ("result", load.results)):
        there = Counter(int(one.sub.removeprefix("case-")) for one in statements if one.kind == kind)
        if there != told:
            raise AmissError(
                f"{kind}s on the ledger by case: {there - told} too many, {told - there} missing"
            )
    twice = [cti for cti, times in Counter((one.iss, one.cti) for one in statements).items() if times > 1]
    if twice:
        raise AmissError(f"{twice[0]} stands twice")


def check_square(directory: Path, statements: list[Statement]) -> None:
    """Compare what was carried out with what was stated: each once, but what ended before it had begun."""
    engine = open_engine(f"sqlite:///{directory / installation.SQUARE}")
    with engine.connect() as connection:
        acts = Counter(key.partition("/")[0] for key in connection.scalars(select(ActRow.key)))
        in_force = set(connection.scalars(select(MeasureRow.statement).where(MeasureRow.in_force)))
    engine.dispose()
    measures: dict[tuple[object, ...], dict[object, str]] = {}
    for one in statements:
        if one.kind == "measure":
            name = tuple(one.claims[part] for part in ("decision", "measure", "target"))
            measures.setdefault(name, {})[one.claims["direction"]] = one.entry.hex()
    for stated in measures.values():
        begun, ended = (acts.pop(stated.get(direction, ""), 0) for direction in ("apply", "lift"))
        if (begun, ended) != ((1, 1) if "lift" in stated and begun else (int("lift" not in stated), 0)):
            raise AmissError(
                f"measure {stated['apply'][:16]} was carried out {begun} and ended {ended} times"
            )
        if (stated["apply"] in in_force) is ("lift" in stated):
            raise AmissError(f"measure {stated['apply'][:16]} is in force and has ended, or neither")
    if acts:
        raise AmissError(f"{acts.total()} acts were never stated")


def check_cases(desk: Desk, statements: list[Statement]) -> None:
    """Compare the cases with the ledger, and with what their events add up to."""
    if desk.cases.waiting() or desk.cases.owed(desk.clock() + 100_000):
        raise AmissError("something waits for the ledger, or is owed to a host")
    places = {one.entry: place for place, one in enumerate(statements)}
    for case in map(desk.cases.load, desk.cases.numbers()):
        if case.refused:
            raise AmissError(f"{case}: a statement was refused: {case.refused}")
        if any(places.get(entry) != place for entry, place in case.logged.items()):
            raise AmissError(f"{case} has a statement elsewhere than the ledger")
        applied = (one for one in case.carryings if one.said.direction is Direction.APPLY)
        seen = {one.said.where for one in applied if one.was_done}
        for carrying in case.carryings:
            never_begun = case.has_ended(carrying) and not carrying.effects
            # The end of what was never seen in force is read back once more after an hour.
            most = 1 if carrying.said.where in seen else 2
            if not never_begun and not (carrying.done and 1 <= len(carrying.effects) <= most):
                raise AmissError(f"{case} has a measure that was not read back as often as it must be")


def dossiers_of(directory: Path) -> Dossiers:
    """Return what has happened to each case and order, with all that is kept of it."""
    engine = open_engine(f"sqlite:///{directory / installation.CASEWORK}")
    found: Dossiers = {}
    with engine.connect() as connection:
        rows = select(EVENTS.c.dossier, EVENTS.c.recorded).order_by(EVENTS.c.dossier, EVENTS.c.number)
        for dossier, recorded in connection.execute(rows):
            found.setdefault(dossier, []).append(msgspec.json.decode(recorded, type=Recorded))
    engine.dispose()
    return found


def events_of(directory: Path) -> Events:
    """Return what has happened to each case and order."""
    found = dossiers_of(directory)
    return {number: [one.event for one in recorded] for number, recorded in found.items()}


def check_orders(desk: Desk, events: Events, load: Load) -> None:
    """Look for each order in its cases, once, with its changes; and for its one report."""
    if missing := load.orders - {*desk.cases.order_numbers()}:
        raise AmissError(f"orders that were acknowledged are missing: {sorted(missing)}")
    for order in map(desk.cases.load_order, desk.cases.order_numbers()):
        if order.refused:
            raise AmissError(f"{order}: a statement was refused: {order.refused}")
        reports = sum(isinstance(event, Reported) for event in events[order.number])
        if reports != 1:
            raise AmissError(f"{order} was reported on {reports} times")
        for subject in order.subjects:
            case = desk.cases.find(subject)
            told = events[case.number] if case else []
            known = sum(isinstance(event, Ordered) and event.order == order.number for event in told)
            if known != 1:
                raise AmissError(f"{order} was passed on {known} times to the case about {subject}")
            changes = [
                one.entry for one in told if isinstance(one, OrderChanged) and one.order == order.number
            ]
            if changes != [one.entry for one in order.effective]:
                raise AmissError(
                    f"{order} was changed {len(order.effective)} times, and {case} knows otherwise"
                )
    for number, amendments in load.amended.items():
        if len(desk.cases.load_order(number).effective) != amendments:
            raise AmissError(f"an amendment of order {number} that was acknowledged is not in force")


def check_complaints(desk: Desk, events: Events, load: Load) -> None:
    """Look for each complaint that was acknowledged, and for its one answer."""
    for case in map(desk.cases.load, desk.cases.numbers()):
        answers = Counter(one.complaint for one in events[case.number] if isinstance(one, Answered))
        complaints = Counter(complaint.said.number for complaint in case.complaints)
        if answers != complaints:
            raise AmissError(f"{case} has answers to complaints {dict(answers)}, of {dict(complaints)}")
        if missing := load.complaints.get(case.number, set()) - {*complaints}:
            raise AmissError(f"{case}: complaints that were acknowledged are missing: {sorted(missing)}")
    if desk.cases.due(desk.clock()):
        raise AmissError("something is due still")


def check_erasures(desk: Desk, statements: list[Statement], events: Events, load: Load) -> None:
    """Compare the erasures that were begun and those that were stated; nothing of them is left.

    What somebody was told after their texts were erased, as of an appeal, is a text anew.
    """
    stated = Counter(one.sub for one in statements if one.kind == "erasure")
    for case in map(desk.cases.load, desk.cases.numbers()):
        told = stated[f"case-{case.number:09}"]
        if case.erasing or told != len(case.erasures):
            raise AmissError(f"{case} has {len(case.erasures)} erasures, and {told} were stated")
        if told < load.erasures[case.number]:
            raise AmissError(f"{case}: {load.erasures[case.number]} erasures were acknowledged, not {told}")
    for key in load.gone:
        if desk.vault.count(key) != told_since(key, events):
            raise AmissError(f"what was erased of {key} is kept still")


def told_since(key: str, events: Events) -> int:
    """Return how many texts a complainant was told in a case after their last erasure there."""
    by, _, number = key.rpartition("#case-")
    told = 0
    for event in events[int(number)]:
        if isinstance(event, Erased) and event.complainant == by:
            told = 0
        told += isinstance(event, Noticed) and event.audience == complainant(by)
    return told
