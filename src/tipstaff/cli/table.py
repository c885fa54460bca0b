"""A table of findings to read: one line each, in columns of fixed width, written as it comes."""

from __future__ import annotations

import io
import sys
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from tipstaff.cli.show import STYLES, matches, one_line
from tipstaff.screening.findings import Finding, policy_name
from tipstaff.streams.sink import Output

_COLUMNS = (("post", 14), ("account", 20), ("policy", 18), ("rule", 22), ("outcome", 11), ("score", 5))
_FIXED = sum(width for _, width in _COLUMNS) + len(_COLUMNS)
_MIN_EVIDENCE = 30
_WIDTH = 160
"""The width of a table that does not go to a terminal."""


class TableSink:
    """Findings as lines of a table; in colour when they go to a terminal."""

    def __init__(self, output: Output, *, terminal: bool) -> None:
        self._output = output
        width = Console(file=sys.stdout).width if terminal else _WIDTH
        self._evidence = max(_MIN_EVIDENCE, width - _FIXED)
        self._console = Console(
            file=io.StringIO(),
            width=_FIXED + self._evidence,
            force_terminal=terminal,
            highlight=False,
            markup=False,
            emoji=False,
        )
        self._print([Text(name, "bold") for name in (*(name for name, _ in _COLUMNS), "evidence")])

    def write(self, findings: Sequence[Finding]) -> None:
        """Write findings."""
        if findings:
            self._print(*(self._row(finding) for finding in findings))

    def close(self) -> None:
        """Complete the file."""
        self._output.close()

    def _print(self, *rows: Sequence[Text]) -> None:
        """Write rows."""
        table = Table.grid(padding=(0, 1, 0, 0))
        for _, width in _COLUMNS:
            table.add_column(width=width, no_wrap=True)
        table.add_column(width=self._evidence - 1, no_wrap=True)
        for row in rows:
            table.add_row(*row)
        with self._console.capture() as captured:
            self._console.print(table)
        self._output.write(captured.get().encode())

    def _row(self, finding: Finding) -> list[Text]:
        """Return the cells of a finding."""
        style = "dim" if finding.exempted_by else STYLES[finding.outcome]
        outcome = f"({finding.outcome.value})" if finding.exempted_by else finding.outcome.value
        return [
            Text(one_line(finding.post, 14)),
            Text(one_line(finding.account, 20)),
            Text(policy_name(finding.policy)),
            Text(finding.rule),
            Text(outcome, style),
            Text(str(finding.score), justify="right"),
            Text(one_line(matches(finding.evidence), self._evidence)),
        ]
