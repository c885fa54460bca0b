"""Posts in the body of a request are those that a file would have."""

from __future__ import annotations

import json

import pytest

from tipstaff.base.errors import InputError
from tipstaff.streams.bodies import read_body

WHOLE = {"id": "1", "account": "a", "text": "x", "host": "square"}


def test_posts_are_read_alike_whichever_way() -> None:
    """All at once, and one by one where one of them is no post."""
    whole = read_body(json.dumps({"posts": [WHOLE, WHOLE]}).encode())
    mixed = read_body(json.dumps({"posts": [WHOLE, 7, WHOLE | {"id": 1, "more": []}]}).encode())
    assert whole.posts == mixed.posts
    assert [(one.line, one.reason) for one in mixed.rejects] == [(1, "Expected `object`, got `int`")]
    assert not whole.rejects


def test_what_is_wrong_in_a_post_is_told_of_that_post() -> None:
    """Bytes that are no text, escapes that are half a sign, fields that are empty."""
    good = json.dumps(WHOLE).encode()
    half = rb'{"id": "2", "account": "a", "text": "\ud83d"}'
    parsed = read_body(
        b'{"posts": [%s, {"id": "\xff"}, %s, {"id": "", "account": "a", "text": ""}]}' % (good, half)
    )
    assert [one.text for one in parsed.posts] == ["x", "\ufffd"]
    assert [one.line for one in parsed.rejects] == [1, 3]


@pytest.mark.parametrize("body", [b"", b"null", b'{"posts": {}}', b'{"posts": [}', b"[" * 100_000])
def test_another_body_is_refused(body: bytes) -> None:
    """Whole, and told what it should be."""
    with pytest.raises(InputError, match=r'write \{"posts": \[…\]\}'):
        read_body(body)
