"""Everything that can be wrong with a policy: where the report says it stands, and how to mend it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest
from policies import HEAD, MINIMAL, Files, example, faults_of, group, rule, signal, write_policy

from tipstaff.base.errors import InputError
from tipstaff.policy.faults import Fault, PolicyError
from tipstaff.policy.model import EntityKind, Measure
from tipstaff.policy.weights import FORMAT, Header, pack
from tipstaff.screening.load import load_policy

SIGNALS = "signals/signals.toml"
COINS = "signals/coins.csv"
RULES = "rules.toml"
EXAMPLES = "examples.jsonl"
TRAINING = "train.jsonl"

ALLOWED = "a condition is made of AND, OR, NOT, comparisons, IN, BETWEEN, whole numbers and signals"
WEIGHTS = pack(Header(FORMAT, 1, 2, 8, 0, 1, ""), np.arange(8, dtype=np.int16))


def line_of(text: str, part: str) -> int:
    """Return the line on which `part` first stands in `text`."""
    return text[: text.index(part)].count("\n") + 1


def second(table: str) -> Mapping[str, str]:
    """Return a signal after the minimal policy's own, which takes four lines."""
    return {SIGNALS: MINIMAL[SIGNALS] + table}


def test_the_minimal_policy_loads(tmp_path: Path) -> None:
    """The policy that every test below spoils in one place has no fault of its own."""
    policy = load_policy(write_policy(tmp_path))
    assert policy.name == "tiny"
    assert [rule.name for rule in policy.rules] == ["coin-talk"]


LEXICON_FAULTS: Mapping[str, tuple[str, int, str, str]] = {
    "lost term": (
        "term,weight,language,note\nbitcoin,1,,\n★☆,1,,\n",
        3,
        "the term '★☆' is lost in normalisation",
        "only letters and digits are kept",
    ),
    "invisible term": (
        "term,weight,language,note\nbitcoin,1,,\n\u200b\u0301,1,,\n",
        3,
        "the term '\\u200b\u0301' is lost in normalisation",
        "only letters and digits are kept",
    ),
    "long term": (
        f"term,weight,language,note\nbitcoin,1,,\n{'a' * 41},1,,\n",
        3,
        f"the term '{'a' * 41}' has more than 40 letters",
        "shorten it",
    ),
    "duplicate term": (
        "term,weight,language,note\nbitcoin,1,,\n\n# note\nether,1,,\nbitcoin,2,,\n",
        6,
        "the term 'bitcoin' stands on line 2 already",
        "remove one",
    ),
    "duplicate after normalisation": (
        "term,weight,language,note\n比特幣,1,,\nbitcoin,1,,\nＢｉtcoin,2,,\n",
        4,
        "the term 'Ｂｉtcoin' stands on line 3 already",
        "remove one",
    ),
    "weight 0": (
        "term,weight,language,note\nether,1,,\nbitcoin,0,,\n",
        3,
        "the weight '0' is no whole number from 1 to 9",
        "",
    ),
    "weight 10": (
        "term,weight,language,note\nether,1,,\nbitcoin,10,,\n",
        3,
        "the weight '10' is no whole number from 1 to 9",
        "",
    ),
    "weight fraction": (
        "term,weight,language,note\nether,1,,\nbitcoin,1.5,,\n",
        3,
        "the weight '1.5' is no whole number from 1 to 9",
        "",
    ),
    "weight in other digits": (
        "term,weight,language,note\nether,1,,\nbitcoin,２,,\n",
        3,
        "the weight '２' is no whole number from 1 to 9",
        "",
    ),
    "weight of 5000 digits": (
        f"term,weight,language,note\nether,1,,\nbitcoin,{'9' * 5000},,\n",
        3,
        f"the weight '{'9' * 5000}' is no whole number from 1 to 9",
        "",
    ),
    "very long cell": (
        f"term,weight,language,note\nether,1,,\nbitcoin,1,,{'x' * 200_000}\n",
        3,
        "the line cannot be read: field larger than field limit (131072)",
        "shorten it",
    ),
    "language": (
        "term,weight,language,note\nether,1,,\nbitcoin,1,fr,\n",
        3,
        "the language 'fr' is unknown",
        "zh, en or empty",
    ),
    "too many columns": (
        "term,weight,language,note\nether,1,,\nbitcoin,1,,a note, with a comma\n",
        3,
        "5 columns, not 4",
        "quote a comma inside a term or note",
    ),
    "too few columns": (
        "term,weight,language,note\nether,1,,\nbitcoin\n",
        3,
        "1 columns, not 4",
        "quote a comma inside a term or note",
    ),
    "header": (
        "word,weight,language,note\nbitcoin,1,,\n",
        1,
        "the columns are 'word,weight,language,note'",
        "write term,weight,language,note",
    ),
    "no terms": (
        "# nothing yet\nterm,weight,language,note\n",
        0,
        "the group has no terms",
        "a group that is never found is a mistake: remove it",
    ),
}


@pytest.mark.parametrize("case", LEXICON_FAULTS.values(), ids=LEXICON_FAULTS.keys())
def test_a_lexicon_group_that_is_wrong(tmp_path: Path, case: tuple[str, int, str, str]) -> None:
    """A term that cannot be found, counted or told from another is named with its line."""
    text, line, message, mend = case
    assert faults_of(write_policy(tmp_path, {COINS: text})) == (Fault(COINS, line, message, mend),)


def test_a_group_that_is_missing(tmp_path: Path) -> None:
    """A lexicon group whose file is not there is named by its file."""
    assert faults_of(write_policy(tmp_path, {COINS: None})) == (
        Fault(COINS, 0, "the file is missing", "write it, with the columns term,weight,language,note"),
    )


@pytest.mark.parametrize("file", [COINS, SIGNALS, RULES])
def test_a_file_that_is_not_utf8(tmp_path: Path, file: str) -> None:
    """A file in another encoding is refused with the first byte that shows it."""
    spoilt = MINIMAL[file].encode() + b"# \xff\n"
    fault = Fault(file, 0, f"the file is not UTF-8 (byte {len(spoilt) - 2})", "save it as UTF-8")
    assert fault in faults_of(write_policy(tmp_path, {file: spoilt}))


