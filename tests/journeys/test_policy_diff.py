"""`tipstaff policy diff` as policy owners use it: on a terminal, as JSON, and as a report."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest
from policies import example, group, rule, signal, write_policy

TIPSTAFF = str(Path(sys.executable).with_name("tipstaff"))
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("LC_")}

COIN = {
    "signals/signals.toml": signal("lexicon", "offer", terms="offer.csv")
    + signal("lexicon", "caution", terms="caution.csv"),
    "signals/offer.csv": group("buy mooncoin"),
    "signals/caution.csv": group("beware"),
    "rules.toml": rule("offer", "offer > 0")
    + rule("caution", "caution > 0", outcome="permitted", exempts=["offer"]),
    "examples.jsonl": example("buy mooncoin", "violation") + example("beware: buy mooncoin", "permitted"),
}
STRICTER = {
    **COIN,
    "rules.toml": rule("offer", "offer > 0") + rule("hint", "caution > 0", outcome="review"),
    "examples.jsonl": example("buy mooncoin", "violation"),
}


def tipstaff_diff(*arguments: object, code: int = 0) -> subprocess.CompletedProcess[str]:
    """Run `tipstaff policy diff`, and check its exit code."""
    done = subprocess.run(  # noqa: S603
        [TIPSTAFF, "policy", "diff", *map(str, arguments)],
        env=ENVIRONMENT | {"LANG": "C.UTF-8"},
        capture_output=True,
        check=False,
        text=True,
        timeout=300,
    )
    assert done.returncode == code, done.stdout + done.stderr
    return done


@pytest.fixture(scope="module")
def coin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a small policy that loads."""
    return write_policy(tmp_path_factory.mktemp("policies") / "coin", COIN)


