"""Whom a post reaches, as far as it is known when it comes before reviewers."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from tipstaff.screening.posts import Post

_TAG: Final = re.compile(r"([A-Za-z]{2,3})([-_][A-Za-z0-9]+)*", re.ASCII)
"""A language as authors declare it, as `zh-Hant` or `en_GB`: the first part counts."""

_SCRIPTS: Final = (
    (re.compile("[\u3041-\u30ff]"), "ja"),
    (re.compile("[\uac00-\ud7af]"), "ko"),
    (re.compile("[\u4e00-\u9fff]"), "zh"),
)
"""Languages that are known by their letters alone. Japanese is written with Chinese ones as well."""


class Reach(NamedTuple):
    """How many follow the account of a post, and in which language it is; None where that is not known."""

    followers: int | None = None
    language: str | None = None


def reach_of(post: Post) -> Reach:
    """Return whom a post reaches. Where its author declares no language, its letters may tell it."""
    declared = _TAG.fullmatch(post.lang or "")
    return Reach(post.followers, declared[1].lower() if declared else _written(post.text))


def _written(text: str) -> str | None:
    """Return the language whose letters are in a text; None where letters do not tell."""
    return next((language for letters, language in _SCRIPTS if letters.search(text)), None)
