"""The words for what people may and are: permissions and roles."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

PERMISSIONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "cases:read": "read cases, with their evidence",
        "cases:review": "work on cases: claim, note, propose, answer complaints",
        "cases:decide": "decide cases, and take decisions back",
        "cases:confirm": "confirm, as the second person, what somebody else has decided",
        "appeals:judge": "judge appeals",
        "complaints:own": "complain, and see what came of it",
        "accounts:own": "see what is held about their own accounts, answer it, and appeal",
        "links:issue": "issue links for answering and appealing without a login",
        "orders:read": "read orders",
        "posts:send": "have published posts screened",
        "drafts:check": "check drafts before they are published",
        "orders:enter": "enter, confirm and amend orders",
        "orders:own": "give orders, and read those that they have given",
        "policies:read": "read policies",
        "policies:manage": "put policies in shadow, in force, or retire them",
        "trail:read": "read the audit trail",
        "metrics:read": "read the figures for monitors",
        "webhooks:manage": "manage webhooks",
        "people:read": "see people, their roles and tokens",
        "people:manage": "manage people: roles, passwords, second factors, tokens",
    }
)
"""What each permission lets somebody do."""

ROLES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "reader": "reader",
        "complainant": "complainant",
        "account_holder": "account holder",
        "clerk": "clerk",
        "reviewer": "reviewer",
        "senior_reviewer": "senior reviewer",
        "policy_owner": "policy owner",
        "authority": "authority",
        "auditor": "auditor",
        "admin": "admin",
    }
)
"""What somebody is."""
