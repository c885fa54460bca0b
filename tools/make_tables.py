"""Write the data that `tipstaff.policy.folding` and `tipstaff.policy.hostnames` read; for development only.

Run it from anywhere, then look at the difference before keeping it::

    pip install unicodedata2 confusable_homoglyphs OpenCC pypinyin
    python tools/make_tables.py

Which part of the data each PyPI package supplies:

* `unicodedata2`: names, categories, numeric values and normalisation forms of a recent Unicode;
* `confusable_homoglyphs`: the confusables of UTS #39, and the scripts (Scripts.txt);
* `OpenCC`: traditional to simplified, and Japanese to traditional, from its data files
  TSCharacters and JPShinjitaiCharacters and no others;
* `pypinyin`: the readings of Han characters, and phrases that show which readings are in use.

The same versions give the same bytes: the versions used stand at the head of every file. Case folding is
Python's own for the characters it knows (a stable property), and by name for those of a later Unicode.

The normal form of a code point is `step`, repeated on each result until nothing changes.
"""

from __future__ import annotations

import bisect
import json
import re
import tempfile
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib import metadata, resources
from pathlib import Path
from typing import Final, NamedTuple

import opencc
import unicodedata2 as ucd  # type: ignore[import-not-found]
from pypinyin.constants import PHRASES_DICT, PINYIN_DICT

DATA: Final = Path(__file__).resolve().parents[1] / "src" / "tipstaff" / "policy" / "data"
LAST: Final = 0x10FFFF

LINE_ENDS: Final = frozenset("\n\r\x85\u2028\u2029")
BLANKS: Final = frozenset("\t\u2800")
"""Blanks besides the category Zs; U+2800 is the braille blank."""

DEFAULT_IGNORABLE: Final = (
    *(range(0x00AD, 0x00AE), range(0x034F, 0x0350), range(0x061C, 0x061D), range(0x115F, 0x1161)),
    *(range(0x17B4, 0x17B6), range(0x180B, 0x1810), range(0x200B, 0x2010), range(0x202A, 0x202F)),
    *(range(0x2060, 0x2070), range(0x3164, 0x3165), range(0xFE00, 0xFE10), range(0xFEFF, 0xFF00)),
    *(range(0xFFA0, 0xFFA1), range(0xFFF0, 0xFFF9), range(0x1BCA0, 0x1BCA4), range(0x1D173, 0x1D17B)),
    range(0xE0000, 0xE1000),
)
"""Default_Ignorable_Code_Point of DerivedCoreProperties.txt, unassigned ones included."""

LOOKALIKE_SCRIPTS: Final = frozenset(
    {"LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC", "LISU", "DESERET", "COMMON"}
)
OLDEST: Final = "14.0.0"
"""The Unicode of Python 3.11."""

LETTERLIKE: Final = range(0x2100, 0x2150)
LISU_I: Final = "\ua4f2"
LIGATURE: Final = 2

HANGUL_SYLLABLES: Final = range(0xAC00, 0xD7A4)
KANA_MARKS: Final = frozenset("\u3099\u309a")
SURROGATES: Final = range(0xD800, 0xE000)

ENCLOSED_LETTER: Final = re.compile(
    r"(?:NEGATIVE (?:CIRCLED|SQUARED) LATIN CAPITAL|REGIONAL INDICATOR SYMBOL) LETTER ([A-Z])"
)

DRAWN_LETTER: Final = re.compile(
    r"LATIN (?:LETTER SMALL CAPITAL|(?:SMALL|CAPITAL) LETTER) ([A-Z])(?: WITH [A-Z ]+)?"
)
SQUARED_WORD: Final = re.compile(r"SQUARED (FREE|NEW|OK|COOL|UP|VS|ID|HOT)")
REBUSES: Final = {"\u222a": "u", "\u22c3": "u", "\U0001fa99": "\u5e01"}
"""Signs that advertisers write for what they look like: set union for U, the coin emoji for 币."""

ALIKE: Final = dict(zip("вкмнптβεηκτω", "bkmhntbenktw", strict=True))
"""Small Cyrillic and Greek letters that pass for Latin ones, though UTS #39 knows only their capitals."""

