"""What may be done, and by which roles. What no role has, nobody may."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Permission(StrEnum):
    """Something that may be done. Scopes of tokens are these words."""

    READ_CASES = "cases:read"
    REVIEW = "cases:review"
    """Claim, note, escalate, ask for and give opinions, propose, answer complaints."""
    DECIDE = "cases:decide"
    CONFIRM = "cases:confirm"
    JUDGE = "appeals:judge"
    READ_ORDERS = "orders:read"
    SEND_POSTS = "posts:send"
    """Have posts screened that were published, and what is found taken up."""
    CHECK_DRAFT = "drafts:check"
    READ_PEOPLE = "people:read"
    MANAGE_PEOPLE = "people:manage"


class Role(StrEnum):
    """What somebody is to the platform. What they sign goes by the roles of the ledger, not by these."""

    CLERK = "clerk"
    REVIEWER = "reviewer"
    SENIOR_REVIEWER = "senior_reviewer"
    POLICY_OWNER = "policy_owner"
    AUTHORITY = "authority"
    AUDITOR = "auditor"
    ADMIN = "admin"


_REVIEWER: Final = frozenset(
    {
        Permission.READ_CASES,
        Permission.REVIEW,
        Permission.DECIDE,
        Permission.CONFIRM,
        Permission.READ_ORDERS,
        Permission.CHECK_DRAFT,
    }
)

GRANTED: Final[Mapping[Role, frozenset[Permission]]] = MappingProxyType(
    {
        Role.CLERK: frozenset(
            {Permission.READ_CASES, Permission.READ_ORDERS, Permission.SEND_POSTS, Permission.CHECK_DRAFT}
        ),
        Role.REVIEWER: _REVIEWER,
        Role.SENIOR_REVIEWER: _REVIEWER | {Permission.JUDGE},
        Role.POLICY_OWNER: frozenset({Permission.READ_CASES, Permission.CHECK_DRAFT}),
        Role.AUTHORITY: frozenset(),
        Role.AUDITOR: frozenset({Permission.READ_CASES, Permission.READ_ORDERS, Permission.READ_PEOPLE}),
        Role.ADMIN: frozenset(
            {
                Permission.READ_PEOPLE,
                Permission.MANAGE_PEOPLE,
                Permission.SEND_POSTS,
                Permission.CHECK_DRAFT,
            }
        ),
    }
)
"""What each role may. An admin manages people and machines that send posts, and reads no cases for that."""
