"""What `tipstaff demo --port` leaves on the desk does not hang on the day of its story."""

from __future__ import annotations

from pathlib import Path

from tipstaff.casework.outline import Standing
from tipstaff.casework.which import Which
from tipstaff.demo.place import make_place
from tipstaff.demo.story import POLICY, chapters, set_stage
from tipstaff.demo.waiting import leave_waiting
from tipstaff.screening.load import load_policy


def test_the_world_waits_years_after_its_story(tmp_path: Path) -> None:
    """There is an appeal to be judged still, although the time to object is over by then."""
    with make_place(tmp_path / "here") as place:
        stage = set_stage(place, load_policy(POLICY), lambda *_: None)
        for _ in chapters(stage):
            pass
        leave_waiting(stage, stage.clock() + 3 * 365 * 86_400)
        with stage.desk() as desk:
            pending = desk.cases.outlines(50, None, Which(pending=desk.clock()))
            stands = {one.standing for one in pending}
            assert {Standing.OPEN, Standing.APPEALED} <= stands
            assert any(one.complaints for one in pending)
