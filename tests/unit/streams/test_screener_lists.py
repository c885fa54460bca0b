"""Block lists that change while a run goes on."""

from __future__ import annotations

from pathlib import Path

from policies import Build, rule, signal

from tipstaff.streams.chunks import Lines
from tipstaff.streams.posts import FieldMap
from tipstaff.streams.screener import Screener, Setup
from tipstaff.streams.summary import Summary

LINE = b'{"id": "1", "account": "a", "text": "see https://bad.example.com/x"}\n'


def test_a_broken_new_list_is_said_and_the_old_one_stays(policy: Build, tmp_path: Path) -> None:
    """A list that is broken on the way is no silent matter: the old one finds on, and the fault is told."""
    listed = tmp_path / "sites.txt"
    listed.write_text("example.com\n")
    built = policy(signal("blocked", "it"), rule("listed", "it > 0"))
    screener = Screener(Setup((built,), FieldMap.of(()), lists=(listed,)))
    first = screener.screen(Lines("posts", 1, LINE))
    listed.write_bytes(b"||adblock^\n")
    second = screener.screen(Lines("posts", 2, LINE))
    assert [len(first.found), len(second.found)] == [1, 1]
    assert dict(first.list_faults) == {}
    assert "sites" in second.list_faults


def test_what_a_list_leaves_out_is_counted(policy: Build, tmp_path: Path) -> None:
    """Entries that are not in force are told with the counts of a run, also of a list that came later."""
    listed = tmp_path / "sites.txt"
    listed.write_text("example.com\n")
    built = policy(signal("blocked", "it"), rule("listed", "it > 0"))
    screener = Screener(Setup((built,), FieldMap.of(()), lists=(listed,)))
    total = Summary()
    total.merge(screener.step(Lines("posts", 1, LINE)).summary)
    assert total.left_out == {}
    listed.write_text("example.com\n||adblock^\nlocalhost\n")
    total.merge(screener.step(Lines("posts", 2, LINE)).summary)
    assert {name: left.count for name, left in total.left_out.items()} == {"sites": 2}
