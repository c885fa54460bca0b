"""Carrying measures out on hosts, and keeping what was read back of them.

A host that knows an act by its key is simply asked again: it does it once. One that does not is looked at
first, so that a worker that died in between leaves no second one. It may have a measure twice all the same,
where it shows late what it has done: that is told, and lifted one by one, until none is left.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from typing import Final, NamedTuple

from msgspec.structs import replace

from tipstaff.actions.cases import Delivery, MovedError
from tipstaff.actions.desk import PLATFORM, Desk
from tipstaff.actions.dossiers import evolved
from tipstaff.actions.host import Act, Host, HostError, Seen, Sentence
from tipstaff.actions.notices import noticed
from tipstaff.actions.recognise import traced
from tipstaff.base.errors import InputError
from tipstaff.base.logs import log_event
from tipstaff.casework.case import Carrying, Case, Decision
from tipstaff.casework.events import AnyEvent, EffectState, EffectStated, MeasureStated, Recorded, Traced
from tipstaff.casework.notices import sentence
from tipstaff.casework.refusals import to_undo
from tipstaff.casework.words import Direction, MeasureKind

_FIRST_WAIT: Final = 2
_LONGEST_WAIT: Final = 3600
"""Seconds between two attempts, which double from the first to the longest."""


def deliver(desk: Desk, delivery: Delivery) -> bool:
    """Attend to a delivery; say whether something came of it. What has ended meanwhile is not begun.

    While texts of the case are about to be erased none is kept: what was done is told after that.
    """
    case = desk.cases.load(delivery.case)
    carrying = next(one for one in case.carryings if one.entry == delivery.measure)
    if any(effect.round == delivery.round for effect in carrying.effects):
        return False  # another worker was faster
    events: list[AnyEvent] = []
    again: list[Delivery] = []
    if to_undo(case, carrying) or not case.has_ended(carrying):
        decision = case.carried_out(carrying)
        later = desk.clock() + min(_LONGEST_WAIT, _FIRST_WAIT << min(delivery.tries, 20))
        host = desk.host(case.subject)
        try:
            found = _carry_out(host, case, decision, carrying, delivery)
        except InputError as error:  # what was on it is lifted, and what never was is not waited for
            lifted = _direction(case, carrying) is Direction.LIFT
            state = EffectState.LIFTED if lifted else EffectState.FAILED
            found = _Found(state, told_gone(error), gone=True)
        except HostError as error:
            desk.cases.put_off(delivery, later, str(error))
            _tell(logging.WARNING, "put off", case, carrying, delivery, str(error))
            return False
        events.append(EffectStated(carrying.entry, delivery.round, found.state, found.detail, found.gone))
        done = found.state is not EffectState.FAILED
        if done and not carrying.was_done:  # what is done again, after it has drifted, is told no more
            if not case.erasing:
                after = evolved(case, [Recorded(desk.clock(), PLATFORM.name, events[0])])
                events += noticed(desk, after)
            events += _traces(desk, case, decision, carrying)
        elif found.goes_on:
            again.append(replace(delivery, round=delivery.round + 1, due=desk.clock(), tries=0))
        elif not done and not found.gone:  # under the same key the host would do nothing
            again.append(replace(delivery, round=delivery.round + 1, due=later, tries=delivery.tries + 1))
    with suppress(MovedError):  # it is owed still: the next turn finds it done
        desk.record(case, PLATFORM, events, [delivery], again)
        for event in events:
            if isinstance(event, EffectStated):
                done = event.state is not EffectState.FAILED
                level, told = (logging.INFO, "carried out") if done else (logging.WARNING, "failed")
                _tell(level, told, case, carrying, delivery, event.detail or None)
                if event.gone or (done and event.detail):
                    tell_seen(case, event)
    return True


def told_repeated(times: int) -> str:
    """Say that a measure was seen in force more than once; nothing of one that was not."""
    return f"it was seen in force {times} times: its end lifts one after another" if times > 1 else ""


def told_gone(error: InputError) -> str:
    """Say that there is nothing any more that a measure could be in force on."""
    return f"there is nothing any more that it could be in force on: {error}"


def tell_seen(case: Case, effect: EffectStated) -> None:
    """Tell that what was read back is in force more than once, or that what it was on is gone."""
    log_event(
        logging.WARNING, "gone" if effect.gone else "repeated", dossier=case.number,
        measure=effect.measure.hex(), round=effect.round, reason=effect.detail,
    )  # fmt: skip


class _Found(NamedTuple):
    """What was read back, why it is not as it should be, and whether another round goes on at once.

    With `gone` there was nothing any more to do it to.
    """

    state: EffectState
    detail: str = ""
    goes_on: bool = False
    gone: bool = False


def _tell(
    level: int, event: str, case: Case, carrying: Carrying, delivery: Delivery, reason: str | None
) -> None:
    """Tell what became of a delivery."""
    kind = case.carried_out(carrying).planned(carrying.said.measure).kind.value
    log_event(
        level, event, dossier=delivery.case, measure=carrying.entry.hex(), round=delivery.round,
        direction=_direction(case, carrying).value, kind=kind, tries=delivery.tries, reason=reason,
    )  # fmt: skip


def _direction(case: Case, carrying: Carrying) -> Direction:
    """Return what a host is asked for: what was stated, unless that is to be undone."""
    return Direction.LIFT if to_undo(case, carrying) else carrying.said.direction


def measure_name(decision: Decision, said: MeasureStated) -> str:
    """Return the name that a measure has on its host."""
    return f"{decision.entry.hex()}/{said.measure}/{said.target}"


def _carry_out(host: Host, case: Case, decision: Decision, carrying: Carrying, delivery: Delivery) -> _Found:
    """Have the host do it, or undo it, unless it is so already; say what is read back.

    Raises `HostError`, and `InputError` where there is nothing any more that it is to be done to.
    """
    said, direction = carrying.said, _direction(case, carrying)
    planned = decision.planned(said.measure)
    target = decision.target(case.subject, said.target)
    name = measure_name(decision, said)
    provision = decision.said.provision
    shown = Sentence(sentence(planned.kind, provision), provision, carrying.entry.hex())
    before = 0
    if direction is Direction.LIFT or not host.idempotent:
        seen = host.read_back(target)
        before = seen.times(name)
        if (before > 0) is (direction is Direction.APPLY):
            return _found(direction, seen, name)  # what never came to be is not lifted either
    try:
        host.carry_out(Act(delivery.key, name, planned.kind, direction, target, shown))
    except HostError:
        host.read_back(target)  # which says so where the target is gone: no waiting would help
        raise
    return _found(direction, host.read_back(target), name, before)


def _found(direction: Direction, seen: Seen, name: str, before: int = 0) -> _Found:
    """Say what was read back of a measure that was in force so often before."""
    times = seen.times(name)
    if direction is Direction.APPLY and times:
        return _Found(EffectState.APPLIED, told_repeated(times))
    if direction is Direction.LIFT and not times:
        return _Found(EffectState.LIFTED)
    if times < before:
        left = f"{before - times} of {before} was lifted, the next one follows"
        return _Found(EffectState.FAILED, left, goes_on=True)
    return _Found(EffectState.FAILED, "the host answered, and nothing has changed")


def _traces(desk: Desk, case: Case, decision: Decision, carrying: Carrying) -> list[Traced]:
    """Keep what a closed account is recognised by."""
    kind = decision.planned(carrying.said.measure).kind
    if kind is not MeasureKind.CLOSE_ACCOUNT or carrying.said.direction is not Direction.APPLY:
        return []
    return [traced(desk, case.subject)]