@pytest.mark.parametrize("file", ["policy.toml", SIGNALS, RULES, EXAMPLES])
def test_a_file_that_is_missing(tmp_path: Path, file: str) -> None:
    """Each of the files that every policy has is asked for by name."""
    fault = Fault(file, 0, "the file is missing", "see `tipstaff policy new` for what a policy holds")
    assert faults_of(write_policy(tmp_path, {file: None})) == (fault,)


@pytest.mark.parametrize("file", ["policy.toml", SIGNALS, RULES])
def test_a_file_that_is_not_toml(tmp_path: Path, file: str) -> None:
    """A syntax error is reported with the line that the TOML parser names."""
    spoilt = MINIMAL[file] + "\nthis is not toml\n"
    found = [fault for fault in faults_of(write_policy(tmp_path, {file: spoilt})) if fault.file == file]
    assert [fault.line for fault in found] == [line_of(spoilt, "this is not toml")]
    assert found[0].message.startswith("not TOML: ")


SIGNAL_FAULTS: Mapping[str, tuple[str, int, str, str]] = {
    "duplicate name": (
        signal("pattern", "coins", expressions=["moon"]),
        5,
        "a second signal 'coins'",
        "give it another name",
    ),
    "unusable name": (
        signal("pattern", "Moon-Shot", expressions=["moon"]),
        5,
        "the name 'Moon-Shot' is not usable",
        "small letters, digits and _ only",
    ),
    "missing key": (
        signal("pattern", "moon"),
        5,
        "signal moon: Object missing required field `expressions`",
        "keys of this kind: summary, expressions",
    ),
    "unknown key": (
        signal("quoted", "moon", of="coins", within=3),
        8,
        "signal moon: Object contains unknown field `within`",
        "keys of this kind: summary, of",
    ),
    "no expressions": (
        signal("pattern", "moon", expressions=[]),
        7,
        "signal moon: Expected `array` of length >= 1 - at `$.expressions`",
        "keys of this kind: summary, expressions",
    ),
    "no kinds": (
        signal("entity", "links", kinds=[]),
        7,
        "signal links: Expected `array` of length >= 1 - at `$.kinds`",
        "keys of this kind: summary, kinds, details",
    ),
    "no parts": (
        signal("union", "topic", of=[]),
        7,
        "signal topic: Expected `array` of length >= 1 - at `$.of`",
        "keys of this kind: summary, of",
    ),
    "no domains": (
        signal("domains", "sites", domains=[]),
        7,
        "signal sites: Expected `array` of length >= 1 - at `$.domains`",
        "keys of this kind: summary, domains",
    ),
    "a link for a domain": (
        signal("domains", "sites", domains=["example.com", "https://example.com"]),
        5,
        "'https://example.com' is no registrable domain",
        "write it as in example.com",
    ),
    "capitals in a domain": (
        signal("domains", "sites", domains=["Example.com"]),
        5,
        "'Example.com' is no registrable domain",
        "write it as in example.com",
    ),
    "less than no distance": (
        signal("near", "close", of="coins", to="coins", within=-1),
        9,
        "signal close: Expected `int` >= 0 - at `$.within`",
        "keys of this kind: summary, of, to, within",
    ),
    "unknown part": (
        signal("union", "topic", of=["coins", "coin"]),
        5,
        "unknown signal 'coin'",
        "did you mean 'coins'?",
    ),
    "a part twice": (
        signal("union", "topic", of=["coins", "coins", "coins"]),
        5,
        "union topic names 'coins' more than once",
        "name it once",
    ),
    "unknown neighbour": (
        signal("near", "close", of="coins", to="weather", within=9),
        5,
        "unknown signal 'weather'",
        "known: close, coins",
    ),
    "made of itself": (
        signal("union", "topic", of=["coins", "topic"]),
        5,
        "signal topic is made of itself",
        "break the circle",
    ),
    "unknown kind of entity": (
        signal("entity", "links", kinds=["link"]),
        7,
        "signal links: Invalid enum value 'link' - at `$.kinds[0]`",
        "known: " + ", ".join(EntityKind),
    ),
    "unknown detail": (
        signal("entity", "sums", kinds=["amount", "qq"], details=["fiat", "gruop"]),
        5,
        "signal sums: no entity of these kinds has a detail that begins with 'gruop'",
        "did you mean 'group'?",
    ),
    "detail of another kind": (
        signal("entity", "sums", kinds=["percentage"], details=["fiat"]),
        5,
        "signal sums: no entity of these kinds has a detail that begins with 'fiat'",
        "known: multiple, percent",
    ),
    "detail that goes on": (
        signal("entity", "sums", kinds=["percentage"], details=["percentages"]),
        5,
        "signal sums: no entity of these kinds has a detail that begins with 'percentages'",
        "did you mean 'percent'?",
    ),
    "empty detail": (
        signal("entity", "sums", kinds=["percentage"], details=[""]),
        5,
        "signal sums: no entity of these kinds has a detail that begins with ''",
        "known: multiple, percent",
    ),
    "unknown spelling": (
        signal("lexicon", "jargon", terms="coins.csv", spellings=["rot13"]),
        8,
        "signal jargon: Invalid enum value 'rot13' - at `$.spellings[0]`",
        "known: leet, pinyin, initials, lookalike, homophone",
    ),
    "unknown fact": (
        signal("fact", "mood", field="mood"),
        7,
        "signal mood: Invalid enum value 'mood' - at `$.field`",
        "known: sponsored, followers, length",
    ),
}


@pytest.mark.parametrize("case", SIGNAL_FAULTS.values(), ids=SIGNAL_FAULTS.keys())
def test_a_signal_that_is_wrong(tmp_path: Path, case: tuple[str, int, str, str]) -> None:
    """A signal that cannot be what it says is named with the line of its table."""
    table, line, message, mend = case
    assert faults_of(write_policy(tmp_path, second(table))) == (Fault(SIGNALS, line, message, mend),)


def test_an_unknown_kind_of_signal(tmp_path: Path) -> None:
    """A kind of signal that does not exist is answered with the nearest that does."""
    (fault,) = faults_of(write_policy(tmp_path, second(signal("lexicn", "jargon", terms="coins.csv"))))
    assert (fault.file, fault.message) == (SIGNALS, "unknown kind of signal 'lexicn'")
    assert fault.mend == "did you mean 'lexicon'?"


