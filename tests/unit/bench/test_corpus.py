"""The seeded corpus: alike everywhere, and made as the figures in docs/performance.md say."""

from __future__ import annotations

import hashlib
from collections import Counter

import pytest

from tipstaff.bench.corpus import Disguise, Kind, Language, Writer, Written, as_json_lines
from tipstaff.policy.folding import letters, normal_text


@pytest.fixture(scope="module")
def written() -> list[Written]:
    """Write posts, enough for shares to come out."""
    return Writer().write(6000)


def test_the_corpus_is_the_same_on_every_machine(written: list[Written]) -> None:
    """The bytes of the first posts are known."""
    digest = hashlib.sha256(as_json_lines([one.post for one in written[:200]])).hexdigest()
    assert digest == "c5c3f1daa6a444f6f2db938c8d99e0b5d40cc6b4bc3683b67eba9c1aeb938743"


def test_another_seed_writes_another_corpus(written: list[Written]) -> None:
    """Nothing but the seed decides."""
    assert [one.post for one in Writer().write(20)] == [one.post for one in written[:20]]
    assert [one.post for one in Writer(1).write(20)] != [one.post for one in written[:20]]


def test_posts_have_the_length_of_real_ones(written: list[Written]) -> None:
    """They average 605 bytes and 256 code points."""
    assert sum(len(one.post.text.encode()) for one in written) / len(written) == pytest.approx(605, rel=0.04)
    assert sum(len(one.post.text) for one in written) / len(written) == pytest.approx(256, rel=0.04)


def test_languages_have_their_shares(written: list[Written]) -> None:
    """60% Chinese, 25% English, 15% mixed."""
    counts = Counter(one.language for one in written)
    shares = {language: counts[language] / len(written) for language in Language}
    assert shares == pytest.approx({Language.ZH: 0.60, Language.EN: 0.25, Language.MIXED: 0.15}, abs=0.02)


def test_three_in_a_hundred_violate_and_half_of_those_hide_it(written: list[Written]) -> None:
    """The rest carries no disguise."""
    violating = [one for one in written if one.kind is Kind.VIOLATING]
    assert len(violating) / len(written) == pytest.approx(0.03, abs=0.007)
    hidden = Counter(one.disguise for one in violating)
    assert 1 - hidden[Disguise.NONE] / len(violating) == pytest.approx(0.5, abs=0.1)
    assert set(hidden) == set(Disguise)
    assert all(one.disguise is Disguise.NONE for one in written if one.kind is not Kind.VIOLATING)


def test_normalisation_sees_through_every_disguise() -> None:
    """A disguised post is what the engine is there for: its letters hold the terms."""
    writer = Writer()
    known = {letters(normal_text(term)).text for terms in writer.vocabulary.terms.values() for term in terms}
    for one in writer.write_as(Kind.VIOLATING, 60):
        view = letters(normal_text(one.post.text)).text
        assert sum(term in view for term in known) > 2, one
