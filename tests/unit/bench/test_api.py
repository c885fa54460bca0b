"""The bench of the API measures what it says, on a server in a process of its own."""

from __future__ import annotations

import msgspec

from tipstaff.bench.api import measure
from tipstaff.bench.report import caption, met, sections
from tipstaff.bench.results import ApiReport


def test_everything_is_measured_and_shown() -> None:
    """Some posts of each sort, one by one, and looks at the cases that came of them."""
    report = measure(0.2, lambda _what, _share: None, posts=400)
    api = report.api
    assert api.ingest_posts_per_second > 0
    assert api.ingest_off_posts_per_second > 0
    assert 0 < api.mixed_standing < 0.2
    assert api.kept_posts_per_second < api.ingest_posts_per_second
    assert 0 < api.engine_p50_ms < api.post_p50_ms <= api.post_p99_ms
    assert api.cases > 5
    assert (api.list_ratio_to_sql > 1, api.view_ratio_to_sql > 1) == (True, True)
    assert msgspec.json.decode(msgspec.json.encode(report), type=ApiReport) == report
    rows = {row.name: row for section in sections(report) for row in section.rows}
    assert met(rows["ingest_ratio_screening_on_to_off"]) is not None
    assert "durable at every commit" in caption(report)