def test_a_fact_has_no_place(tmp_path: Path) -> None:
    """Nothing is near a fact or a learned score, and a union cannot hold one."""
    tables = signal("fact", "fans", field="followers") + signal(
        "near", "close", of="coins", to="fans", within=1
    )
    assert faults_of(write_policy(tmp_path, second(tables))) == (
        Fault(SIGNALS, 9, "fans has no place in the text", "use it in a rule instead"),
    )


def doubling(levels: int) -> str:
    """Return unions, the last of which leads to `coins` on two to the power of `levels` ways."""
    tables, of = "", "coins"
    for level in range(levels):
        tables += signal("quoted", f"said_{level}", of=of)
        tables += signal("near", f"near_{level}", of=of, to="coins", within=5)
        of = f"union_{level}"
        tables += signal("union", of, of=[f"said_{level}", f"near_{level}"])
    return tables


def test_unions_that_multiply(tmp_path: Path) -> None:
    """A place may come to a union on at most a thousand ways; the lowest with more is the one to mend."""
    assert load_policy(write_policy(tmp_path / "few", second(doubling(9))))
    spoilt = MINIMAL[SIGNALS] + doubling(60)
    assert faults_of(write_policy(tmp_path / "many", {SIGNALS: spoilt})) == (
        Fault(
            SIGNALS,
            line_of(spoilt, "[union.union_9]"),
            "union union_9 is made of more than 1000 signals, those counted again that it leads to again",
            "name fewer signals, or each on fewer ways",
        ),
    )


def test_a_thousand_signals_in_a_union(tmp_path: Path) -> None:
    """A thousand ways are not too many, and one more is, by a union or by a signal."""
    parts = [f"part_{number}" for number in range(1000)]
    tables = "".join(signal("quoted", part, of="coins") for part in parts)
    most = tables + signal("union", "all_parts", of=parts)
    assert load_policy(write_policy(tmp_path / "most", second(most)))
    for name, of in (("more", ["all_parts", "coins"]), ("directly", [*parts, "coins"])):
        (fault,) = faults_of(write_policy(tmp_path / name, second(most + signal("union", "over", of=of))))
        assert fault.message.startswith("union over is made of more than 1000 signals")


def test_a_circle_of_signals(tmp_path: Path) -> None:
    """Signals that need each other are named, each; a signal that only leads into the circle is not."""
    tables = (
        signal("union", "one", of=["two"])
        + signal("quoted", "two", of="three")
        + signal("near", "three", of="coins", to="one", within=1)
        + signal("union", "outside", of=["one"])
    )
    spoilt = MINIMAL[SIGNALS] + tables
    assert faults_of(write_policy(tmp_path, {SIGNALS: spoilt})) == tuple(
        Fault(SIGNALS, line_of(spoilt, header), f"signal {name} is made of itself", "break the circle")
        for header, name in (("[union.one]", "one"), ("[quoted.two]", "two"), ("[near.three]", "three"))
    )


PATTERN_FAULTS: Mapping[str, tuple[str, str, str]] = {
    "does not compile": (
        "moon(",
        "the pattern 'moon(' does not compile: missing ), unterminated subpattern at position 4",
        "",
    ),
    "star": ("moon.*", "the pattern 'moon.*' has an unbounded repeat", "write {0,40} for *"),
    "plus": ("mo+n", "the pattern 'mo+n' has an unbounded repeat", "write {0,40} for *"),
    "lazy star": ("mo*?n", "the pattern 'mo*?n' has an unbounded repeat", "write {0,40} for *"),
    "possessive plus": ("mo++n", "the pattern 'mo++n' has an unbounded repeat", "write {0,40} for *"),
    "from 2 on": ("mo{2,}n", "the pattern 'mo{2,}n' has an unbounded repeat", "write {0,40} for *"),
    "unbounded inside a look-ahead": (
        "moon(?=a*b)",
        "the pattern 'moon(?=a*b)' has an unbounded repeat",
        "write {0,40} for *",
    ),
    "refers back": ("(mo)on\\1", "the pattern '(mo)on\\\\1' refers back to a group", "write the text out"),
    "asks for a group": (
        "(m)?oo(?(1)n|x)",
        "the pattern '(m)?oo(?(1)n|x)' refers back to a group",
        "write the text out",
    ),
    "flags": (
        "(?i)moon",
        "the pattern '(?i)moon' sets flags",
        "leave them out: the text is lower case",
    ),
    "flags of a part": (
        "(?i:moon)",
        "the pattern '(?i:moon)' sets flags",
        "leave them out: the text is lower case",
    ),
    "capital": ("Moon", "'M' in 'Moon' never occurs in the normal form", "write 'm'"),
    "full width": ("m（oon", "'（' in 'm（oon' never occurs in the normal form", "write '('"),
    "traditional": ("幣", "'幣' in '幣' never occurs in the normal form", "write '币'"),
    "mark": ("moo\u0301n", "'\u0301' in 'moo\u0301n' never occurs in the normal form", "leave it out"),
    "in a class": ("[mM]oon", "'M' in '[mM]oon' never occurs in the normal form", "write 'm'"),
    "in a look-behind": ("(?<=É)moon", "'É' in '(?<=É)moon' never occurs in the normal form", "write 'e'"),
    "tab": ("to\tthe moon", "'\\t' in 'to\\tthe moon' never occurs in the normal form", "write ' '"),
    "no letter": (
        "[%$]{1,3}",
        "the pattern '[%$]{1,3}' can match without a letter or digit",
        "give it at least one that must be there",
    ),
    "letter not needed": (
        "m?%",
        "the pattern 'm?%' can match without a letter or digit",
        "give it at least one that must be there",
    ),
    "letters that may all be missing": (
        "(?:m?o?){3}",
        "the pattern '(?:m?o?){3}' can match without a letter or digit",
        "give it at least one that must be there",
    ),
    "one way without": (
        "moon|%",
        "the pattern 'moon|%' can match without a letter or digit",
        "give it at least one that must be there",
    ),
    "negated class": (
        "[^a-z]",
        "the pattern '[^a-z]' can match without a letter or digit",
        "give it at least one that must be there",
    ),
}


@pytest.mark.parametrize("case", PATTERN_FAULTS.values(), ids=PATTERN_FAULTS.keys())
def test_a_pattern_that_cannot_be_used(tmp_path: Path, case: tuple[str, str, str]) -> None:
    """A pattern that does not compile, is unsafe or can never match is named, with the line of its list."""
    expression, message, mend = case
    table = signal("pattern", "moon", expressions=["good", expression])
    assert faults_of(write_policy(tmp_path, second(table))) == (Fault(SIGNALS, 7, message, mend),)


