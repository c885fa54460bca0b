"""Tokens: shown once, for a while, for what their user may and no more."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from tipstaff.actions.access.memory import MemoryUsers
from tipstaff.actions.access.permissions import GRANTED, Permission, Role
from tipstaff.actions.access.principal import ForbiddenError, Principal
from tipstaff.actions.access.tokens import (
    DAY,
    PeopleError,
    UnknownTokenError,
    User,
    make_token,
    principal_of,
    revoke_token,
)
from tipstaff.base.errors import InputError, MissingError
from tipstaff.casework.words import Subject, SubjectKind
from tipstaff.cli.token import SCOPES
from tipstaff.cli.user import ROLES

NOW = 1_790_000_000
NEWS = Subject("square", SubjectKind.ACCOUNT, "news")
SITE = Subject("square", SubjectKind.SITE, "coin.example")
ALICE = User("alice", frozenset({Role.REVIEWER}))


@pytest.fixture
def users() -> MemoryUsers:
    """Users with one reviewer."""
    made = MemoryUsers()
    made.keep_user(ALICE)
    return made


def test_a_token_is_for_its_user(users: MemoryUsers) -> None:
    """Who shows it asks as its user, with the roles that they have when it is shown."""
    shown = make_token(users, "alice", 1, NOW).shown
    number = shown.split("_")[1]
    assert principal_of(users, shown, NOW) == Principal("alice", ALICE.roles, by=number)
    users.keep_user(replace(ALICE, roles=frozenset({Role.AUDITOR})))
    assert principal_of(users, shown, NOW).roles == {Role.AUDITOR}


def test_nothing_that_is_kept_can_be_shown(users: MemoryUsers) -> None:
    """What is kept is a digest: the secret is nowhere in it."""
    made = make_token(users, "alice", 1, NOW)
    secret = made.shown.split("_", 2)[2]
    assert len(secret) >= 43
    assert secret not in repr(users.tokens("alice"))
    assert users.tokens("alice") == [made.token]


@pytest.mark.parametrize(("at", "works"), [(NOW, True), (NOW + DAY - 1, True), (NOW + DAY, False)])
def test_a_token_ends(users: MemoryUsers, at: int, *, works: bool) -> None:
    """It works until its days are over."""
    shown = make_token(users, "alice", 1, NOW).shown
    if works:
        principal_of(users, shown, at)
    else:
        with pytest.raises(UnknownTokenError, match="ask for a new one"):
            principal_of(users, shown, at)


def test_a_revoked_token_is_none(users: MemoryUsers) -> None:
    """It works no more, whatever else there is; when it was first revoked is kept."""
    one, other = (make_token(users, "alice", 1, NOW) for _ in range(2))
    revoke_token(users, "alice", one.token.id, NOW + 1)
    revoke_token(users, "alice", one.token.id, NOW + 2)
    found = users.token(one.token.id)
    assert found is not None
    assert found.revoked_at == NOW + 1
    with pytest.raises(UnknownTokenError):
        principal_of(users, one.shown, NOW + 2)
    assert principal_of(users, other.shown, NOW + 2).name == "alice"
    for name, number in (("alice", "x"), ("bob", one.token.id)):
        with pytest.raises(MissingError, match=f"{name} has no token '{number}'"):
            revoke_token(users, name, number, NOW)


def test_the_token_of_a_user_who_was_stopped_is_none(users: MemoryUsers) -> None:
    """It works again once they may do something again."""
    shown = make_token(users, "alice", 1, NOW).shown
    users.keep_user(replace(ALICE, active=False))
    with pytest.raises(UnknownTokenError):
        principal_of(users, shown, NOW)
    with pytest.raises(InputError, match="there is no user 'alice'"):
        make_token(users, "alice", 1, NOW)


def test_what_is_no_token_is_refused_alike(users: MemoryUsers) -> None:
    """Whatever is wrong, the same is told: nothing of which tokens there are."""
    shown = make_token(users, "alice", 1, NOW).shown
    prefix, number, secret = shown.split("_", 2)
    wrong = ("", "_", "a_b_c", f"{prefix}_{number}_", f"{prefix}_{number}_{secret}x", f"x_{number}_{secret}",
             f"{prefix}_0_{secret}", f"{prefix}_{number}", shown.upper(), "中文_中_中")  # fmt: skip
    told = set()
    for one in wrong:
        with pytest.raises(UnknownTokenError) as caught:
            principal_of(users, one, NOW)
        told.add(str(caught.value))
    assert len(told) == 1


def test_scopes_narrow_what_a_token_may(users: MemoryUsers) -> None:
    """It may what is in both; a scope beyond its user's permissions is refused."""
    shown = make_token(users, "alice", 1, NOW, frozenset({Permission.READ_CASES})).shown
    principal = principal_of(users, shown, NOW)
    principal.require(Permission.READ_CASES)
    with pytest.raises(ForbiddenError, match=r"alice may not do this with this token: .* cases:decide"):
        principal.require(Permission.DECIDE)
    with pytest.raises(ForbiddenError, match="alice may not do this: it takes the permission people:manage"):
        principal.require(Permission.MANAGE_PEOPLE)
    with pytest.raises(InputError, match="alice may not appeals:judge"):
        make_token(users, "alice", 1, NOW, frozenset({Permission.JUDGE}))
    users.keep_user(replace(ALICE, roles=frozenset({Role.ADMIN})))
    assert principal_of(users, shown, NOW).permissions == frozenset(), "roles that are gone take scopes along"


