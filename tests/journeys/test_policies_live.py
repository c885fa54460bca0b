"""A version of a policy goes through shadow, is put in force, and is retired."""

from __future__ import annotations

import sqlite3
import time
from itertools import count
from pathlib import Path
from shutil import copytree

import pytest
from desks import InjectedError
from policies import HEAD, NEW, OLD, group, rule, write_policy
from saying import Say, saying

from tipstaff.assembly.casework import adopt, open_desk
from tipstaff.assembly.ledger import read_store
from tipstaff.cli.main import main
from tipstaff.ledger.statement import parse
from tipstaff.screening.load import load_policy


@pytest.fixture
def new(tmp_path: Path) -> Path:
    """Write the new version."""
    return write_policy(tmp_path / "new", NEW)


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """Begin an installation with the old version in force, and three posts of one account."""
    directory = tmp_path / "here"
    old = write_policy(tmp_path / "old", OLD)
    for line in (
        ("init", directory, "--origin", "example.org/log", "--policy", old),
        ("person", directory, "alice"),
        ("square", "account", directory, "moonharbor", "M"),
        ("square", "post", directory, "moonharbor", "buy mooncoin"),
        ("square", "post", directory, "moonharbor", "beware: buy mooncoin"),
        ("square", "post", directory, "moonharbor", "to the moonshot"),
    ):
        assert main([str(word) for word in line]) == 0
    return directory


@pytest.fixture
def say(here: Path, capsys: pytest.CaptureFixture[str]) -> Say:
    """Return what runs a command on that installation, and returns what it says."""
    return saying(here, capsys)


def policy_statements(here: Path) -> list[tuple[object, object, object]]:
    """Return number, version and state of each statement about a policy."""
    with read_store(here / "ledger") as (store, _):
        found = [one for one in map(parse, store.statements(0, store.size)) if one.kind == "policy"]
    return [(one.claims["number"], one.claims["version"], one.claims["state"]) for one in found]


def decide(say: Say, *more: object, code: int = 0) -> str:
    """Decide that posts are blocked."""
    told = ("--reasons", "ad", "--skip-rungs", "grave_harm")
    return say("case decide", 1, "--as", "alice", "--measure", "block_content", *told, *more, code=code)


def test_a_shadow_observes_and_nothing_comes_of_it(here: Path, say: Say, new: Path) -> None:
    """No case has what it alone finds, nothing is held for it; what would change is told."""
    told = say("policy shadow", new)
    assert "In shadow: tiny 1.3.0" in told
    told = say("case find", "--hold-from", 1)
    assert "1 case with something new" in told
    assert "tiny 1.3.0 would catch 1 post more, and let 1 through that 1.2.3 catches" in told
    with open_desk(here) as desk:
        case = desk.cases.load(1)
    posts = {one.post for one in case.found}
    assert len(posts) == 2
    assert {one.policy.partition("+")[0] for one in case.found} == {"tiny@1.2.3"}
    assert {post for decision in case.decisions for post in decision.said.posts} == posts
    assert policy_statements(here) == [(1, "1.2.3", "in_force"), (2, "1.3.0", "shadow")]


def test_both_directions_are_counted_by_rule(say: Say, new: Path) -> None:
    """The one post that is newly caught, by two rules, and the one that is let through."""
    say("policy shadow", new)
    told = say("policy compare", "tiny", "--lang", "en")
    assert "old tiny 1.2.3" in told
    assert "new tiny 1.3.0" in told
    assert "3 posts: 1 newly caught, 1 newly let through, 0 changed outcome" in told
    assert "offer violation 2 2 1 1 0 offer" in told
    assert "hint review new 1 1 0 0 hint" in told
    assert "caution permitted 1 gone 0 0 0 caution" in told


def test_a_shadow_is_put_in_force(here: Path, say: Say, new: Path) -> None:
    """The version before it is retired by the same batch; decisions cite the version that they rest on."""
    say("case find")
    say("policy shadow", new)
    assert "In force: tiny 1.3.0" in say("policy adopt", "tiny")
    assert policy_statements(here)[1:] == [
        (2, "1.3.0", "shadow"),
        (3, "1.2.3", "retired"),
        (4, "1.3.0", "in_force"),
    ]
    assert "is in force no longer: screen again" in decide(say, "--post", "p2", code=2)
    assert "1 case with something new" in say("case find")
    decide(say, "--post", "p2")
    say("worker", "--drain")
    with open_desk(here) as desk:
        case = desk.cases.load(1)
        (decision,) = case.decisions
        (_, current) = (one for one in desk.policies.stated() if one.state == "in_force")
    assert decision.said.policy == current.entry
    assert decision.entry in case.logged
    listed = say("policy list")
    assert "tiny 1.2.3 retired" in listed
    assert "tiny 1.3.0 in force" in listed


def test_a_new_version_reopens_nothing(here: Path, say: Say, new: Path) -> None:
    """What was decided on stays so, though the new version finds it as well; what it alone finds is new."""
    say("case find")
    decide(say, "--post", "p2", "--post", "p4")
    say("worker", "--drain")
    lenient = {**OLD, "policy.toml": HEAD.replace("1.2.3", "1.2.4")}
    say("policy adopt", write_policy(here.parent / "lenient", lenient))
    assert "0 cases with something new" in say("case find")
    say("policy adopt", new)
    assert "1 case with something new" in say("case find")


