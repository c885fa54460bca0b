"""The desk: what every action works with, and the one way in which what it brings about is recorded."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, Protocol

import msgspec

from tipstaff.actions.cases import AnyDossier, Cases, Change, Delivery, Dossier, MovedError, Waiting
from tipstaff.actions.dossiers import evolved
from tipstaff.actions.host import Host
from tipstaff.actions.policies import Policies
from tipstaff.actions.undoing import undoing
from tipstaff.base.errors import TipstaffError
from tipstaff.casework.awaited import waits
from tipstaff.casework.case import MACHINE as MACHINES
from tipstaff.casework.case import Case
from tipstaff.casework.commands import Actor
from tipstaff.casework.errors import CaseError
from tipstaff.casework.events import (
    AnyEvent,
    Confirmed,
    Decided,
    MeasureStated,
    Recorded,
    Refused,
    TakenBack,
)  # fmt: skip
from tipstaff.casework.orders.events import Amended, Entered
from tipstaff.casework.orders.order import Order
from tipstaff.casework.orders.statements import order_claims, order_name
from tipstaff.casework.rounds import next_look
from tipstaff.casework.statements import case_name, claims_of
from tipstaff.casework.words import MeasureKind, Subject
from tipstaff.config.settings import Settings
from tipstaff.ledger.cbor import Value
from tipstaff.ledger.errors import RefusedError
from tipstaff.ledger.keys import SigningKey
from tipstaff.ledger.registration import judge, table_of
from tipstaff.ledger.state import Overlay, find_key
from tipstaff.ledger.statement import Draft, parse, sign
from tipstaff.ledger.store import Store
from tipstaff.ledger.table import Table

if TYPE_CHECKING:
    from tipstaff.policy.model import Reversal, Rung

PLATFORM = Actor("platform", "platform")
"""Who states what is carried out."""

MACHINE = Actor(MACHINES, "machine")
"""Who finds, and holds what was found."""


class Vault(Protocol):
    """Where texts are kept behind their commitments."""

    def keep(self, subject: str, kind: str, field: str, value: Value) -> bytes:
        """Keep a value; returns its commitment."""

    def keep_all(self, subject: str, values: Iterable[tuple[str, str, Value]]) -> list[bytes]:
        """Keep values, each of a kind and a field, all or none; returns their commitments."""

    def open(self, commitment: bytes) -> Kept | None:
        """Return what a commitment stands for; None where it was erased."""

    def has(self, commitments: Iterable[bytes]) -> bool:
        """Say whether all these values are kept still."""

    def count(self, subject: str) -> int:
        """Return how many values are kept about a subject."""

    def subjects(self, ending: str) -> list[str]:
        """Return those about whom something may be kept whose names end so, in order."""

    def key_of(self, subject: str) -> bytes | None:
        """Return the name of the key under which values are kept about a subject; None of none."""

    def erase(self, subject: str, named: bytes | None = None) -> int:
        """Erase all that is kept about a subject, or under a `named` key of it alone; returns how much."""

    def discard(self, subject: str) -> None:
        """Take out all that is kept about a subject, and wait for nobody; not for what is personal."""

    def drop(self, commitments: Iterable[bytes]) -> None:
        """Take values out that nothing refers to."""


class Kept(Protocol):
    """What is kept behind a commitment."""

    @property
    def value(self) -> Value:
        """The value."""


class Keys(Protocol):
    """The private keys of those who sign."""

    def key_of(self, name: str) -> SigningKey:
        """Return the key of a person or machine. Raises `InputError` where there is none."""

    def has(self, name: str) -> bool:
        """Say whether somebody has a key. Raises `InputError` for what is no name."""


@dataclass(frozen=True)
class Desk:
    """The ports that actions need. `secret` is the key of pseudonyms, and used for nothing else.

    `ladders`, `provisions` and `reversals` give what a version of a policy says, by its reference: its
    ladder, the ids of its provisions, and the measures whose reversal a second person confirms. By
    `shown_ladders` nothing is decided. `kept` are the texts that were kept since something was last recorded:
    they go with what is recorded next, or are let go.
    """

    cases: Cases
    policies: Policies
    hosts: Mapping[str, Host]
    vault: Vault
    keys: Keys
    ledger: Store
    secret: bytes
    clock: Callable[[], int]
    ladders: Callable[[str], Sequence[Rung]]
    provisions: Callable[[str], Sequence[str]]
    reversals: Callable[[str], Sequence[Reversal]]
    shown_ladders: Callable[[str], Sequence[Rung]]
    settings: Settings = field(default_factory=Settings)
    kept: list[bytes] = field(default_factory=list)

    @property
    def table(self) -> Table:
        """The table of registration rules that is in force."""
        table = table_of(self.ledger)
        if table is None:
            raise CaseError("the ledger has not been begun")
        return table

    def ladder(self, policy: bytes | None) -> Sequence[Rung]:
        """Return the ladder of the version that a policy's statement has put in force; none of none."""
        reference = self._reference(policy)
        return () if reference is None else self.ladders(reference)

    def second_person(self, policy: bytes | None) -> Collection[MeasureKind]:
        """Return the measures whose reversal a second person confirms, by the policy of that statement."""
        reference = self._reference(policy)
        return () if reference is None else [MeasureKind(one.value) for one in self.reversals(reference)]

    def _reference(self, policy: bytes | None) -> str | None:
        """Return the version that a policy's statement is about."""
        return next((one.reference for one in self.policies.stated() if one.entry == policy), None)

    def host(self, subject: Subject) -> Host:
        """Return the host of a subject."""
        if subject.host not in self.hosts:
            known = ", ".join(self.hosts) or "none"
            raise CaseError(f"there is no host {subject.host!r}: known are {known}")
        return self.hosts[subject.host]

    def pseudonym(self, subject: Subject) -> str:
        """Return the name that a subject has on the ledger."""
        named = msgspec.msgpack.encode((subject.host, subject.kind, subject.id))
        return f"v1:{hmac.digest(self.secret, named, 'sha256').hex()}"

    def keep(self, whose: Subject | str, kind: str, field: str, value: Value) -> bytes:
        """Keep a text in the vault, under the key of whom it is about; returns its commitment."""
        commitment = self.vault.keep(str(whose), kind, field, value)
        self.kept.append(commitment)
        return commitment

    def keep_all(self, whose: Subject | str, values: Iterable[tuple[str, str, Value]]) -> list[bytes]:
        """Keep values, each of a kind and a field, as `keep` does, all or none; returns their commitments."""
        commitments = self.vault.keep_all(str(whose), values)
        self.kept.extend(commitments)
        return commitments

    def say(self, whose: Subject | str, kind: str, field: str, text: str) -> bytes:
        """Keep what somebody says, which must be something; returns its commitment. Raises `CaseError`."""
        if not text.strip():
            raise CaseError(f"{kind}: the {field} is blank: say something")
        return self.keep(whose, kind, field, text)

    def let_go(self) -> None:
        """Take what was kept for nothing out of the vault again: nothing would ever erase it."""
        if self.kept:
            self.vault.drop(self.kept)
            self.kept.clear()

    def opened(self, commitment: bytes) -> Value:
        """Return what is kept behind a commitment; None where it was erased."""
        kept = self.vault.open(commitment)
        return None if kept is None else kept.value

    def text(self, commitment: bytes) -> str:
        """Return a text that is kept behind a commitment, or that it was erased."""
        kept = self.opened(commitment)
        return kept if isinstance(kept, str) else "(erased)"

    def actor(self, name: str) -> Actor:
        """Return somebody with the role that the ledger knows for their key."""
        record = find_key(self.ledger, self.keys.key_of(name).public.kid)
        if record is None or record.revoked is not None:
            raise CaseError(f"the ledger knows no key of {name!r} that is in force")
        return Actor(record.holder, record.role)

    def enter(
        self, number: int, actor: Actor, entered: Entered, wrong: tuple[Order, Amended] | None = None
    ) -> Order:
        """Commit the event by which an order comes in, and with it that of the one in whose place it does.

        Raises `CaseError`, `MovedError` as `record` does.
        """
        signing = self._signed(number, None, actor, [entered])
        change = Change(signing.events, signing.waiting, attend_at=0)
        withdrawn: tuple[Order, Change] | None = None
        if wrong:
            order, amended = wrong
            other = self._signed(order.number, order, actor, [amended])
            withdrawn = order, Change(other.events, other.waiting, attend_at=0)
        with self._with_texts():
            return self.cases.enter(number, change, withdrawn)

    def check(self, dossier: Dossier, actor: Actor, events: Sequence[AnyEvent]) -> None:
        """Ask the rules of the ledger about events of one actor. Raises as `record` does."""
        self._signed(dossier.number, dossier, actor, events)

    def record(
        self,
        dossier: AnyDossier,
        actor: Actor,
        events: Iterable[AnyEvent],
        delivered: Iterable[Delivery] = (),
        again: Iterable[Delivery] = (),
    ) -> AnyDossier:
        """Commit events of one actor, with the statements that they are and what is owed by them.

        Without events what is kept is when a case is next to be attended to.

        `delivered` is owed no longer, and `again` is owed in another round.

        Raises `CaseError` where the ledger would refuse a statement, and `MovedError`: then what was kept for
        it is let go, and whoever tries again keeps it anew.
        """
        now = self.clock()
        signing = self._signed(dossier.number, dossier, actor, list(events))
        deliveries = list(again)
        taken_back: list[bytes] = []
        for recorded in signing.events:
            event, entry = recorded.event, recorded.entry
            if isinstance(event, MeasureStated) and entry:
                deliveries.append(Delivery(dossier.number, entry, 1, now, late=event.late))
            if isinstance(event, Refused) and isinstance(signing.after, Case):
                deliveries += undoing(signing.after, event.entry, now)
            if isinstance(event, TakenBack) and isinstance(dossier, Case):
                decision = dossier.decision(event.number)
                if decision:
                    taken_back += (decision.entry, *(one.entry for one in decision.confirmations))
        attend_at: int | None = 0  # an order is looked at as soon as something has happened to it
        attend: Sequence[int] = ()
        waiting = False
        if isinstance(after := signing.after, Case):
            settings = self.settings
            days, hours = settings.retention_days, settings.check_hours
            attend_at = next_look(after, now, self.table, days, hours)
            attend = [order.said.order for order in after.orders] if signing.events else ()
            waiting = waits(after, self.table, now)
        change = Change(
            signing.events, signing.waiting, taken_back, deliveries, tuple(delivered), attend_at, attend,
            waiting,
        )  # fmt: skip
        with self._with_texts():
            return self.cases.change(dossier, change)

    @contextmanager
    def _with_texts(self) -> Iterator[None]:
        """Commit what the texts that are kept belong to. Raises `MovedError`, and then lets them go.

        They are kept for nothing where it is refused otherwise. Where it breaks off they stay, for it may
        have been committed all the same, as by a database that was lost before it has answered.
        """
        try:
            self._check_kept()
            yield
        except MovedError:
            self.let_go()
            raise
        except TipstaffError:
            raise
        except BaseException:
            self.kept.clear()
            raise
        self.kept.clear()

    def _check_kept(self) -> None:
        """Refuse texts that are there no longer. Raises `MovedError`.

        What was kept before a case or an order was read may have been erased by then. After that nothing is,
        but by an erasure that has begun meanwhile: then the commit fails.
        """
        if not self.vault.has(self.kept):
            raise MovedError("what was written was erased meanwhile, with older texts: say it again")

    def _signed(
        self, number: int, dossier: Dossier | None, actor: Actor, events: Sequence[AnyEvent]
    ) -> _Signing:
        """Sign the statements that some events are, and ask the rules of the ledger about them.

        There is no dossier yet where an order is entered.
        """
        now, version = self.clock(), dossier.version if dossier else 0
        before = dossier
        recorded: list[Recorded] = []
        waiting: list[Waiting] = []
        for place, event in enumerate(events, start=version + 1):
            entry = None
            encoded = self._sign(number, dossier, actor, event, place)
            if encoded is not None:
                entry = parse(encoded).entry
                waiting.append(Waiting(number, entry, encoded, _due(dossier, event, now)))
            recorded.append(Recorded(now, actor.name, event, entry))
            if dossier is not None:
                dossier = evolved(dossier, recorded[-1:])  # what comes next is about it as it is by then
        try:
            self._check(waiting, dossier)
        except RefusedError as error:
            # What somebody else has stated meanwhile takes places, too: whoever looks again finds others.
            if before is not None and self.cases.dossier(number).version != before.version:
                self.let_go()
                raise MovedError(f"{before} has moved on: look at it again") from error
            raise CaseError(f"the rules of the ledger are against it: {error}") from error
        return _Signing(recorded, waiting, dossier)

    def _sign(
        self, number: int, dossier: Dossier | None, actor: Actor, event: AnyEvent, place: int
    ) -> bytes | None:
        """Sign the statement that an event is; None where it is none."""
        now = self.clock()
        if isinstance(dossier, Case):
            targets: tuple[bytes, ...] = ()
            if isinstance(event, Decided):
                targets = tuple(
                    self.keep(dossier.subject, "decision", "targets", post) for post in event.posts
                )
            name = case_name(number)
            found = claims_of(dossier, event, now, self.pseudonym(dossier.subject), targets)
        else:
            name = order_name(number)
            found = order_claims(dossier, event)
        if found is None:
            return None
        kind, claims = found
        cti = f"{name}/{place:06}".encode()
        version = self.table.kinds[kind].version
        return sign(Draft(kind, version, actor.name, name, now, cti, claims), self.keys.key_of(actor.name))

    def _check(self, signed: Sequence[Waiting], dossier: Dossier | None) -> None:
        """Ask the rules of the ledger, in the state that it will be in once it has what waits for it.

        Of that only what belongs to the same case or order is asked about, and to the orders of the case:
        statements cite no others. Raises `RefusedError`.
        """
        if not signed:
            return
        cited = [order.said.order for order in dossier.orders] if isinstance(dossier, Case) else []
        state = Overlay(self.ledger)
        position = self.ledger.size
        for waiting in self.cases.waiting({signed[0].dossier, *cited}):
            # What is on the ledger already, or will be refused there, is the sequencer's to settle.
            with suppress(RefusedError):
                state.apply(judge(parse(waiting.encoded), position, state))
                position += 1
        for waiting in signed:
            state.apply(judge(parse(waiting.encoded), position, state))
            position += 1


@contextmanager
def leaving_nothing(desk: Desk) -> Iterator[None]:
    """Take what was kept for something that comes to nothing out of the vault again, whatever is why.

    Nothing would ever erase it: a case whose texts were erased is not looked at for what no event of it tells
    of.
    """
    try:
        yield
    except BaseException:
        desk.let_go()
        raise


class _Signing(NamedTuple):
    """Events that are about to be kept, the statements among them, and the case or order after them."""

    events: list[Recorded]
    waiting: list[Waiting]
    after: Dossier | None


def _due(dossier: Dossier | None, event: AnyEvent, now: int) -> int:
    """Return when a statement is appended: a decision after its delay, a confirmation not before that."""
    match event:
        case Decided():
            return event.due
        case Confirmed(number) if isinstance(dossier, Case) and (decision := dossier.decision(number)):
            return max(now, decision.said.due)
        case _:
            return now
