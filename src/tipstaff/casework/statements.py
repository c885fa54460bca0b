"""Which events are statements, and what they claim; the table of registration rules has the last word."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from tipstaff.casework.case import Case, Decision
from tipstaff.casework.events import (
    AnyEvent,
    Appealed,
    Confirmed,
    Decided,
    EffectStated,
    Erased,
    MeasureStated,
    Ruled,
)
from tipstaff.casework.words import Planned, Signed
from tipstaff.ledger.cbor import Value

Claims = Mapping[str, Value]


def case_name(number: int) -> str:
    """Return the name that a case has on the ledger."""
    return f"case-{number:09}"


def claims_of(
    case: Case, event: AnyEvent, at: int, subject: str, targets: tuple[bytes, ...]
) -> tuple[str, Claims] | None:
    """Return the kind and the claims of the statement that an event is; None where it is none.

    `subject` is the pseudonym of the subject, `targets` the commitments to the targets of a decision.
    """
    match event:
        case Decided():
            return "decision", _decision(case, event, subject, targets)
        case Confirmed(number, what):
            return "confirmation", {"statement": _signed(_found(case, number), what)}
        case MeasureStated():
            return "measure", _measure(case, event, at)
        case EffectStated(measure, number, state) if measure not in case.refused:
            return "effect", {"measure": measure, "number": number, "state": state.value}
        case Appealed(number, text):
            return "appeal", {
                "case": case_name(case.number), "decision": _found(case, number).entry, "text": text,
            }  # fmt: skip
        case Ruled(number, result, answer):
            appeal = _found(case, number).appeal
            cited = appeal.entry if appeal else b""
            return "result", {"appeal": cited, "result": result.value, "reasons": answer}
        case Erased(cause, count, complainant):
            whose = case.subject.kind.value if complainant is None else "complainant"
            return "erasure", {"kind": f"{whose}/{cause}", "count": count}
        case _:
            return None


def _signed(decision: Decision, what: Signed) -> bytes:
    """Return the entry of a decision, or of the result of the appeal against it."""
    if what is Signed.DECISION:
        return decision.entry
    if decision.appeal is None or decision.appeal.result_entry is None:
        raise TypeError(f"decision {decision.said.number} has no result to confirm")
    return decision.appeal.result_entry


def _decision(case: Case, event: Decided, subject: str, targets: tuple[bytes, ...]) -> Claims:
    """Return the claims of a decision."""
    rests_on: Claims = {
        "policy": event.policy,
        "policy_digest": event.policy_digest,
        "order": event.order,
        "result": event.result,
        "hearing_waived_for": event.waived_for.value if event.waived_for else None,
        "evidence": event.evidence,
    }
    return {
        "case": case_name(case.number),
        "number": event.number,
        "subject": subject,
        "provision": event.provision,
        "grounds": _grounds(case),
        "measures": [_planned(measure) for measure in event.measures],
        "hearing": event.hearing.value,
        "reasons": event.reasons,
        "targets": list(targets),
        **{name: value for name, value in rests_on.items() if value is not None},
    }


def _grounds(case: Case) -> dict[str, int]:
    """Count what a decision rests on: findings by their rule, complaints by their reason."""
    complaints = (f"complaint/{complaint.said.reason}" for complaint in case.complaints)
    found = dict.fromkeys((found.post, found.rule) for found in case.found)  # by whatever versions
    return dict(Counter((*(rule for _, rule in found), *complaints)))


def _planned(measure: Planned) -> dict[str, Value]:
    """Return what a decision says of a measure: the greatest number of its targets, 0 for the subject."""
    planned: dict[str, Value] = {
        "number": measure.number,
        "kind": measure.kind.value,
        "territory": measure.territory,
        "targets": max(measure.targets),
    }
    times = {"from": measure.start, "until": measure.until}
    return {**planned, **{name: time for name, time in times.items() if time is not None}}


def _measure(case: Case, event: MeasureStated, at: int) -> Claims:
    """Return the claims of a measure."""
    decision = _found(case, event.decision)
    planned = decision.planned(event.measure)
    claims: dict[str, Value] = {
        "decision": decision.entry,
        "measure": event.measure,
        "target": event.target,
        "host": case.subject.host,
        "direction": event.direction.value,
        "cause": event.cause or "expired",
        "kind": planned.kind.value,
        "territory": planned.territory,
        "from": at,
        "late": event.late,
    }
    return claims if planned.until is None else {**claims, "until": planned.until}


def _found(case: Case, number: int) -> Decision:
    """Return a decision that must be there: events follow one another."""
    decision = case.decision(number)
    if decision is None:
        raise TypeError(f"case {case.number} has no decision {number}")
    return decision
