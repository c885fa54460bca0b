"""A scam is closed, by two persons."""

from __future__ import annotations

from typing import Final

from tipstaff.assembly.casework import open_square
from tipstaff.casework.decide import CaseError
from tipstaff.casework.words import MeasureKind
from tipstaff.demo.stage import Stage
from tipstaff.demo.telling import Chapter, Fact

_ACCOUNT: Final = "goldfox_support"


def tell(stage: Stage) -> Chapter:
    """Close an account: one person signs, and nothing happens; another confirms."""
    stage.clock.wait(days=1, hours=2)
    when = str(stage.clock)
    reasons = "Poses as a help desk, and takes coins and recovery phrases from readers"
    stage.decide(_ACCOUNT, "marta", MeasureKind.CLOSE_ACCOUNT, (), reasons)
    stage.work()
    undone = not stage.case(_ACCOUNT).carryings
    stage.clock.wait(minutes=45)
    stage.confirm(_ACCOUNT, "lin")
    stage.work()
    case = stage.case(_ACCOUNT)
    (decision,) = case.decisions
    with open_square(stage.place.installation) as square:
        page = square.read_account(_ACCOUNT)
    if not undone or page.sentence is None:
        raise CaseError(f"the account of case {case.number} was not closed by two persons")
    return Chapter(
        "An account is closed, by two persons",
        when,
        (
            Fact(
                "Marta signs", f"“{reasons}” (statement {case.logged[decision.entry]}). Nothing happens yet"
            ),
            Fact(
                "Lin confirms",
                f"statement {case.logged[decision.confirmations[0].entry]}; only then is it carried out",
            ),
            Fact("the account", page.sentence.text),
        ),
    )
