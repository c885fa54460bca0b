"""Shares and multiples, as returns are promised in: `3%`, `百分之五`, `10x`, `翻三倍`."""

from __future__ import annotations

import re
from decimal import Decimal

from tipstaff.screening.entities.entity import Entity, apart
from tipstaff.screening.entities.folding import fold
from tipstaff.screening.entities.numerals import ARABIC, CHINESE, arabic_number, chinese_number, plain

_START = r"(?<![A-Za-z0-9_%])(?<![0-9][.,])"
_PERCENT = re.compile(
    rf"{_START}({ARABIC})(?:\s?[%﹪٪]|\s?(?:percent|per cent|pct)(?![A-Za-z]))", re.ASCII | re.IGNORECASE
)
_PERCENT_OF = re.compile(
    rf"百分之(?:(?P<arabic>{ARABIC})|(?P<whole>{CHINESE})(?:[点點](?P<part>[零〇一二三四五六七八九]{{1,6}}+))?)",
    re.ASCII,
)
_TIMES = re.compile(rf"{_START}({ARABIC})(?:[xX](?![A-Za-z0-9_])|×(?!\s?[0-9]))", re.ASCII)
_FOLD = re.compile(
    rf"(?<![几幾数數])(?:翻了?)?(?:{_START}(?P<arabic>{ARABIC})|(?P<chinese>{CHINESE}))"
    r"\s?[多余餘]?\s?(?P<unit>倍|番)",
    re.ASCII,
)
_DOUBLE = re.compile(r"翻了?[倍番]")

_MOST = Decimal(10**9)
"""Above any share or multiple that is meant as one."""


def find_percentages(text: str) -> list[Entity]:
    """Find shares and multiples. Value: like `3%` or `10x`. Detail: `percent` or `multiple`."""
    folded = fold(text)
    found: list[Entity] = []
    for match in _PERCENT.finditer(folded):
        _add(found, match, arabic_number(match[1]), "percent")
    for match in _PERCENT_OF.finditer(folded):
        _add(found, match, _share(match), "percent")
    for match in _TIMES.finditer(folded):
        _add(found, match, arabic_number(match[1]), "multiple")
    for match in _FOLD.finditer(folded):
        number = arabic_number(match["arabic"]) if match["arabic"] else chinese_number(match["chinese"])
        _add(found, match, _times(number, match), "multiple")
    for match in _DOUBLE.finditer(folded):
        _add(found, match, Decimal(2), "multiple")
    return apart(found)


def _share(match: re.Match[str]) -> Decimal | None:
    if match["arabic"]:
        return arabic_number(match["arabic"])
    if match["whole"] == "百":
        return Decimal(100)
    whole = chinese_number(match["whole"])
    part = chinese_number(match["part"]) if match["part"] else None
    if whole is None or part is None:
        return whole
    return whole + part.scaleb(-len(match["part"]))


def _times(number: Decimal | None, match: re.Match[str]) -> Decimal | None:
    """Return the multiple: `翻三番` doubles three times, and `翻一倍` is twice as much."""
    doubles = match["unit"] == "番"
    if number is None or (doubles and not match[0].startswith("翻")):
        return None
    if doubles:
        return Decimal(2) ** number if number <= 20 and number == int(number) else None  # noqa: PLR2004
    return Decimal(2) if number == 1 and match[0].startswith("翻") else number


def _add(found: list[Entity], match: re.Match[str], number: Decimal | None, detail: str) -> None:
    if number is not None and (number > 0 or detail == "percent") and number <= _MOST:
        sign = "%" if detail == "percent" else "x"
        found.append(Entity("percentage", match.start(), match.end(), plain(number) + sign, detail))
