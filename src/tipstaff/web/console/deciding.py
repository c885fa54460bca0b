"""What is filled in to decide a case: the form, and what is shown beside it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from tipstaff.actions.access.front import Front
from tipstaff.actions.casefile import CaseFile
from tipstaff.actions.deciding import Wanted, WantedProposal
from tipstaff.base.errors import InputError
from tipstaff.casework.events import Waiver
from tipstaff.casework.words import MeasureKind
from tipstaff.policy.citations import citation
from tipstaff.policy.model import Language
from tipstaff.web.console.casefile import Reader
from tipstaff.web.forms import Form

_DAY: Final = 86_400


class Choice(NamedTuple):
    """A provision of a policy in force that a decision may rest on; `found` where something of it was."""

    policy: str
    provision: str
    citation: str
    found: bool


def choices_of(file: CaseFile, reader: Reader, language: Language) -> list[Choice]:
    """Return the provisions that a decision may rest on, those first of which something was found."""
    found = {one.provision for one in file.case.found}
    choices = [
        Choice(policy.name, one.id, citation(one, language), one.id in found)
        for policy in filter(None, map(reader.policy, file.policies))
        for one in policy.provisions
    ]
    return sorted(choices, key=lambda one: (not one.found, one.policy))


def wanted_of(form: Form, front: Front, number: int) -> Wanted:
    """Return what is to be decided. Raises `InputError`."""
    template = form.text("template")
    return Wanted(
        measures=form.several("measure", MeasureKind),
        posts=front.case(number).posts if form.given("every") else form.all("post"),
        provision=form.named("provision"),
        policy=form.named("policy"),
        order=form.number("order"),
        territory=form.named("territory"),
        until=_until_of(form, front.desk.clock()),
        hearing_waived_for=form.one_of("waive", Waiver) if form.given("waive") else None,
        rungs_skipped_for=form.one_of("skip", Waiver) if form.given("skip") else None,
        instead_of=form.number("instead_of"),
        reasons=None if template else form.words("reasons") or None,
        template=Language(template) if template in set(Language) else None,
    )


def proposal_of(form: Form) -> WantedProposal:
    """Return what is to be proposed. Raises `InputError`."""
    measures = form.several("measure", MeasureKind)
    if not measures:
        raise InputError("measure: choose what is proposed; a case is dismissed without a hearing")
    fields = {
        "measures": measures,
        "text": form.said("reasons"),
        "provision": form.named("provision"),
        "policy": form.named("policy"),
        "hours": form.number("hours"),
    }
    return form.read(WantedProposal, fields)


def _until_of(form: Form, now: int) -> int | None:
    """Return when what is decided ends, by the days that were written; None where it has no end."""
    days = form.number("days")
    return now + days * _DAY if days else None


def rung_of(file: CaseFile, now: int) -> Sequence[tuple[MeasureKind, int | None]]:
    """Return what the ladder has next, each with its days."""
    return [
        (one.kind, (one.until - now) // _DAY if one.until else None)
        for one in file.ahead.next
        if one.kind in file.able
    ]
