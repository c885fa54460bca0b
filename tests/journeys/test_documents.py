"""Documents that come with an order or an appeal are there for who confirms, decides or judges."""

from __future__ import annotations

import hashlib
import stat
from pathlib import Path
from typing import Final

import pytest
from policies import write_policy
from saying import Say, saying

DOCUMENT: Final = b"%PDF-1.7 \x00\xff ..."
DIGEST: Final = hashlib.sha256(DOCUMENT).hexdigest()
TERMS: Final = (
    "--authority", "court", "--reference", "2026/7", "--basis", "im-2014", "--scope", "account",
    "--target", "square/account/news", "--territory", "CN", "--deadline", "2099-01-01T00:00:00+08:00",
    "--text", "关闭",
)  # fmt: skip


@pytest.fixture
def say(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Say:
    """Return what runs a command on an installation with an account that was found, and a document beside."""
    run = saying(tmp_path / "here", capsys)
    run("init", "--origin", "example.org/log", "--policy", write_policy(tmp_path / "policy"))
    for name, role in (("alice", "reviewer"), ("chen", "clerk")):
        run("person", name, "--role", role)
    run("square account", "news", "News")
    run("square post", "news", "bitcoin")
    run("case find")
    (tmp_path / "document.pdf").write_bytes(DOCUMENT)
    return run


def test_who_judges_an_appeal_reads_its_document(say: Say, tmp_path: Path) -> None:
    """`case show` names it, and it is got out byte for byte; what the subject has sent is in their export."""
    say("case decide", 1, "--as", "alice", "--measure", "warn", "--post", "p2", "--reasons", "an offer")
    say("worker", "--drain")
    say("appeal file", 1, 1, "--text", "我们有牌照", "--attachment", tmp_path / "document.pdf")
    assert f"with a document, SHA-256 {DIGEST}" in say("case show", 1)
    out = tmp_path / "out.pdf"
    assert f"{len(DOCUMENT)} bytes" in say("appeal document", 1, 1, out)
    assert (out.read_bytes(), stat.S_IMODE(out.stat().st_mode)) == (DOCUMENT, 0o600)
    assert "cannot be made" in say("appeal document", 1, 1, out, code=2)
    say("account export", "square/account/news", tmp_path / "export.json")
    assert DIGEST in (tmp_path / "export.json").read_text()


def test_who_confirms_an_order_reads_its_document(say: Say, tmp_path: Path) -> None:
    """`order show` names it."""
    say("order enter", "--as", "chen", *TERMS, "--attachment", tmp_path / "document.pdf")
    assert f"With a document, SHA-256 {DIGEST}: tipstaff order document" in say("order show", 2)
    out = tmp_path / "out.pdf"
    say("order document", 2, out)
    assert out.read_bytes() == DOCUMENT


def test_where_no_document_came_that_is_said(say: Say, tmp_path: Path) -> None:
    """And no file is made."""
    say("order enter", "--as", "chen", *TERMS)
    out = tmp_path / "out.pdf"
    assert "no document goes with order 2" in say("order document", 2, out, code=2)
    assert "no document goes with an appeal against decision 1 of case 1" in say(
        "appeal document", 1, 1, out, code=2
    )
    assert "it is an order" in say("appeal document", 2, 1, out, code=2)
    assert not out.exists()
