"""Text of others as text that cannot steer a terminal."""

from __future__ import annotations

_DIRECTIONS = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_VISIBLE = (
    {code: 0x2400 + code for code in range(0x20) if chr(code) not in "\n\t"}
    | {0x7F: 0x2421, 0x2028: 0x2424, 0x2029: 0x2424}
    | dict.fromkeys(range(0x80, 0xA0), 0xFFFD)
    | {ord(char): 0xFFFD for char in _DIRECTIONS}
)


def visible(text: str) -> str:
    """Replace characters that steer a terminal or turn the reading direction, one for one."""
    return text.translate(_VISIBLE)


def escaped(text: str) -> str:
    """Escape the same characters as JSON does it: a line or a text of JSON says what it said before."""
    return "".join(char if visible(char) == char else f"\\u{ord(char):04x}" for char in text)