@pytest.fixture(scope="module")
def stricter(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the same policy without its exemption."""
    return write_policy(tmp_path_factory.mktemp("policies") / "stricter", STRICTER)


POSTS = [
    {"id": 1, "account": "ann", "text": "buy mooncoin"},
    {"id": 2, "account": "ben", "text": "beware: buy mooncoin"},
    {"id": 3, "account": "ben", "host": "square", "text": "beware of the dog"},
    {
        "id": "<script>alert(1)</script>",
        "account": "<img src=x onerror=y>",
        "text": "</p>\u202ebeware<b>\u0000",
    },
]


@pytest.fixture(scope="module")
def posts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write posts, one of which would like to be markup, and a line that is none."""
    file = tmp_path_factory.mktemp("posts") / "posts.jsonl"
    file.write_text("".join(json.dumps(post) + "\n" for post in POSTS) + "no post\n")
    return file


def test_diff_counts_what_would_change(coin: Path, stricter: Path, posts: Path) -> None:
    """Posts, rules, accounts and examples are told as JSON, and bad lines are counted and named."""
    done = tipstaff_diff(coin, stricter, "--on", posts, "--json")
    report = json.loads(done.stdout)
    changes = ("newly_caught", "newly_let_through", "changed_outcome")
    assert [report[name] for name in ("posts", "rejects", *changes)] == [4, 1, 3, 0, 0]
    assert report["verdicts"]["permitted"] == {"violation": 1, "review": 2, "permitted": 0, "none": 0}
    told = {row["rule"]: (row["before"], row["after"], row["newly_caught"]) for row in report["rules"]}
    assert told == {"offer": (1, 2, 1), "caution": (3, None, 0), "hint": (None, 3, 3)}
    assert [(row["account"], row["host"], row["newly_caught"]) for row in report["accounts"]] == [
        ("<img src=x onerror=y>", None, 1),
        ("ben", None, 1),
        ("ben", "square", 1),
    ]
    caught = {
        row["post"]["id"]: (row["rule"], row["old_verdict"], row["new_verdict"]) for row in report["examples"]
    }
    assert caught["2"] == ("offer", "permitted", "violation")
    assert "posts.jsonl:5" in done.stderr


def test_diff_shows_changed_posts_with_their_evidence(coin: Path, stricter: Path, posts: Path) -> None:
    """The terminal view names the change, the verdicts with their rules, and marks the evidence."""
    shown = tipstaff_diff(stricter, coin, "--on", posts).stdout
    assert "one name and version, but not one digest" in shown
    assert "4 posts: 0 newly caught, 3 newly let through, 0 changed outcome" in shown
    assert "violation (offer, hint) → permitted (caution)" in shown
    assert "beware‹caution›: buy mooncoin‹offer›" in shown
    assert "\u202e" not in shown
    assert "\x00" not in shown


class Page(HTMLParser):
    """Collects what a page consists of."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, str] = {}
        self._open: list[str] = []
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open an element."""
        self.tags.append((tag, dict(attrs)))
        if tag not in {"meta", "br"}:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Close the element that was opened last."""
        assert self._open.pop() == tag, f"{tag} closes nothing"

    def handle_data(self, data: str) -> None:
        """Add text to every open element."""
        for tag in set(self._open):
            self.texts[tag] = self.texts.get(tag, "") + data

    @property
    def balanced(self) -> bool:
        """Whether every element was closed."""
        return not self._open


@pytest.fixture(scope="module")
def page(coin: Path, stricter: Path, posts: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Make the report of a back-test."""
    file = tmp_path_factory.mktemp("report") / "report.html"
    tipstaff_diff(coin, stricter, "--on", posts, "--html", file)
    return file.read_text()


def test_the_report_is_one_page_that_does_nothing(page: str) -> None:
    """No scripts, no handlers, no addresses that would be loaded; every tag is closed."""
    parsed = Page(page)
    assert parsed.balanced
    tags = {tag for tag, _ in parsed.tags}
    assert not tags & {"script", "img", "link", "iframe", "object", "base", "form", "a"}
    names = {name for _, attributes in parsed.tags for name in attributes}
    assert not {name for name in names if name.startswith("on") or name in {"src", "href", "style"}}
    assert "url(" not in parsed.texts["style"]
    assert "@import" not in parsed.texts["style"]


def test_the_report_lets_in_its_own_style_only(page: str) -> None:
    """The content security policy has the hash of the style as it stands in the page, and nothing else."""
    parsed = Page(page)
    (allowed,) = [
        attributes["content"]
        for tag, attributes in parsed.tags
        if tag == "meta" and attributes.get("http-equiv") == "Content-Security-Policy"
    ]
    digest = base64.b64encode(hashlib.sha256(parsed.texts["style"].encode()).digest()).decode()
    expected = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    assert allowed == expected


def test_the_report_shows_posts_as_they_are(page: str) -> None:
    """Markup in posts, ids and accounts is text; characters that would turn or hide it are made visible."""
    main = Page(page).texts["main"]
    for shown in ("<script>alert(1)</script>", "<img src=x onerror=y>", "</p>\ufffdbeware<b>␀"):
        assert shown in main
    assert "\u202e" not in page
    assert "\x00" not in page


def test_the_report_marks_the_evidence(page: str) -> None:
    """What caught a post is marked by the outcome it is evidence of."""
    assert '<mark class="review" title="caution">beware</mark>: ' in page
    assert '<mark class="violation" title="offer">buy mooncoin</mark>' in page


def test_the_report_speaks_the_owners_language(
    coin: Path, stricter: Path, posts: Path, tmp_path: Path
) -> None:
    """With `--lang zh` the page is in Chinese, and says so to the browser."""
    file = tmp_path / "report.html"
    tipstaff_diff(coin, stricter, "--on", posts, "--html", file, "--lang", "zh")
    page = file.read_text()
    assert '<html lang="zh-Hans">' in page
    assert "这份政策会改变什么" in page
    assert "站规第1条" in page


def test_diff_against_itself_changes_nothing(coin: Path, posts: Path, tmp_path: Path) -> None:
    """The same policy twice is no error: a report that says that nothing can differ."""
    file = tmp_path / "report.html"
    shown = tipstaff_diff(coin, coin, "--on", posts, "--html", file).stdout
    assert "0 newly caught, 0 newly let through, 0 changed outcome" in shown
    assert "not one digest" not in shown
    assert "the same digest" in file.read_text()


def test_diff_takes_what_screen_takes(coin: Path, stricter: Path, tmp_path: Path) -> None:
    """CSV with fields of other names, and several inputs, are read as by `screen`."""
    (tmp_path / "a.csv").write_text("id,author,body\n1,ann,beware\n")
    (tmp_path / "b.csv").write_text("id,author,body\n2,ben,beware\n")
    where = ["--map", "account=author", "--map", "text=body"]
    done = tipstaff_diff(coin, stricter, "--on", tmp_path / "a.csv", tmp_path / "b.csv", "--json", *where)
    assert json.loads(done.stdout)["newly_caught"] == 2


def test_diff_says_what_it_passed_over(coin: Path, stricter: Path, tmp_path: Path) -> None:
    """Lines that are no posts and entries of lists that are no domains are counted; some are shown."""
    lines = [*map(json.dumps, POSTS), *(f"no post {number}" for number in range(9))]
    (tmp_path / "p.jsonl").write_text("\n".join(lines))
    (tmp_path / "sites.txt").write_text("good.com\nbad\n")
    lists = ["--lists", tmp_path / "sites.txt"]
    done = tipstaff_diff(coin, stricter, "--on", tmp_path / "p.jsonl", *lists, "--json")
    assert json.loads(done.stdout)["rejects"] == 9
    assert "9 lines are no posts" in done.stderr
    assert [f"p.jsonl:{line}:" in done.stderr for line in (5, 6, 7, 8)] == [True, True, True, False]
    assert "block list sites: 1 entry left out" in done.stderr
    assert "line 2: 'bad' is a single label" in done.stderr


def test_diff_touches_nothing_before_all_is_checked(coin: Path, posts: Path, tmp_path: Path) -> None:
    """A report that would overwrite its input, or has no place to be, stops the run before it begins."""
    jsonl = tmp_path / "posts.jsonl"
    shutil.copyfile(posts, jsonl)
    assert "would overwrite" in tipstaff_diff(coin, coin, "--on", jsonl, "--html", jsonl, code=2).stderr
    assert jsonl.read_bytes() == posts.read_bytes()
    missing = tmp_path / "none" / "r.html"
    assert "no directory" in tipstaff_diff(coin, coin, "--on", jsonl, "--html", missing, code=2).stderr
