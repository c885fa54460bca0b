"""The copies of versions: what is read of one is what was stated, or nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest
from policies import HEAD, write_policy

from tipstaff.base.errors import InputError
from tipstaff.policy import load
from tipstaff.policy.model import Policy, Reversal
from tipstaff.screening.load import load_policy
from tipstaff.storage.policies import Versions

SECOND: Final = '\n[reversals]\nsecond_person = ["close_account"]\n'
ALTERATIONS: Final = {
    "policy.toml": HEAD,
    "rules.toml": "",
    "signals/coins.csv": "term,weight,language,note\n",
}
"""Files of a copy, and what they may be altered to."""


@pytest.fixture
def policy(tmp_path: Path) -> Policy:
    """Return a policy by which two undo the closing of an account."""
    return load_policy(write_policy(tmp_path / "tiny", {"policy.toml": HEAD + SECOND}))


@pytest.fixture
def versions(tmp_path: Path, policy: Policy) -> Versions:
    """Return versions among which this one is kept."""
    folder = tmp_path / "policies"
    folder.mkdir()
    Versions(folder).keep(policy)
    return Versions(folder)


READ: Final[list[Callable[[Versions, str], object]]] = [Versions.ladder, Versions.provisions]


def test_a_version_says_what_its_policy_does(versions: Versions, policy: Policy) -> None:
    """Its ladder, its provisions, and what two undo."""
    assert versions.ladder(policy.reference) == policy.ladder
    assert versions.shown_ladder(policy.reference) == policy.ladder
    assert versions.provisions(policy.reference) == ("house-1",)
    assert versions.second_person(policy.reference) == (Reversal.CLOSE_ACCOUNT,)


@pytest.mark.parametrize("file", [*ALTERATIONS])
def test_an_altered_copy_says_nothing(versions: Versions, policy: Policy, tmp_path: Path, file: str) -> None:
    """Whatever was altered; nobody undoes anything alone then, and appeals can be judged still."""
    path = tmp_path / "policies" / policy.reference / file
    path.write_text(ALTERATIONS[file])
    for read in READ:
        with pytest.raises(InputError, match=r"is not what was stated, but tiny.*: restore it from a backup"):
            read(versions, policy.reference)
    assert versions.second_person(policy.reference) == tuple(Reversal)


def test_a_version_of_other_engines_leaves_nobody_unheard(
    versions: Versions, policy: Policy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its digest is another one now: two judge what it bore, its ladder is shown, and none decides by it."""
    monkeypatch.setattr(load, "ENGINE", load.ENGINE + 1)
    assert versions.shown_ladder(policy.reference) == policy.ladder
    with pytest.raises(InputError, match=r"or, if Tipstaff is newer .* \(`tipstaff policy adopt`\)"):
        versions.ladder(policy.reference)
    assert versions.second_person(policy.reference) == tuple(Reversal)


@pytest.mark.parametrize("read", [*READ, Versions.second_person, Versions.shown_ladder])
@pytest.mark.parametrize("head", [None, "name = ["])
def test_a_copy_that_cannot_be_read_is_told_of(
    versions: Versions,
    policy: Policy,
    tmp_path: Path,
    head: str | None,
    read: Callable[[Versions, str], object],
) -> None:
    """It is missing, or is no policy."""
    path = tmp_path / "policies" / policy.reference / "policy.toml"
    path.unlink()
    if head is not None:
        path.write_text(head)
    with pytest.raises(InputError, match=r"cannot be read: restore it from a backup \("):
        read(versions, policy.reference)


def test_a_version_that_has_not_changed_is_read_once(
    versions: Versions, policy: Policy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every decision asks for it; what is altered after it was read is noticed all the same."""
    read: list[Path] = []
    whole = load.read_policy
    monkeypatch.setattr(
        load, "read_policy", lambda folder, *more: [read.append(folder), whole(folder, *more)][1]
    )
    for _ in range(3):
        assert versions.ladder(policy.reference) == policy.ladder
        assert versions.provisions(policy.reference) == ("house-1",)
    assert len(read) == 1
    (tmp_path / "policies" / policy.reference / "rules.toml").write_text("")
    with pytest.raises(InputError, match="is not what was stated"):
        versions.ladder(policy.reference)
    assert len(read) == 2


def test_a_version_that_has_not_changed_is_loaded_once(
    versions: Versions, policy: Policy, tmp_path: Path
) -> None:
    """Its examples are not run again; a copy that was altered since is noticed all the same."""
    loaded = versions.load(policy.reference)
    assert versions.load(policy.reference) is loaded
    rules = tmp_path / "policies" / policy.reference / "rules.toml"
    rules.write_text(rules.read_text().replace("severity = 2", "severity = 5"))
    with pytest.raises(InputError, match="is not what was stated"):
        versions.load(policy.reference)
