"""A host in memory, for tests and trials: it does what it is asked, and forgets it with the process."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice

from tipstaff.actions.host import Ability, Act, HostError, Seen, Snapshot
from tipstaff.base.errors import InputError
from tipstaff.casework.words import Direction, MeasureKind, Subject, SubjectKind, Target
from tipstaff.hosts.effects import (
    ALL_ABILITIES,
    HIDING,
    Measure,
    check_fitting,
    check_kind,
    gravest,
    is_item_of,
)
from tipstaff.hosts.links import links_to
from tipstaff.screening.posts import Post


class MemoryHost:
    """A host that is filled by `register` and `publish`. Outside sites need no registration."""

    def __init__(self, name: str = "memory") -> None:
        self._name = name
        self._subjects: set[Subject] = set()
        self._snapshots: dict[str, Snapshot] = {}
        self._kinds: dict[tuple[Target, str], MeasureKind] = {}
        self._in_force: dict[tuple[Target, str], Measure] = {}
        self._keys: set[str] = set()

    @property
    def name(self) -> str:
        """Its name in subjects and statements."""
        return self._name

    @property
    def abilities(self) -> Mapping[MeasureKind, Ability]:
        """Everything, and it can be undone; nothing ends by itself."""
        return ALL_ABILITIES

    @property
    def idempotent(self) -> bool:
        """Acts are known by their keys."""
        return True

    def register(self, kind: SubjectKind, name: str) -> Subject:
        """Make an account or an app known."""
        subject = Subject(self._name, kind, name)
        self._subjects.add(subject)
        return subject

    def publish(self, snapshot: Snapshot) -> None:
        """Publish a post as its snapshot has it."""
        self._snapshots[snapshot.post.id] = snapshot

    def carry_out(self, act: Act) -> None:
        """Do what is asked; done already under that key, it is not done again. Raises `HostError`."""
        if act.key in self._keys:
            return
        self._check_act(act)
        self._take(act)
        self._keys.add(act.key)

    def read_back(self, target: Target) -> Seen:
        """Return what is in force on a target. Raises `InputError` for what never existed."""
        self._check(target)
        own = [measure for (on, _), measure in self._in_force.items() if on == target]
        bearing = [measure for (on, _), measure in self._in_force.items() if self._bears(on, target)]
        return Seen({measure.name: measure.kind for measure in own}, gravest(bearing, HIDING))

    def posts(self, after: str | None = None) -> Iterator[Post]:
        """Yield what was published, oldest first, from behind the post `after` on. Raises `InputError`."""
        names = list(self._snapshots)
        if after is not None and after not in self._snapshots:
            raise InputError(f"there is no post {after} on {self._name}")
        for name in islice(names, 0 if after is None else names.index(after) + 1, None):
            yield self._snapshots[name].post

    def posts_of(self, subject: Subject) -> Iterator[Post]:
        """Yield the posts of an account, those through an app, or those that link to a site."""
        self._check(Target(subject))
        for snapshot in list(self._snapshots.values()):
            if is_item_of(snapshot.post, subject) or links_to(snapshot.post, subject):
                yield snapshot.post

    def profile(self, subject: Subject) -> Mapping[str, str]:
        """Return the fields of an account or an app, by name. Raises `InputError`."""
        self._check(Target(subject))
        return {"handle": subject.id}

    def snapshot(self, subject: Subject, post: str) -> Snapshot:
        """Return a post as it is, whatever measure is in force on it. Raises `InputError`."""
        self._check(Target(subject, post))
        return self._snapshots[post]

    def _check_act(self, act: Act) -> None:
        """Raise `HostError` for what cannot be done."""
        try:
            self._check(act.target)
        except InputError as error:
            raise HostError(str(error)) from error
        check_fitting(act)
        check_kind(act, self._kinds.get((act.target, act.measure)))

    def _take(self, act: Act) -> None:
        """Apply or lift a measure."""
        name = act.target, act.measure
        if act.direction is Direction.LIFT:
            self._in_force.pop(name, None)
        else:
            self._kinds[name] = act.kind
            self._in_force.setdefault(name, Measure(act.measure, act.kind, act.sentence))

    def _check(self, target: Target) -> None:
        """Raise `InputError` for what never existed."""
        subject, post = target.subject, target.post
        known = subject in self._subjects or (subject.kind is SubjectKind.SITE and subject.host == self._name)
        if not known:
            raise InputError(f"there is no {subject} on {self._name}")
        if post is not None and not (
            post in self._snapshots and is_item_of(self._snapshots[post].post, subject)
        ):
            raise InputError(f"there is no post {post} of {subject}")

    def _bears(self, on: Target, target: Target) -> bool:
        """Say whether a measure on one target decides what readers see of another."""
        if target.post is None:
            return on == target
        account = self._snapshots[target.post].post.account
        return on.post == target.post or on == Target(Subject(self._name, SubjectKind.ACCOUNT, account))
