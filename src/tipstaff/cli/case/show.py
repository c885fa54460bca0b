"""`tipstaff case show`: one case in full."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from tipstaff.cli.installation import add_case, told_erasure, told_time
from tipstaff.cli.tracing import Traced

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import Console
    from rich.text import Text

    from tipstaff.actions.desk import Desk
    from tipstaff.actions.evidence import Item
    from tipstaff.casework.case import Case, Complaint, Decision, Proposal
    from tipstaff.casework.events import Found
    from tipstaff.client import Client

NAME = "show"
HELP = "show a case: what was found, what was decided and carried out, what was told to whom"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `case show` is given."""
    add_case(parser)
    parser.epilog = "example:\n  tipstaff case show here 1"


def traced(args: argparse.Namespace) -> Traced:
    """Return what the audit trail has of it."""
    return Traced(f"/v1/cases/{args.case}")


def run(args: argparse.Namespace) -> int:
    """Show the case."""
    from collections import Counter
    from pathlib import Path

    from tipstaff.assembly.casework import open_desk
    from tipstaff.base.counted import counted
    from tipstaff.casework.awaited import waits
    from tipstaff.casework.outline import outline
    from tipstaff.cli.console import stdout_console

    console = stdout_console()
    with open_desk(Path(args.directory)) as desk:
        case = desk.cases.load(args.case)
        now = desk.clock()
        stands = outline(case, waits=waits(case, desk.table, now)).stands(now)
        console.print(f"Case {case.number}: {case.subject}, {stands}", style="bold", highlight=False)
        for erasure in case.erasures:
            console.print(told_erasure(erasure), style="bold", highlight=False, markup=False)
        _show_found(console, desk, case)
        _show_brought(console, desk, case)
        if case.claim and case.claim.until > now:
            until = told_time(case.claim.until)
            console.print(f"\nClaimed by {case.claim.by} until {until}", highlight=False)
        for note in case.notes:
            text = desk.text(note.text)
            console.print(f"\nNote by {note.by}: {text}", highlight=False, markup=False)
        for decision in case.decisions:
            _show_decision(console, desk, case, decision)
        for delivery in desk.cases.owed_in(case.number):
            if delivery.tries:
                again = f"again at {told_time(delivery.due)}: {delivery.trouble}"
                told = f"tried {counted(delivery.tries, 'time')}, {again}"
                console.print(f"  {told}", style="red", highlight=False, markup=False)
        notices = Counter((notice.audience, desk.text(notice.text)) for notice in case.notices)
        for (audience, text), times in notices.items():
            often = f", {times} times" if times > 1 else ""
            console.print(f"\nTold to the {audience}{often}:", style="dim", highlight=False)
            console.print(text, highlight=False, markup=False)
    for refusal in case.refusals:
        reason = case.refused[refusal.entry]
        console.print(f"The ledger has refused a statement: {reason}", style="bold red", highlight=False)
    return 0


def ask_server(args: argparse.Namespace, client: Client) -> int:
    """Ask a server for it."""
    from tipstaff.cli.sheet import print_sheet

    found = client.case(args.case)
    print_sheet(f"Case {found.number}: {found.subject}", found)
    return 0


def _show_found(console: Console, desk: Desk, case: Case) -> None:
    """Show what was found, with the posts as they were then; those that are alike are shown once."""
    from rich.text import Text

    from tipstaff.actions.evidence import as_it_was
    from tipstaff.casework.alike import alike

    items = {post: as_it_was(desk, case, post) for post in case.posts}
    texts = {post: item.text if item else "(erased)" for post, item in items.items()}
    for post, *others in alike(texts):
        text = Text(texts[post])
        found = [one for one in case.found if one.post == post]
        for one in found:
            _highlight(text, desk, one)
        console.print(Text.assemble("\n", (post, "cyan"), "  ", text), soft_wrap=True)
        for one in found:
            console.print(f"  {one.rule} ({one.provision}, severity {one.severity})", highlight=False)
        for line in dict.fromkeys(line for one in (post, *others) for line in _images(items[one])):
            console.print(f"  {line}", style="dim", highlight=False, markup=False, soft_wrap=True)
        if others:
            console.print(f"  nearly the same: {', '.join(others)}", style="dim", highlight=False)


def _highlight(text: Text, desk: Desk, found: Found) -> None:
    """Highlight the evidence of a finding in the text of its post."""
    evidence = desk.opened(found.evidence) if found.evidence else None
    for one in evidence if isinstance(evidence, list) else ():
        if isinstance(one, dict) and one["field"] == "text":
            text.stylize("bold yellow", one["start"], one["end"])


def _images(item: Item | None) -> Iterator[str]:
    """Yield a line for each image of a post as it was: those that are kept, and those that stand outside."""
    for file in item.files if item else ():
        yield f"image {file.name} ({file.media_type}, {file.size:,} bytes)"
    for address in item.images if item else ():
        yield f"image at {address}, not kept"


