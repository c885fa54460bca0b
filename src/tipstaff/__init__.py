"""Tipstaff carries out a platform's written policy on public accounts, and can prove it.

The public names are loaded when they are first used, so that `import tipstaff` stays light::

    from tipstaff import Post, load_policy, screen

    policy = load_policy("crypto-promotion")
    findings = screen([Post(id="1", account="a", text="…")], policy)
"""

from __future__ import annotations

import importlib
import importlib.metadata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tipstaff.base.errors import InputError, TipstaffError
    from tipstaff.policy.faults import PolicyError
    from tipstaff.policy.model import Outcome, Policy, Verdict
    from tipstaff.screening.batches import Batch
    from tipstaff.screening.engine import EngineName, screen
    from tipstaff.screening.findings import Evidence, Finding, verdict
    from tipstaff.screening.lists import BlockLists
    from tipstaff.screening.load import load_policy
    from tipstaff.screening.posts import Post

_HOMES = {
    "Batch": "tipstaff.screening.batches",
    "BlockLists": "tipstaff.screening.lists",
    "EngineName": "tipstaff.screening.engine",
    "Evidence": "tipstaff.screening.findings",
    "Finding": "tipstaff.screening.findings",
    "InputError": "tipstaff.base.errors",
    "Outcome": "tipstaff.policy.model",
    "Policy": "tipstaff.policy.model",
    "PolicyError": "tipstaff.policy.faults",
    "Post": "tipstaff.screening.posts",
    "TipstaffError": "tipstaff.base.errors",
    "Verdict": "tipstaff.policy.model",
    "load_policy": "tipstaff.screening.load",
    "screen": "tipstaff.screening.engine",
    "verdict": "tipstaff.screening.findings",
}

__all__ = [
    "Batch",
    "BlockLists",
    "EngineName",
    "Evidence",
    "Finding",
    "InputError",
    "Outcome",
    "Policy",
    "PolicyError",
    "Post",
    "TipstaffError",
    "Verdict",
    "__version__",
    "load_policy",
    "screen",
    "verdict",
]


def __getattr__(name: str) -> object:
    """Load a public name from its home on first use."""
    if name == "__version__":
        return importlib.metadata.version("tipstaff")
    if name not in _HOMES:
        raise AttributeError(f"module 'tipstaff' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)
