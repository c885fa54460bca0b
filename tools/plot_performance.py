"""Write the tables and the plots of docs/performance.md from the JSON of `tipstaff bench --json`.

    tipstaff bench screen --json > screen.json
    tipstaff bench ledger --json --entries 1000000 > ledger.json
    tipstaff bench casework --json > casework.json
    tipstaff bench api --json > api.json
    tipstaff bench web --json > web.json
    python tools/plot_performance.py screen.json ledger.json casework.json api.json web.json

A table goes between the two markers of its subject in docs/performance.md, a plot to docs/images.
"""

from __future__ import annotations

import sys
from pathlib import Path

import matplotlib as mpl
import msgspec

from tipstaff.bench.report import AnyReport, caption, sections
from tipstaff.bench.results import ApiReport, CaseworkReport, LedgerReport, Report, WebReport

mpl.use("svg")
mpl.rcParams["svg.hashsalt"] = "tipstaff"

from matplotlib import pyplot as plt  # noqa: E402  after the backend is chosen

DOCS = Path(__file__).parents[1] / "docs"
PAGE = DOCS / "performance.md"
PLOT = DOCS / "images" / "performance.svg"
LEDGER_PLOT = DOCS / "images" / "ledger.svg"


def main() -> None:
    """Rewrite the table and the plot of each file that is named."""
    for name in sys.argv[1:]:
        data = Path(name).read_bytes()
        subjects = msgspec.json.decode(data, type=dict[str, msgspec.Raw])
        if "casework" in subjects:
            put("casework", msgspec.json.decode(data, type=CaseworkReport))
        elif "api" in subjects:
            put("api", msgspec.json.decode(data, type=ApiReport))
        elif "web" in subjects:
            put("web", msgspec.json.decode(data, type=WebReport))
        elif "ledger" in subjects:
            of_ledger = msgspec.json.decode(data, type=LedgerReport)
            put("ledger", of_ledger)
            draw_ledger(of_ledger)
        else:
            of_screen = msgspec.json.decode(data, type=Report)
            put("screen", of_screen)
            draw_screen(of_screen)


def put(subject: str, report: AnyReport) -> None:
    """Put a table between its markers."""
    begin = f"<!-- measured: {subject} (tools/plot_performance.py) -->"
    end = f"<!-- measured: end of {subject} -->"
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(begin)
    _, _, after = rest.partition(end)
    if not after:
        raise SystemExit(f"{PAGE} has lost the markers of {subject}")
    PAGE.write_text(f"{before}{begin}\n{table(report)}\n{end}{after}", encoding="utf-8")


def table(report: AnyReport) -> str:
    """Write a run as Markdown."""
    lines = [f"{caption(report)[:1].upper()}{caption(report)[1:]}."]
    for section in sections(report):
        lines += [
            "",
            f"**{section.title}**",
            "",
            f"| {' | '.join(section.columns)} |",
            "| --- | ---: | --- |",
        ]
        lines += [f"| {row.name} | {row.value} | {row.note} |" for row in section.rows]
    return "\n".join(lines)


def draw_screen(report: Report) -> None:
    """Draw where the time goes, beside what plainer means take for less work, and that memory stays flat."""
    screen = report.screen
    figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4.2), width_ratios=(3, 1), layout="constrained")
    shades = dict(zip(screen.stages_us, (*plt.get_cmap("Set2").colors, (0.5, 0.3, 0.3)), strict=False))
    speeds = {
        "Tipstaff, bench policy": screen.bench,
        "without learned signal": screen.bench_without_learned,
        "Tipstaff, shipped policy": screen.shipped,
    }
    for name, speed in speeds.items():
        begin = 0.0
        for stage, value in speed.stages_us.items():
            if stage not in ("parse", "objects"):
                left.barh(
                    name,
                    value,
                    left=begin,
                    color=shades[stage],
                    label=stage if speed is screen.bench else None,
                )
                begin += value
    names = {"hyperscan": "naive Hyperscan (normalised text)", "python": "best per-post Python"}
    for key, name in names.items():
        left.barh(name, screen.rivals[key].us, color="0.2")
    left.invert_yaxis()
    left.set_xlabel("µs a post, CPU time, posts to findings in columns")
    left.legend(ncols=2, fontsize="small", frameon=False, loc="lower right")
    right.plot([int(count) / 1e6 for count in screen.memory_mb], list(screen.memory_mb.values()), marker="o")
    right.set_ylim(0, screen.peak_mb * 1.15)
    right.set_xlabel("million posts screened")
    right.set_ylabel("memory of one worker, MB")
    for axes in (left, right):
        axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(PLOT, metadata={"Date": None})


def draw_ledger(report: LedgerReport) -> None:
    """Draw what a statement costs as the log grows: beside a signature, in time and in bytes."""
    ledger = report.ledger
    figure, (left, right) = plt.subplots(1, 2, figsize=(11, 3.6), layout="constrained")
    sizes = [int(size) / 1e3 for size in ledger.register_us_by_size]
    left.plot(sizes, list(ledger.register_us_by_size.values()), marker="o", label="append, without verifying")
    left.plot(sizes, list(ledger.proof_us_by_size.values()), marker="o", label="proof from the disk")
    left.axhline(ledger.verify_us, color="0.4", linestyle="--", label="verifying one signature")
    left.set_ylim(0)
    left.set_xlabel("thousand statements")
    left.set_ylabel("µs")
    left.legend(frameon=False, fontsize="small")
    right.plot(sizes, list(ledger.bytes_per_entry_by_size.values()), marker="o", label="on the disk")
    right.axhline(ledger.statement_bytes, color="0.4", linestyle="--", label="its statement")
    right.set_ylim(0)
    right.set_xlabel("thousand statements")
    right.set_ylabel("bytes a statement")
    right.legend(frameon=False, fontsize="small")
    for axes in (left, right):
        axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(LEDGER_PLOT, metadata={"Date": None})


if __name__ == "__main__":
    main()
