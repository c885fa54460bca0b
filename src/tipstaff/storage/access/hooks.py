"""Webhooks in SQL, beside casework, whose events they tell."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

import msgspec
from msgspec.structs import replace
from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Row,
    Select,
    case,
    delete,
    func,
    insert,
    select,
    text,
    update,
)  # fmt: skip
from sqlalchemy.exc import IntegrityError

from tipstaff.actions.webhooks.hooks import Attempt, Changed, Message, Owed, Webhook
from tipstaff.actions.webhooks.kinds import EventType
from tipstaff.casework.events import Recorded
from tipstaff.storage.access.schema import WEBHOOKS, WEBHOOKS_OWED, WEBHOOKS_SENT, WEBHOOKS_TOLD
from tipstaff.storage.casework.schema import DOSSIERS, EVENTS

_OWED: Final = WEBHOOKS_OWED.c
_SENT: Final = WEBHOOKS_SENT.c
_COLUMNS: Final = (
    _OWED.number, _OWED.webhook, _OWED.message, _OWED.type, _OWED.at, _OWED.body, _OWED.due, _OWED.tries,
    _OWED.arrived_at,
)  # fmt: skip
_ALONE: Final = text(f"LOCK TABLE {WEBHOOKS.name} IN SHARE ROW EXCLUSIVE MODE")
"""On PostgreSQL: nobody else adds a webhook, or changes one, until the end of the transaction."""

_decode: Final = msgspec.json.Decoder(Recorded).decode


class SqlHooks:
    """Webhooks in a database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add(self, webhook: Webhook, most: int) -> bool:
        """Keep a new one, unless there are as many as there may be; says whether it is kept.

        Where it is the first, what was recorded before is told to nobody.
        """
        row = msgspec.structs.asdict(webhook) | {"events": sorted(webhook.events)}
        with self._engine.begin() as connection:
            if connection.dialect.name == "postgresql":  # SQLite has one writer, from the first write on
                connection.execute(_ALONE)
            connection.execute(insert(WEBHOOKS).values(row))
            count = connection.scalar(select(func.count()).select_from(WEBHOOKS)) or 0
            if count > most:
                connection.execute(delete(WEBHOOKS).where(WEBHOOKS.c.id == webhook.id))
                return False
            if count == 1:
                connection.execute(delete(WEBHOOKS_TOLD))
                before = select(DOSSIERS.c.number, DOSSIERS.c.version).where(DOSSIERS.c.version > 0)
                connection.execute(insert(WEBHOOKS_TOLD).from_select(["dossier", "version"], before))
        return True

    def webhook(self, number: str) -> Webhook | None:
        """Return one by its id."""
        return next(iter(self._webhooks(WEBHOOKS.c.id == number)), None)

    def webhooks(self) -> list[Webhook]:
        """Return all, the oldest first."""
        return self._webhooks()

    def set_active(self, number: str, trouble: str = "", *, active: bool) -> None:
        """Let one be sent what it is owed, or stop it and keep why."""
        self._set(WEBHOOKS.c.id == number, active=active, trouble=trouble, failing_since=None)

    def set_failing(self, number: str, since: int | None) -> None:
        """Keep since when deliveries fail; a time does not take the place of an earlier one."""
        known = WEBHOOKS.c.failing_since
        where = known.is_not(None) if since is None else known.is_(None)
        self._set((WEBHOOKS.c.id == number) & where, failing_since=since)

    def set_secret(self, number: str, before: bytes, secret: bytes, older_until: int) -> bool:
        """Keep a secret in place of the one before, and until when that signs as well.

        Says whether that one had its place still.
        """
        same = (WEBHOOKS.c.id == number, WEBHOOKS.c.secret == before)
        changed = update(WEBHOOKS).where(*same).values(secret=secret, older=before, older_until=older_until)
        with self._engine.begin() as connection:
            return connection.execute(changed).rowcount == 1

    def remove(self, number: str) -> None:
        """Keep one no more, nor what it was owed."""
        with self._engine.begin() as connection:
            connection.execute(update(WEBHOOKS).where(WEBHOOKS.c.id == number).values(active=False))
            _forget(connection, _OWED.webhook == number)
            connection.execute(delete(WEBHOOKS).where(WEBHOOKS.c.id == number))

    def changed(self, most: int) -> list[Changed]:
        """Return cases and orders that have events which were not told yet; none without webhooks."""
        told = func.coalesce(WEBHOOKS_TOLD.c.version, 0)
        query = (
            select(DOSSIERS.c.number, told)
            .outerjoin(WEBHOOKS_TOLD, WEBHOOKS_TOLD.c.dossier == DOSSIERS.c.number)
            .where(DOSSIERS.c.version > told)
            .order_by(DOSSIERS.c.number)
            .limit(most)
        )
        events = select(EVENTS.c.recorded).order_by(EVENTS.c.number)
        with self._engine.connect() as connection:
            if connection.scalar(select(WEBHOOKS.c.id).limit(1)) is None:
                return []
            return [
                Changed(number, known, [*map(_decode, connection.scalars(_of(events, number)))])
                for number, known in connection.execute(query).all()
            ]

    def tell(self, changed: Changed, messages: Sequence[Message], now: int) -> None:
        """Owe messages to those who want them, and keep that all events of that were told.

        Both or neither, and nothing where somebody else was faster.
        """
        with self._engine.begin() as connection:
            if not _advance(connection, changed):
                return
            who = select(WEBHOOKS.c.id, WEBHOOKS.c.events).with_for_update(read=True)  # till then none goes
            for number, events in connection.execute(who).all():
                for message in messages:
                    if message.type in events:
                        _owe(connection, number, message, now)

    def owe(self, number: str, message: Message, now: int) -> Owed | None:
        """Owe one more message to one webhook; None where there is none of that number."""
        # Written first: nobody removes it until the end of the transaction.
        there = update(WEBHOOKS).where(WEBHOOKS.c.id == number).values(active=WEBHOOKS.c.active)
        with self._engine.begin() as connection:
            if connection.execute(there).rowcount == 0:
                return None
            return Owed(_owe(connection, number, message, now), number, message, now)

    def due(self, now: int, most: int, without: Collection[str]) -> list[Owed]:
        """Return what is due to those that are active, but some, first what has been so for longest."""
        query = (
            select(*_COLUMNS)
            .join(WEBHOOKS, WEBHOOKS.c.id == _OWED.webhook)
            .where(_OWED.due <= now, WEBHOOKS.c.active, _OWED.webhook.not_in(without))
            .order_by(_OWED.due, _OWED.number)
            .limit(most)
        )
        with self._engine.connect() as connection:
            return [_owed(row) for row in connection.execute(query)]

    def claim(self, owed: Owed, until: int) -> bool:
        """Put off what is about to be sent; says whether nobody else has done so."""
        same = (_OWED.number == owed.number, _OWED.due == owed.due)
        with self._engine.begin() as connection:
            return connection.execute(update(WEBHOOKS_OWED).where(*same).values(due=until)).rowcount == 1

    def attempted(self, owed: Owed, claimed: int, attempt: Attempt, due: int | None) -> None:
        """Keep what came of sending what was claimed until a time, and when it is sent again.

        It arrived where its status says so. What is to be sent again since it was claimed is left so.
        """
        same, going_on = _OWED.number == owed.number, _OWED.due == claimed
        values = {
            "due": case((going_on, due), else_=_OWED.due),
            "tries": case((going_on, owed.tries + 1), else_=_OWED.tries),
            "arrived_at": attempt.at if attempt.arrived else _OWED.arrived_at,
        }
        with self._engine.begin() as connection:
            # Whatever comes of it, this is written first: two attempts are numbered one after the other.
            if connection.execute(update(WEBHOOKS_OWED).where(same).values(values)).rowcount == 0:
                return  # who was removed meanwhile, or forgotten, has no log
            last = connection.scalar(select(func.max(_SENT.number)).where(_SENT.owed == owed.number))
            row = msgspec.structs.asdict(attempt) | {"owed": owed.number, "number": (last or 0) + 1}
            connection.execute(insert(WEBHOOKS_SENT).values(row))

    def owed(self, number: str, most: int, before: int | None) -> list[Owed]:
        """Return the newest that one was owed, the newest first; of lower numbers than `before`."""
        older = [] if before is None else [_OWED.number < before]
        query = select(*_COLUMNS).where(_OWED.webhook == number, *older)
        with self._engine.connect() as connection:
            rows = connection.execute(query.order_by(_OWED.number.desc()).limit(most)).all()
            return _with_attempts(connection, [_owed(row) for row in rows])

    def replay(self, number: str, owed: int, now: int) -> Owed | None:
        """Have one message sent again; None where there is none of that number."""
        same = (_OWED.webhook == number, _OWED.number == owed)
        with self._engine.begin() as connection:
            connection.execute(update(WEBHOOKS_OWED).where(*same).values(due=now, tries=0))
            row = connection.execute(select(*_COLUMNS).where(*same)).first()
            return None if row is None else _with_attempts(connection, [_owed(row)])[0]

    def replay_since(self, number: str, since: int, now: int, *, arrived: bool) -> int:
        """Have all from a time on sent again, also what has arrived if so asked; returns how many."""
        where = [_OWED.webhook == number, _OWED.at >= since]
        if not arrived:
            where.append(_OWED.arrived_at.is_(None))
        with self._engine.begin() as connection:
            return connection.execute(update(WEBHOOKS_OWED).where(*where).values(due=now, tries=0)).rowcount

    def forget(self, until: int) -> int:
        """Forget what was told of from before a time, arrived or not; returns how many."""
        with self._engine.begin() as connection:
            return _forget(connection, _OWED.at < until)

    def _set(self, where: ColumnElement[bool], **values: object) -> None:
        """Change something of webhooks."""
        with self._engine.begin() as connection:
            connection.execute(update(WEBHOOKS).where(where).values(values))

    def _webhooks(self, *where: ColumnElement[bool]) -> list[Webhook]:
        """Return some webhooks, the oldest first."""
        columns = [WEBHOOKS.c[name] for name in Webhook.__struct_fields__]
        query = select(*columns).where(*where).order_by(WEBHOOKS.c.made_at, WEBHOOKS.c.id)
        with self._engine.connect() as connection:
            return [
                Webhook(number, url, description, frozenset(map(EventType, events)), *rest)
                for number, url, description, events, *rest in connection.execute(query)
            ]