@pytest.mark.parametrize(
    ("expression", "ways"),
    [
        ("m[a-z]{0,64}o[a-z]{0,64}n", 65 * 65),
        ("m(?:[a-z]{1,2}x){0,12}n", sum(2**n for n in range(13))),
        ("m(?:a|[a-z]|.){1,8}n", sum(3**n for n in range(1, 9))),
        ("m.{0,15}?o.{0,15}?o.{0,15}?n.{0,3}", 16**3 * 4),
    ],
)
def test_a_pattern_with_too_many_ways(tmp_path: Path, expression: str, ways: int) -> None:
    """A pattern that a hostile text can drive into too many attempts is refused, with their number."""
    table = signal("pattern", "moon", expressions=[expression])
    message = f"the pattern {expression!r} has {ways} ways to match from one place, more than 4096"
    assert faults_of(write_policy(tmp_path, second(table))) == (
        Fault(SIGNALS, 7, message, "shorten its repeats, or split it"),
    )


CONDITION_FAULTS: Mapping[str, tuple[str, str, str]] = {
    "unknown signal": ("coin > 0", "unknown signal 'coin'", "did you mean 'coins'?"),
    "nothing like it": ("weather > 0", "unknown signal 'weather'", "known: coins"),
    "a number": ("coins", "coins is a number, not a boolean", "write coins > 0"),
    "a literal": ("1", "1 is not boolean", "compare it with a signal"),
    "function": ("ABS(coins) > 1", "'ABS(coins)' cannot be compared (ABS)", ALLOWED),
    "arithmetic": ("coins + 1 > 1", "'coins + 1' cannot be compared (ADD)", ALLOWED),
    "null": ("coins IS NULL", "'coins IS NULL' is not allowed here (IS)", ALLOWED),
    "subquery": ("coins > (SELECT 1)", "'(SELECT 1)' cannot be compared (SUBQUERY)", ALLOWED),
    "case": ("CASE WHEN coins > 0 THEN 1 END = 1", "cannot be compared (CASE)", ALLOWED),
    "cast": ("CAST(coins AS INT) > 0", "'CAST(coins AS INT)' cannot be compared (CAST)", ALLOWED),
    "string": ("coins = 'x'", "'x' is not a whole number", "signals are whole numbers or booleans"),
    "statements": ("coins > 0; coins > 1", "is not allowed here (BLOCK)", ALLOWED),
    "no signal": ("1 = 1", "'1 = 1' reads no signal", "compare a signal with a number"),
    "symmetric": ("coins BETWEEN SYMMETRIC 5 AND 1", "is not allowed here (BETWEEN)", ALLOWED),
    "long number": (
        f"coins > {'9' * 5000}",
        "a number has more than 11 digits",
        "no signal is that large",
    ),
    "broken off": ("coins >", "the condition does not parse: ", ALLOWED),
    "empty": ("", "the condition does not parse: ", ALLOWED),
    "too deep": ("(" * 61 + "coins > 0" + ")" * 61, "the condition nests deeper than 60", "split the rule"),
}


@pytest.mark.parametrize("case", CONDITION_FAULTS.values(), ids=CONDITION_FAULTS.keys())
def test_a_condition_that_cannot_be_used(tmp_path: Path, case: tuple[str, str, str]) -> None:
    """A condition outside the allowed part of SQL is named with the line of its `when`."""
    when, message, mend = case
    rules = rule("fine", "coins > 2") + rule("coin-talk", when)
    (fault,) = faults_of(write_policy(tmp_path, {RULES: rules}))
    assert (fault.file, fault.line, fault.mend) == (RULES, 14, mend)
    assert fault.message.startswith("rule coin-talk: ")
    assert message in fault.message


def test_the_line_of_a_long_condition(tmp_path: Path) -> None:
    """A condition over several lines is found where it begins, whatever stands in it."""
    rules = rule("fine", "coins > 2") + rule("coin-talk", "_")
    rules = rules.replace('when = "_"', 'when = """\n(\n[[rule]]\nwhen = 1\n"""')
    (fault,) = faults_of(write_policy(tmp_path, {RULES: rules}))
    assert (fault.file, fault.line) == (RULES, 14)


RULE_FAULTS: Mapping[str, tuple[str, int, str, str]] = {
    "duplicate": (
        rule("coin-talk", "coins > 1"),
        13,
        "a second rule 'coin-talk'",
        "line 1 has it already",
    ),
    "unknown provision": (
        rule("more", "coins > 1", provision="house-2"),
        16,
        "rule more cites an unknown provision 'house-2'",
        "did you mean 'house-1'?",
    ),
    "unusable name": (
        rule("More_Talk", "coins > 1"),
        10,
        "the name 'More_Talk' is not usable",
        "small letters, digits and - only",
    ),
    "severity": (
        rule("more", "coins > 1", severity=6),
        17,
        "rule 2: Expected `int` <= 5 - at `$.severity`",
        "a rule has name, when, outcome, provision, severity, title, explanation, exempts",
    ),
    "outcome": (
        rule("more", "coins > 1", outcome="guilty"),
        15,
        "rule 2: Invalid enum value 'guilty' - at `$.outcome`",
        "known: violation, review, permitted",
    ),
    "unknown key": (
        rule("more", "coins > 1", notes="x"),
        18,
        "rule 2: Object contains unknown field `notes`",
        "a rule has name, when, outcome, provision, severity, title, explanation, exempts",
    ),
    "exempts the unknown": (
        rule("let-through", "coins > 1", outcome="permitted", exempts=["coin-tok"]),
        10,
        "rule let-through exempts 'coin-tok', no such rule can be exempted",
        "did you mean 'coin-talk'?",
    ),
    "exempts an exemption": (
        rule("let-through", "coins > 1", outcome="permitted", exempts=["let-through"]),
        10,
        "rule let-through exempts 'let-through', no such rule can be exempted",
        "known: coin-talk",
    ),
    "exempts nothing": (
        rule("let-through", "coins > 1", outcome="permitted"),
        10,
        "rule let-through exempts nothing",
        'name rules: exempts = ["..."]',
    ),
    "exempts though no exemption": (
        rule("more", "coins > 1", outcome="review", exempts=["coin-talk"]),
        10,
        "rule more exempts others",
        "only a rule with the outcome permitted exempts",
    ),
}


