"""Nearness and quotation, against the plainest way to say what they mean."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tipstaff.screening.derive import MAX_QUOTE, near, quoted
from tipstaff.screening.findings import Hit

hits = st.lists(
    st.builds(
        lambda field, start, size: Hit(field, start, start + size, "x"),
        st.integers(0, 1),
        st.integers(0, 30),
        st.integers(1, 6),
    ),
    max_size=8,
)


def between(one: Hit, other: Hit) -> int:
    """Return how many code points stand between two hits; less than 0 where they overlap."""
    return max(one.start, other.start) - min(one.end, other.end)


@given(hits, hits, st.integers(0, 12))
def test_near_and_apart(of: list[Hit], to: list[Hit], within: int) -> None:
    """A hit is near if some hit in its field has at most so many code points between; else it is apart."""
    close, apart = near(of, to, within)
    expected = [any(one.field == it.field and between(one, it) <= within for it in to) for one in of]
    assert close == [one for one, is_close in zip(of, expected, strict=True) if is_close]
    assert apart == [one for one, is_close in zip(of, expected, strict=True) if not is_close]


MARKS = ("“”", "‘’", "「」", "『』", '""')


def stands_in_marks(text: str, hit: Hit) -> bool:
    """Read a text from left to right, pair by pair of marks, and tell whether a hit is inside one."""
    at = 0
    while at < len(text):
        for opening, closing in MARKS:
            end = text.find(closing, at + 1)
            inside = text[at + 1 : end]
            if text[at] == opening and 0 < len(inside) <= MAX_QUOTE and "\n" not in inside and end >= 0:
                if at < hit.start and hit.end <= end:
                    return True
                at = end
                break
        at += 1
    return False


pieces = ["ab", "x", "\n", "-" * (MAX_QUOTE - 2), *'“”‘’「」『』"']
parts = st.lists(st.sampled_from(pieces), max_size=6).map("".join)
texts = st.builds("{0}{2[0]}{1}{2[1]}".format, parts, parts, st.sampled_from(MARKS))


@given(texts)
@settings(max_examples=300)
def test_quoted(text: str) -> None:
    """A hit is quoted if a pair of marks on one line, not too far apart, stands around it."""
    starts = range(min(12, len(text)))
    hits = [
        Hit(0, start, end, "x")
        for start in starts
        for end in (start + 1, start + 3, len(text) - 1, len(text))
    ]
    assert quoted(hits, [text]) == [hit for hit in hits if stands_in_marks(text, hit)]
