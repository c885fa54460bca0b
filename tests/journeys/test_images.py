"""Images: published, seen, withheld with their post, kept as evidence, given out, and erased."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import stat
from pathlib import Path

import pytest
from policies import example, group, rule, signal, write_policy
from saying import Say, saying
from squares import GIF, PNG

POLICY = {
    "signals/signals.toml": signal("lexicon", "offer", terms="offer.csv"),
    "signals/offer.csv": group("buy mooncoin"),
    "rules.toml": rule("offer", "offer > 0"),
    "examples.jsonl": example("buy mooncoin", "violation"),
}
ACCOUNT = "square/account/moonharbor"
NAMES = [hashlib.sha256(content).hexdigest() for content in (PNG, GIF)]


@pytest.fixture
def say(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Say:
    """Return what runs a command on an installation where a post with two images was found."""
    run = saying(tmp_path / "here", capsys)
    run("init", "--origin", "example.org/log", "--policy", write_policy(tmp_path / "policy", POLICY))
    run("person", "alice")
    run("square account", "moonharbor", "Moon Harbor")
    images = []
    for name, content in (("code.png", PNG), ("coin.gif", GIF)):
        (tmp_path / name).write_bytes(content)
        images += ["--image", tmp_path / name]
    assert run("square post", "moonharbor", "buy mooncoin", *images) == "p2"
    run("case find")
    return run


def block(say: Say) -> None:
    """Have the post blocked."""
    measure = ("--measure", "block_content", "--post", "p2", "--skip-rungs", "grave_harm")
    say("case decide", 1, "--as", "alice", *measure, "--reasons", "an offer")
    say("worker", "--drain")


def test_a_case_has_the_images_of_its_posts(say: Say, tmp_path: Path) -> None:
    """With size and digest; they are got out byte for byte when the post is hidden, and when it is gone."""
    assert say("square read", "p2") == f"buy mooncoin image {NAMES[0]} image {NAMES[1]}"
    block(say)
    assert NAMES[0] not in say("square read", "p2")
    told = say("case show", 1)
    assert f"image {NAMES[0]} (image/png, {len(PNG)} bytes)" in told
    assert f"image {NAMES[1]} (image/gif, {len(GIF)} bytes)" in told
    with sqlite3.connect(tmp_path / "here" / "square.db") as database:
        for table in ("shown", "images", "posts"):
            database.execute(f"DELETE FROM square_{table}")  # noqa: S608  names of this test
    database.close()
    for name, content in zip(NAMES, (PNG, GIF), strict=True):
        out = tmp_path / f"evidence-{name[:8]}"
        assert f"{len(content)} bytes" in say("case image", 1, name, out)
        assert out.read_bytes() == content
        assert stat.S_IMODE(out.stat().st_mode) == 0o600


def test_an_image_that_is_not_kept_is_told(say: Say, tmp_path: Path) -> None:
    """And no file is made; neither is one over another."""
    out = tmp_path / "out.png"
    assert "case 1 keeps no image abc" in say("case image", 1, "abc", out, code=2)
    assert not out.exists()
    out.write_bytes(b"mine")
    assert "cannot be made" in say("case image", 1, NAMES[0], out, code=2)
    assert out.read_bytes() == b"mine"


def test_an_export_names_the_images(say: Say, tmp_path: Path) -> None:
    """By their digests."""
    say("account export", ACCOUNT, tmp_path / "out.json")
    (item,) = json.loads((tmp_path / "out.json").read_bytes())["found"]
    assert item["images"] == NAMES


def test_an_export_names_the_images_of_posts_that_nothing_was_found_on(say: Say, tmp_path: Path) -> None:
    """Of those that somebody has complained of, and that an order names: as they were then, each once."""
    complained = say("square post", "moonharbor", "good morning", "--image", tmp_path / "code.png")
    ordered = say("square post", "moonharbor", "good night", "--image", tmp_path / "coin.gif")
    for reader in ("rae", "rob"):
        about = ("--as", f"square/reader/{reader}", "--reason", "fraud", "--text", "my words")
        say("complaint file", f"{ACCOUNT}/{complained}", *about)
        say("complaint file", f"{ACCOUNT}/p2", *about)
    for clerk in ("chen", "dong"):
        say("person", clerk, "--role", "clerk")
    order = ("--authority", "Bureau 7", "--reference", "1", "--basis", "im-2014", "--scope", "content")
    about = ("--target", f"{ACCOUNT}/{ordered}", "--territory", "CN", "--text", "their words")
    say("order enter", "--as", "chen", *order, *about, "--deadline", "2099-01-01T00:00:00+08:00")
    say("order confirm", 2, "--as", "dong")
    say("worker", "--drain")
    say("account export", ACCOUNT, tmp_path / "out.json")
    written = (tmp_path / "out.json").read_text(encoding="utf-8")
    assert json.loads(written)["brought_in"] == [
        {"post": complained, "text": "good morning", "images": [NAMES[0]]},
        {"post": ordered, "text": "good night", "images": [NAMES[1]]},
    ]
    assert "words" not in written


def test_erasing_erases_the_images(say: Say, tmp_path: Path) -> None:
    """Not even encrypted are they there any more."""
    block(say)
    say("account erase", ACCOUNT)
    assert "keeps no image" in say("case image", 1, NAMES[0], tmp_path / "out.png", code=2)
    assert "image" not in say("case show", 1)
    with sqlite3.connect(tmp_path / "here" / "vault" / "contents.db") as database:
        assert database.execute("SELECT count(*) FROM contents").fetchone() == (0,)
    database.close()


def test_what_is_no_image_is_not_published(say: Say, tmp_path: Path) -> None:
    """A file that is not there, one that is no image, one that is too large: each with its mend."""
    (tmp_path / "text.png").write_text("no image")
    (tmp_path / "large.png").write_bytes(PNG.ljust(6_000_000, b"."))
    for name, told in (
        ("nowhere.png", "nowhere.png cannot be read: No such file"),
        ("text.png", "image 1 is none that is taken: make it a PNG, JPEG, GIF or WebP"),
        ("large.png", "image 1 has more than 5,000,000 bytes"),
    ):
        assert told in say("square post", "moonharbor", "x", "--image", tmp_path / name, code=2)