@pytest.mark.parametrize("case", RULE_FAULTS.values(), ids=RULE_FAULTS.keys())
def test_a_rule_that_is_wrong(tmp_path: Path, case: tuple[str, int, str, str]) -> None:
    """A rule that cites, exempts or is what it cannot be is named with its line."""
    table, line, message, mend = case
    files = {RULES: MINIMAL[RULES] + table}
    assert faults_of(write_policy(tmp_path, files)) == (Fault(RULES, line, message, mend),)


@pytest.mark.parametrize("rules", ["", "rule = 3\n", "[[rules]]\nname = 'x'\n"])
def test_a_policy_without_rules(tmp_path: Path, rules: str) -> None:
    """A policy that can find nothing is refused."""
    assert faults_of(write_policy(tmp_path, {RULES: rules})) == (
        Fault(RULES, 0, "the file holds something else than [[rule]] tables", "write at least one [[rule]]"),
    )


PROVISION = HEAD[HEAD.index("[[provision]]") : HEAD.index("[[ladder]]")]
RUNG = '\n[[ladder]]\nmeasure = "warn"\nstrikes = 2\ndays = 0\nexpires_days = 9\n'

HEAD_FAULTS: Mapping[str, tuple[str, str, str, str]] = {
    "name": (
        HEAD.replace('"tiny"', '"Tiny policy!"'),
        'name = "Tiny policy!"',
        "the name 'Tiny policy!' is not usable",
        "small letters and -",
    ),
    "version": (
        HEAD.replace('"1.2.3"', '"1.2"'),
        'version = "1.2"',
        "the version '1.2' is not MAJOR.MINOR.PATCH",
        "",
    ),
    "second provision": (
        HEAD + PROVISION.replace("Review.", "Look again."),
        '[[provision]]\nid = "house-1"\njurisdiction = "XX"\nissued = 2025-12-31\narticle = "2"',
        "a second provision 'house-1'",
        "give it another id",
    ),
    "provision without a source": (
        HEAD
        + PROVISION.replace('source = "https://example.org/house-1"\n', "").replace("house-1", "house-2"),
        '[[provision]]\nid = "house-2"',
        "provision 2: Object missing required field `source`",
        "a provision has id, jurisdiction, issued, article, source, instrument, summary, duty",
    ),
    "one language only": (
        HEAD + PROVISION.replace('zh = "审核。", ', "").replace("house-1", "house-2"),
        'duty = { en = "Review." }',
        "provision 2: Object missing required field `zh` - at `$.duty`",
        "a provision has id, jurisdiction, issued, article, source, instrument, summary, duty",
    ),
    "ladder out of order": (
        HEAD + RUNG,
        RUNG.strip(),
        "rung 3 asks for fewer strikes than the one before",
        "sort the ladder",
    ),
    "unknown measure": (
        HEAD + RUNG.replace("warn", "shout"),
        'measure = "shout"',
        "rung 3: Invalid enum value 'shout' - at `$.measure`",
        "known: " + ", ".join(Measure),
    ),
    "unknown reversal": (
        f'{HEAD}\n[reversals]\nsecond_person = ["warn", "close_acount"]\n',
        'second_person = ["warn", "close_acount"]',
        "reversals: Invalid enum value 'close_acount' - at `$.second_person[1]`",
        "did you mean 'close_account'?",
    ),
    "reversals that say nothing": (
        f"{HEAD}\n[reversals]\n",
        "[reversals]",
        "reversals: Object missing required field `second_person`",
        "reversals have second_person",
    ),
    "no strikes": (
        HEAD + RUNG.replace("strikes = 2", "strikes = 0"),
        "strikes = 0",
        "rung 3: Expected `int` >= 1 - at `$.strikes`",
        "a rung has measure, strikes, days, expires_days",
    ),
}


@pytest.mark.parametrize("case", HEAD_FAULTS.values(), ids=HEAD_FAULTS.keys())
def test_a_head_that_is_wrong(tmp_path: Path, case: tuple[str, str, str, str]) -> None:
    """A name, version, provision or rung that cannot be used is named with its line."""
    head, place, message, mend = case
    head = head.replace(PROVISION.replace("Review.", "Look again."), PROVISION.replace('"1"', '"2"'))
    fault = Fault("policy.toml", line_of(head, place), message, mend)
    assert faults_of(write_policy(tmp_path, {"policy.toml": head})) == (fault,)


def test_a_head_that_lacks_a_field(tmp_path: Path) -> None:
    """A head without a field that every policy has says which, and lists them all."""
    head = HEAD.replace("effective = 2026-01-02\n", "")
    mend = "a policy has name, version, effective, title, summary, provision, ladder, reversals"
    found = faults_of(write_policy(tmp_path, {"policy.toml": head}))
    assert Fault("policy.toml", 0, "Object missing required field `effective`", mend) in found


def test_examples_that_do_not_come_out(tmp_path: Path) -> None:
    """Each example that breaks its promise is named with its line, what came out, and its text."""
    examples = (
        example("I hold bitcoin", "none")
        + example("I hold bitcoin", "violation", rule="coin-talk")
        + example("I hold nothing", "review")
    )
    assert faults_of(write_policy(tmp_path, {EXAMPLES: examples})) == (
        Fault(
            EXAMPLES,
            1,
            "the verdict is violation, not none (rules: coin-talk)",
            "the example: 'I hold bitcoin'",
        ),
        Fault(EXAMPLES, 3, "the verdict is none, not review (rules: none)", "the example: 'I hold nothing'"),
    )


def test_an_example_whose_rule_does_not_fire(tmp_path: Path) -> None:
    """The right verdict by the wrong rule is a fault: the example promises the rule."""
    files = {
        RULES: MINIMAL[RULES] + rule("many-coins", "coins > 2"),
        EXAMPLES: example("bitcoin", "violation", rule="many-coins"),
    }
    assert faults_of(write_policy(tmp_path, files)) == (
        Fault(EXAMPLES, 1, "rule many-coins did not fire (rules: coin-talk)", "the example: 'bitcoin'"),
    )


