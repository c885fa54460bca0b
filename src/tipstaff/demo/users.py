"""Users of the demo, who can log in while it is served: everybody who works there, and some outside."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from typing import Final, NamedTuple

from tipstaff.actions.access.passwords import Hasher
from tipstaff.actions.access.permissions import Role
from tipstaff.actions.access.tokens import User, make_token
from tipstaff.actions.texts import reader
from tipstaff.assembly.access import open_access
from tipstaff.casework.words import Subject, SubjectKind
from tipstaff.demo.place import Place
from tipstaff.demo.waiting import OWNER
from tipstaff.demo.world import World
from tipstaff.hosts.square.measures import NAME as SQUARE
from tipstaff.storage import installation

_SETTINGS: Final = 'second_factor_roles = ""  # a demo: a password is enough\n'
_DAYS: Final = 7
_JUDGE: Final = "marta"
"""Who judges appeals."""
_HOLDERS: Final = ("moonharbor", "chainlantern")


class Shown(NamedTuple):
    """A user, with what they log in with and the token that their programs show: told once."""

    user: User
    password: str
    token: str


def bring_in(place: Place, world: World, now: int) -> list[Shown]:
    """Make everybody a user who works in the world, and a reader, an account holder, an auditor, an admin."""
    (place.installation / installation.SETTINGS).write_text(_SETTINGS, encoding="utf-8")
    hasher, shown = Hasher(), []
    with open_access(place.installation) as access:
        for user in _users(world):
            access.users.keep_user(user)
            password = secrets.token_urlsafe(12)
            access.logins.keep_password(user.name, hasher.hash(password))
            token = make_token(access.users, user.name, _DAYS, now).shown
            shown.append(Shown(user, password, token))
    return shown


def going_on(told_until: int) -> Callable[[], int]:
    """Return a clock that goes on from where the story has ended, should that lie ahead of now."""
    began = time.time()

    def clock() -> int:
        return int(max(time.time(), told_until + time.time() - began))

    return clock


def _users(world: World) -> list[User]:
    """Return the users of a world: of accounts, those who hold one that was closed, and one that was not."""
    complaint = world.complaints[0]
    return [
        *(
            User(one.name, frozenset({Role.SENIOR_REVIEWER if one.name == _JUDGE else Role(one.role)}))
            for one in world.persons
        ),
        User(OWNER, frozenset({Role.POLICY_OWNER})),
        User("auditor", frozenset({Role.AUDITOR})),
        User("admin", frozenset({Role.ADMIN})),
        User(complaint.by, frozenset({Role.READER}), reader=reader(SQUARE, complaint.by)),
        *(
            User(
                handle,
                frozenset({Role.ACCOUNT_HOLDER}),
                holds=(Subject(SQUARE, SubjectKind.ACCOUNT, handle),),
            )
            for handle in _HOLDERS
        ),
    ]
