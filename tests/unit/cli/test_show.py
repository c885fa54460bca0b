"""What commands show on a terminal."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console, RenderableType

from tipstaff import Evidence, Post, load_policy, screen
from tipstaff.cli.show import highlighted, show_post, show_summary, visible
from tipstaff.streams.summary import Summary

MINI = Path(__file__).parents[1] / "streams" / "mini"


def _plain(shown: RenderableType, width: int = 100) -> str:
    console = Console(file=io.StringIO(), width=width)
    console.print(shown)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def _evidence(start: int, end: int, signal: str = "offers") -> Evidence:
    return Evidence(signal, "text", start, end, "", "")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31m", "␛[31m"),
        ("a\r\x00\x7f", "a␍␀␡"),
        ("\u202eevil\u2066", "\ufffdevil\ufffd"),
        ("买\n\t", "买\n\t"),
    ],
)
def test_visible(text: str, shown: str) -> None:
    """What would steer the terminal or turn the reading direction is made visible, one for one."""
    assert visible(text) == shown


def test_labels() -> None:
    """Each piece of evidence is followed by its signal; places that end together share a label."""
    found = [(_evidence(0, 3), "red"), (_evidence(4, 7), "red"), (_evidence(5, 7, "hints"), "red")]
    assert highlighted("buy now all", found).plain == "buy‹offers› now‹offers›‹hints› all"


def test_underlined() -> None:
    """The evidence itself is underlined, in its place after labels and wide characters."""
    text = highlighted("买月币 now", [(_evidence(0, 1), "red"), (_evidence(4, 7), "bold green")])
    styled = {
        text.plain[span.start : span.end]: str(span.style)
        for span in text.spans
        if "under" in str(span.style)
    }
    assert styled == {"买": "red underline", "now": "bold green underline"}


def test_long_text() -> None:
    """Of a long text only what is near evidence is shown."""
    text = "x" * 1000 + "here" + "y" * 1000 + "there" + "z" * 1000
    shown = highlighted(text, [(_evidence(1000, 1004), "red"), (_evidence(2004, 2009), "red")]).plain
    assert shown == f"… {'x' * 90}here‹offers›{'y' * 90} … {'y' * 90}there‹offers›{'z' * 90} …"


def test_markup_of_others() -> None:
    """Names and texts of others cannot bring in styles, links or control characters."""
    policy = load_policy(MINI)
    post = Post(id="[red]1", account="[link=https://x.example]a\x1b", text="[bold]buy mooncoin[/bold]\x1b[2J")
    shown = _plain(show_post(post, screen([post], policy), [policy]))
    assert "[link=https://x.example]a␛ · [red]1" in shown
    assert "[bold]buy mooncoin‹offers›[/bold]␛[2J" in shown
    assert "\x1b" not in shown


def test_explained() -> None:
    """Below a post stands what each finding means, the gravest first, exempted ones last."""
    policy = load_policy(MINI)
    post = Post(id="1", account="a", title="moonclub", text="beware: buy mooncoin")
    lines = [
        line.strip("│ \n") for line in _plain(show_post(post, screen([post], policy), [policy])).splitlines()
    ]
    assert lines[1:-1] == [
        "moonclub‹hints›",
        "beware‹warnings›: buy mooncoin‹offers›",
        "",
        "review mini/maybe (score 28): Hints at it",
        "The Law, art. 1",
        "",
        "permitted mini/caution (score 16): Warns of it",
        "The Law, art. 1",
        "",
        "violation mini/offer (score 52): Offers mooncoin; exempted by caution",
        "The Law, art. 1",
    ]


def test_summary() -> None:
    """The summary has the figures, the findings by rule and the accounts to review first."""
    policy = load_policy(MINI)
    posts = [Post(id=str(i), account=f"acc{i}", text="buy mooncoin", followers=10**i) for i in range(5)]
    summary = Summary()
    summary.add(posts, screen(posts, policy), rejects=1)
    console = Console(file=io.StringIO(), width=80)
    show_summary(console, summary, [policy], 2.0, limit=2)
    assert isinstance(console.file, io.StringIO)
    words = [line.split() for line in console.file.getvalue().splitlines()]
    assert [
        "5",
        "posts,",
        "5",
        "findings,",
        "5",
        "accounts;",
        "lines",
        "rejected:",
        "1;",
        "2.0",
        "s,",
        "2",
        "posts/s",
    ] in words
    assert ["offer", "violation", "5", "Offers", "mooncoin"] in words
    assert words.index(["acc4", "224", "1", "1", "(100%)", "10,000", "offer", "1"]) > 0
    assert ["and", "3", "more", "accounts"] in words