def _show_brought(console: Console, desk: Desk, case: Case) -> None:
    """Show who has complained, which orders there are, and what is proposed."""
    for order in case.orders:
        about = ", ".join(post or "all of it" for post in order.targets) or "nothing any more"
        console.print(
            f"\nOrder {order.said.order} of {order.said.authority} {order.said.reference}: about {about}, "
            f"in {order.territory}, due {told_time(order.deadline)}",
            highlight=False,
            markup=False,
        )
        if order.gone:
            told = f"  Gone before the order came, so nothing is kept of it: {', '.join(order.gone)}"
            console.print(told, highlight=False, markup=False)
    for suspected in case.suspected:
        shared = ", ".join(suspected.shared)
        told = f"May be the closed account of case {suspected.case}: the same {shared}"
        console.print(f"\n{told}", highlight=False)
    for complaint in case.complaints:
        said, outcome = complaint.said, what_came_of(case, complaint)
        told = f"Complaint {said.number} by {complaint.by} ({said.reason}): {desk.text(said.text)}; {outcome}"
        console.print(f"\n{told}", highlight=False, markup=False)
    _show_proposals(console, desk, case.proposals)


def _show_proposals(console: Console, desk: Desk, proposals: Sequence[Proposal]) -> None:
    """Show what was proposed, and what the subject has answered, the first before the last."""
    for proposal in proposals:
        kinds, until = ", ".join(proposal.said.measures), told_time(proposal.said.until)
        replaced = "" if proposal is proposals[-1] else "; replaced by the next"
        told = f"Proposed by {proposal.by}: {kinds}, to be answered until {until}{replaced}"
        console.print(f"\n{told}", highlight=False)
        console.print(f"  reasons: {desk.text(proposal.said.text)}", highlight=False, markup=False)
        if proposal.heard is not None:
            console.print(f"  answered: {desk.text(proposal.heard)}", highlight=False, markup=False)


def what_came_of(case: Case, complaint: Complaint) -> str:
    """Say what came of a complaint, and whether that holds."""
    from tipstaff.casework.complaints import told

    one = told(case, complaint)
    if one.undone:
        return f"{one.outcome}, but an appeal has undone that: it does not count"
    return one.outcome or "not answered yet"


def _show_decision(console: Console, desk: Desk, case: Case, decision: Decision) -> None:
    """Show a decision, what was proposed before it, and what became of it."""
    from tipstaff.actions.documents import digest_of

    _show_proposals(console, desk, decision.proposals)
    said = decision.said
    where = case.logged.get(decision.entry)
    place = "not on the ledger yet" if where is None else f"statement {where} of the ledger"
    console.print(f"\nDecision {said.number} by {decision.by} ({said.provision}): {place}", highlight=False)
    console.print(f"  reasons: {desk.text(said.reasons)}", highlight=False, markup=False)
    if not said.measures:
        console.print("  nothing is to be done", highlight=False)
    _show_waiting(console, desk, case, decision)
    for confirmation in decision.confirmations:
        console.print(f"  confirmed by {confirmation.by}", highlight=False)
    for carrying in case.carryings:
        if carrying.said.decision == said.number:
            planned = decision.planned(carrying.said.measure)
            on = said.posts[carrying.said.target - 1] if carrying.said.target else str(case.subject)
            late = ", late" if carrying.said.late else ""
            told = f"{carrying.said.direction} {planned.kind} on {on}: {case.seen(carrying)}{late}"
            console.print(f"  {told}", highlight=False)
            if carrying.effects and carrying.effects[-1].detail:
                console.print(f"    {carrying.effects[-1].detail}", style="red", highlight=False)
    if appeal := decision.appeal:
        waits = ", waits for another person to confirm it" if appeal.unconfirmed else ""
        console.print(f"  appeal: {appeal.result or 'not judged yet'}{waits}", highlight=False)
        console.print(f"    {desk.text(appeal.text)}", highlight=False, markup=False)
        if digest := digest_of(desk, appeal.attachment):
            get = f"tipstaff appeal document DIR {case.number} {decision.said.number} FILE"
            console.print(f"    with a document, SHA-256 {digest}: {get}", highlight=False, soft_wrap=True)
        if appeal.answer is not None:
            told = f"    {appeal.judged_by} answered: {desk.text(appeal.answer)}"
            console.print(told, highlight=False, markup=False)
        for confirmation in appeal.confirmations:
            console.print(f"    confirmed by {confirmation.by}", highlight=False)


def _show_waiting(console: Console, desk: Desk, case: Case, decision: Decision) -> None:
    """Show what was ordered and is stated nowhere yet."""
    from tipstaff.casework.awaited import measure_waits
    from tipstaff.casework.lapses import has_lapsed

    said, now = decision.said, desk.clock()
    stated = {one.said.measure for one in case.carryings if one.said.decision == said.number}
    for planned in said.measures:
        if planned.number in stated:
            continue
        on = ", ".join(said.posts[target - 1] if target else str(case.subject) for target in planned.targets)
        state = "not stated yet"
        if has_lapsed(case, decision, planned, desk.table):
            state = "lapsed: nobody had confirmed it when the next decision was taken"
        elif measure_waits(case, decision, planned, desk.table, now):
            state = "waits for another person to confirm it"
        elif planned.until is not None and planned.until <= now:
            state = "its time was over before it began"
        console.print(f"  apply {planned.kind} on {on}: {state}", highlight=False)
