"""What would come of a decision, before it is taken: nothing is kept, signed or told."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import islice
from typing import Final, NamedTuple

from tipstaff.actions.ask import events_of
from tipstaff.actions.deciding import Wanted, to_decide
from tipstaff.actions.desk import Desk, Kept, Vault
from tipstaff.actions.evidence import chosen_of
from tipstaff.actions.host import HostError
from tipstaff.actions.preview import Reach, preview
from tipstaff.actions.quotes import quotes_of
from tipstaff.base.errors import InputError
from tipstaff.base.times import told_time
from tipstaff.casework.case import APPEAL_WITHIN, Case
from tipstaff.casework.commands import Actor
from tipstaff.casework.deciding import confirmation_due
from tipstaff.casework.events import Decided, MeasureStated
from tipstaff.casework.notices import Grounds, account_notice, sentence
from tipstaff.casework.words import UNSEEN, Direction, MeasureKind, Planned, Target
from tipstaff.ledger.cbor import Value
from tipstaff.ledger.commitment import commit, make_salt

_QUOTED: Final = 5
"""Sentences that a notice quotes at the most."""


class Rehearsed(NamedTuple):
    """What would come of a decision: what is `decided`, or why it would be `refused`.

    `second` are the measures that a second person confirms, `told` is what the subject would be told, each
    measure by itself, `seen` what readers would see in place of what is hidden. `reach` is what it would hit;
    None where the host cannot say, or nothing is to be done.
    """

    refused: str
    decided: Decided | None = None
    second: tuple[MeasureKind, ...] = ()
    told: tuple[str, ...] = ()
    seen: tuple[str, ...] = ()
    reach: Reach | None = None


def rehearse(desk: Desk, case: Case, actor: Actor, wanted: Wanted) -> Rehearsed:
    """Return what would come of a decision. Whatever stands against it is told, and raised nowhere."""
    apart = replace(desk, vault=_Apart(desk.vault), kept=[])
    reach = _reach(desk, case, wanted) if wanted.measures else None
    try:
        command = to_decide(apart, case, wanted)
        happens = events_of(apart, case, actor, command)
        decided = next(one for one in happens if isinstance(one, Decided))
    except InputError as error:
        return Rehearsed(str(error), reach=reach)
    return Rehearsed(
        refused="",
        decided=decided,
        second=tuple(one.kind for one in decided.measures if confirmation_due(desk.table, one)),
        told=tuple(_told(apart, case, decided, one) for one in decided.measures),
        seen=tuple(
            sentence(one.kind, decided.provision) for one in decided.measures if one.kind not in UNSEEN
        ),
        reach=reach,
    )


def _reach(desk: Desk, case: Case, wanted: Wanted) -> Reach | None:
    """Return what a decision would hit; None where the host cannot say."""
    try:
        return preview(desk, case.subject, wanted.posts)
    except (HostError, InputError):
        return None


def _told(desk: Desk, case: Case, decided: Decided, planned: Planned) -> str:
    """Return what the account holder would be told of a measure, on the first of what it is taken on."""
    target = planned.targets[0]
    post = decided.posts[target - 1] if target else None
    own = [one for one in chosen_of(desk, case, decided.evidence) if post in (None, one.post)]
    grounds = Grounds(
        str(Target(case.subject, post)),
        desk.text(decided.reasons),
        [*islice(quotes_of(desk, own), _QUOTED)],
        told_time(planned.start) if planned.start else None,
        told_time(planned.until) if planned.until else None,
        told_time(desk.clock() + APPEAL_WITHIN),
    )
    stated = MeasureStated(decided.number, planned.number, target, Direction.APPLY, None)
    return account_notice(planned, decided, stated, grounds)


class _Written(NamedTuple):
    """What is written apart."""

    value: Value


class _Apart:
    """A vault in front of another one: what is kept goes into memory, and is forgotten with it."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        self._written: dict[bytes, _Written] = {}

    def keep(self, subject: str, kind: str, field: str, value: Value) -> bytes:  # noqa: ARG002  of the port
        """Keep a value; returns its commitment."""
        commitment = commit(kind, field, value, make_salt())
        self._written[commitment] = _Written(value)
        return commitment

    def keep_all(self, subject: str, values: Iterable[tuple[str, str, Value]]) -> list[bytes]:
        """Keep values; returns their commitments."""
        return [self.keep(subject, *one) for one in values]

    def open(self, commitment: bytes) -> Kept | None:
        """Return what a commitment stands for."""
        return self._written.get(commitment) or self._vault.open(commitment)

    def has(self, commitments: Iterable[bytes]) -> bool:
        """Say whether all these values are kept still."""
        return all(self.open(one) is not None for one in commitments)

    def count(self, subject: str) -> int:
        """Return how many values are kept about a subject."""
        return self._vault.count(subject)

    def subjects(self, ending: str) -> list[str]:
        """Return those about whom something may be kept whose names end so."""
        return self._vault.subjects(ending)

    def key_of(self, subject: str) -> bytes | None:
        """Return the name of the key under which values are kept about a subject."""
        return self._vault.key_of(subject)

    def erase(self, subject: str, named: bytes | None = None) -> int:  # noqa: ARG002  of the port
        """Erase nothing: whoever rehearses changes nothing."""
        return 0

    def discard(self, subject: str) -> None:
        """Take nothing out."""

    def drop(self, commitments: Iterable[bytes]) -> None:
        """Take what was written apart out again."""
        for one in commitments:
            self._written.pop(one, None)
