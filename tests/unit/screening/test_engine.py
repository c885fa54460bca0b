"""Engines are made once, and while they are made nobody looks for garbage."""

from __future__ import annotations

import gc

import pytest
from policies import Build, group, post, rule, signal

from tipstaff import InputError, screen
from tipstaff.screening.engine import EngineName, make_engine, unswept


def test_the_engine_that_ran_the_examples_is_kept(policy: Build) -> None:
    """Screening under a policy that has just been loaded makes no second engine."""
    files = {"signals/coins.csv": group("bitcoin")}
    made = policy(signal("lexicon", "coins", terms="coins.csv"), rule("names", "coins > 0"), files)
    before = make_engine.cache_info().misses
    assert len(screen([post("bitcoin")], made)) == 1
    assert make_engine.cache_info().misses == before


def test_sweeping_goes_on_afterwards() -> None:
    """The garbage collector is as it was, also after an error, and when it was off before."""
    with unswept():
        assert not gc.isenabled()
        with unswept():
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled()
    with pytest.raises(ValueError, match="x"), unswept():
        raise ValueError("x")
    assert gc.isenabled()


def test_what_is_no_post_or_no_policy_is_told(policy: Build, engine: EngineName) -> None:
    """A text in place of a post, and a name in place of a policy, are errors that say what is wanted."""
    made = policy(signal("pattern", "moon", expressions=["moon"]), rule("moon", "moon > 0"))
    with pytest.raises(InputError, match=r"number 1 .* of type str; make it a Post"):
        screen([post("x"), "x"], made, engine=engine)  # type: ignore[list-item]
    with pytest.raises(InputError, match=r"'tiny'.* is no policy; load one"):
        screen([post("x")], ["tiny"], engine=engine)  # type: ignore[list-item]
