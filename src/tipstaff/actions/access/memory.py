"""Users, tokens, logins, links, the trail and answers in memory, for tests and trials."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice

from msgspec.structs import replace

from tipstaff.actions.access.links import Link
from tipstaff.actions.access.lockout import Change, Key, Tried, digest_of
from tipstaff.actions.access.logins import Login, Session, Standing
from tipstaff.actions.access.once import Begun
from tipstaff.actions.access.passkeys import Passkey
from tipstaff.actions.access.tokens import Change as ChangeUsers
from tipstaff.actions.access.tokens import Token, User
from tipstaff.actions.access.trail import Kept, Sought, Visit


class MemoryUsers:
    """Users who are forgotten with the process."""

    def __init__(self) -> None:
        self._users: dict[str, User] = {}
        self._tokens: dict[str, Token] = {}

    def user(self, name: str) -> User | None:
        """Return a user."""
        return self._users.get(name)

    def users(self) -> list[User]:
        """Return all users, by name."""
        return [self._users[name] for name in sorted(self._users)]

    def keep_user(self, user: User) -> None:
        """Keep a user, in place of what was kept of them before."""
        self._users[user.name] = user

    def change_users(self, change: ChangeUsers, now: int) -> None:
        """Keep the user that comes of all of them, while nobody else keeps one.

        The tokens of one who is stopped are revoked with it, for good.
        """
        changed = change(self.users())
        self.keep_user(changed)
        for one in self.tokens(changed.name):
            if not changed.active and one.revoked_at is None:
                self.keep_token(replace(one, revoked_at=now))

    def token(self, number: str) -> Token | None:
        """Return a token by its id."""
        return self._tokens.get(number)

    def tokens(self, user: str) -> list[Token]:
        """Return the tokens of a user, the oldest first."""
        found = (one for one in self._tokens.values() if one.user == user)
        return sorted(found, key=lambda one: (one.made_at, one.id))

    def keep_token(self, token: Token) -> None:
        """Keep a token, in place of what was kept of it before."""
        self._tokens[token.id] = token


class MemoryLogins(MemoryUsers):
    """Users with their logins, who are forgotten with the process."""

    def __init__(self) -> None:
        super().__init__()
        self._logins: dict[str, Login] = {}
        self._recovery: dict[str, set[str]] = {}
        self._sessions: dict[bytes, Session] = {}
        self._tries: dict[Key, Tried] = {}
        self._passkeys: dict[bytes, Passkey] = {}
        self._challenges: dict[bytes, tuple[str, int]] = {}

    def keep_user(self, user: User) -> None:
        """Keep a user, in place of what was kept of them before; their sessions have ended."""
        super().keep_user(user)
        if user.name in self._logins:
            self._change(user.name)

    def login(self, user: str) -> Login | None:
        """Return how somebody logs in."""
        return self._logins.get(user)

    def standings(self, users: Sequence[str]) -> Mapping[str, Standing]:
        """Return how the logins of some users stand, all at once."""
        return {
            one: Standing(self.login(one), len(self.passkeys(one)), self.locked_until(digest_of(one)))
            for one in users
        }

    def keep_password(self, user: str, password: str) -> None:
        """Keep a new password; sessions of before have ended, and no secret waits for its code."""
        self._change(user, password=password, initial_until=None, pending=None)

    def give_password(self, user: str, password: str, until: int, by: Session) -> bool:
        """Keep a password that is not their own, as `keep_password` does; says whether it was."""
        still = self._is_at(by.user, by.version)
        if still:
            self._change(user, password=password, initial_until=until, pending=None)
        return still

    def change_password(self, user: str, password: str, version: int) -> bool:
        """Keep a new password if a login is at a version still; sessions have ended. Says whether it was."""
        return self._change_at(user, version, password=password, initial_until=None, pending=None)

    def keep_rehashed(self, user: str, before: str, password: str) -> None:
        """Keep the same password in another form, unless it has changed meanwhile."""
        login = self._logins[user]
        if login.password == before:
            self._logins[user] = replace(login, password=password)

    def keep_pending(self, user: str, secret: bytes, version: int) -> bool:
        """Keep the name of a secret that is not in use yet, as `change_password` does."""
        same = self._is_at(user, version)
        if same:
            self._logins[user] = replace(self._logins[user], pending=secret)
        return same

    def keep_totp(
        self, user: str, secret: bytes | None, counter: int, recovery: Sequence[str], version: int
    ) -> bool:
        """Keep a second factor, or that there is none, with recovery codes, as `change_password` does."""
        changed = self._change_at(user, version, totp=secret, pending=None, counter=counter)
        if changed:
            self._recovery[user] = set(recovery)
        return changed

    def forget_second(self, user: str, by: Session | None) -> bool:
        """Forget a second factor, what waits to be one, recovery codes and passkeys; sessions have ended."""
        if by is not None and not self._is_at(by.user, by.version):
            return False
        self._change(user, totp=None, pending=None)
        self._recovery.pop(user, None)
        self._passkeys = {key: one for key, one in self._passkeys.items() if one.user != user}
        return True

    def use_code(self, user: str, secret: bytes, counter: int) -> bool:
        """Take a code of a step, once; says whether it was the first of that step or a later one."""
        login = self._logins[user]
        first = login.totp == secret and login.counter < counter
        if first:
            self._logins[user] = replace(login, counter=counter)
        return first

    def has_recovery(self, user: str, digest: str) -> bool:
        """Say whether somebody has a recovery code."""
        return digest in self._recovery.get(user, ())

    def use_recovery(self, user: str, digest: str) -> bool:
        """Take a recovery code, once; says whether there was one."""
        had = self.has_recovery(user, digest)
        self._recovery.get(user, set()).discard(digest)
        return had

    def recovery_left(self, user: str) -> int:
        """Return how many recovery codes somebody has."""
        return len(self._recovery.get(user, ()))

    def add_token(self, token: Token, version: int, most: int) -> bool:
        """Keep a new token if the login of its user is at a version still; says whether it was kept.

        It is not where `most` of theirs can be used when it is made.
        """
        used = sum(one.in_force(token.made_at) for one in self.tokens(token.user))
        kept = used < most and self._is_at(token.user, version)
        if kept:
            self.keep_token(token)
        return kept

    def session(self, digest: bytes) -> Session | None:
        """Return a session."""
        return self._sessions.get(digest)

    def sessions(self, user: str) -> list[Session]:
        """Return the sessions of somebody, the oldest first."""
        found = (one for one in self._sessions.values() if one.user == user)
        return sorted(found, key=lambda one: (one.made_at, one.id))

    def keep_session(self, session: Session) -> None:
        """Keep a new session."""
        self._sessions[session.digest] = session

    def see_session(self, digest: bytes, at: int) -> None:
        """Keep when a session was last seen."""
        if digest in self._sessions:
            self._sessions[digest] = replace(self._sessions[digest], seen_at=at)

    def end_sessions(self, user: str, *, number: str | None = None, but: str | None = None) -> int:
        """End the sessions of somebody: that of a number, or all `but` one; returns how many those were."""
        ended = [one for one in self.sessions(user) if number in (None, one.id) and one.id != but]
        for one in ended:
            del self._sessions[one.digest]
        return len(ended)

    def forget_sessions(self, before: int) -> None:
        """Forget the sessions that had an end before a time."""
        self._sessions = {key: one for key, one in self._sessions.items() if one.ends_at >= before}

    def change_tries(self, keys: Sequence[Key], change: Change) -> None:
        """Change what is kept under some keys, while nobody else does; what was never kept is `Tried()`."""
        self._tries.update(change({key: self._tries.get(key, Tried()) for key in keys}))

    def forget_tries(self, before: int, known_before: int) -> None:
        """Forget where nothing went wrong since a time, and nobody has logged in since another one."""
        self._tries = {
            key: one
            for key, one in self._tries.items()
            if one.last_at >= before or (one.known_at is not None and one.known_at >= known_before)
        }

    def locked_until(self, name: str) -> int:
        """Return until when something is refused under a digest of a name, wherever it comes from."""
        return max((one.until for key, one in self._tries.items() if key.name == name), default=0)

    def unlock(self, name: str) -> int:
        """Forget all that went wrong under a digest of a name; returns under how many keys that was."""
        found = [key for key in self._tries if key.name == name]
        for key in found:
            del self._tries[key]
        return len(found)

    def passkey(self, credential: bytes) -> Passkey | None:
        """Return a passkey by what its authenticator calls it."""
        return self._passkeys.get(credential)

    def passkeys(self, user: str) -> list[Passkey]:
        """Return the passkeys of somebody, the oldest first."""
        found = (one for one in self._passkeys.values() if one.user == user)
        return sorted(found, key=lambda one: (one.made_at, one.id))

    def keep_passkey(self, passkey: Passkey, version: int) -> bool:
        """Keep a new passkey if the login of its user is at a version still; sessions have ended.

        Says whether it was kept: one that is there already is not.
        """
        if passkey.credential in self._passkeys or not self._change_at(passkey.user, version):
            return False
        self._passkeys[passkey.credential] = passkey
        return True

    def use_passkey(self, credential: bytes, counter: int, at: int) -> bool:
        """Keep that a passkey was used; says whether it counts on, or does not count."""
        passkey = self._passkeys.get(credential)
        if passkey is None or not (passkey.counter < counter or passkey.counter == counter == 0):
            return False
        self._passkeys[credential] = replace(passkey, counter=counter, used_at=at)
        return True

    def remove_passkey(self, user: str, number: str, version: int) -> bool:
        """Remove a passkey if the login of its user is at a version still; sessions have ended.

        Says whether it was removed.
        """
        found = next((one for one in self.passkeys(user) if one.id == number), None)
        if found is None or not self._change_at(user, version):
            return False
        del self._passkeys[found.credential]
        return True

    def keep_challenge(self, digest: bytes, user: str, ends_at: int, most: int) -> None:
        """Keep what was asked for somebody, or for nobody in particular; of theirs the newest, so many."""
        self._challenges[digest] = user, ends_at
        theirs = [(one[1], key) for key, one in self._challenges.items() if one[0] == user]
        for _, key in sorted(theirs, key=lambda one: -one[0])[most:]:
            del self._challenges[key]

    def use_challenge(self, digest: bytes, user: str, now: int) -> bool:
        """Take an answer to what was asked, once; says whether that was asked, and has not ended."""
        asked, ends_at = self._challenges.get(digest, ("", 0))
        asked_for = asked == user and ends_at > now
        if asked_for:
            del self._challenges[digest]
        return asked_for

    def forget_challenges(self, before: int) -> None:
        """Forget the questions that had an end before a time."""
        self._challenges = {key: one for key, one in self._challenges.items() if one[1] >= before}

    def _change(self, user: str, **values: object) -> None:
        """Change how somebody logs in: sessions of before have ended."""
        login = self._logins.get(user, Login(user))
        self._logins[user] = replace(login, version=login.version + 1, **values)

    def _change_at(self, user: str, version: int, **values: object) -> bool:
        """Change how somebody logs in if that is at a version still; says whether it was."""
        same = self._is_at(user, version)
        if same:
            self._change(user, **values)
        return same

    def _is_at(self, user: str, version: int) -> bool:
        """Say whether somebody has a login that is at a version."""
        return user in self._logins and self._logins[user].version == version


class MemoryLinks:
    """Links that are forgotten with the process."""

    def __init__(self) -> None:
        self._links: dict[str, Link] = {}

    def link(self, number: str) -> Link | None:
        """Return a link by its id."""
        return self._links.get(number)

    def links(self, case: int) -> list[Link]:
        """Return the links into a case, the oldest first."""
        found = (one for one in self._links.values() if one.case == case)
        return sorted(found, key=lambda one: (one.made_at, one.id))

    def keep_link(self, link: Link) -> None:
        """Keep a link, in place of what was kept of it before."""
        self._links[link.id] = link


class MemoryTrail:
    """Visits that are forgotten with the process."""

    def __init__(self) -> None:
        self._kept: list[Kept] = []
        self._next = 1

    def add(self, visit: Visit) -> None:
        """Keep one more."""
        self._kept.append(Kept(self._next, visit))
        self._next += 1

    def visits(self, sought: Sought, most: int, before: int | None) -> list[Kept]:
        """Return the newest that are sought, the newest first; those of lower numbers than `before`."""
        older = (one for one in reversed(self._kept) if before is None or one.number < before)
        return list(islice((one for one in older if _fits(one.visit, sought)), most))

    def forget(self, until: int) -> int:
        """Forget those from before a time; returns how many."""
        left = [one for one in self._kept if one.visit.at >= until]
        gone = len(self._kept) - len(left)
        self._kept = left
        return gone


class MemoryAnswers:
    """Requests that are forgotten with the process."""

    def __init__(self) -> None:
        self._kept: dict[bytes, Begun] = {}

    def begin(self, begun: Begun, until: int) -> Begun | None:
        """Keep it before it is done; returns what is kept under its `id`, if something is."""
        self._kept = {number: one for number, one in self._kept.items() if one.at >= until}
        kept = self._kept.setdefault(begun.id, begun)
        return None if kept is begun else kept

    def end(self, begun: Begun) -> None:
        """Keep its answer."""
        self._kept[begun.id] = begun

    def drop(self, number: bytes) -> None:
        """Keep it no more: nothing was done."""
        self._kept.pop(number, None)


def _fits(visit: Visit, sought: Sought) -> bool:
    """Say whether a visit is what is sought."""
    same = all(
        wanted is None or wanted == found
        for wanted, found in (
            (sought.user, visit.user),
            (sought.by, visit.by),
            (sought.operation, visit.operation),
            (sought.status, visit.status),
        )
    )
    within = sought.path is None or f"{visit.path}/".replace("?", "/").startswith(f"{sought.path}/")
    return (
        same
        and within
        and (sought.since is None or visit.at >= sought.since)
        and (sought.until is None or visit.at < sought.until)
    )
