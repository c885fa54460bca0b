"""What is given to square, and what readers get."""

from __future__ import annotations

import msgspec

from tipstaff.actions.host import Sentence
from tipstaff.base.errors import InputError


class RefusedError(InputError):
    """A measure in force forbids what was asked. `sentence` is the one that says so."""

    def __init__(self, sentence: Sentence) -> None:
        super().__init__(f"{sentence.text} (statement {sentence.statement})")
        self.sentence = sentence


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """A post before it is published. `url` is where its original stands; `app` is what it came through.

    `published_at` is ISO 8601 text with an offset; `sponsored` is the mark that the author sets. `images` are
    addresses, and `files` the bytes of images that square is to hold.
    """

    text: str
    published_at: str
    title: str | None = None
    url: str | None = None
    images: tuple[str, ...] = ()
    lang: str | None = None
    sponsored: bool = False
    app: str | None = None
    files: tuple[bytes, ...] = ()


class Content(msgspec.Struct, frozen=True):
    """What a post says to readers. Links to sites that are blocked give way to `withheld`.

    In title and text the sentence stands in place of such a link; as `url` or an image there is none. `files`
    are the names of images that square holds: `Platform.image` has them.
    """

    title: str | None
    text: str
    url: str | None
    images: tuple[str, ...]
    lang: str | None
    sponsored: bool
    app: str | None
    files: tuple[str, ...] = ()
    withheld: tuple[Sentence, ...] = ()


class AccountLine(msgspec.Struct, frozen=True):
    """An account in a line. Of one that is closed there is the sentence alone, and no name."""

    handle: str
    name: str | None
    bio: str
    verified: bool
    sentence: Sentence | None


class PostPage(msgspec.Struct, frozen=True):
    """A post as readers get it: the content, or the sentence in its place; and whose it is."""

    id: str
    account: str
    published_at: str
    content: Content | None
    sentence: Sentence | None
    author: AccountLine


class Profile(msgspec.Struct, frozen=True):
    """What an account says of itself. That it is verified is shown, and not the name it is verified under."""

    name: str
    bio: str
    verified: bool
    followers: int


class AccountPage(msgspec.Struct, frozen=True):
    """The page of an account: the profile, or the sentence in its place."""

    handle: str
    profile: Profile | None
    sentence: Sentence | None


class AppDetails(msgspec.Struct, frozen=True):
    """What is said of a third-party app: its publisher, and what it may do for those who use it."""

    name: str
    publisher: str
    scopes: tuple[str, ...]
    url: str


class AppPage(msgspec.Struct, frozen=True):
    """The page of an app: the details, or the sentence in their place."""

    id: str
    details: AppDetails | None
    sentence: Sentence | None