HAN: Final = range(0x4E00, 0xA000)
GB2312_LEVEL_1: Final = range(0xB0, 0xD8)
GB2312_LEVEL_2: Final = range(0xD8, 0xF8)
MAX_READINGS: Final = 3
MIN_PHRASES: Final = 3
MIN_SHARE: Final = 0.1
TONES: Final = {ord(mark): None for mark in "\u0300\u0301\u0304\u030c"}


class Source(NamedTuple):
    """A package, as the heads of the files name it."""

    package: str
    what: str
    licence: str

    def __str__(self) -> str:
        """One line: what, where from, under which licence."""
        return f"{self.what}: {self.package} {metadata.version(self.package)} ({self.licence})"


UNICODE: Final = Source("unicodedata2", f"Unicode {ucd.unidata_version}", "Unicode License v3, Apache-2.0")
CONFUSABLES: Final = Source(
    "confusable_homoglyphs", "UTS #39 confusables and Scripts.txt", "Unicode License v3, MIT"
)
OPENCC: Final = Source("OpenCC", "TSCharacters, JPShinjitaiCharacters", "Apache-2.0")
PYPINYIN: Final = Source("pypinyin", "readings (pinyin-data, phrase-pinyin-data)", "MIT")


class Tables(NamedTuple):
    """What `step` looks up."""

    looks: Mapping[str, str]
    simplified: Mapping[str, str]


def every_char() -> Iterator[str]:
    """Yield every code point, lone surrogates included."""
    return map(chr, range(LAST + 1))


def step(char: str, tables: Tables) -> str:
    """Apply to one code point the first change that applies to it."""
    if ord(char) in SURROGATES:
        return "\ufffd"
    if char in LINE_ENDS:
        return "\n"
    if char in BLANKS or ucd.category(char) == "Zs":
        return " "
    if is_dropped(char):
        return ""
    if char.isascii():
        return char.lower()
    changes = (tables.looks.get(char, char), decompose(char), fold_case(char), enclosed(char), drawn(char))
    return next((changed for changed in changes if changed != char), tables.simplified.get(char, char))


def fold(char: str, tables: Tables) -> str:
    """Return the normal form of a code point."""
    before, after = "", char
    while after != before:
        before, after = after, "".join(step(part, tables) for part in after)
    return after


def is_dropped(char: str) -> bool:
    """Tell whether a code point leaves no trace: marks, controls, formats, default ignorables."""
    ignorable = any(ord(char) in block for block in DEFAULT_IGNORABLE)
    return ignorable or ucd.category(char) in {"Mn", "Me", "Cf", "Cc"}


def decompose(char: str) -> str:
    """Return NFKC, taken apart again (NFKD) so that marks can be dropped.

    Hangul syllables, voiced kana and symbols stay whole: not equal is no equal sign.
    """
    parts = []
    for part in ucd.normalize("NFKC", char):
        apart = ucd.normalize("NFKD", part)
        symbol = ucd.category(part).startswith("S")
        whole = symbol or ord(part) in HANGUL_SYLLABLES or not KANA_MARKS.isdisjoint(apart)
        parts.append(part if whole else apart)
    return "".join(parts)


def fold_case(char: str) -> str:
    """Return the full case folding."""
    if unicodedata.category(char) != "Cn":
        return char.casefold()
    if ucd.category(char) != "Lu":
        return char
    try:
        return str(ucd.lookup(ucd.name(char).replace("CAPITAL", "SMALL")))
    except KeyError:
        raise SystemExit(f"no small letter for {ucd.name(char)}: this Python's Unicode is too old") from None


def enclosed(char: str) -> str:
    """Return the letter or number in a circle or square that NFKC does not take out."""
    name = ucd.name(char, "")
    if letter := ENCLOSED_LETTER.fullmatch(name):
        return letter[1].lower()
    if ucd.category(char) == "No" and "CIRCLED" in name:
        return str(int(ucd.numeric(char)))
    return char


def drawn(char: str) -> str:
    """Return the Latin letter that a stroke, hook or small capital does not hide, or a squared word."""
    if char in REBUSES:
        return REBUSES[char]
    if char in ALIKE:
        return ALIKE[char]
    name = ucd.name(char, "")
    if letter := DRAWN_LETTER.fullmatch(name):
        return letter[1].lower()
    word = SQUARED_WORD.fullmatch(name)
    return word[1].lower() if word else char


