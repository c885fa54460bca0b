"""Reasons that say what was found."""

from __future__ import annotations

import pytest
from casebook import READER, Casebook
from worlds import digest

from tipstaff.casework.commands import Complain
from tipstaff.casework.errors import CaseError
from tipstaff.casework.events import Reason
from tipstaff.casework.templates import reasons
from tipstaff.policy.model import Language


def test_reasons_name_rules_and_complaints() -> None:
    """In both languages: how many posts, against what, by which rules, after how many complaints."""
    book = Casebook()
    book.ask(Complain(Reason.FRAUD, "m1", digest("a complaint")), READER)
    english = "2 posts against house-1; rules: hype; 1 complaint."
    assert reasons(book.case, (), "house-1", Language.EN) == english
    assert reasons(book.case, ("m2",), "house-1", Language.ZH) == "1 条内容违反 house-1；触发规则：hype。"


def test_where_nothing_was_found_a_person_says_why() -> None:
    """A template has nothing to say then."""
    with pytest.raises(CaseError, match="in words of your own"):
        reasons(Casebook(posts=()).case, (), "house-1", Language.EN)
