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
    ROUTE = "cases:route"
    """Share filters of the queue, and say for whom which comes first."""
    DECIDE = "cases:decide"
    CONFIRM = "cases:confirm"
    JUDGE = "appeals:judge"
    COMPLAIN = "complaints:own"
    """Complain, and read what came of one's own complaints."""
    HOLD = "accounts:own"
    """Read what is held about one's own accounts and apps; answer a proposal about them, and appeal."""
    LINK = "links:issue"
    """Issue links by which an account holder answers or appeals without a login."""
    READ_ORDERS = "orders:read"
    SEND_POSTS = "posts:send"
    """Have posts screened that were published, and what is found taken up."""
    PUBLISH = "posts:publish"
    """Publish posts of one's own accounts on the platform that is built in."""
    CHECK_DRAFT = "drafts:check"
    """Have a draft screened before it is published: for those who write, and those who work for them."""
    ENTER_ORDERS = "orders:enter"
    """Enter, confirm and amend orders, as the key of who does allows."""
    OWN_ORDERS = "orders:own"
    """The same of orders that one has given, and reading these."""
    READ_POLICIES = "policies:read"
    MANAGE_POLICIES = "policies:manage"
    READ_TRAIL = "trail:read"
    """Read who asked for what."""
    READ_METRICS = "metrics:read"
    """Read how much is done, and how long it takes: what a monitor asks for."""
    MANAGE_WEBHOOKS = "webhooks:manage"
    """Set up who is told of what happens, and have them told again."""
    READ_PEOPLE = "people:read"
    MANAGE_PEOPLE = "people:manage"


class Role(StrEnum):
    """What somebody is to the platform. What they sign goes by the roles of the ledger, not by these.

    The first three are outside of it: they sign nothing, and what is theirs is said of each user.
    """

    READER = "reader"
    COMPLAINANT = "complainant"
    ACCOUNT_HOLDER = "account_holder"
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
        Permission.LINK,
        Permission.READ_ORDERS,
        Permission.CHECK_DRAFT,
        Permission.READ_POLICIES,
    }
)

OUTSIDE: Final = frozenset({Role.READER, Role.COMPLAINANT, Role.ACCOUNT_HOLDER})
"""Roles of those about whom, or for whom, others decide: nobody has one of these and another one."""

SIGNING: Final = frozenset(
    {Role.CLERK, Role.REVIEWER, Role.SENIOR_REVIEWER, Role.POLICY_OWNER, Role.AUTHORITY}
)
"""Roles of those who sign what they do: under the name of a person, who has a key."""

LIMITED: Final = frozenset({Role.CLERK, Role.REVIEWER, Role.SENIOR_REVIEWER})
"""Roles of those who may be limited to queues: others see what is of all cases alike, as the trail is."""

GRANTED: Final[Mapping[Role, frozenset[Permission]]] = MappingProxyType(
    {
        Role.READER: frozenset({Permission.COMPLAIN}),
        Role.COMPLAINANT: frozenset({Permission.COMPLAIN}),
        Role.ACCOUNT_HOLDER: frozenset({Permission.HOLD, Permission.PUBLISH, Permission.CHECK_DRAFT}),
        Role.CLERK: frozenset(
            {
                Permission.READ_CASES,
                Permission.READ_ORDERS,
                Permission.ENTER_ORDERS,
                Permission.READ_POLICIES,
                Permission.SEND_POSTS,
                Permission.CHECK_DRAFT,
            }
        ),
        Role.REVIEWER: _REVIEWER,
        Role.SENIOR_REVIEWER: _REVIEWER | {Permission.JUDGE, Permission.ROUTE},
        Role.POLICY_OWNER: frozenset(
            {
                Permission.READ_CASES,
                Permission.READ_POLICIES,
                Permission.MANAGE_POLICIES,
                Permission.CHECK_DRAFT,
            }
        ),
        Role.AUTHORITY: frozenset({Permission.OWN_ORDERS}),
        Role.AUDITOR: frozenset(
            {
                Permission.READ_CASES,
                Permission.READ_ORDERS,
                Permission.READ_POLICIES,
                Permission.READ_PEOPLE,
                Permission.READ_TRAIL,
            }
        ),
        Role.ADMIN: frozenset(
            {
                Permission.READ_PEOPLE,
                Permission.MANAGE_PEOPLE,
                Permission.SEND_POSTS,
                Permission.CHECK_DRAFT,
                Permission.READ_METRICS,
                Permission.MANAGE_WEBHOOKS,
            }
        ),
    }
)
"""What each role may. An admin manages people and machines that send posts, and reads no cases for that."""
