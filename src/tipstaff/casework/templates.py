"""Reasons for a decision that say what was found, in Chinese or English, for a person to begin with. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from tipstaff.casework.case import Case
from tipstaff.casework.errors import CaseError
from tipstaff.policy.model import Language


def reasons(case: Case, posts: Sequence[str], provision: str, language: Language) -> str:
    """Return reasons for a decision about some posts, or about all items where none is named.

    Raises `CaseError` where nothing was found and nobody has complained: then only a person knows why.
    """
    about = [post for post in case.posts if not posts or post in posts]
    rules = dict.fromkeys(one.rule for one in case.found if one.post in about)
    complaints = sum(one.said.post is None or one.said.post in about for one in case.complaints)
    if not rules and not complaints:
        raise CaseError(f"nothing was found in case {case.number}: say why in words of your own")
    if language is Language.ZH:
        parts = [f"{len(about)} 条内容违反 {provision}"]
        parts += [f"触发规则：{'、'.join(rules)}"] if rules else []
        parts += [f"用户投诉 {complaints} 件"] if complaints else []
        return "；".join(parts) + "。"
    parts = [f"{len(about)} post{'s' if len(about) != 1 else ''} against {provision}"]
    parts += [f"rules: {', '.join(rules)}"] if rules else []
    parts += [f"{complaints} complaint{'s' if complaints != 1 else ''}"] if complaints else []
    return f"{'; '.join(parts)}."
