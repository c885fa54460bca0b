"""What is asked of the audit trail while somebody waits for an answer: it finds its place in an index."""

from __future__ import annotations

from pathlib import Path

from databases import database

from tipstaff.actions.access.trail import UNPROVED, WRONG_AN_HOUR, Sought, Visit, keep_visit
from tipstaff.bench.listing import sent
from tipstaff.storage.access.migrate import MIGRATIONS
from tipstaff.storage.access.trail import SqlTrail

NOW = 1_790_000_000
WRONG = Visit(NOW, "feed", UNPROVED, "logIn", "/v1/login", 401, "192.0.2.7")


def test_a_wrong_login_looks_at_no_more_than_its_like(tmp_path: Path) -> None:
    """However much a user has asked for, and however long ago they were wrong."""
    with database("sqlite", tmp_path) as engine:
        MIGRATIONS.upgrade(engine)
        trail = SqlTrail(engine)
        with sent(engine) as queried:
            keep_visit(trail, WRONG)
        query, values = queried[0]
        with engine.connect() as connection:
            rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}", tuple(values)).all()
        plan = [str(row[3]) for row in rows]
        assert "USING INDEX ix_visits_by (user=? AND by=? AND at>?)" in plan[0], plan
        for _ in range(WRONG_AN_HOUR):
            keep_visit(trail, WRONG)
        assert len(trail.visits(Sought(user="feed"), 99, None)) == WRONG_AN_HOUR


def test_an_auditor_finds_the_newest_of_a_user_in_order(tmp_path: Path) -> None:
    """What they asked for, and how that went, is looked at from the newest on: nothing is sorted."""
    with database("sqlite", tmp_path) as engine:
        MIGRATIONS.upgrade(engine)
        with sent(engine) as queried:
            SqlTrail(engine).visits(Sought("feed", "sendPosts", status=201), 50, None)
        query, values = queried[0]
        with engine.connect() as connection:
            rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}", tuple(values)).all()
        assert ["USING INDEX ix_visits_user" in str(row[3]) for row in rows] == [True], rows