def test_an_example_of_an_unknown_rule(tmp_path: Path) -> None:
    """An example that names no rule of the policy is answered with the nearest."""
    files = {EXAMPLES: MINIMAL[EXAMPLES] + example("bitcoin", "violation", rule="cointalk")}
    assert faults_of(write_policy(tmp_path, files)) == (
        Fault(EXAMPLES, 3, "the example names an unknown rule 'cointalk'", "did you mean 'coin-talk'?"),
    )


def test_examples_are_read_with_title_and_declaration(tmp_path: Path) -> None:
    """An example is screened with its title and its declaration, as a post is."""
    files = {
        SIGNALS: MINIMAL[SIGNALS] + signal("fact", "declared", field="sponsored"),
        RULES: rule("coin-talk", "coins > 0 AND NOT declared"),
        EXAMPLES: example("x", "violation", title="bitcoin") + example("bitcoin", "none", sponsored=True),
    }
    assert len(load_policy(write_policy(tmp_path, files)).examples) == 2


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('{"text": "x"}', "Object missing required field `verdict`"),
        ('{"text": "x", "verdict": "guilty"}', "Invalid enum value 'guilty' - at `$.verdict`"),
        ('{"text": "x", "verdict": "none", "why": 1}', "Object contains unknown field `why`"),
        ('{"text": "x"', "Input data was truncated"),
        (b'{"text": "\xff", "verdict": "none"}', "'utf-8' codec can't decode byte 0xff"),
    ],
)
def test_an_example_that_cannot_be_read(tmp_path: Path, line: str | bytes, reason: str) -> None:
    """A line that is no example is named with its number, and the others are read."""
    raw = line if isinstance(line, bytes) else line.encode()
    (fault,) = faults_of(write_policy(tmp_path, {EXAMPLES: MINIMAL[EXAMPLES].encode() + b"\n" + raw + b"\n"}))
    assert (fault.file, fault.line) == (EXAMPLES, 4)
    assert fault.message.startswith(f"the line cannot be read: {reason}")


def test_a_policy_without_examples(tmp_path: Path) -> None:
    """A policy without tests is refused."""
    assert faults_of(write_policy(tmp_path, {EXAMPLES: "\n"})) == (
        Fault(EXAMPLES, 0, "there are no examples", "write posts that match and posts that nearly do"),
    )


def training(text: str) -> str:
    """Write one training text."""
    return json.dumps({"text": text, "label": "violation"}, ensure_ascii=False) + "\n"


LONG = "Join our group before midnight and double every bitcoin that you put in"


@pytest.mark.parametrize(
    "text",
    [
        LONG,
        LONG.upper().replace(" ", " * "),
        "ＪＯＩＮ" + LONG[4:] + "!!!",
        LONG.replace("midnight", "tonight"),
    ],
)
def test_a_training_text_that_gives_an_example_away(tmp_path: Path, text: str) -> None:
    """A training text that repeats an example, or nearly, is refused: no test may be learned by heart."""
    files = {
        EXAMPLES: MINIMAL[EXAMPLES] + example(LONG, "violation"),
        TRAINING: training("Something else entirely, about the weather") + training(text),
    }
    assert faults_of(write_policy(tmp_path, files)) == (
        Fault(
            TRAINING,
            2,
            "the text nearly repeats the example at examples.jsonl:3",
            "a test that was learned by heart proves nothing: remove one of them",
        ),
    )


def test_a_training_text_on_the_same_subject(tmp_path: Path) -> None:
    """A training text that shares a few words with an example is let through."""
    files = {
        EXAMPLES: example(LONG, "violation"),
        TRAINING: training("Put your bitcoin to work before midnight: our group pays every Friday"),
    }
    assert load_policy(write_policy(tmp_path, files)).name == "tiny"


def test_a_training_text_that_gives_a_title_away(tmp_path: Path) -> None:
    """The title of an example counts as part of its text."""
    files = {
        EXAMPLES: example(LONG[20:], "violation", title=LONG[:20]),
        TRAINING: training(LONG),
    }
    assert [fault.line for fault in faults_of(write_policy(tmp_path, files))] == [1]


def test_a_training_text_that_cannot_be_read(tmp_path: Path) -> None:
    """A line that is no training text is named with its number."""
    files = {TRAINING: '\n{"text": "x", "label": "spam"}\n'}
    assert faults_of(write_policy(tmp_path, files)) == (
        Fault(
            TRAINING,
            2,
            "the line cannot be read: Invalid enum value 'spam' - at `$.label`",
            "known: violation, permitted, unrelated",
        ),
    )


HEADER, _, BODY = WEIGHTS.partition(b"\n")


def header(**changed: object) -> bytes:
    """Return the weights with another header."""
    return json.dumps({**json.loads(HEADER), **changed}).encode() + b"\n" + BODY


@pytest.mark.parametrize(
    ("weights", "reason"),
    [
        (b"", "there is no header line"),
        (b"\x80\x04K\x01.", "there is no header line"),
        (b"not json\n" + BODY, "JSON is malformed"),
        (b"\xff\xff\n" + BODY, ""),
        (b"{}\n" + BODY, "Object missing required field `format`"),
        (header(more=1), "Object contains unknown field `more`"),
        (header(format="pickle"), "the format is 'pickle', not 'tipstaff-linear-ngrams-1'"),
        (header(buckets=7), "buckets must be a power of two up to 1048576"),
        (header(buckets=0), "buckets must be a power of two up to 1048576"),
        (header(buckets=1 << 21), "buckets must be a power of two up to 1048576"),
        (header(shortest=3), "n-gram lengths must lie in 1..8 and the scale be positive"),
        (header(longest=9), "n-gram lengths must lie in 1..8 and the scale be positive"),
        (header(scale=0), "n-gram lengths must lie in 1..8 and the scale be positive"),
        (WEIGHTS[:-1], "15 bytes of weights, expected 16"),
        (WEIGHTS + b"\n", "17 bytes of weights, expected 16"),
    ],
)
def test_weights_that_are_broken(tmp_path: Path, weights: bytes | None, reason: str) -> None:
    """Weights that are missing, cut short or of another kind are named, and how to make them anew."""
    files: Files = {**second(signal("learned", "model")), "learned.bin": weights}
    (fault,) = faults_of(write_policy(tmp_path, files))
    assert (fault.file, fault.line, fault.mend) == ("learned.bin", 0, "run `tipstaff policy train`")
    assert fault.message.startswith(f"the weights cannot be read: {reason}")


