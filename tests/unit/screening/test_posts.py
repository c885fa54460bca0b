"""Posts as they come in, and batches of them in columns."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from policies import Build, group, post, rule, signal

from tipstaff.base.errors import InputError
from tipstaff.screening.batches import Batch, Column
from tipstaff.screening.columnar import CHUNK
from tipstaff.screening.engine import EngineName, screen
from tipstaff.screening.posts import Post, without_surrogates


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", "plain"),
        ("\ud800", "\ufffd"),
        ("a\udfffb\ud83d\ude00", "a\ufffdb\ufffd\ufffd"),
        ("\U0001f600\ufffd", "\U0001f600\ufffd"),
        ("\ud7ff\ue000", "\ud7ff\ue000"),
    ],
)
def test_lone_surrogates_are_replaced(text: str, expected: str) -> None:
    """Every surrogate becomes U+FFFD, one for one; nothing else changes."""
    assert without_surrogates(text) == expected


def test_a_batch_lays_out_title_and_text() -> None:
    """A post has its title, if it has one, and then its text; each field knows its post."""
    batch = Batch.of([post("a"), post("b", title="t"), post("", title="")])
    assert list(batch.texts) == ["a", "t", "b", ""]
    assert list(batch.names) == ["text", "title", "text", "text"]
    assert batch.owners.tolist() == [0, 1, 1, 2]
    assert len(batch) == 3


@pytest.mark.parametrize("texts", [[], [""], ["", ""], ["a"], ["", "币", "", "\U0001f600x", ""]])
def test_a_column_holds_utf8(texts: list[str]) -> None:
    """Text i is the bytes between offset i and the next."""
    column = Column.of(texts)
    data = column.data.tobytes()
    cut = [data[a:b].decode() for a, b in zip(column.offsets, column.offsets[1:], strict=False)]
    assert cut == texts


@pytest.mark.parametrize("text", [5, ["bitcoin"], {}])
def test_a_text_that_is_no_string_is_refused(text: object) -> None:
    """What is no string is refused in words, before anything is screened."""
    with pytest.raises(InputError, match="no string"):
        Batch.of([Post(id="1", account="a", text=text)])  # type: ignore[arg-type]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 100])
def test_a_batch_comes_in_parts(size: int) -> None:
    """The parts of a batch are its posts in order, at most so many in each, none of them empty."""
    posts = [post(str(number), title="t" * (number % 2)) for number in range(7)]
    parts = list(Batch.of(posts).chunks(size))
    assert [one for part in parts for one in part.posts] == posts
    assert all(0 < len(part) <= size for part in parts)


@given(
    st.lists(st.tuples(st.text("a币😀", max_size=9), st.text("a币", max_size=9)), min_size=1),
    st.integers(1, 40),
)
def test_a_part_is_cut_by_bytes(fields: list[tuple[str, str]], most: int) -> None:
    """A part takes in posts until the next one would make it too long; one that is too long is alone."""
    posts = [post(text, title=title) for text, title in fields]
    sizes = [len((text + title).encode()) for text, title in fields]
    expected: list[list[int]] = []
    for number, size in enumerate(sizes):
        if expected and len(expected[-1]) < 5 and sum(sizes[each] for each in expected[-1]) + size <= most:
            expected[-1].append(number)
        else:
            expected.append([number])
    parts = [[one.text for one in part.posts] for part in Batch.of(posts).chunks(5, most)]
    assert parts == [[fields[number][0] for number in part] for part in expected]


def test_a_small_batch_is_one_part() -> None:
    """A batch that needs no cutting is not made anew."""
    batch = Batch.of([post("a币"), post("b", title="t")])
    (part,) = batch.chunks(2, 6)
    assert part is batch


def test_a_batch_may_be_larger_than_a_chunk(policy: Build) -> None:
    """What is found does not depend on where a large batch is cut."""
    made = policy(
        signal("lexicon", "coins", terms="coins.csv"),
        rule("names", "coins > 0"),
        {"signals/coins.csv": group("bitcoin")},
    )
    hits = {0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK - 1, 2 * CHUNK, 2 * CHUNK + 4}
    posts = [post("bitcoin" if i in hits else "bit", id=str(i)) for i in range(2 * CHUNK + 5)]
    found = screen(posts, made)
    assert {int(finding.post) for finding in found} == hits
    assert found == screen(posts, made, engine=EngineName.REFERENCE)
