"""Provisions for those who read: of which policies they are taken, and how often those are read."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from policies import MINIMAL, write_policy

from tipstaff.actions.citing import Provisions
from tipstaff.actions.policies import State, Stated
from tipstaff.casework.errors import CaseError
from tipstaff.policy.model import Policy
from tipstaff.screening.load import load_policy


class Statements:
    """Statements about policies."""

    def __init__(self, *stated: tuple[str, State]) -> None:
        self._stated = [
            Stated(name, number, f"{name}@1+00", state, bytes(32), bytes(32))
            for number, (name, state) in enumerate(stated, start=1)
        ]

    def stated(self, name: str | None = None) -> list[Stated]:
        """Return all of them."""
        return [one for one in self._stated if name in (None, one.name)]

    def adopted(self, reference: str) -> Stated | None:
        """Return nothing: nobody asks."""
        raise AssertionError(reference)

    def keep(self, stated: Stated) -> None:
        """Keep nothing: nobody asks."""
        raise AssertionError(stated)


class OpenShelf:
    """Policies that are read by their names; what is not there cannot be read."""

    def __init__(self, policies: Mapping[str, Policy]) -> None:
        self._policies = policies
        self.was_read: list[str] = []

    def read(self, reference: str) -> Policy:
        """Return a policy, and remember that it was read."""
        name = reference.partition("@")[0]
        self.was_read.append(name)
        if name not in self._policies:
            raise CaseError(f"{reference} cannot be read")
        return self._policies[name]

    def load(self, reference: str) -> Policy:
        """Return nothing: nobody asks."""
        raise AssertionError(reference)

    def shipped(self, name: str) -> Policy | None:
        """Return nothing: nobody asks."""
        raise AssertionError(name)

    def adopt(self, policy: Policy, by: str) -> None:
        """State nothing: nobody asks."""
        raise AssertionError(policy, by)

    def shadow(self, policy: Policy, by: str) -> None:
        """State nothing: nobody asks."""
        raise AssertionError(policy, by)

    def retire(self, reference: str, by: str) -> None:
        """State nothing: nobody asks."""
        raise AssertionError(reference, by)


@pytest.fixture(scope="module")
def policies(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Policy]:
    """Return three small policies: `now` and `before` have one provision alike, `old` another one."""

    def made(provision: str, article: str) -> Policy:
        files = {
            name: MINIMAL[name]
            .replace("house-1", provision)
            .replace('article = "1"', f'article = "{article}"')
            for name in ("policy.toml", "rules.toml")
        }
        return load_policy(write_policy(tmp_path_factory.mktemp("policy"), files))

    return {"now": made("house-1", "2"), "before": made("house-1", "1"), "old": made("rule-9", "9")}


def test_a_provision_is_that_of_the_policy_in_force(policies: Mapping[str, Policy]) -> None:
    """Not that of a version before it, or in shadow; the others are not even read."""
    shelf = OpenShelf(policies)
    known = Statements(("before", State.RETIRED), ("old", State.SHADOW), ("now", State.IN_FORCE))
    provisions = Provisions(known, shelf)
    for _ in range(2):
        found = provisions.find("house-1")
        assert found is not None
        assert found.article == "2"
    assert shelf.was_read == ["now"]


def test_a_provision_of_a_retired_policy_is_found(policies: Mapping[str, Policy]) -> None:
    """What was done by it stands on the ledger; one that is only in shadow is nowhere."""
    known = Statements(("now", State.IN_FORCE), ("old", State.RETIRED))
    found = Provisions(known, OpenShelf(policies)).find("rule-9")
    assert found is not None
    assert found.article == "9"
    assert Provisions(known, OpenShelf(policies)).find("nowhere") is None
    tried = Statements(("now", State.IN_FORCE), ("old", State.SHADOW))
    assert Provisions(tried, OpenShelf(policies)).find("rule-9") is None


def test_a_policy_that_cannot_be_read_hides_no_other(policies: Mapping[str, Policy]) -> None:
    """Its own provisions are not there, and those of others are."""
    shelf = OpenShelf(policies)
    known = Statements(("now", State.IN_FORCE), ("lost", State.IN_FORCE))
    assert Provisions(known, shelf).find("house-1") is not None
    assert shelf.was_read == ["lost", "now"]
