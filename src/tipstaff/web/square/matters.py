"""What is proposed or decided, as those see it whom it is about: with its provision and its evidence."""

from __future__ import annotations

from typing import NamedTuple

from tipstaff.actions.held import Rests
from tipstaff.actions.holdings import Ruling
from tipstaff.actions.standing import Hearing
from tipstaff.web.square.passages import Reader, ShownPost, ShownProvision


class ShownMatter(NamedTuple):
    """What is proposed or decided; of the posts that it rests on there are `more`."""

    said: Ruling | Hearing
    provision: ShownProvision
    posts: list[ShownPost]
    more: int


def shown_matter(reader: Reader, said: Ruling | Hearing, rests: Rests) -> ShownMatter:
    """Return it, in the language of a reader of policies."""
    return ShownMatter(said, reader.cite(rests.policy, said.provision), reader.shown(rests.posts), rests.more)
