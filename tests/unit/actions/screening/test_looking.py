"""Posts are looked at under what is in force then, and one that cannot be screened is refused alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from policies import MINIMAL, post, write_policy

from tipstaff.actions.policies import State, Stated
from tipstaff.actions.screening.looking import Engine, InForce
from tipstaff.casework.errors import CaseError
from tipstaff.policy.model import Policy
from tipstaff.screening.batches import Batch
from tipstaff.screening.engine import make_engine
from tipstaff.screening.findings import OnPost
from tipstaff.screening.load import load_policy


class Shelf:
    """Statements about policies, and the versions that they are about, which are loaded one by one."""

    def __init__(self) -> None:
        self.statements: list[Stated] = []
        self.policies: dict[str, Policy] = {}
        self.loaded: list[str] = []

    def state(self, policy: Policy, state: State) -> None:
        """State how a version stands."""
        self.policies[policy.reference] = policy
        number = len(self.statements) + 1
        self.statements.append(Stated(policy.name, number, policy.reference, state, b"", b""))

    def stated(self, name: str | None = None) -> list[Stated]:
        """Return the statements."""
        return [one for one in self.statements if name in (None, one.name)]

    def adopted(self, reference: str) -> Stated | None:
        """Return none: nobody asks."""
        raise NotImplementedError(reference)

    def keep(self, stated: Stated) -> None:
        """Keep none: nobody asks."""
        raise NotImplementedError(stated)

    def load(self, reference: str) -> Policy:
        """Load a version."""
        self.loaded.append(reference)
        return self.policies[reference]


class Brittle:
    """An engine that fails on any batch in which a post says so."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def by_post(self, batch: Batch) -> Iterator[OnPost]:
        """Screen, or fail."""
        if "break" in batch.texts:
            raise IndexError("out of bounds")
        return self._engine.by_post(batch)


def test_the_versions_in_force_are_those_of_each_batch(tmp_path: Path) -> None:
    """One that is adopted is loaded once, the one before it is left; shadows find nothing."""
    shelf = Shelf()
    old = load_policy(write_policy(tmp_path / "old"))
    later = {"policy.toml": MINIMAL["policy.toml"].replace("1.2.3", "1.2.4")}
    new = load_policy(write_policy(tmp_path / "new", later))
    look = InForce(shelf, shelf.load, make_engine)
    with pytest.raises(CaseError, match="no policy is in force"):
        look([post("bitcoin")])
    shelf.state(old, State.IN_FORCE)
    shelf.state(new, State.SHADOW)
    posts = [post("bitcoin"), post("nothing"), post("bitcoin")]
    assert [[one.policy for one in looked.findings] for looked in look(posts)] == [
        [old.reference], [], [old.reference],
    ]  # fmt: skip
    look(posts)
    shelf.state(old, State.RETIRED)
    shelf.state(new, State.IN_FORCE)
    (looked,) = look(posts[:1])
    assert looked.policies == (new,)
    assert shelf.loaded == [old.reference, new.reference]


def test_one_post_that_breaks_the_engine_is_refused_alone(tmp_path: Path) -> None:
    """The others of its batch come out as they would; the reason tells nothing of the inside."""
    shelf = Shelf()
    policy = load_policy(write_policy(tmp_path / "policy"))
    shelf.state(policy, State.IN_FORCE)
    look = InForce(shelf, shelf.load, lambda policies: Brittle(make_engine(policies)))
    found = look([post("bitcoin"), post("break"), post("nothing"), post("bitcoin")])
    assert [len(one.findings) for one in found] == [1, 0, 0, 1]
    assert [bool(one.refused) for one in found] == [False, True, False, False]
    assert "bounds" not in found[1].refused
