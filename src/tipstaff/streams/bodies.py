"""Posts in the body of a request: `{"posts": [...]}`, each as `tipstaff screen` reads it."""

from __future__ import annotations

from typing import Final

import msgspec

from tipstaff.base.errors import InputError
from tipstaff.screening.posts import Post
from tipstaff.streams.posts import FieldMap, Parsed, Parser, check_post, without_lone_surrogates


class _Exact(msgspec.Struct, forbid_unknown_fields=True):
    """A body whose posts are all as they should be."""

    posts: list[Post]


class _Loose(msgspec.Struct, forbid_unknown_fields=True):
    """A body, whatever its posts are."""

    posts: list[msgspec.Raw]


_exact: Final = msgspec.json.Decoder(_Exact)
_loose: Final = msgspec.json.Decoder(_Loose)
_PARSER: Final = Parser(FieldMap.of(()))


def read_body(body: bytes) -> Parsed:
    """Return the posts of a body, and what among them is no post with the reason, by its place from 0.

    All at once when they are as they should be, else one by one. Raises `InputError` for another body.
    """
    try:
        posts = _exact.decode(body).posts
        for post in posts:
            check_post(post)
    except (ValueError, RecursionError):
        return _PARSER.items("posts", _items(body))
    return Parsed(posts, ())


def _items(body: bytes) -> list[msgspec.Raw]:
    """Return what stands for posts in a body, lone surrogates mended. Raises `InputError`."""
    try:
        try:
            return _loose.decode(body).posts
        except msgspec.ValidationError:
            raise
        except msgspec.DecodeError:
            return _loose.decode(without_lone_surrogates(body)).posts
    except (ValueError, RecursionError) as error:
        reason = "it is nested too deeply" if isinstance(error, RecursionError) else error
        raise InputError(f'the body cannot be read: {reason}; write {{"posts": […]}}') from error
