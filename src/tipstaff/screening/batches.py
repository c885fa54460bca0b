"""Batches of posts in columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from tipstaff.base.errors import InputError
from tipstaff.screening.posts import Post, without_surrogates

CHUNK_BYTES = 32 << 20
"""How many bytes of text go through the stages together at most, unless one post is longer."""


@dataclass(frozen=True, slots=True)
class Column:
    """UTF-8 texts end to end: text i is `data[offsets[i]:offsets[i + 1]]`."""

    data: npt.NDArray[np.uint8]
    offsets: npt.NDArray[np.int64]

    @classmethod
    def of(cls, texts: Sequence[str]) -> Column:
        """Lay out texts without surrogates."""
        array = pa.array(texts, type=pa.large_string())
        _, offsets, data = array.buffers()
        return cls(
            np.frombuffer(data, dtype=np.uint8) if data is not None else np.empty(0, dtype=np.uint8),
            np.frombuffer(offsets, dtype=np.int64)[: len(texts) + 1]
            if offsets is not None
            else np.zeros(1, dtype=np.int64),
        )


@dataclass(frozen=True, slots=True)
class Batch:
    """Posts in columns. `fields` and `owners` run in parallel: text i belongs to post `owners[i]`.

    A post has the field `title`, if it has one, and then the field `text`.
    """

    posts: Sequence[Post]
    texts: Sequence[str]
    names: Sequence[str]
    owners: npt.NDArray[np.int64]
    column: Column

    @classmethod
    def of(cls, posts: Iterable[Post]) -> Batch:
        """Gather posts; lone surrogates become U+FFFD.

        Raises `InputError` if something is no post, or a text no string.
        """
        kept = list(posts)
        try:
            titles, texts = [post.title for post in kept], [post.text for post in kept]
        except AttributeError as error:
            place, other = next((at, one) for at, one in enumerate(kept) if not isinstance(one, Post))
            what = f"number {place} of what is to be screened is of type {type(other).__name__}"
            raise InputError(f"{what}; make it a Post(id=..., account=..., text=...)") from error
        names, owners = ["text"] * len(kept), np.arange(len(kept), dtype=np.int64)
        if any(titles):
            both = list(zip(titles, texts, strict=True))
            texts = [text for title, text in both for text in ((title, text) if title else (text,))]
            names = [name for title in titles for name in (("title", "text") if title else ("text",))]
            owners = np.repeat(owners, [2 if title else 1 for title in titles])
        try:
            column = Column.of(texts)
        except UnicodeEncodeError:
            texts = [without_surrogates(text) for text in texts]
            column = Column.of(texts)
        except (TypeError, pa.ArrowException) as error:
            raise InputError(f"a post has a text that is no string: {error}") from error
        if None in texts:
            raise InputError("a post has no text; give it an empty one if that is meant")
        return cls(kept, texts, names, owners, column)

    def __len__(self) -> int:
        """Return how many posts there are."""
        return len(self.posts)

    def chunks(self, size: int, most: int = CHUNK_BYTES) -> Iterator[Batch]:
        """Yield the batch in parts of at most `size` posts and `most` bytes of UTF-8.

        A post that is longer than that is a part of its own. An empty batch is one part.
        """
        if len(self) <= size and self.column.offsets[-1] <= most:
            yield self
            return
        begins = self.column.offsets[np.searchsorted(self.owners, np.arange(len(self) + 1))]
        start = 0
        while start < len(self):
            fitting = int(np.searchsorted(begins, begins[start] + most, side="right")) - 1
            stop = min(max(fitting, start + 1), start + size, len(self))
            yield Batch.of(self.posts[start:stop])
            start = stop
