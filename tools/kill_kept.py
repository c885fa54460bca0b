"""What must be so after servers were killed: what was acknowledged is in its case or its order, once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from kill_asking import Asked, Trace
from kill_checks import Dossiers
from killing import AmissError

from tipstaff.actions.desk import Desk
from tipstaff.actions.evidence import opened_item
from tipstaff.casework.events import (
    Answered,
    Appealed,
    Complained,
    Decided,
    Found,
    Noted,
    Opened,
)
from tipstaff.casework.orders.events import Entered, OrderConfirmed
from tipstaff.casework.words import Subject


class Reader:
    """Reads what is kept behind commitments; what one has read is not read again by the same."""

    def __init__(self) -> None:
        self._texts: dict[bytes, str] = {}
        self._items: dict[bytes, str | None] = {}
        self._evidence: set[bytes] = set()

    def text(self, desk: Desk, kept: bytes) -> str:
        """Return a text."""
        if kept not in self._texts:
            self._texts[kept] = desk.text(kept)
        return self._texts[kept]

    def item(self, desk: Desk, kept: bytes) -> str | None:
        """Return the text of a post as it was; None where it cannot be read."""
        if self._items.get(kept) is None:
            item = opened_item(desk, kept)
            self._items[kept] = item and item.text
        return self._items[kept]

    def has_evidence(self, desk: Desk, kept: bytes | None) -> bool:
        """Say whether evidence can be read."""
        if kept is not None and kept not in self._evidence and desk.opened(kept) is not None:
            self._evidence.add(kept)
        return kept in self._evidence


def check_posts(
    desk: Desk,
    dossiers: Dossiers,
    told: Mapping[str, Counter[str]],
    sent: Mapping[str, Mapping[str, Any]],
    reader: Reader,
) -> int:
    """Check that what was found is kept, once, and can be read; returns how many findings are.

    `told` are the rules by post that were acknowledged, `sent` all posts that stand.
    """
    there: dict[str, Counter[str]] = {}
    for subject, found in _found(dossiers):
        post = sent.get(found.post)
        if post is None or post["account"] != subject.id:
            raise AmissError(
                f"the case of {subject} has {found.post}, which is none of its account that stands"
            )
        there.setdefault(found.post, Counter())[found.rule] += 1
        if reader.item(desk, found.snapshot) != post["text"]:
            raise AmissError(f"the case of {subject}: {found.post} cannot be read as it was")
        if not reader.has_evidence(desk, found.evidence):
            raise AmissError(
                f"the case of {subject}: the evidence of {found.rule} on {found.post} cannot be read"
            )
    for name, rules in there.items():
        if max(rules.values()) > 1:
            raise AmissError(f"{name} has a finding twice: {dict(rules)}")
    for name, rules in told.items():
        if there.get(name) != rules:
            raise AmissError(f"{name} was acknowledged with {dict(rules)}, and has {there.get(name)}")
    return sum(map(Counter.total, there.values()))


def _found(dossiers: Dossiers) -> Iterator[tuple[Subject, Found]]:
    """Yield all that was found, each with the subject of its case."""
    for events in dossiers.values():
        first = events[0].event
        if isinstance(first, Opened):
            yield from ((first.subject, one.event) for one in events if isinstance(one.event, Found))


def left_behind(desk: Desk, dossiers: Dossiers, reader: Reader) -> Counter[Trace]:
    """Return what requests have left in cases and orders, and how often."""
    found: Counter[Trace] = Counter()
    for number, events in dossiers.items():
        for one in events:
            match one.event:
                case Complained(text=text):
                    found["complaint", reader.text(desk, text)] += 1
                case Noted(text=text):
                    found["note", reader.text(desk, text)] += 1
                case Answered(complaint=complaint):
                    found["dismissal", f"{number}-{complaint}"] += 1
                case Decided(reasons=text):
                    found["decision", reader.text(desk, text)] += 1
                case Appealed(text=text):
                    found["appeal", reader.text(desk, text)] += 1
                case Entered(reference=reference, text=text) if reader.text(desk, text) == reference:
                    found["order", reference] += 1
                case OrderConfirmed():
                    found["confirmation", str(number)] += 1
    return found


def check_asked(asked: Sequence[Asked], there: Counter[Trace]) -> None:
    """Check that what was acknowledged was done once, what was not once at the most, and nothing besides."""
    for one in asked:
        times = there.pop(one.leaves, 0)
        if one.answer is not None and times != 1:
            raise AmissError(f"{one.leaves} was acknowledged, and is there {times} times")
        if times > 1:
            raise AmissError(f"{one.leaves} was sent {one.sent} times, and is there {times} times")
    if there:
        raise AmissError(f"nobody has asked for {next(iter(there))}")