def _of(events: Select[tuple[bytes]], dossier: int) -> Select[tuple[bytes]]:
    """Return what finds the events of a case or an order."""
    return events.where(EVENTS.c.dossier == dossier)


def _advance(connection: Connection, changed: Changed) -> bool:
    """Keep that all events of a case or an order were told; says whether nobody else was faster."""
    same, version = WEBHOOKS_TOLD.c.dossier == changed.dossier, len(changed.events)
    if changed.told:
        known = update(WEBHOOKS_TOLD).where(same, WEBHOOKS_TOLD.c.version == changed.told)
        return connection.execute(known.values(version=version)).rowcount == 1
    try:
        with connection.begin_nested():
            connection.execute(insert(WEBHOOKS_TOLD).values(dossier=changed.dossier, version=version))
    except IntegrityError:
        return False
    return True


def _owe(connection: Connection, number: str, message: Message, now: int) -> int:
    """Owe a message to a webhook; returns its number."""
    row = {
        "webhook": number, "message": message.id, "type": message.type, "at": message.at,
        "body": message.body, "due": now, "tries": 0,
    }  # fmt: skip
    owed: int = connection.execute(
        insert(WEBHOOKS_OWED).values(row).returning(WEBHOOKS_OWED.c.number)
    ).scalar_one()
    return owed


