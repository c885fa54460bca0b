"""A mistake, and how it is mended: an appeal, judged by somebody else, and the post is back."""

from __future__ import annotations

from typing import Final

from tipstaff.actions.ask import ask
from tipstaff.actions.desk import PLATFORM
from tipstaff.casework.commands import Appeal, Rule
from tipstaff.casework.errors import CaseError
from tipstaff.casework.events import Result
from tipstaff.casework.words import Direction
from tipstaff.demo.stage import Stage
from tipstaff.demo.telling import Chapter, Fact, Quote, Say, Sight

_ACCOUNT: Final = "chainlantern"
_POST: Final = "chainlantern-07"
_OBJECTION: Final = "照录广告是为了揭穿它：下一句就写明发行方没有登记地址，牌照编号不存在。"
_ANSWER: Final = "引用广告意在查证，属于报道，不是招揽。原决定撤销。"


def tell(stage: Stage) -> Chapter:
    """Block a report by mistake; let its editors appeal, and somebody else judge."""
    stage.clock.go_on(0, 16, 30)
    finding, before = stage.gravest(_POST), stage.read(_POST)
    stage.block(_ACCOUNT, "osei", [finding.post], "刊登代币私募广告")
    stage.work()
    when, blocked = stage.clock.go_on(1, 9, 10), stage.read(_POST)
    case = stage.case(_ACCOUNT)
    with stage.desk() as desk:
        objection = desk.keep(case.subject, "appeal", "text", _OBJECTION)
        ask(desk, case.number, PLATFORM, Appeal(1, objection))
    stage.work()
    stage.clock.go_on(1, 11, 40)
    refusal = _refused(stage)
    _judge(stage, "marta", Result.REVERSED, _ANSWER)
    stage.work()
    case = stage.case(_ACCOUNT)
    (decision,) = case.decisions
    lift = next(one for one in case.carryings if one.said.direction is Direction.LIFT)
    after, appeal = stage.read(_POST), decision.appeal
    if appeal is None or appeal.result_entry is None or after != before:
        raise CaseError(f"the appeal against decision 1 of case {case.number} has not restored the post")
    return Chapter(
        "A mistake, an appeal, and a restoration",
        when,
        (
            Quote(stage.posts[finding.post], finding),
            Say(
                "The policy found this, and Osei blocked it in a hurry. But it quotes the sale above to "
                "expose it, and its editors object:"
            ),
            Sight("readers saw", blocked),
            Fact("appeal", f"“{_OBJECTION}” (statement {case.logged[appeal.entry]})"),
            Fact("Osei tries", f"refused: {refusal}"),
            Fact(
                "Marta judges", f"{appeal.result}. “{_ANSWER}” (statement {case.logged[appeal.result_entry]})"
            ),
            Sight("they now see", after),
            Fact("lifted", f"statement {case.logged[lift.entry]}; the post is what it was, to the letter"),
        ),
    )


def _judge(stage: Stage, person: str, result: Result, answer: str) -> None:
    """Have a person judge the appeal."""
    stage.ask(_ACCOUNT, person, Rule(1, result, stage.keep(_ACCOUNT, "result", "reasons", answer)))


def _refused(stage: Stage) -> str:
    """Return what whoever decided is told when they would judge the appeal."""
    try:
        _judge(stage, "osei", Result.UPHELD, "维持原决定。")
    except CaseError as error:
        return str(error)
    raise CaseError("who decided has judged the appeal")
