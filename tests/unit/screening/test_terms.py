"""Finding terms while folding, against `str.find` in the letters view; and finding them by sound."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tipstaff.base.errors import InputError
from tipstaff.policy.folding import is_rare, letters, normal_text, normalise, syllables
from tipstaff.policy.model import Spelling
from tipstaff.policy.spelling import Spelled
from tipstaff.screening import expressions as expressions_module
from tipstaff.screening import terms as terms_module
from tipstaff.screening.batches import Column
from tipstaff.screening.columnar import CHUNK
from tipstaff.screening.expressions import Expressions
from tipstaff.screening.kernels.derive import FIELD_SHIFT
from tipstaff.screening.kernels.encode import encode_lines
from tipstaff.screening.kernels.terms import MOST_LETTERS
from tipstaff.screening.plan import Expression, Owner, Plan, Target
from tipstaff.screening.terms import Terms

ALPHABET = "aabs1比特币ж\U00020000\U00020001"
SEPARATORS = [" ", "-", "，", "\u200b", "\u0301", "\n", "😀"]
FOLDED = ["Ａ", "Ｂ", "①", "⑩", "ﬁ", "㏂", "\ufdfa", "幣", "ß", "à", "₁"]

terms_ = st.lists(st.text(st.sampled_from(ALPHABET), min_size=1, max_size=30), max_size=12)
pieces = st.sampled_from([*ALPHABET, *SEPARATORS, *FOLDED]) | st.text(st.sampled_from(ALPHABET), max_size=5)
texts_ = st.lists(st.lists(pieces, max_size=30).map("".join), max_size=5)


def plan_of(terms: Sequence[str], *, by_sound: bool = False) -> Plan:
    """Lay out terms, one target each."""
    disguise = Spelling.HOMOPHONE if by_sound else None
    targets = [
        Target(Spelled(term, frozenset(), disguise), by_sound, (Owner(0, number, 1),))
        for number, term in enumerate(terms)
    ]
    return Plan((), tuple(targets), (), 1)


def found(plan: Plan, texts: Sequence[str]) -> list[tuple[int, int, int]]:
    """Return what is found, as it comes: field, end and target."""
    _, terms = Terms(plan).find(Column.of(texts))
    return list(zip(terms.fields.tolist(), terms.ends.tolist(), terms.targets.tolist(), strict=True))


def joined(text: str) -> list[bool]:
    """Tell of each letter of a text whether it touches the one before it, both Latin or both digits."""
    view = letters(normalise(text).text)
    kinds = ["latin" if "a" <= c <= "z" else "digit" if "0" <= c <= "9" else "" for c in view.text]
    touch = [right == left + 1 for left, right in pairwise(view.origin)]
    return [False, *(t and a == b != "" for t, (a, b) in zip(touch, pairwise(kinds), strict=True)), False]


def expected(terms: Sequence[str], texts: Sequence[str]) -> list[tuple[int, int, int]]:
    """Return every occurrence that begins and ends as the first rule of alignment has it, in order."""
    rows = []
    for field, text in enumerate(texts):
        view, inside = letters(normal_text(text)).text, joined(text)
        for target, term in enumerate(terms):
            for at in range(len(view)):
                end = at + len(term)
                if not view.startswith(term, at) or inside[at]:
                    continue
                plural = (
                    len(term) >= 4 and "a" <= term[-1] <= "z" and view[end : end + 1] == "s"
                )  # and then it is the last letter of the word
                if not inside[end] or (plural and not inside[end + 1]):
                    rows.append((field, end, target))
    return sorted(rows)


@given(terms_, texts_)
def test_terms_are_found_where_they_stand(terms: list[str], texts: list[str]) -> None:
    """Every occurrence is found, nested and overlapping ones too, and no other; by field, then end."""
    assert found(plan_of(terms), texts) == expected(terms, texts)


@given(st.data())
def test_terms_that_are_cut_from_the_text(data: st.DataObject) -> None:
    """Long terms are found to their last letter, and not where the last letter differs."""
    text = data.draw(st.text(st.sampled_from("ab比"), min_size=1, max_size=60))
    ends = st.integers(0, len(text))
    cut = [text[min(a, b) : max(a, b)] for a, b in data.draw(st.lists(st.tuples(ends, ends), max_size=20))]
    terms = [term for part in cut if part for term in (part, part[:-1] + "特")]
    assert found(plan_of(terms), [text]) == expected(terms, [text])


def test_many_terms_with_one_beginning() -> None:
    """Terms of one bucket are told apart, in whatever order they are compared."""
    terms = [f"chan{a}{b}" for a in "abcdefgh" for b in ("", "g", "gx", "币")] + ["chan", "cha", "ch", "c"]
    texts = [" ".join(terms), "changx changxx chanhg币 chanxg chan", "".join(terms)]
    assert found(plan_of(terms), texts) == expected(terms, texts)


@pytest.mark.parametrize(
    "texts",
    [
        [],
        [""],
        ["", "比", "", "特"],
        ["比", "特币"],
        ["a", "b"],
        ["a" * 63],
        ["比特" * 50, "", "a b " * 50],
        ["\ufdfa" * 20],
    ],
)
def test_the_borders_of_fields(texts: list[str]) -> None:
    """A term does not run on into the next field, nor beyond the last one."""
    terms = ["比", "比特", "特币", "ab", "a", "b", "a" * 63, "a" * 62, letters(normal_text("\ufdfa")).text]
    assert found(plan_of(terms), texts) == expected(terms, texts)


def test_the_same_letters_twice() -> None:
    """Targets may share their letters: both are found."""
    assert found(plan_of(["比特", "比特"]), ["比特"]) == [(0, 2, 0), (0, 2, 1)]


@pytest.mark.parametrize("count", [65, 30_000])
def test_more_than_there_is_room_for(count: int) -> None:
    """A field with ever so many occurrences is found in full, and in order."""
    plan, text = plan_of(["b", "比比", "比"]), "比b" + "比" * count + " b" * count
    assert found(plan, ["b", text]) == expected(["b", "比比", "比"], ["b", text])


HOMOPHONES = ["交易", "所有", "比特币", "佣金", "会员"]
SOUNDS = sorted(
    char
    for char in map(chr, range(0x4E00, 0xA000))
    if any(syllables(char) & syllables(other) for other in "".join(HOMOPHONES))
)


def expected_by_sound(texts: Sequence[str]) -> list[tuple[int, int, int]]:
    """Return where every letter is the term's or sounds like it, and a different one is rare."""
    return sorted(
        (field, at + len(term), target)
        for field, text in enumerate(texts)
        for target, term in enumerate(HOMOPHONES)
        for at in range(len(text) - len(term) + 1)
        for pairs in [list(zip(text[at:], term, strict=False))]
        if any(one != two and is_rare(one) for one, two in pairs)
        and all(one == two or syllables(one) & syllables(two) for one, two in pairs)
    )


