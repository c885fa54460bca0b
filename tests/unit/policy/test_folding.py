"""The normal form and the letters view, claim by claim."""

from __future__ import annotations

import ast
import hashlib
import unicodedata
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from tipstaff.policy import folding
from tipstaff.policy.folding import (
    Letters,
    Normal,
    fold_char,
    is_letter,
    is_rare,
    letters,
    letters_text,
    looks,
    normal_text,
    normalise,
)
from tipstaff.policy.folding import syllables as readings

DATA = Path(folding.__file__).parent / "data"
EVERY_CHAR = "".join(map(chr, range(0x110000)))
PRIVATE_USE = "\ue000"


def assigned(*blocks: tuple[int, int]) -> Iterator[str]:
    """Yield the assigned characters between two code points."""
    for first, last in blocks:
        yield from (chr(code) for code in range(first, last + 1) if unicodedata.category(chr(code)) != "Cn")


@pytest.mark.parametrize("char", ["\u200b", "\u200d", "\u2060", "\ufeff", "\u00ad", "\u202e", "\U000e0062"])
def test_invisible_characters_are_dropped(char: str) -> None:
    """Zero-width, direction, soft hyphen and tag characters leave no trace."""
    assert normal_text(f"比特{char}币") == "比特币"


@pytest.mark.parametrize("char", ["\u034f", "\u115f", "\u1160", "\u3164", "\uffa0", "\ufe0f", "\U000e0100"])
def test_default_ignorables_are_dropped(char: str) -> None:
    """Hangul fillers, the grapheme joiner and variation selectors are dropped, whatever their category."""
    assert fold_char(char) == ""


@pytest.mark.parametrize("text", ["be\u0301\u0323", "b\u00e9", "b\u20dde", "B\u0336E\u0336"])
def test_marks_are_dropped(text: str) -> None:
    """Combining and enclosing marks are dropped, in precomposed letters too."""
    assert normal_text(text) == "be"


@pytest.mark.parametrize("char", ["한", "が", "パ", "ヴ"])
def test_hangul_and_voiced_kana_stay_composed(char: str) -> None:
    """A Hangul syllable and a kana with a voicing mark are letters of their own."""
    assert fold_char(char) == char


@pytest.mark.parametrize("char", ["≠", "∉", "😀", "₿", "×"])
def test_symbols_stay_themselves(char: str) -> None:
    """Symbols and emoji are neither taken apart nor read as letters by their shape."""
    assert fold_char(char) == char
    assert not is_letter(char)


def test_full_width_becomes_plain() -> None:
    """Full-width letters, digits and punctuation become ASCII; half-width kana become kana."""
    assert normal_text("ＢＴＣ　１００％：ｶ") == "btc 100%:カ"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ⒷⓉⒸ", "btc"),
        ("🅑🅣🅒", "btc"),
        ("🅱🆃🅲", "btc"),
        ("🇧🇹🇨", "btc"),
        ("①❷➂➍⓹⓿", "123450"),
        ("⑩❿➉➓⓾⓴㉈", "10101010102010"),
        ("🈶㊙", "有秘"),
    ],
)
def test_enclosed_characters_come_out(text: str, expected: str) -> None:
    """A letter, number or Han character in a circle or square is that letter, number or character."""
    assert normal_text(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ВТС", "btc"),  # Cyrillic capitals
        ("сосо", "coco"),  # Cyrillic small letters
        ("ΒΤΧΖΡ", "btxzp"),  # Greek capitals
        ("ορ", "op"),  # Greek small letters
        ("Օո", "on"),  # Armenian
        ("ᎪᏴ", "ab"),  # Cherokee
        ("ⲞⲤ", "oc"),  # Coptic
        ("ꓐꓔꓚ", "btc"),  # Lisu
        ("𐐄", "o"),  # Deseret
        ("ꜱᴏᴄ", "soc"),  # Latin small capitals
        ("æŒ", "aeoe"),  # Latin ligatures
        ("℮", "e"),  # letterlike symbol
    ],
)
def test_look_alikes_become_latin(text: str, expected: str) -> None:
    """A letter of a related script that looks like a Latin letter becomes that letter, in small."""
    assert normal_text(text) == expected


@pytest.mark.parametrize("char", ["\u0399", "\u0406", "\u04c0", "\u2c92", "\ua4f2", "\uff29", "\U0001d408"])
def test_a_capital_i_is_never_an_l(char: str) -> None:
    """What looks like a capital I becomes i, although its skeleton in UTS #39 is l."""
    assert fold_char(char) == "i"


