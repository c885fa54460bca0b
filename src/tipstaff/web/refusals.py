"""What was refused, in the language of who reads: of what actions say, that which people meet most."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from typing import Final

from tipstaff.web.words import LABELS

REFUSALS: Final = (
    "the name, the password, or the code of the second factor is wrong",
    "too many wrong logins: ask again in %(seconds)s seconds",
    "too many requests: ask again in %(seconds)s s",
    "too many log in at once: ask again in a second",
    "a password has %(least)s to %(most)s characters: this one has %(number)s",
    "the new password was not written the same twice: write it again",
    "this takes a login of the last %(minutes)s minutes: log in again",
    "how you log in was changed meanwhile: log in again",
    "there is no such link, or it has ended: ask whoever sent it for a new one",
    "nothing was written: say what you have to say",
    "%(name)s: %(number)s characters: %(most)s are the most",
    "you have complained of this already: complaint %(number)s is looked at",
    "decision %(number)s has been appealed against already",
    "decision %(number)s could be appealed against for %(days)s days: that time is over",
    "this was decided on, or something else is proposed by now: look at it again",
    "the time to answer the proposal in case %(number)s is over: appeal instead",
    "a decision has reasons: say them, or name the language of a template, not both",
    "%(measure)s is decided on when the evidence of %(case)s was opened: open it (e), and decide then",
    (
        "%(measure)s cannot be undone: propose it first, so that the subject can answer, or say why that is "
        "waived"
    ),
    (
        "%(measure)s is proposed, and the subject has until %(time)s to answer that: wait for it, or say why "
        "that is waived"
    ),
    "%(measure)s skips rungs: the ladder has %(next)s next. Decide on that, or say why rungs are skipped",
    "%(case)s is at version %(version)s, not %(seen)s: look at it again",
    "%(name)s works on case %(number)s for another %(seconds)s s",
    "%(name)s had a part in decision %(number)s: another person judges it",
    "%(name)s signed or confirmed decision %(number)s: another person must",
    "%(name)s has complained in case %(number)s: another person decides it",
    "what is taken back is on the ledger, or about to be",
    "the deadline of an order lies ahead: %(time)s is past",
    "targets: name what it is about, one in each line",
    "no case is chosen: choose some first",
    "choose what is to be done",
    "write why: it is kept with each case",
    "there is no case %(number)s",
    "there is nobody named %(name)s: `tipstaff person` brings people in",
    "there is a user %(name)s already: change their roles",
)
"""As they are said, with what differs under a name. Whatever is none of these stays as it was said."""

OPTIONS: Final = re.compile(r" \(`--[^)]*\)")
"""What the command line is told beside: pages have fields for it."""

_DIFFERS: Final = re.compile(r"%\((\w+)\)s")


@functools.cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Return what each is known by; those that say more come first."""
    ordered = sorted(REFUSALS, key=lambda one: -len(_DIFFERS.sub("", one)))
    return tuple((one, re.compile(_pattern(one))) for one in ordered)


def _pattern(phrase: str) -> str:
    """Return the pattern of a phrase: parts in turn, as they are said, and names; a number has digits."""
    parts = _DIFFERS.split(phrase)
    kinds = {"number": r"[\d,]+"}
    return "".join(
        f"(?P<{part}>{kinds.get(part, '.+?')})" if place % 2 else re.escape(part)
        for place, part in enumerate(parts)
    )


def told(detail: str, translated: Callable[[str], str]) -> str:
    """Return what was refused in the language of pages; as it was said where there are no words for it."""
    shown = OPTIONS.sub("", detail)
    for phrase, pattern in _patterns():
        if found := pattern.fullmatch(shown):
            parts: dict[str, str] = found.groupdict()
            measure = LABELS["measure"].get(parts.get("measure", ""))
            return translated(phrase) % ({**parts, "measure": translated(measure)} if measure else parts)
    return shown