def script_finder() -> Callable[[str], str]:
    """Return a function from a code point to its script, in capitals."""
    data = json.loads(resources.files("confusable_homoglyphs").joinpath("categories.json").read_bytes())
    names: list[str] = data["iso_15924_aliases"]
    ranges = sorted((first, last, names[script]) for first, last, script, _ in data["code_points_ranges"])

    def script(char: str) -> str:
        at = bisect.bisect_right(ranges, (ord(char), LAST + 1, "")) - 1
        first, last, name = ranges[at]
        return name if first <= ord(char) <= last else "UNKNOWN"

    return script


def read_looks() -> dict[str, str]:
    """Return the look-alikes of Latin letters, and the letters they look like.

    A look-alike is a letter (or letterlike symbol) of a script in `LOOKALIKE_SCRIPTS` whose skeleton is
    one ASCII letter, or two for a Latin ligature. What NFKC already turns into ASCII is left to NFKC: it
    knows better than a skeleton (long s is s, not f; mathematical m is m, not rn).
    """
    script = script_finder()
    data = json.loads(resources.files("confusable_homoglyphs").joinpath("confusables.json").read_bytes())
    looks = {}
    for char, others in sorted(data.items()):
        skeletons = [other["c"] for other in others if other["c"].isascii() and other["c"].isalpha()]
        if len(char) != 1 or char.isascii() or not skeletons:
            continue
        category, latin = ucd.category(char), script(char) == "LATIN"
        lettered = category.startswith("L") or (category == "So" and ord(char) in LETTERLIKE)
        longest = LIGATURE if latin and category in {"Lu", "Ll"} else 1
        if not lettered or script(char) not in LOOKALIKE_SCRIPTS or ucd.normalize("NFKC", char).isascii():
            continue
        (skeleton,) = skeletons
        if len(skeleton) <= longest:
            capital_i = skeleton == "l" and (category == "Lu" or char == LISU_I)
            looks[char] = "i" if capital_i else skeleton.lower()
    return looks


def read_simplified() -> dict[str, str]:
    """Return the simplified form of traditional characters, and of Japanese ones that GB 2312 lacks.

    The first choice of TSCharacters for every character that it changes; others go by way of the
    traditional form of JPShinjitaiCharacters.
    """
    simplify = read_opencc("TSCharacters")
    restore = read_opencc("JPShinjitaiCharacters")
    chinese = set(gb2312(GB2312_LEVEL_1)) | set(gb2312(GB2312_LEVEL_2))
    written = [char for char in every_char() if not char.isascii() and ord(char) not in SURROGATES]
    japanese = {char: simplify(restore(char)) for char in written if char not in chinese}
    return {
        char: simple
        for char in written
        if (simple := simplify(char)) != char or (simple := japanese.get(char, char)) != char
    }


def read_opencc(name: str) -> Callable[[str], str]:
    """Return what replaces characters by one dictionary of OpenCC."""
    share = Path(opencc.__file__).parent / "clib" / "share" / "opencc"
    dictionary = {"type": "ocd2", "file": str(share / f"{name}.ocd2")}
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "characters.json"
        config.write_text(json.dumps({"name": "characters", "conversion_chain": [{"dict": dictionary}]}))
        convert = opencc.OpenCC(str(config)).convert
    return lambda text: str(convert(text))


def letter_ranges() -> list[tuple[int, int]]:
    """Return the ranges of code points whose category is L* or N*."""
    return merged(code for code in range(LAST + 1) if ucd.category(chr(code))[0] in "LN")


def label_ranges() -> list[tuple[int, int]]:
    """Return the ranges of small letters, digits and marks that the oldest supported Python knows."""
    if unicodedata.unidata_version != OLDEST:
        raise SystemExit(f"labels.tsv is made by a Python with Unicode {OLDEST}: take Python 3.11")
    return merged(
        code
        for code in range(LAST + 1)
        if unicodedata.category(char := chr(code))[0] in "LMN"
        and unicodedata.category(char) not in {"Lu", "Lt"}
        and char.lower() == char
    )


def capitals(ranges: Iterable[tuple[int, int]]) -> Iterator[tuple[str, str]]:
    """Yield the capitals beyond ASCII whose small letters lie in some ranges, each with those."""
    labels = {code for first, last in ranges for code in range(first, last + 1)}
    for char in map(chr, range(0x80, LAST + 1)):
        if (lower := char.lower()) != char and labels.issuperset(map(ord, lower)):
            yield char, lower