@pytest.mark.parametrize(("text", "expected"), [("Ηη", "hn"), ("Нн", "hh"), ("Νν", "nv")])
def test_capital_and_small_letters_go_by_their_own_look(text: str, expected: str) -> None:
    """Capital eta looks like H and small eta like n: each follows its own entry."""
    assert normal_text(text) == expected


@pytest.mark.parametrize(("char", "expected"), [("ſ", "s"), ("𝐦", "m"), ("ⅿ", "m"), ("ⅼ", "l")])
def test_a_latin_letter_is_itself_before_its_look(char: str, expected: str) -> None:
    """What NFKC takes for a Latin letter is that letter, whatever UTS #39 says that it resembles."""
    assert fold_char(char) == expected


@pytest.mark.parametrize("text", ["𝐁𝐢𝐭𝐜𝐨𝐢𝐧", "𝓑𝓲𝓽𝓬𝓸𝓲𝓷", "𝕭𝖎𝖙𝖈𝖔𝖎𝖓", "𝙱𝚒𝚝𝚌𝚘𝚒𝚗"])
def test_mathematical_letters_become_plain(text: str) -> None:
    """Bold, script, Fraktur and typewriter letters become plain ones."""
    assert normal_text(text) == "bitcoin"


def test_case_is_folded_in_full() -> None:
    """Letters are small in the normal form; sharp s is two."""
    assert normal_text("StraßE Đ Ж \u1c89 \U00010d50") == "strasse d ж \u1c8a \U00010d70"


@pytest.mark.parametrize(
    ("text", "expected"),
    [("幣安交易所", "币安交易所"), ("乾淨後臺", "干净后台"), ("豈", "岂"), ("\uf900", "岂"), ("⼀", "一")],
)
def test_traditional_becomes_simplified(text: str, expected: str) -> None:
    """Traditional characters become simplified ones, compatibility ideographs and radicals included."""
    assert normal_text(text) == expected


def test_printable_ascii_changes_only_in_case() -> None:
    """No printable ASCII character changes but the capitals: 0 is never o, 1 never l."""
    printable = "".join(map(chr, range(0x20, 0x7F)))
    assert normal_text(printable) == printable.lower()


def test_letters_and_digits_do_not_become_each_other() -> None:
    """No letter has an ASCII digit in its normal form, no decimal digit an ASCII letter."""
    kinds = {char: unicodedata.category(char) for char in EVERY_CHAR}
    assert not [c for c in EVERY_CHAR if kinds[c][0] == "L" and set(fold_char(c)) & set("0123456789")]
    assert not [
        c for c in EVERY_CHAR if kinds[c] == "Nd" and any("a" <= part <= "z" for part in fold_char(c))
    ]


def test_other_scripts_do_not_become_latin() -> None:
    """Arabic, Hebrew, Indic, Thai, Hangul, kana and Han letters have no Latin letter in their normal form."""
    blocks = [(0x0590, 0x0DFF), (0x0E00, 0x0EFF), (0x1100, 0x11FF), (0x3005, 0x318F), (0x3400, 0x9FFF)]
    presentation = [
        (0xAC00, 0xD7A3),
        (0xFB1D, 0xFDFF),
        (0xFE70, 0xFEFE),
        (0x1EE00, 0x1EEFF),
        (0x20000, 0x2FA1D),
    ]
    latin = [c for c in assigned(*blocks, *presentation) if any("a" <= part <= "z" for part in fold_char(c))]
    assert latin == []


@pytest.mark.parametrize("code", [0xD800, 0xDBFF, 0xDC00, 0xDFFF])
def test_lone_surrogates_are_replaced(code: int) -> None:
    """A lone surrogate becomes U+FFFD, so that a normal form can always be encoded."""
    assert normal_text(f"a{chr(code)}b") == "a\ufffdb"


def test_every_normal_form_can_be_encoded() -> None:
    """No surrogate is left in any normal form."""
    assert normal_text(EVERY_CHAR).encode()


def test_an_expansion_is_kept_whole() -> None:
    """U+FDFA becomes all of its eighteen characters, each coming from the same place."""
    normal = normalise("a\ufdfab")
    assert normal.text == "aصلى الله عليه وسلمb"
    assert normal.origin == (0, *[1] * 18, 2)


def test_white_space_is_kept_one_to_one() -> None:
    """Blanks become a space and line ends a line feed, none dropped or merged."""
    assert normal_text("a\t\u00a0\u2003\u3000\u2800b") == "a     b"
    assert normal_text("a\r\n\x85\u2028\u2029b") == "a\n\n\n\n\nb"


