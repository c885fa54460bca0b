"""Relaxed expressions: Hyperscan sees them in the letters view where the exact ones match."""

from __future__ import annotations

import re
from functools import cache

import hyperscan
import pytest
from hypothesis import HealthCheck, assume, event, given, settings
from hypothesis import strategies as st
from written import Written, expressions, noise

from tipstaff.policy.folding import letters, normal_text
from tipstaff.policy.patterns import PatternError, compile_pattern
from tipstaff.screening.relax import is_weak, relax

CORPUS = (
    # promises
    r"[0-9]{1,4} ?(?:%|percent) ?(?:a|per) (?:day|week|month)",
    r"(?:guaranteed|risk[- ]free|certain) (?:profit|return|income)s?",
    r"(?:turn|grow) \$?[0-9]{2,6} into \$?[0-9]{3,9}",
    r"\b[0-9]{1,3}x\b",
    r"(?<![0-9.])(?:10|20|50|100) ?times",
    r"(?:日|月|年)(?:化|收益|回报)率?[^\n]{0,4}[0-9]{1,4}(?:\.[0-9]{1,2})?%",
    r"[一二三四五六七八九十百千万0-9]{1,4}倍(?:收益|回报|起)",
    r"(?:稳|保|包)(?:赚|赢|本)不赔?",
    r"翻[一二三四五六七八九十0-9]{1,3}倍",
    r"日入(?:过)?[0-9]{2,5}(?:\+|元|块)?",
    # contacts and calls
    r"(?:add|dm|contact|msg) me(?: on)? (?:telegram|whatsapp|wechat)",
    r"(?:加|➕|\+) ?(?:我)?(?:微|v|薇|威)(?:信|x|芯)? ?[:]?",
    r"(?:扣|q){1,2}(?:群)? ?[:]? ?[1-9][0-9]{4,10}",
    r"t\.me/[a-z0-9_]{3,32}",
    r"(?:进|加|入)(?:裙|群|q群|交流群)",
    r"私[信聊我].{0,6}(?:领|拿|送)",
    r"(?:use|enter) (?:my )?(?:code|link)[: ]{1,2}[a-z0-9]{4,12}",
    # trade over the counter
    r"(?:出|收|卖|买)(?:u|usdt|泰达币?)(?![a-z])",
    r"(?:buy|sell|swap)(?:ing)? [0-9.,]{1,12} ?(?:btc|eth|usdt)",
    r"(?:汇率|单价|价格) ?[67]\.[0-9]{1,3}",
    # context
    r"[\"“‘「][^\"”’」\n]{1,40}[\"”’」]骗局",
    r"(?:警惕|谨防|小心).{0,12}(?:骗局|诈骗|陷阱)",
    r"not (?:financial|investment) advice",
    r"(?:what|how|why) (?:is|are|does) .{1,20}\?",
    # odd shapes
    r"a(?:b|c(?:d|e){1,2}|[^f])g",
    r"(?:^|\n)hot ?news",
    r"(?:moon|lambo)(?=[!?. ])",
    r"(?!not )buy(?! nothing)",
    r"(?:to){2,12}",
    r"x\Wy",
    r"\d{3}-\d{4}",
    r"\w{2}币",
    r"(?:[a-z]\s?){3}o",
    r"(?>pump|pu) it",
    r"mo{1,3}+n",
    r"币.币",
    r"z[^\w]?z",
    r"\S币\S",
    r"[^\d]\D9",
    r"a[!-~]b",
    r"[α-ω]{2}币",
)


@cache
def scanner(expression: str) -> hyperscan.Database:
    """Compile a relaxed expression as the engine does."""
    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    database.compile(
        expressions=[relax(expression).encode()], ids=[0], elements=1, flags=[hyperscan.HS_FLAG_UTF8]
    )
    return database


def is_seen(expression: str, normal: str) -> bool:
    """Tell whether Hyperscan sees the relaxed expression in the letters view of a normal form."""
    ends: list[int] = []
    view = letters(normal).text.encode()
    if view:
        scanner(expression).scan(
            view, match_event_handler=lambda _id, _from, end, _flags, _ctx: ends.append(end)
        )
    return bool(ends)


def matching(expression: str) -> st.SearchStrategy[str]:
    """Generate texts most of which an expression matches, among other things."""
    return st.tuples(noise, st.from_regex(re.compile(expression, re.ASCII)), noise).map("".join)


@pytest.mark.parametrize("expression", CORPUS)
@given(data=st.data())
# Of a class of letters, some of which the normal form folds into others, few texts still match.
@settings(max_examples=25, suppress_health_check=[HealthCheck.filter_too_much])
def test_a_relaxed_expression_misses_nothing(expression: str, data: st.DataObject) -> None:
    """Of expressions such as policies hold, none is lost on the way to the letters view."""
    normal = normal_text(data.draw(matching(expression)))
    assume(compile_pattern(expression).search(normal))
    assert is_seen(expression, normal)


@given(noise, expressions, noise)
@settings(max_examples=1500)
def test_no_expression_is_relaxed_too_little(before: str, written: Written, after: str) -> None:
    """Whatever an expression is made of, it is refused or never lost."""
    expression, text = written
    try:
        exact = compile_pattern(expression)
        scanner(expression)
    except (PatternError, hyperscan.error):  # refused, or too large for Hyperscan
        return
    normal = normal_text(before + text + after)
    if exact.search(normal):
        event("matches")
        assert is_seen(expression, normal)
        assert not is_weak(relax(expression)) or set("0123456789") & set(normal)
