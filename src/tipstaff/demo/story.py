"""The story: which chapters follow one another, and what is ready before the first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tipstaff.demo.build import Progress, build
from tipstaff.demo.chapters import appeal, arrival, audit, closing, complaints, decision, order, others
from tipstaff.demo.clock import StoryClock
from tipstaff.demo.place import Place
from tipstaff.demo.stage import Stage
from tipstaff.demo.telling import Chapter
from tipstaff.demo.world import read_world
from tipstaff.policy.model import Policy

POLICY: Final = "crypto-promotion"
"""Under which policy the posts of the world are screened."""

_CHAPTERS: Final = (arrival, decision, complaints, others, appeal, closing, order, audit)
"""Each begins where the one before has ended."""


def set_stage(place: Place, policy: Policy, progress: Progress) -> Stage:
    """Build the world, and return the stage for the story."""
    world = read_world()
    clock = StoryClock(world.begins)
    return Stage(world, place, policy, clock, build(world, place, policy, clock, progress))


def chapters(stage: Stage) -> Iterator[Chapter]:
    """Yield the chapters, each when it has taken place."""
    for chapter in _CHAPTERS:
        yield chapter.tell(stage)