@given(
    st.lists(
        st.lists(
            st.sampled_from(HOMOPHONES).flatmap(
                lambda term: st.tuples(
                    *(st.sampled_from([c for c in SOUNDS if syllables(c) & syllables(o)]) for o in term)
                ).map("".join)
            )
            | st.sampled_from([*"a1比交易", "\U00020000", "㐀"]),
            max_size=6,
        )
        .map("".join)
        .map(lambda text: letters(normal_text(text)).text),
        max_size=4,
    )
)
def test_terms_are_found_by_sound(texts: list[str]) -> None:
    """Every window that sounds like a term and holds a rare character in place of another is found once."""
    assert found(plan_of(HOMOPHONES, by_sound=True), texts) == expected_by_sound(texts)


def test_two_readings_in_common() -> None:
    """A rare character that shares two readings with the term's own is found once."""
    assert len(syllables("浍") & syllables("会")) == 2
    assert found(plan_of(HOMOPHONES, by_sound=True), ["浍员"]) == [(0, 2, 4)]


@given(
    st.lists(st.text(st.sampled_from("a9é比\uffdc\U00020000\U0010ffff"), max_size=9), max_size=5), st.data()
)
def test_lines_of_utf_8(texts: list[str], data: st.DataObject) -> None:
    """The letters of the chosen fields become UTF-8, a line each."""
    chosen = sorted(data.draw(st.sets(st.sampled_from(range(len(texts)))))) if texts else []
    chars = np.array([ord(char) for text in texts for char in text], dtype=np.uint32)
    offsets = np.cumsum([0, *map(len, texts)], dtype=np.int64)
    lines = np.empty(4 * chars.size + len(texts), dtype=np.uint8)
    stops = np.zeros(len(chosen), dtype=np.int64)
    encode_lines(chars, offsets, np.array(chosen, dtype=np.int64), lines, stops)
    written = [f"{texts[field]}\n".encode() for field in chosen]
    assert stops.tolist() == np.cumsum([len(line) for line in written], dtype=np.int64).tolist()
    assert lines[: sum(map(len, written))].tobytes() == b"".join(written)


def test_no_code_point_folds_to_more_letters_than_there_is_room_for() -> None:
    """The buffers of the kernel count on it."""
    for char in map(chr, [*range(0xD800), *range(0xE000, 0x110000)]):
        assert len(letters(normal_text(char)).text) <= MOST_LETTERS * len(char.encode())


@pytest.mark.parametrize("text", ["ﷺ" * 200_000, "½" + "a" * 200_000, "ﷺ" + "比特币" * 50_000, "x" * 200_000])
def test_the_room_for_a_long_field_grows_with_it(text: str) -> None:
    """A long text is found in full, whatever its letters fold to, beside short ones."""
    terms = ["比特币", "x", "صل"]
    view = letters(normal_text(text)).text
    several = found(plan_of(terms), ["比特币", text, "比特币"])
    assert len(several) == 2 + view.count("比特币") + view.count("صل")  # no x stands alone
    folded, _ = Terms(plan_of(terms)).find(Column.of(["比特币", text, "比特币"]))
    assert folded.offsets.tolist() == [0, 3, 3 + len(view), 6 + len(view)]


def test_more_terms_than_can_be_numbered(monkeypatch: pytest.MonkeyPatch) -> None:
    """The number of a term shares an integer with its place: too many terms are refused."""
    monkeypatch.setattr(terms_module, "TARGET_BITS", 1)
    assert found(plan_of(["a", "b"]), ["b"]) == [(0, 1, 1)]
    with pytest.raises(InputError, match=r"3 spellings .* at most 2"):
        Terms(plan_of(["a", "b", "s"]))


def test_more_expressions_than_can_be_numbered(monkeypatch: pytest.MonkeyPatch) -> None:
    """So are too many expressions."""
    monkeypatch.setattr(expressions_module, "NUMBER_BITS", 1)
    expressions = tuple(Expression(0, re.compile(written), written, weak=True) for written in "abc")
    Expressions(Plan((), (), expressions[:2], 1))
    with pytest.raises(InputError, match=r"3 expressions .* at most 2"):
        Expressions(Plan((), (), expressions, 1))


def test_the_fields_of_a_chunk_can_be_numbered() -> None:
    """Title and text of every post of a chunk: field and place share an integer that is not negative."""
    assert (2 * CHUNK - 1).bit_length() + FIELD_SHIFT < np.iinfo(np.int64).bits
