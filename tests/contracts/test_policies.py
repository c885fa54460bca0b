"""What every keeper of statements about policies does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from databases import DATABASES, database
from sqlalchemy.exc import IntegrityError
from worlds import digest

from tipstaff.actions.policies import Policies, State, Stated, find_version, in_force, versions
from tipstaff.base.errors import InputError
from tipstaff.storage.casework.migrate import upgrade
from tipstaff.storage.casework.policies import SqlPolicies


@pytest.fixture(params=DATABASES)
def policies(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Policies]:
    """Each keeper in turn."""
    with database(request.param, tmp_path) as engine:
        upgrade(engine)
        yield SqlPolicies(engine)


def stated(number: int, version: str, state: State, name: str = "house") -> Stated:
    """Return a statement."""
    made = digest(f"{name} {version}")
    return Stated(name, number, f"{name}@{version}+{made.hex()}", state, digest(f"{name} {number}"), made)


def test_a_version_stands_as_it_was_stated_last(policies: Policies) -> None:
    """It goes from shadow to in force, and ends; one that was retired can be put in force again."""
    first, second = stated(1, "1.0", State.IN_FORCE), stated(2, "1.1", State.SHADOW)
    policies.keep(first)
    policies.keep(second)
    assert policies.adopted(first.reference) == first
    assert policies.adopted(second.reference) is None
    policies.keep(stated(3, "1.0", State.RETIRED))
    policies.keep(fourth := stated(4, "1.1", State.IN_FORCE))
    assert policies.adopted(first.reference) is None
    assert policies.adopted(second.reference) == fourth
    assert in_force(policies, "house") == fourth
    assert [(one.number, one.state) for one in versions(policies.stated())] == [
        (3, State.RETIRED),
        (4, State.IN_FORCE),
    ]
    policies.keep(fifth := stated(5, "1.0", State.IN_FORCE))
    assert policies.adopted(first.reference) == fifth


def test_statements_are_kept_by_name_and_number(policies: Policies) -> None:
    """Each policy is numbered by itself; a number is given once."""
    kept = [
        stated(1, "1.0", State.SHADOW, "house"),
        stated(2, "1.0", State.IN_FORCE, "house"),
        stated(1, "1.0", State.IN_FORCE, "other"),
    ]
    for one in reversed(kept):
        policies.keep(one)
    assert policies.stated() == kept
    assert policies.stated("other") == kept[2:]
    assert policies.stated("none") == []
    with pytest.raises(IntegrityError):
        policies.keep(stated(2, "1.1", State.SHADOW, "house"))
    assert policies.stated() == kept


def test_a_version_is_found_by_its_name(policies: Policies) -> None:
    """NAME is enough where there is one in those states; of several it says which there are."""
    policies.keep(stated(1, "1.0", State.IN_FORCE))
    policies.keep(second := stated(2, "1.1", State.SHADOW))
    shadow = [State.SHADOW]
    assert find_version(policies, "house", shadow) == second
    assert find_version(policies, "house@1.1", shadow) == second
    assert find_version(policies, second.reference, shadow) == second
    assert find_version(policies, "house@1.0", shadow) is None
    assert find_version(policies, "/some/folder", shadow) is None
    policies.keep(stated(3, "1.2", State.SHADOW))
    with pytest.raises(InputError, match=r"house may be house@1.1, house@1.2: say which"):
        find_version(policies, "house", shadow)
