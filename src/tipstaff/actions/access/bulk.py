"""The same done to many cases: looked at before, one by one, each told of. Nothing is closed like that."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Final, NamedTuple

from tipstaff.actions.access.front import Front
from tipstaff.actions.access.principal import ForbiddenError
from tipstaff.actions.deciding import Wanted
from tipstaff.base.errors import InputError, MissingError, TipstaffError
from tipstaff.casework import commands
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
        return self._each(chosen, lambda one: self._front.would(one.number, self._wanted(asked), one.version))

    def carry_out(self, chosen: Sequence[Chosen], asked: Asked) -> list[Tried]:
        """Do it to each case; returns what became of each. Raises `ForbiddenError`, `InputError`."""
        if asked.act in NEEDS_TEXT and not asked.text.strip():
            raise InputError("write why: it is kept with each case")
        return self._each(chosen, lambda one: self._do(one, asked))

    def _each(self, chosen: Sequence[Chosen], run: Callable[[Chosen], None]) -> list[Tried]:
        """Run something for each case, whatever comes of the others."""
        if not chosen:
            raise InputError("no case is chosen: choose some first")
        if len(chosen) > MOST:
            raise InputError(f"that is done to {MOST} cases at once at the most, not to {len(chosen)}")
        return [self._tried(one, run) for one in chosen]

    def _tried(self, one: Chosen, run: Callable[[Chosen], None]) -> Tried:
        """Run something for a case. Raises `ForbiddenError`: what is not allowed for one is for none."""
        try:
            run(one)
        except ForbiddenError:
            raise
        except MissingError as error:
            return Tried(one.number, None, str(error))
        except TipstaffError as error:
            return Tried(one.number, self._line(one.number), str(error))
        return Tried(one.number, self._line(one.number))

    def _line(self, number: int) -> Outline:
        """Return a case as it is now, in one line."""
        return outline(self._front.case(number))

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