def _forget(connection: Connection, which: ColumnElement[bool]) -> int:
    """Forget some of what was owed, with its attempts; returns how many."""
    some = select(_OWED.number).where(which)
    connection.execute(update(WEBHOOKS_OWED).where(which).values(due=None))  # no attempt is kept from here on
    connection.execute(delete(WEBHOOKS_SENT).where(_SENT.owed.in_(some)))
    return connection.execute(delete(WEBHOOKS_OWED).where(which)).rowcount


def _owed(row: Row[tuple[object, ...]]) -> Owed:
    """Return what a row says that is owed."""
    number, webhook, message, kind, at, body, *rest = row
    return Owed(number, webhook, Message(message, kind, at, body), *rest)


def _with_attempts(connection: Connection, found: Sequence[Owed]) -> list[Owed]:
    """Return what is owed with all attempts."""
    columns = (_SENT.owed, _SENT.at, _SENT.status, _SENT.ms, _SENT.error)
    query = select(*columns).where(_SENT.owed.in_([one.number for one in found]))
    attempts: dict[int, list[Attempt]] = {}
    for number, *attempt in connection.execute(query.order_by(_SENT.owed, _SENT.number)):
        attempts.setdefault(number, []).append(Attempt(*attempt))
    return [replace(one, attempts=tuple(attempts.get(one.number, ()))) for one in found]