def test_weights_that_are_missing(tmp_path: Path) -> None:
    """Weights that are not there are named as any file is, and how to make them."""
    files: Files = {**second(signal("learned", "model")), "learned.bin": None}
    assert faults_of(write_policy(tmp_path, files)) == (
        Fault("learned.bin", 0, "the file is missing", "run `tipstaff policy train`"),
    )


def test_weights_of_other_texts(tmp_path: Path) -> None:
    """Weights that were not trained on the texts as they are have to be made anew."""
    digest = hashlib.sha256(b"violation\tcome and buy").hexdigest()
    files: Files = {
        **second(signal("learned", "model")),
        "learned.bin": header(trained_on=digest),
        TRAINING: training("come and buy"),
    }
    assert load_policy(write_policy(tmp_path / "fresh", files))
    changed: Files = {**files, TRAINING: training("come and buy!")}
    assert faults_of(write_policy(tmp_path / "stale", changed)) == (
        Fault(
            "learned.bin",
            0,
            "the weights are not those of train.jsonl as it is",
            "run `tipstaff policy train`",
        ),
    )


def test_weights_that_are_whole_load(tmp_path: Path) -> None:
    """The weights that the cases above spoil load."""
    files: Files = {**second(signal("learned", "model")), "learned.bin": WEIGHTS}
    assert len(load_policy(write_policy(tmp_path, files)).signals) == 2


def test_all_faults_are_in_one_report(tmp_path: Path) -> None:
    """One look at a policy finds everything wrong in every file, in the order of files and lines."""
    files: Files = {
        "policy.toml": HEAD + RUNG,
        SIGNALS: MINIMAL[SIGNALS]
        + signal("pattern", "moon", expressions=["Moon", "moon*", "%"])
        + signal("union", "topic", of=["coins", "mooon"])
        + signal("learned", "model"),
        COINS: group("bitcoin") + "★,1,,\nether,ten,,\n",
        RULES: rule("coin-talk", "coin > 0") + rule("other", "SUM(coins) > 0", provision="house-9"),
        EXAMPLES: example(LONG, "violation") + "{}\n",
        TRAINING: training(LONG),
        "learned.bin": b"garbage",
    }
    found = faults_of(write_policy(tmp_path, files))
    assert [(fault.file, fault.line) for fault in found] == [
        ("examples.jsonl", 2),
        ("examples.jsonl", 2),
        ("learned.bin", 0),
        ("policy.toml", line_of(HEAD + RUNG, RUNG.strip())),
        ("rules.toml", 5),
        ("rules.toml", 14),
        ("rules.toml", 16),
        ("signals/coins.csv", 3),
        ("signals/coins.csv", 4),
        ("signals/signals.toml", 7),
        ("signals/signals.toml", 7),
        ("signals/signals.toml", 7),
        ("signals/signals.toml", 9),
        ("train.jsonl", 1),
    ]


TYPOS: Mapping[str, tuple[Files, Sequence[tuple[str, int, str, str]]]] = {
    "every key of a table": (
        {
            RULES: MINIMAL[RULES]
            + rule("more", "coins > ", outcome="permited", provision="nope", severity=9, sverity=1)
        },
        [
            (
                RULES,
                14,
                "rule more: the condition does not parse: something is missing at its end, near '>'",
                ALLOWED,
            ),
            (
                RULES,
                15,
                "rule 2: Invalid enum value 'permited' - at `$.outcome`",
                "did you mean 'permitted'?",
            ),
            (RULES, 16, "rule more cites an unknown provision 'nope'", "known: house-1"),
            (
                RULES,
                17,
                "rule 2: Expected `int` <= 5 - at `$.severity`",
                "a rule has name, when, outcome, provision, severity, title, explanation, exempts",
            ),
            (RULES, 18, "rule 2: Object contains unknown field `sverity`", "did you mean 'severity'?"),
        ],
    ),
    "several words of a list": (
        second(signal("entity", "contact", kinds=["wechatt", "qq", "phon"])),
        [
            (
                SIGNALS,
                7,
                "signal contact: Invalid enum value 'phon' - at `$.kinds[2]`",
                "did you mean 'phone'?",
            ),
            (
                SIGNALS,
                7,
                "signal contact: Invalid enum value 'wechatt' - at `$.kinds[0]`",
                "did you mean 'wechat'?",
            ),
        ],
    ),
    "a fact and a spelling": (
        second(
            signal("fact", "fans", field="followerss")
            + signal("lexicon", "more", terms="coins.csv", spellings=["leat"])
        ),
        [
            (
                SIGNALS,
                7,
                "signal fans: Invalid enum value 'followerss' - at `$.field`",
                "did you mean 'followers'?",
            ),
            (
                SIGNALS,
                12,
                "signal more: Invalid enum value 'leat' - at `$.spellings[0]`",
                "did you mean 'leet'?",
            ),
        ],
    ),
    "an example": (
        {EXAMPLES: MINIMAL[EXAMPLES] + example("x", "violatoin")},
        [
            (
                EXAMPLES,
                3,
                "the line cannot be read: Invalid enum value 'violatoin' - at `$.verdict`",
                "did you mean 'violation'?",
            ),
        ],
    ),
    "a kind of signal": (
        second(signal("lexicn", "more", terms="coins.csv")),
        [(SIGNALS, 5, "unknown kind of signal 'lexicn'", "did you mean 'lexicon'?")],
    ),
    "groups of signals that do not parse": (
        {SIGNALS: MINIMAL[SIGNALS] + "moon\n", COINS: b"\xff"},
        [
            (COINS, 0, "the file is not UTF-8 (byte 0)", "save it as UTF-8"),
            (SIGNALS, 5, "not TOML: ", ""),
        ],
    ),
}


@pytest.mark.parametrize("case", TYPOS.values(), ids=TYPOS.keys())
def test_nothing_hides_another_fault(
    tmp_path: Path, case: tuple[Files, Sequence[tuple[str, int, str, str]]]
) -> None:
    """Each mistake is in the report, at its own line, with what is meant by a word that nearly is one."""
    files, expected = case
    found = faults_of(write_policy(tmp_path, files))
    assert [(one.file, one.line, one.mend) for one in found] == [
        (file, line, mend) for file, line, _, mend in expected
    ]
    for one, (_, _, message, _) in zip(found, expected, strict=True):
        assert one.message.startswith(message)


