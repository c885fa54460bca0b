"""The bench of casework measures what it says, and its rows say what is meant to be reached."""

from __future__ import annotations

import msgspec
import pytest

from tipstaff.bench.casework import measure
from tipstaff.bench.report import Row, caption, met, sections
from tipstaff.bench.results import CaseworkReport


@pytest.fixture(scope="module")
def report() -> CaseworkReport:
    """Measure a little."""
    return measure(3, 20, lambda _what, _share: None)


def test_everything_was_carried_out(report: CaseworkReport) -> None:
    """Three decisions are nine statements, and each took its time until readers saw it."""
    casework = report.casework
    assert casework.statements_per_second == pytest.approx(3 * casework.decisions_per_second)
    assert 0 < casework.effect_ms.p50 <= casework.effect_ms.p99
    assert 0 < casework.casework_ratio_to_append < 1


def test_lists_are_of_a_tenth_and_of_all(report: CaseworkReport) -> None:
    """With the number of their queries, and the same queries bare, which take less."""
    few, many = report.casework.lists
    assert (few.cases, many.cases) == (2, 20)
    for listed in (few, many):
        assert (listed.list_queries, listed.view_queries) == (3, 1)
        assert listed.list_sql_ms < listed.list_ms
        assert listed.view_sql_ms < listed.view_ms


def test_a_report_is_read_back(report: CaseworkReport) -> None:
    """What is printed as JSON is what was measured; and it is shown in full."""
    assert msgspec.json.decode(msgspec.json.encode(report), type=CaseworkReport) == report
    rows = {row.name for section in sections(report) for row in section.rows}
    assert {"list_growth", "view_growth", "until readers of square see it"} <= rows
    assert "SQLite" in caption(report)


def test_a_limit_is_not_to_be_passed() -> None:
    """Growth is to stay below its limit, a ratio to reach its own, and of other rows nothing is meant."""
    assert met(Row("list_growth", "1.50"))
    assert met(Row("list_growth", "1.51")) is False
    assert met(Row("append_ratio_to_verify", "0.55"))
    assert met(Row("append_ratio_to_verify", "0.54")) is False
    assert met(Row("append", "217.0")) is None
