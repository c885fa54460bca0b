"""Policies: the versions that were ever stated, and how each stands; read alone."""

from __future__ import annotations

import msgspec
from litestar import get

from tipstaff.actions.policies import State, Stated
from tipstaff.api.parameters import Asking
from tipstaff.server.problems import ASKING


class PolicyVersion(msgspec.Struct, frozen=True):
    """A version of a policy. `reference` is NAME@VERSION+DIGEST, `entry` the last statement about it."""

    name: str
    version: str
    reference: str
    state: State
    entry: str


class PolicyVersions(msgspec.Struct, frozen=True):
    """All versions, by name and in the order in which they were stated."""

    policies: list[PolicyVersion]


@get("/v1/policies", sync_to_thread=True, operation_id="listPolicies", tags=["policies"], responses=ASKING)
def list_policies(front: Asking) -> PolicyVersions:
    """List the versions of policies that were ever stated: in shadow, in force, or retired."""
    return PolicyVersions([_view(one) for one in front.policies()])


def _view(stated: Stated) -> PolicyVersion:
    """Return a version, for who looks."""
    version = stated.reference.partition("@")[2].partition("+")[0]
    return PolicyVersion(stated.name, version, stated.reference, stated.state, stated.entry.hex())
