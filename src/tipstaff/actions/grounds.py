"""What a decision can rest on: a provision, and a policy that is in force."""

from __future__ import annotations

from typing import NamedTuple

from tipstaff.actions.desk import Desk
from tipstaff.actions.policies import State, Stated, in_force, versions
from tipstaff.casework.case import Case
from tipstaff.casework.errors import CaseError


class Grounds(NamedTuple):
    """The id of a provision, and the policy that puts it into practice, if one does."""

    provision: str
    policy: Stated | None


def grounds(
    desk: Desk, case: Case, provision: str | None = None, policy: str | None = None, order: int | None = None
) -> Grounds:
    """Return what a decision on a case rests on, if it is not told: the gravest finding, or an order.

    Findings count that were made by a version in force: others are to be screened for again.

    `policy` is a name; its version in force counts. A decision that carries out an order needs none.

    Raises `CaseError` where there is nothing for a decision to rest on, or the policy has no such provision:
    it would be told, and stated for good.
    """
    found = _found(desk, case, provision, policy, order)
    if found.policy is not None:
        known = desk.provisions(found.policy.reference)
        if found.provision not in known:
            named, has = found.policy.reference.partition("+")[0], ", ".join(known)
            raise CaseError(f"{named} has no provision {found.provision!r}: it has {has}")
    return found


def _found(desk: Desk, case: Case, provision: str | None, policy: str | None, order: int | None) -> Grounds:
    """Return what a decision rests on, whether the policy has that provision or not."""
    if policy is not None:
        current = in_force(desk.policies, policy)
        if current is None:
            there = ", ".join(
                one.name for one in versions(desk.policies.stated()) if one.state is State.IN_FORCE
            )
            raise CaseError(f"no version of {policy} is in force here: in force are {there or 'none'}")
        if provision is None:
            raise CaseError(f"a decision cites a provision: say which of {policy} (`--provision`)")
        return Grounds(provision, current)
    if order is not None:
        found = case.order(order)
        if found is None:
            raise CaseError(f"case {case.number} has no order {order}")
        return Grounds(provision or f"{found.said.authority} {found.said.reference}", None)
    if not case.found:
        raise CaseError(
            f"nothing was found in case {case.number} for a decision to rest on: name a policy and a "
            "provision of it (`--policy`, `--provision`), or an order (`--order`)"
        )
    adopted = {one: desk.policies.adopted(one) for one in dict.fromkeys(found.policy for found in case.found)}
    standing = [found for found in case.found if adopted[found.policy]]
    if not standing:
        raise CaseError(
            f"{case.found[-1].policy} is in force no longer: screen again (`tipstaff case find`), or name a "
            "policy and a provision of it (`--policy`, `--provision`)"
        )
    gravest = max(standing, key=lambda found: found.severity)
    return Grounds(provision or gravest.provision, adopted[gravest.policy])