def merged(codes: Iterable[int]) -> list[tuple[int, int]]:
    """Return the ranges of ascending code points."""
    ranges: list[tuple[int, int]] = []
    for code in codes:
        if ranges and ranges[-1][1] == code - 1:
            ranges[-1] = (ranges[-1][0], code)
        else:
            ranges.append((code, code))
    return ranges


def gb2312(rows: Iterable[int]) -> Iterator[str]:
    """Yield the characters in some rows of GB 2312."""
    for row in rows:
        for cell in range(0xA1, 0xFF):
            yield from bytes([row, cell]).decode("gb2312", errors="ignore")


def toneless(reading: str) -> str:
    """Return a syllable as it is typed: no tones, v for u with diaeresis."""
    bare = unicodedata.normalize("NFD", reading).replace("u\u0308", "v").translate(TONES)
    return bare.replace("e\u0302", "e")


def read_syllables() -> dict[str, list[str]]:
    """Return up to three readings in use of each character that pypinyin knows, the commonest first.

    Dictionaries list archaic readings too. The first one always counts. If phrases use the character, the
    others count only with three phrases, or a tenth of them, behind them.
    """
    phrases: dict[str, Counter[str]] = defaultdict(Counter)
    for phrase, readings in PHRASES_DICT.items():
        for char, reading in zip(phrase, readings, strict=False):
            phrases[char][toneless(reading[0])] += 1
    used = {}
    for code, listed in PINYIN_DICT.items():
        first, *others = dict.fromkeys(map(toneless, listed.split(",")))
        counts = phrases[chr(code)]
        if counts:
            least = min(MIN_PHRASES, max(1, MIN_SHARE * counts.total()))
            others = [each for each in others if counts[each] >= least]
            others.sort(key=counts.__getitem__, reverse=True)
        used[chr(code)] = [first, *others][:MAX_READINGS]
    return used


def hexes(text: str) -> str:
    """Return the code points of `text` in hexadecimal."""
    return " ".join(f"{ord(char):04X}" for char in text)


def write(name: str, what: str, sources: Iterable[object], lines: Iterable[str]) -> None:
    """Write one file of data and report its size."""
    rows = list(lines)
    head = [what, "Made by tools/make_tables.py; do not edit.", *map(str, sources)]
    text = "\n".join([*(f"# {line}" for line in head), *rows]) + "\n"
    (DATA / name).write_bytes(text.encode())
    print(f"{name}: {len(rows)} lines, {len(text.encode())} bytes")


def write_labels() -> None:
    """Write what host names are made of."""
    ranges = label_ranges()
    write(
        "labels.tsv",
        "First and last code points of the ranges of small letters, digits and marks (for host names);"
        " then the capitals, `>` and their small letters.",
        (f"Unicode {OLDEST}: unicodedata of Python 3.11 (Unicode License v3)",),
        [
            *(f"{first:04X}\t{last:04X}" for first, last in ranges),
            *(f"{ord(char):04X}\t>\t{hexes(lower)}" for char, lower in capitals(ranges)),
        ],
    )


def main() -> None:
    """Write the four files."""
    tables = Tables(read_looks(), read_simplified())
    folded = {char: normal for char in every_char() if (normal := fold(char, tables)) != char}
    DATA.mkdir(parents=True, exist_ok=True)
    write(
        "folding.tsv",
        "The normal form of every code point whose normal form is not itself (nothing: dropped).",
        (UNICODE, CONFUSABLES, OPENCC),
        (f"{ord(char):04X}\t{hexes(normal)}" for char, normal in sorted(folded.items())),
    )
    write(
        "letters.tsv",
        "First and last code points of the ranges that are letters or digits (general category L or N).",
        (UNICODE,),
        (f"{first:04X}\t{last:04X}" for first, last in letter_ranges()),
    )
    write_labels()
    readings = read_syllables()
    common, level_2 = set(gb2312(GB2312_LEVEL_1)), set(gb2312(GB2312_LEVEL_2))
    use = {char: "common" if char in common else "rare" for char in readings}
    listed = {char for char in readings if ord(char) in HAN and char not in folded} | common | level_2
    write(
        "syllables.tsv",
        "Toneless readings of simplified Han characters; common: level 1 of GB 2312, rare: the rest.",
        (PYPINYIN, UNICODE, OPENCC),
        (f"{char}\t{','.join(readings[char])}\t{use[char]}" for char in sorted(listed)),
    )


if __name__ == "__main__":
    main()
