"""Sums of money and of tokens: `100U`, `$1,000`, `3万元`, `20000+`, `0.5 ETH`, `1.2 million`."""

from __future__ import annotations

import re
from collections.abc import Mapping

from tipstaff.screening.entities.entity import Entity, apart
from tipstaff.screening.entities.numerals import (
    ARABIC,
    CHINESE,
    Number,
    arabic_number,
    chinese_number,
    plain,
    times,
)
from tipstaff.screening.entities.places import Expression, Text

_SIGNS: Mapping[str, str] = {
    "$": "USD",
    "us$": "USD",
    "hk$": "HKD",
    "nt$": "TWD",
    "¥": "CNY",
    "￥": "CNY",
    "€": "EUR",
    "£": "GBP",
    "₿": "BTC",
    "rmb": "CNY",
    "cny": "CNY",
    "usd": "USD",
    "usdt": "USDT",
    "usdc": "USDC",
    "hkd": "HKD",
    "eur": "EUR",
    "gbp": "GBP",
}
"""What may stand before a number."""

_FIAT = frozenset({"AUD", "CAD", "CHF", "CNY", "EUR", "GBP", "HKD", "JPY", "KRW", "SGD", "TWD", "USD"})

_WORDS: Mapping[str, str] = {
    name: unit
    for unit, names in {
        "USD": "美元 美金 刀 dollars dollar bucks usd",
        "CNY": "人民币 人民幣 块钱 块 塊 元 圆 yuan rmb cny",
        "HKD": "港币 港幣 港元 hkd",
        "TWD": "台币 臺幣 台幣 新台币",
        "EUR": "欧元 歐元 euros euro eur",
        "GBP": "英镑 英鎊 pounds gbp",
        "JPY": "日元 日圆 日圓 円 jpy",
        "KRW": "韩元 韓元 krw",
        "USDT": "usdt 泰达币 泰達幣 u币 u幣",
        "USDC": "usdc",
        "BTC": "btc 比特币 比特幣 bitcoins bitcoin 大饼",
        "ETH": "eth 以太坊 以太币 以太幣 ether",
        "BNB": "bnb",
        "TRX": "trx 波场币",
        "XRP": "xrp 瑞波币",
        "DOGE": "doge 狗狗币 狗狗幣",
        "LTC": "ltc 莱特币",
        "SATS": "sats satoshis",
        "BUSD": "busd",
    }.items()
    for name in names.split()
}
"""Units in any case; those of `_CODES` count in capitals only."""

_CODES = (
    "ADA APT ARB ATOM AUD AVAX BCH BGB CAD CHF DAI DOT EOS ETC FIL HT KCS LINK MATIC NEAR OKB OKT OP ORDI"
    " PEPE PI SGD SHIB SOL SUI TON UNI"
)
"""Codes that are words, or parts of words, in lower case."""

_FACTORS: Mapping[str, int] = {
    "k": 10**3,
    "w": 10**4,
    "m": 10**6,
    "b": 10**9,
    "thousand": 10**3,
    "million": 10**6,
    "mn": 10**6,
    "billion": 10**9,
    "bn": 10**9,
    "trillion": 10**12,
    "千": 10**3,
    "万": 10**4,
    "萬": 10**4,
    "十万": 10**5,
    "百万": 10**6,
    "百萬": 10**6,
    "千万": 10**7,
    "千萬": 10**7,
    "亿": 10**8,
    "億": 10**8,
    "万亿": 10**12,
}
_ENOUGH_ALONE = frozenset({"million", "billion", "trillion", "mn", "bn"})
_RESOLUTIONS = frozenset({2, 4, 8})
_LEAST_OPEN = 1000
"""The smallest number that is a sum merely by the `+` after it."""


