"""Everything that was told is counted from the ledger, as anybody can."""

from __future__ import annotations

from tipstaff.assembly.ledger import audit_folder, read_store, read_trust
from tipstaff.base.errors import InputError
from tipstaff.demo.count import in_force
from tipstaff.demo.stage import Stage
from tipstaff.demo.telling import Chapter, Commands, Counted, Say
from tipstaff.ledger.export import export
from tipstaff.ledger.report import Report


def tell(stage: Stage) -> Chapter:
    """Publish the ledger, audit what was published, and count."""
    when = stage.clock.go_on(4, 17)
    report, force = _audited(stage)
    place = stage.place
    ledger, public, trust = (
        path.relative_to(place.directory) for path in (place.ledger, place.public, place.trust)
    )
    return Chapter(
        "Count it, and audit it yourself",
        when,
        (
            Say(
                f"The ledger is exported as files, and replayed: every signature, every rule, the tree. "
                f"Sound: {report.size} statements by {report.keys} keys, root {report.root[:16]}…"
            ),
            Counted("statements", report.counts),
            Counted("in force", force),
            Say("The same, by your own hand:"),
            Commands(
                place.directory,
                (f"ledger export {ledger} {public}", f"ledger audit {public} --trust {trust}"),
            ),
        ),
    )


def _audited(stage: Stage) -> tuple[Report, dict[str, int]]:
    """Export the ledger and audit it; returns the report, and what is in force by it."""
    with read_store(stage.place.ledger) as (store, checkpoints):
        last = checkpoints.last()
        if last is None:
            raise InputError("nothing was signed yet")
        export(store, last, stage.place.public, lambda _done, _of: None)
        force = in_force(store.statements(0, store.size))
    report = audit_folder(stage.place.public, read_trust(stage.place.trust), None, 1, lambda _done, _of: None)
    if report.fault:
        raise InputError(f"the audit has found a fault: {report.fault.what} ({report.fault.where})")
    return report, dict(force)