def test_decisions_that_wait_come_first(here: Path, say: Say, new: Path) -> None:
    """A version is not ended under decisions that the ledger does not have yet: it would refuse them."""
    say("case find")
    decide(say, "--post", "p2")
    for command in (("policy adopt", new), ("policy retire", "tiny")):
        assert "1 decision under tiny 1.2.3 waits for the ledger" in say(*command, code=2)
    assert len(policy_statements(here)) == 1
    say("worker", "--drain")
    say("policy adopt", new)


def test_nothing_is_found_under_a_retired_version(say: Say) -> None:
    """Nor decided; and what never was in force cannot end."""
    assert "Retired: tiny 1.2.3" in say("policy retire", "tiny")
    assert "no policy is in force here" in say("case find", code=2)
    assert "no version of tiny is in shadow or in force here" in say("policy retire", "tiny", code=2)
    assert "no version of tiny is in shadow here" in say("policy compare", "tiny", code=2)


def test_what_is_stated_stays_as_it_is(here: Path, say: Say, new: Path) -> None:
    """What changes in the folder later changes nothing; the copy in the installation is not to be altered."""
    say("policy shadow", new)
    (new / "rules.toml").write_text(rule("offer", "offer > 0", severity=5))
    assert "In shadow, tiny 1.3.0 would catch 1" in say("case find")
    assert "digest" in say("policy adopt", new, code=2)
    (kept,) = (here / "policies").glob("tiny@1.2.3*")
    (kept / "signals" / "offer.csv").write_text(group("buy mooncoin"))
    assert "is not what was stated" in say("case find", code=2)


def test_a_version_in_force_does_not_go_back_into_shadow(say: Say, here: Path) -> None:
    """What it finds is decided on; another version takes its place, or none."""
    assert "tiny 1.2.3 is in force" in say("policy shadow", here.parent / "old", code=2)


class DyingClock:
    """A clock at whose call of that number the process dies; 0 for never."""

    def __init__(self, number: int = 0) -> None:
        self._number = number
        self._calls = 0

    def __call__(self) -> int:
        """Return the time, or die."""
        self._calls += 1
        if self._calls == self._number:
            raise InjectedError
        return int(time.time())


def test_putting_another_version_in_force_dies_anywhere(here: Path, new: Path) -> None:
    """Wherever it dies, the same command finishes; so does one that died between the ledger and a row."""
    policy = load_policy(new)
    expected = [(1, "1.2.3", "in_force"), (2, "1.2.3", "retired"), (3, "1.3.0", "in_force")]
    for number in count(1):
        place = here.with_name(f"copy-{number}")
        copytree(here, place)
        died = False
        try:
            adopt(place, policy, DyingClock(number))
        except InjectedError:
            died = True
            adopt(place, policy)
        assert policy_statements(place) == expected
        if not died:
            break
    assert number > 3


@pytest.mark.parametrize("lost", [2, 3])
def test_what_the_database_has_lost_is_taken_up_first(here: Path, new: Path, lost: int) -> None:
    """Also by whoever would state that the old version is in force, as the database believes it is."""
    old, policy = load_policy(here.with_name("old")), load_policy(new)
    adopt(here, policy)
    with sqlite3.connect(here / "casework.db") as database:
        assert database.execute("DELETE FROM policies WHERE number >= ?", (lost,)).rowcount == 4 - lost
    database.close()
    adopt(here, old)
    with open_desk(here) as desk:
        assert desk.policies.adopted(policy.reference) is None
        assert desk.policies.adopted(old.reference)
        kept = [(one.number, one.reference.partition("+")[0], one.state) for one in desk.policies.stated()]
    assert kept == [(number, f"tiny@{version}", state) for number, version, state in policy_statements(here)]
    assert len(kept) == 5


def test_a_version_that_is_missing_is_told_of(here: Path, say: Say) -> None:
    """Nothing is screened with less than what is in force."""
    (kept,) = (here / "policies").iterdir()
    kept.rename(here / "elsewhere")
    assert "is missing: restore it from a backup" in say("case find", code=2)


def test_a_copy_of_an_installation_has_its_versions(here: Path, say: Say) -> None:
    """They are backed up with it; the doctor tells of one that was altered, and of no other."""
    copy = here.with_name("copy")
    say("backup", copy)
    assert main(["case", "find", str(copy)]) == 0
    assert "tiny@" not in say("doctor")
    (kept,) = (here / "policies").glob("tiny@1.2.3*")
    (kept / "signals" / "offer.csv").write_text(group("buy mooncoin"))
    assert "tiny@1.2.3" in say("doctor", code=1)


def test_who_owns_policies_has_a_key_of_their_own(say: Say, new: Path) -> None:
    """Brought in as others who sign; the commands go on to sign with the key of the installation."""
    assert "petra signs as policy_owner" in say("person", "petra", "--role", "policy_owner")
    assert "In shadow: tiny 1.3.0" in say("policy shadow", new)
    say("person", "petra", "--revoke")
    assert "Retired: tiny 1.3.0" in say("policy retire", "tiny@1.3.0")
