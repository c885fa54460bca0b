"""Images that square holds: what it takes, who gets them, and who does not any more."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select
from squares import GIF, JPEG, PNG, TIME, WEBP, Opened, applied, draft, image, lifted, sentence, square

from tipstaff.base.errors import InputError
from tipstaff.casework.words import MeasureKind, Subject, SubjectKind, Target
from tipstaff.hosts.square.database import writing
from tipstaff.hosts.square.images import LARGEST, MOST
from tipstaff.hosts.square.pages import RefusedError
from tipstaff.hosts.square.schema import ImageRow, PostRow, ShownRow

NEWS, SHOP = (Subject("square", SubjectKind.ACCOUNT, name) for name in ("news", "shop"))


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Opened]:
    """Open a square with two accounts."""
    with square(tmp_path) as made:
        for name in ("news", "shop"):
            made.platform.register_account(name, name.title())
        yield made


def names(opened: Opened, post: str) -> tuple[str, ...]:
    """Return the names of the images that readers of a post see."""
    content = opened.platform.read_post(post).content
    assert content is not None
    return content.files


@pytest.mark.parametrize(
    ("content", "kind"),
    [(PNG, "png"), (JPEG, "jpeg"), (GIF, "gif"), (GIF.replace(b"89", b"87"), "gif"), (WEBP, "webp")],
)
def test_an_image_is_read_as_it_was_given(opened: Opened, content: bytes, kind: str) -> None:
    """By the SHA-256 of its bytes, as what its first bytes say it is."""
    post = opened.platform.publish("news", draft(files=(content,)))
    expected = image(content, f"image/{kind}")
    assert names(opened, post) == (expected.name,)
    assert opened.platform.image(expected.name) == expected


@pytest.mark.parametrize(
    "content",
    [b"", b"GIF", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b" " + PNG, WEBP.replace(b"WEBP", b"WAVE")],
)
def test_what_is_no_image_is_refused(opened: Opened, content: bytes) -> None:
    """With the number of the one that is none; nothing is published."""
    with pytest.raises(InputError, match="image 2 is none that is taken: make it a PNG, JPEG, GIF or WebP"):
        opened.platform.publish("news", draft(files=(PNG, content)))
    assert list(opened.host.posts()) == []


def test_images_have_bounds(opened: Opened) -> None:
    """So many bytes each, and so many a post; at the bound they are taken."""
    full = PNG.ljust(LARGEST, b".")
    with pytest.raises(InputError, match="image 1 has more than 5,000,000 bytes: make it smaller"):
        opened.platform.publish("news", draft(files=(full + b".",)))
    most = tuple(PNG + bytes([number]) for number in range(MOST))
    with pytest.raises(InputError, match="10 images are too many: a post shows at most 9"):
        opened.platform.publish("news", draft(files=(*most, GIF)))
    assert list(opened.host.posts()) == []
    post = opened.platform.publish("news", draft(files=(full, *most[1:])))
    assert len(names(opened, post)) == MOST
    assert opened.platform.image(image(full).name).content == full


def test_images_come_in_their_order_and_each_once(opened: Opened) -> None:
    """Also on the pages of a feed; a post without has none."""
    opened.platform.follow("rae", "news")
    order = (WEBP, GIF, WEBP, PNG)
    shown = opened.platform.publish("news", draft(files=order))
    plain = opened.platform.publish("news", draft())
    expected = tuple(image(one).name for one in (WEBP, GIF, PNG))
    assert (names(opened, shown), names(opened, plain)) == (expected, ())
    pages = {page.id: page.content for page in opened.platform.feed("rae")}
    assert {post: content.files for post, content in pages.items() if content} == {shown: expected, plain: ()}
    assert [one.content for one in opened.host.snapshot(NEWS, shown).files] == [WEBP, GIF, PNG]


def test_an_image_of_two_posts_is_held_once(opened: Opened) -> None:
    """Whoever publishes it."""
    for name in ("news", "shop"):
        opened.platform.publish(name, draft(files=(PNG,)))
    with opened.engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(ImageRow)) == 1
        assert connection.scalar(select(func.count()).select_from(PostRow)) == 2


@pytest.mark.parametrize("kind", [MeasureKind.HOLD_CONTENT, MeasureKind.BLOCK_CONTENT])
def test_an_image_is_withheld_with_all_its_posts(opened: Opened, kind: MeasureKind) -> None:
    """While one post shows it readers get it; then the sentence; once it is lifted they get it again."""
    targets = [
        Target(subject, opened.platform.publish(subject.id, draft(files=(PNG,)))) for subject in (NEWS, SHOP)
    ]
    for target in targets:
        assert opened.platform.image(image().name) == image()
        opened.host.carry_out(applied(target, kind))
    with pytest.raises(RefusedError) as refused:
        opened.platform.image(image().name)
    assert refused.value.sentence == sentence("m1")
    assert all(opened.platform.read_post(target.post or "").content is None for target in targets)
    assert [opened.host.snapshot(one.subject, one.post or "").files for one in targets] == [(image(),)] * 2
    opened.host.carry_out(lifted(targets[1], kind))
    assert opened.platform.image(image().name) == image()


def test_an_image_is_withheld_with_its_account(opened: Opened) -> None:
    """A closed account shows nothing."""
    opened.platform.publish("news", draft(files=(PNG,)))
    opened.host.carry_out(applied(Target(NEWS), MeasureKind.CLOSE_ACCOUNT))
    with pytest.raises(RefusedError):
        opened.platform.image(image().name)


def test_one_post_of_many_is_found_that_shows_it(opened: Opened) -> None:
    """However many hidden ones come before it."""
    opened.platform.publish("news", draft(files=(PNG,)))
    with writing(opened.engine) as (session, _):
        for number in range(1_000, 2_001):
            owner = "shop" if number == 2_000 else "news"
            row = {"id": f"p{number}", "account": owner, "text": "", "images": [], "published_at": TIME}
            session.add(PostRow(number=number, sponsored=False, **row))
            session.flush()
            session.add(ShownRow(post=f"p{number}", image=image().name, place=1))
    opened.host.carry_out(applied(Target(NEWS), MeasureKind.BLOCK_CONTENT))
    assert opened.platform.image(image().name) == image()
    opened.host.carry_out(applied(Target(SHOP, "p2000"), MeasureKind.BLOCK_CONTENT))
    with pytest.raises(RefusedError):
        opened.platform.image(image().name)


def test_an_image_that_never_was_is_told(opened: Opened) -> None:
    """There is none of that name."""
    with pytest.raises(InputError, match="there is no image 'ab' on square"):
        opened.platform.image("ab")
