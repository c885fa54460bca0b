"""Sums, shares and multiples."""

from __future__ import annotations

import decimal
from decimal import Decimal

import pytest

from tipstaff.screening.entities import FINDERS
from tipstaff.screening.entities.numerals import chinese_number


def found(kind: str, text: str) -> list[tuple[str, str, str]]:
    """Return what stands in the text, its value and its detail."""
    return [(text[hit.start : hit.end], hit.value, hit.detail) for hit in FINDERS[kind](text)]


@pytest.mark.parametrize(
    ("written", "value", "detail"),
    [
        ("100U", "100 USDT", "token"),
        ("100u", "100 USDT", "token"),
        ("１００Ｕ", "100 USDT", "token"),
        ("3万U", "30000 USDT", "token"),
        ("10kU", "10000 USDT", "token"),
        ("10 个U", "10 USDT", "token"),
        ("500 USDT", "500 USDT", "token"),
        ("500usdt", "500 USDT", "token"),
        ("0.5 ETH", "0.5 ETH", "token"),
        ("5枚比特币", "5 BTC", "token"),
        ("5 TON", "5 TON", "token"),
        ("$1,000", "1000 USD", "fiat"),
        ("$1,000.50", "1000.5 USD", "fiat"),
        ("US$5", "5 USD", "fiat"),
        ("$10k", "10000 USD", "fiat"),
        ("$4.35 M", "4350000 USD", "fiat"),
        ("$200 million", "200000000 USD", "fiat"),
        ("€2.5bn", "2500000000 EUR", "fiat"),
        ("￥300", "300 CNY", "fiat"),
        ("USD 1,900", "1900 USD", "fiat"),
        ("3万元", "30000 CNY", "fiat"),
        ("3.5亿美元", "350000000 USD", "fiat"),
        ("5块钱", "5 CNY", "fiat"),
        ("100刀", "100 USD", "fiat"),
        ("三万元", "30000 CNY", "fiat"),
        ("一百万美元", "1000000 USD", "fiat"),
        ("十万U", "100000 USDT", "token"),
        ("1.2 million", "1200000", "number"),
        ("20000+", "20000+", "number"),
        ("3w+", "30000+", "number"),
        ("3w", "30000", "number"),
        ("10k", "10000", "number"),
    ],
)
def test_sums_are_normalised(written: str, value: str, detail: str) -> None:
    """The value is a plain number and a unit, however the sum is written."""
    assert found("amount", f"月入{written}，稳赚") == [(written, value, detail)]


@pytest.mark.parametrize(
    "text",
    [
        "1000人",
        "4K电视",
        "支持8k",
        "3元素",
        "二元期权",
        "一元二次方程",
        "一块去",
        "5 ton",
        "3 dots",
        "v100U2",
        "A100U",
        "2024年",
        "100+",
        "3%",
        "1+1",
        "C++",
        "5G",
        "3万人",
        "1080p",
    ],
)
def test_other_numbers_are_no_sums(text: str) -> None:
    """Counts, resolutions, words that begin like units, and small open numbers."""
    assert found("amount", text) == []


@pytest.mark.parametrize(
    ("written", "value", "detail"),
    [
        ("3%", "3%", "percent"),
        ("20％", "20%", "percent"),
        ("1,000.50 %", "1000.5%", "percent"),
        ("5 percent", "5%", "percent"),
        ("百分之五", "5%", "percent"),
        ("百分之三十五", "35%", "percent"),
        ("百分之零点五", "0.5%", "percent"),
        ("百分之0.5", "0.5%", "percent"),
        ("百分之百", "100%", "percent"),
        ("10x", "10x", "multiple"),
        ("10.5X", "10.5x", "multiple"),
        ("10×", "10x", "multiple"),
        ("100倍", "100x", "multiple"),
        ("三十倍", "30x", "multiple"),
        ("百倍", "100x", "multiple"),
        ("翻三倍", "3x", "multiple"),
        ("翻了3倍", "3x", "multiple"),
        ("翻倍", "2x", "multiple"),
        ("翻一番", "2x", "multiple"),
        ("翻一倍", "2x", "multiple"),
        ("一倍", "1x", "multiple"),
        ("翻三番", "8x", "multiple"),
    ],
)
def test_shares_and_multiples_are_normalised(written: str, value: str, detail: str) -> None:
    """The value ends in `%` or `x`, in digits."""
    assert found("percentage", f"收益{written}，稳赚") == [(written, value, detail)]


@pytest.mark.parametrize(
    "text",
    ["0x10", "1080x720", "3×4", "0x", "a10x", "%20%30", "三番五次", "倍增", "x10", "10xyz", "99999999999%"],
)
def test_other_numbers_are_no_multiples(text: str) -> None:
    """Hexadecimal numbers, dimensions, escapes and idioms."""
    assert found("percentage", text) == []


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("十", 10),
        ("十五", 15),
        ("二十", 20),
        ("一百零五", 105),
        ("三千零五十", 3050),
        ("两万", 20000),
        ("三十五万", 350000),
        ("一亿二千万", 120000000),
        ("百", 100),
        ("万", 10000),
        ("二〇二四", 2024),
        ("壹佰", 100),
        ("三万五千", 35000),
        ("万亿", 10**12),
        ("一万二千亿", 12 * 10**11),
    ],
)
def test_chinese_numbers_are_read(written: str, number: int) -> None:
    """Units, missing ones, digits without units and the formal characters."""
    assert chinese_number(written) == Decimal(number)


def test_a_whole_promise_is_taken_apart() -> None:
    """Finders of different kinds may find different things in one sentence."""
    text = "投100U，7天翻倍，日息3%，百倍币！"
    assert [hit[1] for hit in found("amount", text)] == ["100 USDT"]
    assert [hit[1] for hit in found("percentage", text)] == ["2x", "3%", "100x"]


HOSTILE = decimal.Context(
    prec=1,
    rounding=decimal.ROUND_UP,
    Emin=0,
    Emax=0,
    capitals=0,
    clamp=1,
    traps=list(decimal.Context().flags),
)
"""A context that rounds to one digit, and in which nearly everything is an error."""


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("amount", "1234567.25 USDT", "1234567.25 USDT"),
        ("amount", "$999,999,999,999,999.12345678 trillion", "999999999999999123456780000 USD"),
        ("amount", "123.4500万元", "1234500 CNY"),
        ("amount", "一亿二千三百万U", "123000000 USDT"),
        ("percentage", "1234.5678%", "1234.5678%"),
        ("percentage", "百分之十二点零五六", "12.056%"),
        ("percentage", "百分之12.50", "12.5%"),
        ("percentage", "10.25x", "10.25x"),
        ("percentage", "翻三番", "8x"),
        ("percentage", "翻1.0倍", "2x"),
    ],
)
def test_a_number_does_not_depend_on_the_decimal_context(kind: str, text: str, value: str) -> None:
    """Whatever a caller made of the context of this thread, numbers are exact, and nothing is raised."""
    with decimal.localcontext(HOSTILE):
        hostile = found(kind, text)
    assert [value for _, value, _ in hostile] == [value]
    assert hostile == found(kind, text)
