"""What a notice quotes: sentences, whole where they are not too long."""

from __future__ import annotations

from collections.abc import Iterable

from casebook import found
from desks import Office
from msgspec.structs import replace

from tipstaff.actions.quotes import LONGEST, quotes_of
from tipstaff.casework.events import Found

TEXT = "内部消息：GLOW币下周上线，先进群的人拿底价！Join the presale at www.glow.io now. It pays 3.5 times."


def quoted(text: str, *words: str, field: str = "text") -> list[str]:
    """Return what is quoted of a post in which words were found, by one rule each."""
    office = Office()
    return list(quotes_of(office.desk, _found(office, text, words, field)))


def _found(office: Office, text: str, words: Iterable[str], field: str) -> Iterable[Found]:
    """Yield findings on a post."""
    snapshot = office.desk.keep("s", "item", "snapshot", {"id": "m1", "text": text, "images": []})
    for word in words:
        start = text.find(word)
        evidence = {"field": field, "start": start, "end": start + len(word), "text": word}
        kept = office.desk.keep("s", "finding", "evidence", [evidence])
        yield replace(found("m1"), snapshot=snapshot, evidence=kept)


def test_the_sentence_is_quoted() -> None:
    """In Chinese and in English; a point within a link or a number ends none."""
    assert quoted(TEXT, "底价") == ["内部消息：GLOW币下周上线，先进群的人拿底价！"]
    assert quoted(TEXT, "presale") == ["Join the presale at www.glow.io now."]
    assert quoted(TEXT, "times") == ["It pays 3.5 times."]


def test_each_is_quoted_once() -> None:
    """However much of it was found; in the order in which that was."""
    both = ["Join the presale at www.glow.io now.", "内部消息：GLOW币下周上线，先进群的人拿底价！"]
    assert quoted(TEXT, "e p", "glow", "GLOW", "先进") == both


def test_of_a_long_sentence_what_is_around_is_quoted() -> None:
    """So that what was found is in it, at its beginning, in its midst and at its end."""
    for before, after in ((0, 300), (150, 150), (300, 0)):
        (quote,) = quoted("甲" * before + "presale" + "乙" * after, "presale")
        assert "presale" in quote
        assert len(quote.strip("…")) == LONGEST
        assert (quote.startswith("…"), quote.endswith("…")) == (before > 0, after > 0)


def test_what_stands_elsewhere_is_quoted_as_it_was_found() -> None:
    """In a title, or where the text is not what it was."""
    assert quoted(TEXT, "presale", field="title") == ["presale"]
    office = Office()
    (one,) = _found(office, TEXT, ["presale"], "text")
    moved = replace(
        one,
        snapshot=office.desk.keep("s", "item", "snapshot", {"id": "m1", "text": f"x{TEXT}", "images": []}),
    )
    assert list(quotes_of(office.desk, [moved])) == ["presale"]
