"""What commands show on a terminal."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from tipstaff import Post, load_policy, screen
from tipstaff.cli.console import make_console
from tipstaff.cli.show import Mark, accounts_table, headline, highlighted, show_post, show_summary
from tipstaff.cli.visible import escaped, visible
from tipstaff.screening.accounts import AccountReview, Accounts, Roll
from tipstaff.screening.batches import Batch
from tipstaff.screening.engine import make_engine
from tipstaff.streams.summary import Summary

MINI = Path(__file__).parents[1] / "streams" / "mini"


def _plain(shown: RenderableType, width: int = 100) -> str:
    console = Console(file=io.StringIO(), width=width)
    console.print(shown)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


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
    """Each mark is followed by its label, if it has one."""
    marks = [Mark(0, 3, "offers", "red"), Mark(4, 7, "", "red"), Mark(8, 11, "hints", "red")]
    assert highlighted("buy now all", marks).plain == "buy‹offers› now all‹hints›"


def test_labels_that_meet() -> None:
    """Marks that overlap are labelled behind the last of them, each label once, one label for each place."""
    marks = [Mark(0, 3, "a", "red"), Mark(2, 6, "b", "red"), Mark(0, 3, "c", "red"), Mark(4, 5, "a", "red")]
    assert highlighted("abcdefgh", marks).plain == "abcdef‹a›‹b›gh"


def test_underlined() -> None:
    """The marked text itself is underlined, in its place after labels and wide characters."""
    text = highlighted("买月币 now", [Mark(0, 1, "a", "red"), Mark(4, 7, "b", "bold green")])
    styled = {
        text.plain[span.start : span.end]: str(span.style)
        for span in text.spans
        if "under" in str(span.style)
    }
    assert styled == {"买": "red underline", "now": "bold green underline"}


def test_most_important_style() -> None:
    """Where marks meet, the style of the one given first shows."""
    console = Console(file=io.StringIO(), force_terminal=True, color_system="standard")
    with console.capture() as captured:
        console.print(highlighted("buy", [Mark(0, 3, "", "red"), Mark(0, 3, "", "green")]))
    assert captured.get() == "\x1b[4;31mbuy\x1b[0m\n"


def test_long_text() -> None:
    """Of a long text only what is near a mark is shown."""
    text = "x" * 1000 + "here" + "y" * 1000 + "there" + "z" * 1000
    shown = highlighted(text, [Mark(1000, 1004, "a", "red"), Mark(2004, 2009, "b", "red")]).plain
    assert shown == f"… {'x' * 90}here‹a›{'y' * 90} … {'y' * 90}there‹b›{'z' * 90} …"


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
        "review mini/maybe (score 28): Hints at it [law-1]",
        "permitted mini/caution (score 16): Warns of it [law-1]",
        "violation mini/offer (score 52): Offers mooncoin; exempted by caution [law-1]",
        "[law-1] The Law, art. 1",
    ]


def test_summary() -> None:
    """The summary has the figures, the findings by rule and the accounts to review first."""
    policy = load_policy(MINI)
    posts = [Post(id=str(i), account=f"acc{i}", text="buy mooncoin", followers=10**i) for i in range(5)]
    summary = Summary()
    found = list(make_engine((policy,)).by_post(Batch.of(posts)))
    summary.add(len(posts), found, rejects=1)
    roll = Roll()
    roll.add(Accounts.of(posts, found))
    console = Console(file=io.StringIO(), width=80)
    show_summary(console, summary, roll, [policy], 2.0, limit=2)
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
    assert words.index(["acc4", "224", "1", "1", "(100%)", "10,000", "1", "offer"]) > 0
    assert ["and", "3", "more", "accounts"] in words


def test_one_of_each() -> None:
    """One post is no posts."""
    summary = Summary()
    summary.add(1, [], rejects=0)
    assert str(headline(summary, 1, 0.5)) == "1 post, 0 findings, 1 account; 0.5 s, 2 posts/s"


def test_nothing_of_a_rule_is_cut_off() -> None:
    """On a narrow terminal the rules of an account go on in the next line."""
    rule = "a-rule-whose-name-has-forty-letters-at-x"
    review = AccountReview(
        account="mia", host=None, priority=1, posts=1, violating=1, share=1.0, top_score=1, followers=1_000,
        first=None, last=None, findings={"policy": {rule: 12}},
    )  # fmt: skip
    shown = _plain(accounts_table([review], 1), 80)
    assert max(map(len, shown.splitlines())) <= 80
    assert rule in "".join(line.split()[-1] for line in shown.splitlines() if line.strip())


def test_a_console_is_not_steered_by_what_it_prints() -> None:
    """Text of others is made visible wherever it stands: in a line, a table, a text with a style."""
    file = io.StringIO()
    console = make_console(file)
    table = Table("name")
    table.add_row(Text("a\x1b[2Jb", "bold"))
    console.print("one\x1b]0;title\x07\ttwo\nthree", table, Text("red\x9b", "red"))
    shown = file.getvalue()
    assert "\x1b" not in shown
    assert "\x9b" not in shown
    assert "a␛[2J" in shown
    assert "three\n" in shown


def test_what_is_escaped_says_the_same_as_json() -> None:
    """JSON that is escaped steers nothing, and reads as before."""
    value = {"买\x9b": "a\u202eb\x7f\u2028\n\x1b"}
    text = json.dumps(value, ensure_ascii=False, indent=2)
    assert escaped(text) == visible(escaped(text))
    assert escaped(text) != text
    assert json.loads(escaped(text)) == value
