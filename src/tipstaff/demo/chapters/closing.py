"""A scam is closed: it is heard first, and two persons sign."""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from tipstaff.base.errors import InputError
from tipstaff.casework.commands import Asked, Propose
from tipstaff.casework.events import Hearing, Waiver
from tipstaff.casework.words import MeasureKind
from tipstaff.demo.stage import Stage
from tipstaff.demo.telling import Chapter, Fact

_ACCOUNT: Final = "goldfox_support"
_REASONS: Final = "Poses as a help desk, and takes coins and recovery phrases from readers"
_CLOSING: Final = MeasureKind.CLOSE_ACCOUNT
_HOURS: Final = 24
"""For how long the account can answer."""


def tell(stage: Stage) -> Chapter:
    """Close an account: it is asked first, one person signs, and another confirms."""
    when = stage.clock.go_on(1, 15)
    draft = replace(
        stage.draft(_ACCOUNT, _REASONS),
        measures=(Asked(_CLOSING),),
        hearing=Hearing.HELD,
        skips_for=Waiver.GRAVE_HARM,
    )
    until = stage.clock() + _HOURS * 3600
    text = stage.keep(_ACCOUNT, "proposal", "text", _REASONS)
    stage.ask(_ACCOUNT, "marta", Propose(draft.provision, (_CLOSING,), until, text))
    stage.work()
    stage.clock.go_on(2, 16)
    stage.ask(_ACCOUNT, "marta", draft)
    stage.work()
    before = stage.read_account(_ACCOUNT)
    stage.clock.wait(45)
    stage.confirm(_ACCOUNT, "lin")
    stage.work()
    case, after = stage.case(_ACCOUNT), stage.read_account(_ACCOUNT)
    decision = case.decisions[-1]
    if before.sentence or after.sentence is None:
        raise InputError(f"the account of case {case.number} was not closed by two persons")
    return Chapter(
        "An account is closed",
        when,
        (
            Fact("proposed", f"Marta would close {_ACCOUNT}. It has {_HOURS} hours to answer, and does not"),
            Fact("Marta signs", f"statement {case.logged[decision.entry]}. Nothing happens yet"),
            Fact(
                "Lin confirms",
                f"statement {case.logged[decision.confirmations[0].entry]}. Only now is it carried out",
            ),
            Fact("its page", after.sentence.text),
        ),
    )
