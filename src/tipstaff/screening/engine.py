"""`screen`: a policy is a function from a batch of posts to findings."""

from __future__ import annotations

import functools
import gc
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum

from tipstaff.base.errors import InputError
from tipstaff.policy.model import Policy
from tipstaff.screening.batches import Batch
from tipstaff.screening.columnar import ColumnarEngine
from tipstaff.screening.findings import Finding
from tipstaff.screening.lists import BlockLists
from tipstaff.screening.plan import make_plan
from tipstaff.screening.posts import Post
from tipstaff.screening.reference import ReferenceEngine


class EngineName(StrEnum):
    """The engines: one fast, one obvious. They find the same."""

    COLUMNAR = "columnar"
    REFERENCE = "reference"


@functools.lru_cache(maxsize=8)
def make_engine(
    policies: tuple[Policy, ...], name: EngineName = EngineName.COLUMNAR
) -> ColumnarEngine | ReferenceEngine:
    """Return an engine for some policies; the same one for the same policies."""
    with unswept():
        plan = make_plan(policies)
        return ColumnarEngine(plan) if name is EngineName.COLUMNAR else ReferenceEngine(plan)


@contextmanager
def unswept() -> Iterator[None]:
    """Keep the garbage collector from its rounds for a while: what is being made is there to stay.

    Reading a policy and making an engine of it takes a fifth longer with them.
    """
    sweeping = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if sweeping:
            gc.enable()


def settle() -> None:
    """Take everything alive now out of the garbage collector's rounds; for programs, once an engine is made.

    An engine is some hundred thousand objects that live as long as the process; walking them costs a tenth
    of a second, again and again.
    """
    gc.collect()
    gc.freeze()


def screen(
    posts: Batch | Iterable[Post],
    policies: Policy | Sequence[Policy],
    *,
    lists: BlockLists | None = None,
    engine: EngineName = EngineName.COLUMNAR,
) -> list[Finding]:
    """Screen posts under one policy or several, in one pass.

    Returns the findings ordered by post, then policy, then rule as the policy declares them. `lists` are
    the user's block lists of domains.
    """
    batch = posts if isinstance(posts, Batch) else Batch.of(posts)
    chosen = (policies,) if isinstance(policies, Policy) else tuple(policies)
    for policy in chosen:
        if not isinstance(policy, Policy):
            raise InputError(f"{policies!r} is no policy; load one with load_policy(NAME)")
    return list(make_engine(chosen, engine).screen(batch, lists))
