"""Commands that die between two stores: the same command again finishes, and nothing is there twice."""

from __future__ import annotations

import sqlite3
from collections import Counter
from itertools import count
from pathlib import Path
from shutil import copytree

import pytest
from desks import InjectedError

from tipstaff.actions.policies import State, Stated
from tipstaff.assembly.casework import add_person, adopt, install, open_desk, retire
from tipstaff.assembly.ledger import open_log, read_store
from tipstaff.base.errors import InputError
from tipstaff.ledger.errors import AnotherWriterError
from tipstaff.ledger.statement import Statement, parse
from tipstaff.policy.model import Policy
from tipstaff.screening.load import load_policy
from tipstaff.storage.casework.policies import SqlPolicies

START = 1_790_000_000


class DyingClock:
    """A clock at whose call of that number the process dies; 0 for never."""

    def __init__(self, number: int = 0) -> None:
        self._number = number
        self.calls = 0

    def __call__(self) -> int:
        """Return the time, or die."""
        self.calls += 1
        if self.calls == self._number:
            raise InjectedError
        return START


@pytest.fixture(scope="module")
def policies() -> tuple[Policy, Policy]:
    """Return two policies that ship."""
    return load_policy("crypto-promotion"), load_policy("undisclosed-sponsorship")


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """Return a new installation."""
    directory = tmp_path / "here"
    install(directory, "square.example/log", DyingClock())
    return directory


def stated(here: Path, kind: str) -> list[Statement]:
    """Return the statements of a kind."""
    with read_store(here / "ledger") as (store, _):
        return [one for one in map(parse, store.statements(0, store.size)) if one.kind == kind]


def forget(here: Path, policy: Policy) -> None:
    """Undo what was written to the database of casework, as if the process had died before it."""
    with sqlite3.connect(here / "casework.db") as database:
        assert database.execute("DELETE FROM policies WHERE name = ?", (policy.name,)).rowcount == 1
    database.close()


def test_bringing_somebody_in_dies_anywhere(here: Path) -> None:
    """Wherever it dies, the same command finishes, or says that it was finished; one key is stated."""
    for number in count(1):
        name, died = f"alice-{number}", False
        try:
            add_person(here, name, "reviewer", DyingClock(number))
        except InjectedError:
            died = True
            try:
                add_person(here, name, "reviewer", DyingClock())
            except InputError as error:
                assert str(error) == f"there is a {name!r} already: names are given once"  # noqa: PT017  either is right
        with open_desk(here, DyingClock()) as desk:
            assert desk.actor(name).role == "reviewer"
        if not died:
            break
    assert number > 3
    holders = Counter(one.claims["holder"] for one in stated(here, "key"))
    assert set(holders.values()) == {1}
    assert set(here.glob("people/.*")) == set(), "nothing half made is left"


def test_a_name_is_taken_once_it_is_stated(here: Path) -> None:
    """A key that the ledger knows is not stated again, whatever the role."""
    add_person(here, "alice", "reviewer", DyingClock())
    with pytest.raises(InputError, match="there is a 'alice' already"):
        add_person(here, "alice", "clerk", DyingClock())
    assert [one.claims["holder"] for one in stated(here, "key")].count("alice") == 1


def test_adopting_a_policy_dies_anywhere(here: Path, policies: tuple[Policy, Policy]) -> None:
    """Wherever it dies, the same command finishes: the version is stated once, and known by its entry."""
    for number in count(1):
        place = here.with_name(f"copy-{number}")
        copytree(here, place)
        died = False
        try:
            adopt(place, policies[0], DyingClock(number))
        except InjectedError:
            died = True
            adopt(place, policies[0], DyingClock())
        with open_desk(place) as desk:
            adopted = desk.policies.adopted(policies[0].reference)
        (statement,) = stated(place, "policy")
        assert adopted is not None
        assert (adopted.entry, adopted.digest) == (statement.entry, statement.claims["digest"])
        if not died:
            break
    assert number > 3


def test_a_statement_that_the_database_has_lost_is_taken_up(
    here: Path, policies: tuple[Policy, Policy]
) -> None:
    """Adopted again, or after another one: nothing is stated twice, and numbers go on."""
    for policy in policies:
        adopt(here, policy, DyingClock())
    with open_desk(here) as desk:
        before = [desk.policies.adopted(policy.reference) for policy in policies]
    forget(here, policies[0])
    adopt(here, policies[0], DyingClock())
    with open_desk(here) as desk:
        assert [desk.policies.adopted(policy.reference) for policy in policies] == before
        assert len(desk.policies.stated(policies[0].name)) == 1
    assert len(stated(here, "policy")) == 2


def test_what_another_owner_has_stated_is_taken_up(here: Path, policies: tuple[Policy, Policy]) -> None:
    """Whoever signed it: the database has lost it, and the next owner finds it on the ledger."""
    for name in ("petra", "paul"):
        add_person(here, name, "policy_owner", DyingClock())
    adopt(here, policies[0], DyingClock(), "petra")
    forget(here, policies[0])
    retire(here, policies[0].reference, DyingClock(), "paul")
    with open_desk(here) as desk:
        found = [(one.number, one.state) for one in desk.policies.stated(policies[0].name)]
    assert found == [(1, State.IN_FORCE), (2, State.RETIRED)]
    assert [one.iss for one in stated(here, "policy")] == ["petra", "paul"]


def test_nobody_states_anything_between_the_ledger_and_the_database(
    here: Path, policies: tuple[Policy, Policy], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another owner would find the statement, take it up, and be there first."""
    keep, refused = SqlPolicies.keep, []

    def keep_alone(self: SqlPolicies, one: Stated) -> None:
        with pytest.raises(AnotherWriterError) as error, open_log(here / "ledger", DyingClock()):
            pass
        refused.append(error.value)
        keep(self, one)

    monkeypatch.setattr(SqlPolicies, "keep", keep_alone)
    adopt(here, policies[0], DyingClock())
    assert len(refused) == 1
