"""Shares and multiples, as returns are promised in: `3%`, `百分之五`, `10x`, `翻三倍`."""

from __future__ import annotations

import re
from decimal import Decimal

from tipstaff.screening.entities.entity import Entity, apart
from tipstaff.screening.entities.numerals import ARABIC, CHINESE, Number, arabic_number, chinese_number, plain
from tipstaff.screening.entities.places import Expression, Text

_START = r"(?<![A-Za-z0-9_%])(?<![0-9][.,])"
PERCENT = Expression.of(
    rf"{_START}({ARABIC})(?:\s?[%﹪٪]|\s?(?:percent|per cent|pct)(?![A-Za-z]))", re.IGNORECASE
)
PERCENT_OF = Expression.of(
    rf"百分之(?:(?P<arabic>{ARABIC})|(?P<whole>{CHINESE})(?:[点點](?P<part>[零〇一二三四五六七八九]{{1,6}}+))?)"
)
TIMES = Expression.of(rf"{_START}({ARABIC})(?:[xX](?![A-Za-z0-9_])|×(?!\s?[0-9]))")
MULTIPLE = Expression.of(
    rf"(?<![几幾数數])(?:翻了?)?(?:{_START}(?P<arabic>{ARABIC})|(?P<chinese>{CHINESE}))"
    r"\s?[多余餘]?\s?(?P<unit>倍|番)"
)
DOUBLE = Expression.of(r"翻了?[倍番]")

_MOST = 10**9
"""Above any share or multiple that is meant as one."""


def read_percentages(text: Text) -> list[Entity]:
    """Find shares and multiples. Value: like `3%` or `10x`. Detail: `percent` or `multiple`."""
    found: list[Entity] = []
    for match in text.matches(PERCENT):
        _add(found, match, arabic_number(match[1]), "percent")
    for match in text.matches(PERCENT_OF):
        _add(found, match, _share(match), "percent")
    for match in text.matches(TIMES):
        _add(found, match, arabic_number(match[1]), "multiple")
    for match in text.matches(MULTIPLE):
        number = arabic_number(match["arabic"]) if match["arabic"] else chinese_number(match["chinese"])
        _add(found, match, _times(number, match), "multiple")
    for match in text.matches(DOUBLE):
        _add(found, match, 2, "multiple")
    return apart(found)


def _share(match: re.Match[str]) -> Number | None:
    if match["arabic"]:
        return arabic_number(match["arabic"])
    if match["whole"] == "百":
        return 100
    whole = chinese_number(match["whole"])
    part = chinese_number(match["part"]) if match["part"] else None
    if whole is None or part is None:
        return whole
    return Decimal(f"{whole}.{part:0{len(match['part'])}}")


def _times(number: Number | None, match: re.Match[str]) -> Number | None:
    """Return the multiple: `翻三番` doubles three times, and `翻一倍` is twice as much."""
    doubles = match["unit"] == "番"
    if number is None or (doubles and not match[0].startswith("翻")):
        return None
    if doubles:
        return 2 ** int(number) if number <= 20 and number == int(number) else None  # noqa: PLR2004
    return 2 if number == 1 and match[0].startswith("翻") else number


def _add(found: list[Entity], match: re.Match[str], number: Number | None, detail: str) -> None:
    if number is not None and (number > 0 or detail == "percent") and number <= _MOST:
        sign = "%" if detail == "percent" else "x"
        found.append(Entity("percentage", match.start(), match.end(), plain(number) + sign, detail))
