"""Keys of people come and go, and are encrypted anew; wherever that dies, the same command finishes it."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from pathlib import Path
from shutil import copytree

import pytest
from desks import InjectedError

from tipstaff.actions.ask import ask
from tipstaff.assembly import people
from tipstaff.assembly.casework import add_person, drain, install, open_desk
from tipstaff.assembly.doctor import examine
from tipstaff.assembly.ledger import audit_folder, read_store, read_trust
from tipstaff.assembly.people import change_passphrase, remove, rotate
from tipstaff.base.errors import InputError
from tipstaff.base.files import replace_private
from tipstaff.bench.casework import begin, decide
from tipstaff.casework.case import Case
from tipstaff.casework.commands import Note
from tipstaff.ledger.export import export
from tipstaff.ledger.statement import Statement, parse
from tipstaff.storage import installation
from tipstaff.storage.people import PeopleKeys

START = 1_790_000_000


class Deaths:
    """What dies at its effect of that number, before or after it; 0 for never."""

    def __init__(self, number: int, *, after: bool) -> None:
        self._number, self._after = number, after
        self.calls = 0

    def around(self, effect: Callable[..., object]) -> Callable[..., object]:
        """Return an effect that may be the last."""

        def run(*args: object, **named: object) -> object:
            self.calls += 1
            dies = self.calls == self._number
            if dies and not self._after:
                raise InjectedError
            done = effect(*args, **named)
            if dies:
                raise InjectedError
            return done

        return run


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """Return an installation with a reviewer."""
    directory = tmp_path / "here"
    install(directory, "square.example/log", clock)
    add_person(directory, "alice", "reviewer", clock)
    return directory


def clock() -> int:
    """Return the time."""
    return START


def dying(monkeypatch: pytest.MonkeyPatch, number: int, *, after: bool) -> Deaths:
    """Make the steps of rotation and removal mortal."""
    deaths = Deaths(number, after=after)
    for name in ("next_of", "replace", "remove"):
        monkeypatch.setattr(PeopleKeys, name, deaths.around(getattr(PeopleKeys, name)))
    monkeypatch.setattr(people, "registered", deaths.around(people.registered))
    return deaths


def keys(here: Path) -> list[tuple[bytes, str]]:
    """Return kid and action of each key statement about alice, in order."""
    with read_store(here / "ledger") as (store, _):
        found = [one for one in map(parse, store.statements(0, store.size)) if one.kind == "key"]
    own = {one.claims["kid"] for one in found if one.claims.get("holder") == "alice"}
    return [(bytes(kid), str(one.claims["action"])) for one in found
            if (kid := one.claims["kid"]) in own and isinstance(kid, bytes)]  # fmt: skip


def kid(here: Path) -> bytes:
    """Return the key that alice signs with."""
    with open_desk(here, clock) as desk:
        assert desk.actor("alice").role == "reviewer"
        return desk.keys.key_of("alice").public.kid


@pytest.mark.parametrize("after", [False, True])
def test_a_rotation_dies_anywhere(here: Path, monkeypatch: pytest.MonkeyPatch, *, after: bool) -> None:
    """She signs all the while; in the end there is one new key, and the old one is revoked."""
    first = kid(here)
    for number in count(1):
        place = here.with_name(f"copy-{number}")
        copytree(here, place)
        with monkeypatch.context() as patch:
            dying(patch, number, after=after)
            try:
                rotate(place, "alice", clock)
            except InjectedError:
                died = True
            else:
                died = False
        kid(place)
        if died:
            while keys(place)[-1] != (first, "revoked"):
                assert rotate(place, "alice", clock) == 0
        second = kid(place)
        assert second != first
        assert keys(place) == [(first, "added"), (second, "added"), (first, "revoked")]
        assert [path.name for path in (place / "people").glob("*~*")] == []
        if not died:
            break
    assert number > 4


@pytest.mark.parametrize("after", [False, True])
def test_a_removal_dies_anywhere(here: Path, monkeypatch: pytest.MonkeyPatch, *, after: bool) -> None:
    """Revoked first, then gone; her name is not given again."""
    for number in count(1):
        place = here.with_name(f"copy-{number}")
        copytree(here, place)
        died = False
        with monkeypatch.context() as patch:
            dying(patch, number, after=after)
            try:
                remove(place, "alice", clock)
            except InjectedError:
                died = True
        if died and (place / "people" / "alice.pem").exists():
            remove(place, "alice", clock)
        assert not (place / "people" / "alice.pem").exists()
        assert [action for _, action in keys(place)] == ["added", "revoked"]
        with pytest.raises(InputError, match="there was a 'alice' before: names are given once"):
            add_person(place, "alice", "reviewer", clock)
        with pytest.raises(InputError, match="nobody named 'alice'"):
            remove(place, "alice", clock)
        if not died:
            break
    assert number > 2


@pytest.mark.parametrize("after", [False, True])
def test_a_new_passphrase_dies_anywhere(here: Path, monkeypatch: pytest.MonkeyPatch, *, after: bool) -> None:
    """Whoever signs goes on, also with keys held open; in the end the old passphrase opens nothing."""
    before = (here / "passphrase").read_bytes()
    for number in count(1):
        place = here.with_name(f"copy-{number}")
        copytree(here, place)
        with open_desk(place, clock) as desk:
            died = False
            with monkeypatch.context() as patch:
                deaths = Deaths(number, after=after)
                patch.setattr("tipstaff.storage.people.replace_private", deaths.around(replace_private))
                for name in ("begin_passphrase", "end_passphrase"):
                    patch.setattr(installation, name, deaths.around(getattr(installation, name)))
                try:
                    change_passphrase(place)
                except InjectedError:
                    died = True
            assert desk.actor("alice").role == "reviewer"
            if died and (place / "passphrase.new").exists():
                assert any(one.about == "passphrase.new" for one in examine(place, clock=clock))
                add_person(place, "bob", "reviewer", clock)
                change_passphrase(place)
                assert desk.actor("bob").role == "reviewer"
            assert desk.actor("alice").role == "reviewer"
        assert not (place / "passphrase.new").exists()
        assert examine(place, clock=clock) == []
        if not died or (place / "passphrase").read_bytes() != before:
            (place / "passphrase").write_bytes(before)
            assert {one.about for one in examine(place, clock=clock)} >= {"people/alice.pem"}
        if not died:
            break
    assert number > 5


@pytest.fixture
def decided(tmp_path: Path) -> tuple[Path, Case]:
    """Return an installation where the reviewer has decided a case, and no worker came yet."""
    directory = tmp_path / "decided"
    policy = begin(directory, 1)
    with open_desk(directory) as desk:
        decide(desk, policy, 1)
        return directory, desk.cases.load(1)


def statement(place: Path, entry: bytes) -> Statement:
    """Return a statement of the ledger."""
    with read_store(place / "ledger") as (store, _):
        return next(one for one in map(parse, store.statements(0, store.size)) if one.entry == entry)


def test_what_waits_comes_before_the_old_key_goes(decided: tuple[Path, Case], tmp_path: Path) -> None:
    """The new key signs at once; the old one is revoked when nothing of it waits. All of it verifies."""
    place, case = decided
    assert rotate(place, "reviewer") == 1
    with open_desk(place) as desk:
        new = desk.keys.key_of("reviewer").public.kid
        ask(desk, 1, desk.actor("reviewer"), Note(desk.keep(case.subject, "note", "text", "x")))
    assert rotate(place, "reviewer") == 1, "it is not another rotation"
    drain(place)
    assert rotate(place, "reviewer") == 0
    with open_desk(place) as desk:
        assert desk.keys.key_of("reviewer").public.kid == new
        after = desk.cases.load(1)
    assert after.carryings[0].done
    assert not after.refused
    assert statement(place, case.decisions[0].entry).kid != new
    with read_store(place / "ledger") as (store, checkpoints):
        last = checkpoints.last()
        assert last is not None
        export(store, last, tmp_path / "out", lambda _done, _of: None)
    trust = read_trust(place / "ledger" / "trust.json")
    assert audit_folder(tmp_path / "out", trust, None, 1, lambda _done, _of: None).sound


def test_a_key_in_wrong_hands_goes_at_once(decided: tuple[Path, Case]) -> None:
    """Without that it waits for what waits; with it, the ledger refuses that, and the case comes back."""
    place, _ = decided
    with pytest.raises(InputError, match="1 statement of reviewer waits for the ledger"):
        remove(place, "reviewer")
    with open_desk(place) as desk:
        assert desk.actor("reviewer")
    assert remove(place, "reviewer", at_once=True) == 1
    drain(place)
    with open_desk(place) as desk:
        case = desk.cases.load(1)
        assert list(case.refused) == [case.decisions[0].entry]
        assert case.stage == "open"
        assert not case.carryings


def test_the_installation_itself_is_not_removed(here: Path) -> None:
    """Its keys are rotated, as those of people are."""
    for name in ("platform", "machine", "policy_owner"):
        with pytest.raises(InputError, match="signs for the installation itself"):
            remove(here, name, clock)
        assert rotate(here, name, clock) == 0
    with pytest.raises(InputError, match="nobody named 'bob'"):
        rotate(here, "bob", clock)
