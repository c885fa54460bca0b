"""Write the table and the plot of docs/performance.md from the JSON of `tipstaff bench --json`.

    tipstaff bench --json > bench.json
    python tools/plot_performance.py bench.json

The table goes between the two markers in docs/performance.md, the plot to docs/images/performance.svg.
"""

from __future__ import annotations

import sys
from pathlib import Path

import matplotlib as mpl
import msgspec

from tipstaff.bench.report import caption, sections
from tipstaff.bench.results import Report

mpl.use("svg")
mpl.rcParams["svg.hashsalt"] = "tipstaff"

from matplotlib import pyplot as plt  # noqa: E402  after the backend is chosen

DOCS = Path(__file__).parents[1] / "docs"
PAGE = DOCS / "performance.md"
PLOT = DOCS / "images" / "performance.svg"
BEGIN = "<!-- measured: begin (tools/plot_performance.py) -->"
END = "<!-- measured: end -->"


def main() -> None:
    """Rewrite the table and the plot."""
    report = msgspec.json.decode(Path(sys.argv[1]).read_bytes(), type=Report)
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    if not after:
        raise SystemExit(f"{PAGE} has lost its markers")
    PAGE.write_text(f"{before}{BEGIN}\n{table(report)}\n{END}{after}", encoding="utf-8")
    PLOT.parent.mkdir(exist_ok=True)
    draw(report)


def table(report: Report) -> str:
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


def draw(report: Report) -> None:
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


if __name__ == "__main__":
    main()