@pytest.mark.parametrize(
    ("user", "told"),
    [
        (User("x", frozenset({Role.READER, Role.REVIEWER}), reader="square/reader/x"), "either outside or"),
        (User("x", frozenset({Role.READER})), "have the name of a reader"),
        (User("x", frozenset({Role.REVIEWER}), reader="square/reader/x"), "have the name of a reader"),
        (User("x", frozenset({Role.COMPLAINANT}), reader="alice"), "is no name of a reader"),
        (User("x", frozenset({Role.ACCOUNT_HOLDER})), "hold accounts or apps"),
        (User("x", frozenset({Role.ADMIN}), holds=(NEWS,)), "hold accounts or apps"),
        (User("x", frozenset({Role.ACCOUNT_HOLDER}), holds=(SITE,)), "nobody holds a site"),
        (User("x", frozenset({Role.AUDITOR}), queues=frozenset({"square"})), "are limited to queues"),
        (User("x", frozenset({Role.REVIEWER, Role.ADMIN}), queues=frozenset()), "are limited to queues"),
    ],
)
def test_what_is_somebodys_goes_with_their_roles(user: User, told: str) -> None:
    """Nobody decides here and is decided about; each role has what it needs, and no other one has that."""
    with pytest.raises(PeopleError, match=told):
        user.check()


def test_who_is_outside_asks_as_who_they_are(users: MemoryUsers) -> None:
    """The name that they complain under, and what they hold, come with their token."""
    roles = frozenset({Role.READER, Role.ACCOUNT_HOLDER})
    user = User("rae", roles, reader="square/reader/rae", holds=(NEWS,))
    user.check()
    users.keep_user(user)
    principal = principal_of(users, make_token(users, "rae", 1, NOW).shown, NOW)
    assert principal == Principal("rae", roles, None, "square/reader/rae", (NEWS,), principal.by)


def test_who_is_limited_asks_as_that(users: MemoryUsers) -> None:
    """The hosts whose cases are there for them come with their token, as they are when it is shown."""
    shown = make_token(users, "alice", 1, NOW).shown
    assert principal_of(users, shown, NOW).sees(NEWS)
    for queues, sees in (
        (frozenset({"square"}), True),
        (frozenset({"matrix"}), False),
        (frozenset[str](), False),
    ):
        limited = replace(ALICE, roles=frozenset({Role.REVIEWER}), queues=queues)
        limited.check()
        users.keep_user(limited)
        assert principal_of(users, shown, NOW).sees(NEWS) is sees


@pytest.mark.parametrize("days", [0, -1, 367])
def test_a_token_is_for_some_days(users: MemoryUsers, days: int) -> None:
    """At least one, at most a year."""
    with pytest.raises(InputError, match="a token is for 1 to 366 days"):
        make_token(users, "alice", days, NOW)


def test_every_role_is_granted_something_or_nothing_on_purpose() -> None:
    """What no role has been given, nobody has; the command line knows the same words."""
    assert set(GRANTED) == set(Role) == set(ROLES)
    assert {permission for granted in GRANTED.values() for permission in granted} == set(Permission)
    assert set(SCOPES) == set(Permission)
