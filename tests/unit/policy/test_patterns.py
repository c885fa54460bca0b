"""Regular expressions of a policy: which are safe enough to run."""

from __future__ import annotations

import pytest

from tipstaff.policy.patterns import MAX_WAYS, PatternError, compile_pattern
from tipstaff.screening.relax import relax


@pytest.mark.parametrize(
    "expression",
    [
        "moon",
        "比特币",
        r"[0-9]{1,4} ?%",
        r"(?:a|b|c){0,40}d",
        r"(?:to the )?moon",
        r"\b[a-z]{2,20}\b",
        r"mo{2,60}n.{0,40}",
        r"(?<!no )moon(?! landing)",
        r"(?:[a-z]{1,3}\.){1,6}+com",
        r"(?>[a-z]{1,60}) [0-9]{1,60}",
        r"a{4095}",
    ],
)
def test_what_is_safe_compiles(expression: str) -> None:
    """An expression with few ways to match is taken as it stands."""
    assert compile_pattern(expression).pattern == expression


@pytest.mark.parametrize(
    "expression",
    [
        "(?:a|a){30}b",
        "(?:a?){30}a{30}",
        "(?:a|ab){20}c",
        "(?:[a-z]{0,5}){10}0",
        "(?:a{1,9}){9}b",
        "a{0,20}a{0,20}a{0,20}b",
        ".{0,64}x.{0,64}",
        "(?:(?:a|b?){1,9}c?){1,9}d",
        "(?=(?:a|a){30}b)a",
        "(?:a{1,2}){65}x",
        "(?:ab?){65,80}c",
        "(?:[a-z]{1,3}){70}0",
    ],
)
def test_what_backtracks_too_much_is_refused(expression: str) -> None:
    """Expressions that a hostile text can hold up for long are refused before they meet one."""
    with pytest.raises(PatternError, match=f"more than {MAX_WAYS}"):
        compile_pattern(expression)


def test_letters_are_ascii_unless_written() -> None:
    r"""`\w`, `\d` and `\b` mean ASCII, so that a number after Han characters has an edge."""
    assert compile_pattern(r"\b138\d{8}").search("电话13800000000")
    assert not compile_pattern(r"\w币").search("买币")


@pytest.mark.parametrize(
    ("expression", "relaxed"),
    [
        ("moon", "moon"),
        ("to the moon", "tothemoon"),
        ("(?:very )?good", "good"),
        ("good(?: morning)?", "good"),
        (r"\bbuy\b", "buy"),
        (r"\.{0,3}buy!{1,3}", "buy"),
        (r"a.b", r"a[^\n]?b"),
        (r"a[^x]b", r"a[^\n]?b"),
        (r"a[-. ]b", "ab"),
        (r"a[-1]b", "a[1]?b"),
        (r"\d{2,4}x", "(?:[0-9]){2,2}x"),
        (r"a\d{2,4}x", "a(?:[0-9]){2,4}x"),
        (r"x\d{2,4}", "x(?:[0-9]){2,2}"),
        (r"x\d{2,40}y", "x(?:[0-9]){2,}y"),
        ("(?:a|-)b", "b"),
        ("x(?:a|-)b", "x[a]?b"),
        ("x(?:ab|c-)y", "x(?:(?:ab)|(?:c))y"),
        ("(?=no)buy(?!x)", "buy"),
    ],
)
def test_what_an_expression_is_relaxed_to(expression: str, relaxed: str) -> None:
    """What is no letter goes, what may be none is optional, and optional ends are cut off."""
    assert relax(expression) == relaxed