def test_control_characters_are_dropped() -> None:
    """Control characters that are no white space are dropped."""
    assert normal_text("a\x00\x07\x1b\x7f\x9fb") == "ab"


def test_the_origin_leads_back_to_the_text() -> None:
    """Each character of a normal form names the index in the text of what it came from."""
    assert normalise("A\u200b½é幣") == Normal("a1⁄2e币", (0, 2, 2, 2, 3, 4))


def test_the_origin_is_right_for_every_code_point() -> None:
    """Cutting the text at an origin gives the character that folds to what stands there."""
    normal = normalise(EVERY_CHAR)
    assert len(normal.text) == len(normal.origin)
    assert all(part in fold_char(EVERY_CHAR[at]) for part, at in zip(normal.text, normal.origin, strict=True))
    assert list(normal.origin) == sorted(normal.origin)


def test_nothing_is_composed_across_code_points() -> None:
    """The normal form of a text is that of its characters, one after the other."""
    text = "ka\u0301\u1100\u1161か\u3099ﬁ"
    assert normalise(text).text == normal_text(text) == "".join(map(fold_char, text)) == "ka\u1100\u1161かfi"


def test_both_ways_to_normalise_agree() -> None:
    """`normal_text` gives the text that the reference loop gives, over every code point."""
    assert normal_text(EVERY_CHAR) == normalise(EVERY_CHAR).text


def test_normalisation_is_idempotent() -> None:
    """The normal form of a normal form is itself, over every code point."""
    unstable = [char for char in EVERY_CHAR if normal_text(normal_text(char)) != normal_text(char)]
    assert unstable == []


def test_what_python_folds_to_ascii_folds_to_the_same() -> None:
    """A letter or digit that NFKC and case folding turn into ASCII letters or digits becomes just those."""
    plain = {char: unicodedata.normalize("NFKC", char).casefold() for char in EVERY_CHAR}
    plainly = [c for c, ascii_form in plain.items() if ascii_form.isascii() and ascii_form.isalnum()]
    assert [c for c in plainly if fold_char(c) != plain[c]] == []


@pytest.mark.parametrize("char", ["a", "9", "币", "한", "ж", "ا", "²", "〇", "\U00020000", "\U0010ffff"])
def test_letters_are_letters_and_digits(char: str) -> None:
    """The class is that of the general categories L and N."""
    assert is_letter(char) == (unicodedata.category(char)[0] in "LN")


@pytest.mark.parametrize("char", ["_", " ", "\n", "-", "😀", "\ufffd", "\x00", "\u0301", "。"])
def test_everything_else_is_no_letter(char: str) -> None:
    """Punctuation, symbols, marks, white space and the replacement character are no letters."""
    assert not is_letter(char)


def test_the_letters_view_keeps_only_letters() -> None:
    """The letters view drops what is no letter, and says where in the normal form each letter stands."""
    assert letters("a-b 币。1") == Letters("ab币1", (0, 2, 4, 6))


def test_the_letters_view_of_every_code_point_holds_only_letters() -> None:
    """Nothing but letters and digits is left of any code point, and none of those is lost."""
    normal = normal_text(EVERY_CHAR)
    view = letters(normal)
    assert all(map(is_letter, set(view.text)))
    assert view.text == "".join(normal[at] for at in view.origin)
    assert len(view.text) == sum(map(is_letter, normal))


def test_the_letters_view_is_that_of_each_code_point() -> None:
    """A code point of a normal form stands in the letters view exactly if it is a letter."""
    text = "".join(map(chr, range(0x40000)))
    kept = [code_point for code_point in range(0x40000) if is_letter(chr(code_point))]
    assert letters(text) == Letters("".join(map(chr, kept)), tuple(kept))
    assert letters_text(text) == letters(text).text


def test_letter_ranges_are_in_order_and_apart() -> None:
    """The ranges of letters are sorted, disjoint and merged, as a search in them requires."""
    ranges = folding.letter_ranges()
    assert all(first <= last for first, last in ranges)
    assert all(left[1] + 1 < right[0] for left, right in pairwise(ranges))


def test_the_table_holds_no_identities() -> None:
    """The table lists a code point only if its normal form is another."""
    assert not [code for code, normal in folding.table().items() if normal == chr(code)]


def test_the_table_cannot_be_changed() -> None:
    """The cached table is read-only: one user cannot spoil it for another."""
    with pytest.raises(TypeError):
        folding.table()[0x41] = "b"  # type: ignore[index]


