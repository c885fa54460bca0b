"""The bench of pages measures what it says: each page with few cases and many, and its queries."""

from __future__ import annotations

import msgspec
import pytest

from tipstaff.bench.report import LIMITS, caption, sections
from tipstaff.bench.results import WebReport
from tipstaff.bench.web import PAGES, REAL, measure


@pytest.fixture(scope="module")
def report() -> WebReport:
    """Measure a little."""
    return measure(2 * REAL, lambda _what, _share: None, rounds=3)


def test_every_page_was_opened(report: WebReport) -> None:
    """Each has its time, that of its queries sent bare, which is less, and their number."""
    assert report.web.cases == (REAL, 2 * REAL)
    assert [one.name for one in report.web.pages] == [name for name, _ in PAGES]
    for one in report.web.pages:
        assert 0 < one.sql_ms < one.ms, one
        assert one.queries >= 2, "whose token it is, and who they are"
    assert report.web.most_queries == max(one.queries for one in report.web.pages)
    assert report.web.most_queries <= LIMITS["most_queries"]
    assert report.web.page_growth == max(one.growth for one in report.web.pages)


def test_a_report_is_read_back(report: WebReport) -> None:
    """What is printed as JSON is what was measured; and it is shown in full."""
    assert msgspec.json.decode(msgspec.json.encode(report), type=WebReport) == report
    rows = {row.name for section in sections(report) for row in section.rows}
    assert {"page_growth", "most_queries", "the queue"} <= rows
    assert "SQLite" in caption(report)
