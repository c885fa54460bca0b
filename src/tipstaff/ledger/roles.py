"""Who signs. Not to be confused with the roles of an API, which sign nothing."""

from __future__ import annotations

from typing import Final

ROLES: Final = ("log", "platform", "machine", "policy_owner", "clerk", "reviewer", "authority")
