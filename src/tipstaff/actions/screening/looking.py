"""Looking at posts under the policies that are in force now."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple, Protocol

from tipstaff.actions.policies import Policies, State, versions
from tipstaff.base.logs import log_event
from tipstaff.casework.errors import CaseError
from tipstaff.policy.model import Policy
from tipstaff.screening.batches import Batch
from tipstaff.screening.engine import make_engine, settle
from tipstaff.screening.findings import Finding, OnPost
from tipstaff.screening.posts import Post


class Looked(NamedTuple):
    """What was found on a post, under which policies; `refused` says why it could not be looked at."""

    policies: tuple[Policy, ...]
    findings: Sequence[Finding] = ()
    refused: str = ""


class Look(Protocol):
    """What looks at posts."""

    def __call__(self, posts: Sequence[Post], /) -> Sequence[Looked]:
        """Return what is found on each post, in order. Raises `CaseError` where no policy is in force."""


class Engine(Protocol):
    """What of an engine is needed."""

    def by_post(self, batch: Batch, /) -> Iterator[OnPost]:
        """Yield the posts on which something is found, in order."""


def settled_engine(policies: tuple[Policy, ...]) -> Engine:
    """Return an engine that lives as long as the process, and is not walked by the garbage collector."""
    engine = make_engine(policies)
    settle()
    return engine


class InForce:
    """Looks at posts under all policies that are in force; once another one is, by that.

    It is asked with each batch, so that nothing is found under a version that ended before the post came.
    """

    def __init__(
        self,
        policies: Policies,
        load: Callable[[str], Policy],
        engine: Callable[[tuple[Policy, ...]], Engine] = settled_engine,
    ) -> None:
        """`load` reads a version by its reference."""
        self._policies, self._load, self._make = policies, load, engine
        self._references: tuple[str, ...] = ()
        self._loaded: tuple[Policy, ...] = ()
        self._engine: Engine | None = None

    def __call__(self, posts: Sequence[Post]) -> Sequence[Looked]:
        """Return what is found on each post, in order. Raises `CaseError` where no policy is in force."""
        engine = self.refresh()
        try:
            return self._look(engine, posts)
        except Exception as error:  # noqa: BLE001  each of them by itself shows which of them it is
            log_event(logging.WARNING, "batch not screened", reason=type(error).__name__)
            return [self._alone(engine, post) for post in posts]

    def refresh(self) -> Engine:
        """Return the engine for what is in force now, made anew if that has changed. Raises `CaseError`."""
        stated = versions(self._policies.stated())
        references = tuple(one.reference for one in stated if one.state is State.IN_FORCE)
        if not references:
            raise CaseError("no policy is in force here: `tipstaff policy adopt` puts one in force")
        if self._engine is None or references != self._references:
            known = {policy.reference: policy for policy in self._loaded}
            loaded = tuple(known.get(one) or self._load(one) for one in references)
            self._engine = self._make(loaded)
            self._loaded, self._references = loaded, references
        return self._engine

    def _look(self, engine: Engine, posts: Sequence[Post]) -> Sequence[Looked]:
        """Screen posts, all together."""
        # By what they are, not by their ids: what is sent may have the same id twice.
        found = {id(post): findings for post, findings in engine.by_post(Batch.of(posts))}
        return [Looked(self._loaded, found.get(id(post), ())) for post in posts]

    def _alone(self, engine: Engine, post: Post) -> Looked:
        """Screen a post by itself; one that cannot be screened is refused."""
        try:
            return self._look(engine, [post])[0]
        except Exception as error:  # noqa: BLE001  it is told, and the others are not to suffer for it
            log_event(logging.ERROR, "post not screened", reason=type(error).__name__)
            return Looked(self._loaded, refused="it cannot be screened: the log of the server says more")
