"""The same done to many cases: looked at before, one by one, each told of. Nothing is closed like that."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import Final, NamedTuple

from tipstaff.actions.access.front import Front
from tipstaff.actions.access.principal import ForbiddenError
from tipstaff.actions.deciding import Wanted
from tipstaff.base.errors import InputError, MissingError, TipstaffError
from tipstaff.casework import commands
from tipstaff.casework.case import Case
from tipstaff.casework.outline import Outline, outline
from tipstaff.casework.words import MeasureKind
from tipstaff.policy.model import Language

MOST: Final = 200
"""How many cases something is done to at once."""

_MINUTE: Final = 60


class Act(StrEnum):
    """What is done to many cases. What cannot be undone is none of these."""

    CLAIM = "claim"
    RELEASE = "release"
    ESCALATE = "escalate"
    DISMISS = "dismiss"
    WARN = "warn"


NEEDS_TEXT: Final = (Act.ESCALATE, Act.DISMISS)
"""What is done with a text that somebody writes; a warning has its reasons from the template."""


class Chosen(NamedTuple):
    """A case that was chosen, at the version that was looked at."""

    number: int
    version: int


class Asked(NamedTuple):
    """What is to be done to each: `text` are the reasons, or the note; `language` is that of a template."""

    act: Act
    text: str = ""
    language: Language = Language.EN


class Tried(NamedTuple):
    """What became, or would become, of a case: it was left alone, and `refused` is why, where that says so.

    `case` is None where it is not there.
    """

    number: int
    case: Outline | None
    refused: str = ""


class Bulk:
    """The same done to many cases, for one who asks."""

    def __init__(self, front: Front) -> None:
        self._front = front

    def preview(self, chosen: Sequence[Chosen], asked: Asked) -> list[Tried]:
        """Return what would become of each case. Nothing is done. Raises `ForbiddenError`, `InputError`."""
        _check(chosen)
        would, there = self._front.would(self._wanted(asked)), self._there(chosen)

        def look(one: Chosen) -> None:
            if one.number not in there:
                raise MissingError(f"there is no case {one.number}")
            would(there[one.number], one.version)

        return _told(chosen, [_refusal(look, one) for one in chosen], there)

    def carry_out(self, chosen: Sequence[Chosen], asked: Asked) -> list[Tried]:
        """Do it to each case; returns what became of each. Raises `ForbiddenError`, `InputError`."""
        if asked.act in NEEDS_TEXT and not asked.text.strip():
            raise InputError("write why: it is kept with each case")
        _check(chosen)
        refused = [_refusal(lambda one: self._do(one, asked), one) for one in chosen]
        return _told(chosen, refused, self._there(chosen))

    def _there(self, chosen: Sequence[Chosen]) -> dict[int, Case]:
        """Return those of the chosen cases that are there, as they are now."""
        return {case.number: case for case in self._front.cases_of([one.number for one in chosen])}

    def _do(self, one: Chosen, asked: Asked) -> None:
        """Do it to a case, if it is as it was looked at."""
        wanted = self._wanted(asked)
        if isinstance(wanted, Wanted):
            self._front.decide(one.number, wanted, one.version)
        elif isinstance(wanted, commands.Escalate):
            kept = self._front.say(one.number, "note", asked.text)
            self._front.ask(one.number, commands.Escalate(kept), one.version)
        else:
            self._front.ask(one.number, wanted, one.version)

    def _wanted(self, asked: Asked) -> commands.Claim | commands.Release | commands.Escalate | Wanted:
        """Return what is asked of each case."""
        desk = self._front.desk
        match asked.act:
            case Act.CLAIM:
                return commands.Claim(desk.clock() + desk.settings.claim_minutes * _MINUTE)
            case Act.RELEASE:
                return commands.Release()
            case Act.ESCALATE:
                return commands.Escalate(b"")
            case Act.DISMISS:
                return Wanted(measures=(), reasons=asked.text)
            case Act.WARN:
                return Wanted(measures=(MeasureKind.WARN,), template=asked.language)


def _check(chosen: Sequence[Chosen]) -> None:
    """Refuse to do something to no case, or to too many. Raises `InputError`."""
    if not chosen:
        raise InputError("no case is chosen: choose some first")
    if len(chosen) > MOST:
        raise InputError(f"that is done to {MOST} cases at once at the most, not to {len(chosen)}")


def _refusal(run: Callable[[Chosen], None], one: Chosen) -> str:
    """Run something for a case, and return why it was refused, whatever comes of the others; "" where not.

    Raises `ForbiddenError`: what is not allowed for one is for none.
    """
    try:
        run(one)
    except ForbiddenError:
        raise
    except TipstaffError as error:
        return str(error)
    return ""


def _told(chosen: Sequence[Chosen], refused: Sequence[str], there: Mapping[int, Case]) -> list[Tried]:
    """Return what became of each case, with the case in a line."""
    return [
        Tried(one.number, outline(there[one.number]) if one.number in there else None, why)
        for one, why in zip(chosen, refused, strict=True)
    ]