@pytest.mark.parametrize(
    ("char", "expected"),
    [
        ("币", {"bi"}),
        ("行", {"xing", "hang"}),
        ("绿", {"lv", "lu"}),
        ("重", {"zhong", "chong"}),
        ("所", {"suo"}),
    ],
)
def test_syllables_are_the_readings_in_use(char: str, expected: set[str]) -> None:
    """A character has its readings without tones, archaic ones left out, v for u with diaeresis."""
    assert readings(char) == expected


@pytest.mark.parametrize("char", ["a", "1", "〇", "か", "\U00020000", PRIVATE_USE])
def test_what_is_not_in_the_table_has_no_syllables(char: str) -> None:
    """A character that the table does not know has no syllables."""
    assert readings(char) == frozenset()


def test_every_reading_is_typed_in_ascii() -> None:
    """Readings are small ASCII letters, one to three for a character, so that a pinyin spelling can match."""
    rows = [
        line.split("\t") for line in (DATA / "syllables.tsv").read_text("utf-8").split("\n") if "\t" in line
    ]
    assert all(1 <= len(row[1].split(",")) <= 3 for row in rows)
    assert all(
        part.isascii() and part.isalpha() and part.islower() for row in rows for part in row[1].split(",")
    )


def test_gb2312_is_covered() -> None:
    """All 6763 Han characters of GB 2312 have a reading; level 1, and only it, is common."""
    cells = [bytes([row, cell]) for row in range(0xB0, 0xF8) for cell in range(0xA1, 0xFF)]
    level = {char: cell[0] < 0xD8 for cell in cells if (char := cell.decode("gb2312", errors="ignore"))}
    assert len(level) == 6763
    assert all(map(readings, level))
    assert {char for char in map(chr, range(0x4E00, 0xA000)) if not is_rare(char)} == {
        c for c in level if level[c]
    }


@pytest.mark.parametrize(
    ("char", "rare"),
    [
        ("币", False),
        ("幤", True),
        ("\u3400", True),
        ("\U00020000", True),
        ("a", False),
        ("々", False),
        ("한", False),
    ],
)
def test_only_han_characters_are_rare(char: str, rare: bool) -> None:  # noqa: FBT001  a parameter of the table above
    """A Han character outside level 1 of GB 2312 is rare, in the table or not; other scripts never are."""
    assert is_rare(char) is rare


@pytest.mark.parametrize("char", ["a", "1", "的", "〇", PRIVATE_USE])
def test_what_is_not_in_the_table_has_no_lookalikes(char: str) -> None:
    """A character that the table does not know is not looked for in other shapes."""
    assert looks(char) == ()


def test_lookalikes_can_be_found() -> None:
    """A look-alike is one character or two parts, all Han, all normal forms, and listed once."""
    rows = [line.split("\t") for line in (DATA / "looks.tsv").read_text("utf-8").split("\n") if "\t" in line]
    for char, written in rows:
        assert list(looks(char)) == written.split() == list(dict.fromkeys(written.split()))
        for other in looks(char):
            assert normal_text(other) == other != char
            assert len(other) <= 2
            assert all("\u4e00" <= part <= "\u9fff" for part in char + other)
    assert len({char for char, _ in rows}) == len(rows)


def test_the_digest_covers_the_four_files() -> None:
    """The digest is the SHA-256 of folding, letters, syllables and looks, in that order."""
    names = ("folding.tsv", "letters.tsv", "syllables.tsv", "looks.tsv")
    assert (
        folding.digest() == hashlib.sha256(b"".join((DATA / name).read_bytes() for name in names)).hexdigest()
    )


def test_nothing_at_run_time_asks_the_unicode_of_python() -> None:
    """The module neither imports `unicodedata` nor calls a method of `str` that depends on its version."""
    tree = ast.parse(Path(folding.__file__).read_text("utf-8"))
    imported = {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
    imported |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    called = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    assert not imported & {"unicodedata", "unicodedata2"}
    assert not called & {
        "lower",
        "upper",
        "casefold",
        "isalnum",
        "isalpha",
        "isdigit",
        "isnumeric",
        "isspace",
    }


@pytest.mark.parametrize(
    ("char", "letter"),
    [
        ("ø", "o"),
        ("Đ", "d"),
        ("ł", "l"),
        ("ʙ", "b"),
        ("ɪ", "i"),
        ("∪", "u"),
        ("🆓", "free"),
        ("т", "t"),
        ("ώ", "w"),
    ],
)
def test_drawn_letters_are_latin(char: str, letter: str) -> None:
    """A stroke, a small capital, a union sign or a squared word hides no letter."""
    assert normal_text(char) == letter
