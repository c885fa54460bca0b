"""Numbers as people write them: `1,000.5`, `三千五百`, `百分之零点五`.

Nothing here depends on the decimal context of the thread, which belongs to the caller.
"""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import TypeAlias

Number: TypeAlias = int | Decimal

ARABIC = r"(?:[0-9]{1,3}(?:,[0-9]{3}){1,4}+|[0-9]{1,15}+)(?:\.[0-9]{1,8}+)?(?![0-9])"
"""A pattern for digits, with or without commas between thousands."""

CHINESE = r"[零〇一二两兩三四五六七八九十百千万萬亿億壹贰貳叁參肆伍陆陸柒捌玖拾佰仟]{1,12}+"
"""A pattern for a Chinese number; `chinese_number` says whether it is one."""

_EXACT = Context(
    prec=40, rounding=ROUND_HALF_EVEN, Emin=-99, Emax=99, capitals=1, clamp=0, flags=[], traps=[]
)
"""Has room for the 23 digits that `ARABIC` matches at most, times a trillion."""

_DIGITS = {
    char: value
    for value, chars in enumerate(
        ("零〇", "一壹", "二两兩贰貳", "三叁參", "四肆", "五伍", "六陆陸", "七柒", "八捌", "九玖")
    )
    for char in chars
}
_TENS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_MYRIADS = {"万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8}


def arabic_number(written: str) -> Number:
    """Read what `ARABIC` matched."""
    digits = written.replace(",", "")
    return Decimal(digits) if "." in digits else int(digits)


def chinese_number(written: str) -> int | None:
    """Read what `CHINESE` matched: by units (`三千零五`), or digit by digit when it has none (`二〇`)."""
    if not written:
        return None
    if all(char in _DIGITS for char in written):
        return int("".join(str(_DIGITS[char]) for char in written))
    total = section = 0
    digit: int | None = None
    for char in written:
        if char in _DIGITS:
            digit = _DIGITS[char]
        elif char in _TENS:
            section += (1 if digit is None else digit) * _TENS[char]
            digit = None
        elif char in _MYRIADS:
            total = _times_myriad(total, section + (digit or 0), _MYRIADS[char])
            section, digit = 0, None
        else:
            return None
    return total + section + (digit or 0)


def _times_myriad(total: int, section: int, unit: int) -> int:
    """Apply `万` to what stands since the last unit (`一亿二千万`), and `亿` to all before it (`三万亿`)."""
    if section == 0:
        return max(total, 1) * unit
    return (total + section) * unit if total < unit else total + section * unit


def times(number: Number, factor: int) -> Number:
    """Multiply a number that was read by at most a trillion."""
    return number * factor if isinstance(number, int) else _EXACT.multiply(number, factor)


def plain(number: Number) -> str:
    """Write a number without exponent, commas or closing zeros after the point."""
    return str(number) if isinstance(number, int) else f"{number.normalize(_EXACT):f}"