USED = (
    rule("by-model", "model > 0")
    + rule("by-pattern", "moon > 0 AND coins > 0")
    + rule("let-off", "coins > 5", outcome="permitted", exempts=["by-model"])
)
BROKEN: Mapping[str, tuple[Files, str]] = {
    "the weights": ({"learned.bin": WEIGHTS[:-1]}, "learned.bin"),
    "a signal": (
        {SIGNALS: MINIMAL[SIGNALS] + signal("learned", "model") + signal("pattern", "moon")},
        SIGNALS,
    ),
    "the kind of a signal": (
        {
            SIGNALS: MINIMAL[SIGNALS]
            + signal("learned", "model")
            + signal("patern", "moon", expressions=["m"])
        },
        SIGNALS,
    ),
    "all signals": ({SIGNALS: "["}, SIGNALS),
    "a group": ({COINS: "term\nbitcoin\n"}, COINS),
    "a provision": ({"policy.toml": HEAD.replace("article =", "artikle =")}, "policy.toml"),
    "the id of a provision": ({"policy.toml": HEAD.replace('id = "house-1"', "id = 1")}, "policy.toml"),
    "the head": ({"policy.toml": HEAD.replace("version =", "versoin =")}, "policy.toml"),
    "the whole head": ({"policy.toml": "["}, "policy.toml"),
    "a rule": (
        {RULES: USED.replace("by-model\nwhen", "by-model\nwen").replace("model > 0", "model >", 1)},
        RULES,
    ),
    "the name of a rule": ({RULES: USED.replace('name = "by-model"', "name = 3")}, RULES),
    "all rules": ({RULES: "["}, RULES),
    "all examples": ({EXAMPLES: "{}\n"}, EXAMPLES),
}


@pytest.mark.parametrize("case", BROKEN.values(), ids=BROKEN.keys())
def test_what_follows_from_a_fault_is_none(tmp_path: Path, case: tuple[Files, str]) -> None:
    """Who names something that is declared but broken, or may be declared, is not at fault."""
    spoilt, file = case
    files: Files = {
        SIGNALS: MINIMAL[SIGNALS]
        + signal("learned", "model")
        + signal("pattern", "moon", expressions=["moon"])
        + signal("union", "both", of=["coins", "moon"]),
        "learned.bin": WEIGHTS,
        RULES: USED,
        EXAMPLES: example("bitcoin to the moon", "violation", rule="by-model"),
        **spoilt,
    }
    assert {fault.file for fault in faults_of(write_policy(tmp_path, files))} == {file}


@pytest.mark.parametrize(
    ("when", "holds"),
    [
        ("TRUE", True),
        ("NOT TRUE", False),
        ("coins BETWEEN 3 AND 1", False),
        ("coins > -1", True),
        ("-1 < coins", True),
        ("coins < 0 OR moon < 0", False),
        ("coins = coins", True),
        ("coins > 2 AND NOT coins > 2", False),
        ("coins BETWEEN 1 AND 3 AND coins > 5", False),
        ("coins = 0 OR coins > 0", True),
        ("coins > 0 AND coins < 2 AND coins <> 1", False),
        ("moon > 0 AND coins IN (-1, -2)", False),
        ("score > -1", None),
        ("score BETWEEN 3 AND -3", False),
        ("coins >= 0 AND moon > 0", None),
        ("coins > 0 OR moon = 0", None),
        ("coins <> 1", None),
        ("coins > moon", None),
    ],
)
def test_a_condition_that_says_nothing(tmp_path: Path, when: str, *, holds: bool | None) -> None:
    """A condition that holds for every post, or for none, is a mistake; a learned score may be below 0."""
    tables = signal("pattern", "moon", expressions=["moon"]) + signal("learned", "score")
    files: Files = {
        **second(tables),
        "learned.bin": WEIGHTS,
        RULES: rule("fine", "coins > 2") + rule("odd", when),
    }
    files = {**files, EXAMPLES: example("bitcoin", "none")}
    message = {
        True: "rule odd: the condition holds for every post",
        False: "rule odd: the condition never holds",
    }
    found = faults_of(write_policy(tmp_path, files)) if holds is not None else ()
    assert [(one.file, one.line, one.message) for one in found] == (
        [] if holds is None else [(RULES, 14, message[holds])]
    )


@pytest.mark.parametrize("file", [COINS, SIGNALS, EXAMPLES, "learned.bin"])
def test_a_folder_for_a_file(tmp_path: Path, file: str) -> None:
    """What cannot be read as a file is a fault like any other."""
    files: Files = {**second(signal("learned", "model")), "learned.bin": WEIGHTS, file: None}
    (tmp_path / "p" / file).mkdir(parents=True)
    faults = faults_of(write_policy(tmp_path / "p", files))
    assert [(one.file, one.message) for one in faults] == [(file, "the file cannot be read: Is a directory")]


def test_no_name_is_no_policy() -> None:
    """An empty name is not the folder one happens to be in."""
    with pytest.raises(InputError, match="there is no policy ''"):
        load_policy("")


def test_a_policy_that_is_not_there_is_told_with_those_that_are() -> None:
    """Each sentence has its end."""
    with pytest.raises(
        InputError, match=r"there is no policy 'nothing'; known: .*\w\. A folder's path works too"
    ):
        load_policy("nothing")
    with pytest.raises(InputError, match=r"; did you mean 'crypto-promotion'\? A folder's path"):
        load_policy("crypto-promotions")


def test_the_report_reads_as_compilers_write(tmp_path: Path) -> None:
    """The message of the error counts the faults and gives each as FILE:LINE: message; mend."""
    files = {COINS: group("bitcoin") + "★,1,,\n", RULES: rule("coin-talk", "coin > 0")}
    folder = write_policy(tmp_path / "mine", files)
    with pytest.raises(PolicyError) as caught:
        load_policy(folder)
    assert str(caught.value) == (
        "policy mine has 2 faults:\n"
        "  rules.toml:5: rule coin-talk: unknown signal 'coin'; did you mean 'coins'?\n"
        "  signals/coins.csv:3: the term '★' is lost in normalisation; only letters and digits are kept"
    )
    assert isinstance(caught.value, InputError)


def test_an_unknown_policy_is_answered_with_the_nearest() -> None:
    """A name that no policy has is answered with one that ships."""
    with pytest.raises(InputError, match="did you mean 'undisclosed-sponsorship'"):
        load_policy("undisclosed-sponsorships")