def _any_of(words: Mapping[str, object] | list[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


def _latin(words: Mapping[str, object]) -> list[str]:
    return [word for word in words if word[-1].isascii() and word[-1].isalpha()]


def _other(words: Mapping[str, object]) -> list[str]:
    return [word for word in words if word not in set(_latin(words))]


_NO_LETTER = r"(?![A-Za-z0-9])"
_YUAN_ONLY = r"(?<!元)|(?<=元)(?!二次|[素旦月年宇首帅帥老期次论論化方件组組])"
"""`元` begins other words: 元素, 元旦, 二元期权."""
_BLOCK_ONLY = r"(?<!块)|(?<=块)(?![链屏])"

_UNIT = (
    rf"(?:(?P<word>(?i:{_any_of(_latin(_WORDS))}){_NO_LETTER}"
    rf"|(?i:{_any_of(_other(_WORDS))})(?:{_YUAN_ONLY})(?:{_BLOCK_ONLY}))"
    rf"|(?P<code>(?:{_any_of(_CODES.split())}|U){_NO_LETTER}))"
)
_LATIN_FACTORS = [word for word in _latin(_FACTORS) if len(word) > 1]
_BEFORE_UNIT = rf"(?=U?{_NO_LETTER}|(?i:usd[tc]?){_NO_LETTER})"
_FACTOR = (
    rf"(?:(?P<letter>[kKmMbBwW])|(?(sign)\s(?P<spaced>[KMB])(?![-&'’])|(?!))){_BEFORE_UNIT}"
    rf"|\s?(?P<factor>(?i:{_any_of(_LATIN_FACTORS)}){_NO_LETTER}|{_any_of(_other(_FACTORS))})"
)
"""A letter touches its number, or stands after a space when a sign stands before (`$ 4.35 M`)."""
_MEASURE = r"\s?[多余餘]?\s?[个個枚颗顆]?\s?"

_SIGN = rf"(?P<sign>(?<![A-Za-z])(?i:{_any_of(_SIGNS)})\s?)"
_NO_NUMBER = r"(?<![A-Za-z0-9_])(?<![0-9][.,])"
_NAMED = rf"(?:(?P<attached>u){_NO_LETTER}|(?:{_MEASURE}{_UNIT}))"
_ALONE = rf"[kKmMbBwW]{_BEFORE_UNIT}|\s?(?i:{_any_of(list(_ENOUGH_ALONE))}){_NO_LETTER}"
_OPEN = r"(?P<open>\+(?![A-Za-z0-9(+]))"

SUM = Expression.of(
    rf"{_SIGN}?{_NO_NUMBER}(?P<number>{ARABIC})(?:{_FACTOR})?{_NAMED}?{_OPEN}?",
    begins=rf"{_SIGN}{ARABIC}|{_NO_NUMBER}{ARABIC}(?:(?:{_FACTOR})?(?:{_NAMED}|{_OPEN})|{_ALONE})",
)
"""A number alone is a match, but no sum; so is one with a factor, but for those in `_ALONE`."""

CHINESE_SUM = Expression.of(
    rf"(?P<number>{CHINESE}){_MEASURE}(?:(?P<word>(?!块(?!钱)|塊)(?i:{_any_of(_other(_WORDS))})(?:{_YUAN_ONLY})"
    rf"|(?i:usdt|btc|eth){_NO_LETTER})|(?P<code>[Uu]){_NO_LETTER})"
)


def read_amounts(text: Text) -> list[Entity]:
    """Find sums. Value: number and unit (`30000 CNY`), or the number alone (`1200000`, `20000+`).

    Detail: `fiat`, `token`, or `number` when no unit is named. `U` is read as USDT and `w` as 万.
    """
    found = [hit for match in text.matches(SUM) if (hit := _read(text.folded, match)) is not None]
    for match in text.matches(CHINESE_SUM):
        number = chinese_number(match["number"])
        if number is not None and number > 0:
            found.append(_amount(match, match.end(), number, _unit(match)))
    return apart(found)


def _read(folded: str, match: re.Match[str]) -> Entity | None:
    number = arabic_number(match["number"])
    factor = (match["letter"] or match["spaced"] or match["factor"] or "").lower()
    total = times(number, _FACTORS.get(factor, 1))
    sign = (match["sign"] or "").strip().lower()
    unit = "USDT" if match["attached"] else _unit(match) or _SIGNS.get(sign, "")
    if unit:
        return _amount(match, match.end(), total, unit)
    if match["open"] and total >= _LEAST_OPEN:
        return _amount(match, match.end("open"), total, "", "+")
    end = max(match.end("number"), match.end("letter"), match.end("factor"))
    if factor in _ENOUGH_ALONE or (match["letter"] and _is_slang_sum(folded, match, number)):
        return _amount(match, end, total, "")
    return None


def _unit(match: re.Match[str]) -> str:
    if match["code"]:
        return "USDT" if match["code"] in {"U", "u"} else match["code"]
    return _WORDS[match["word"].lower()] if match["word"] else ""


def _is_slang_sum(folded: str, match: re.Match[str], number: Number) -> bool:
    """Tell whether a bare `3w` or `10k` is a sum: after Chinese, and not a screen resolution."""
    before = folded[match.start() - 1 : match.start()]
    letter = match["letter"].lower()
    return before > "\u2fff" and (letter == "w" or (letter == "k" and number not in _RESOLUTIONS))


def _amount(match: re.Match[str], end: int, number: Number, unit: str, suffix: str = "") -> Entity:
    detail = "number" if not unit else "fiat" if unit in _FIAT else "token"
    return Entity("amount", match.start(), end, f"{plain(number)}{suffix} {unit}".rstrip(), detail)
