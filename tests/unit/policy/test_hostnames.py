"""Host names depend on the tables that ship, and on nothing of Python's."""

from __future__ import annotations

import hashlib
import sys
import unicodedata
from collections.abc import Iterator
from importlib.resources import files

import pytest

from tipstaff.policy.hostnames import digest, is_label_text, normal_form, small, suffix_rules

DATA = files("tipstaff.policy").joinpath("data")


def test_the_digest_is_over_both_files() -> None:
    """The digest is the SHA-256 of labels.tsv and the public suffix list, in that order."""
    data = b"".join((DATA / name).read_bytes() for name in ("labels.tsv", "public_suffix_list.dat"))
    assert digest() == hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize(
    ("text", "lower"), [("ABC-Ü", "abc-ü"), ("ΟΔΟΣ", "οδοσ"), ("İ", "i\u0307"), ("K", "k"), ("中Ⅰ", "中ⅰ")]
)
def test_small_letters_are_told_by_each_character_alone(text: str, lower: str) -> None:
    """No letter depends on its neighbours, as a final sigma does in Python."""
    assert small(text) == lower


class Newer(str):
    """A text as a Python with Unicode 16 has it: two capitals of small letters that were known before."""

    __slots__ = ()

    def __iter__(self) -> Iterator[str]:
        """Yield characters that know it, too."""
        return map(Newer, super().__iter__())

    def lower(self) -> str:
        """Return small letters."""
        return super().lower().replace("\ua7cb", "\u0264").replace("\ua7dc", "\u019b")


@pytest.mark.parametrize("text", [str, Newer])
@pytest.mark.parametrize("char", ["\u1c89", "\ua7da", "\U0001df25", "\ua7cb", "\ua7dc"])
def test_what_unicode_14_does_not_know_is_in_no_host(char: str, text: type[str]) -> None:
    """A letter that came later has no small form and no normal form, whatever Python runs this."""
    assert not is_label_text(char)
    assert small(text(char)) == char
    assert normal_form(text(f"a{char}.com")) is None


@pytest.mark.parametrize(
    ("host", "normal"),
    [
        ("Cafe\u0301.FR", "caf\u00e9.fr"),
        ("例え。jp", None),
        ("例え.jp", "例え.jp"),
        ("a b.é", None),
        ("हिन्दी.भारत", "हिन्दी.भारत"),
        ("\U0001d400.com", None),
    ],
)
def test_normal_form(host: str, normal: str | None) -> None:
    """Small letters composed; nothing for signs, white space and capitals without a small form."""
    assert normal_form(host) == normal


@pytest.mark.skipif(unicodedata.unidata_version != "14.0.0", reason="the table is made by Python 3.11")
def test_the_table_has_the_letters_digits_and_marks_of_the_oldest_python() -> None:
    """All categories L, M and N but for capitals, `_` and the hyphen, and the capitals of those."""
    for code in range(sys.maxunicode + 1):
        char = chr(code)
        category = unicodedata.category(char)
        member = category[0] in "LMN" and category not in {"Lu", "Lt"} and char.lower() == char
        assert is_label_text(char) == (member or char in "_-"), hex(code)
        assert small(char) == (char.lower() if is_label_text(char.lower()) else char), hex(code)


def test_the_rules_of_the_suffix_list() -> None:
    """Comments and empty lines are no rules; each section has its own."""
    icann, private = suffix_rules()
    assert {"com", "co.uk", "*.ck", "!www.ck", "公司.cn"} <= set(icann)
    assert "github.io" in private
    assert not any(rule.startswith("//") or not rule for rule in (*icann, *private))
    assert not set(icann) & set(private)
