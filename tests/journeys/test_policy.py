"""`tipstaff policy` as policy owners use it."""

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

from tipstaff import PolicyError, load_policy
from tipstaff.policy.load import shipped_policies

TIPSTAFF = str(Path(sys.executable).with_name("tipstaff"))
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("LC_")}
SHIPPED = sorted(shipped_policies())

SIGNALS = signal("lexicon", "offer", terms="offer.csv") + signal("lexicon", "caution", terms="caution.csv")
COIN = {
    "signals/signals.toml": SIGNALS,
    "signals/offer.csv": group(("buy mooncoin", 3), "买月币"),
    "signals/caution.csv": group("beware"),
    "rules.toml": rule("offer", "offer > 0")
    + rule("caution", "caution > 0", outcome="permitted", exempts=["offer"]),
    "examples.jsonl": example("buy mooncoin", "violation", rule="offer")
    + example("beware: buy mooncoin", "permitted", rule="caution")
    + example("nothing"),
}
STRICTER = {
    **COIN,
    "rules.toml": rule("offer", "offer > 0") + rule("hint", "caution > 0", outcome="review"),
    "examples.jsonl": example("buy mooncoin", "violation"),
}


def tipstaff(*arguments: object, code: int = 0, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run `tipstaff policy`, and check its exit code."""
    done = subprocess.run(  # noqa: S603
        [TIPSTAFF, "policy", *map(str, arguments)],
        env=ENVIRONMENT | {"LANG": "C.UTF-8"} | environment,
        capture_output=True,
        check=False,
        text=True,
        timeout=300,
    )
    assert done.returncode == code, done.stdout + done.stderr
    return done


def flat(text: str) -> str:
    """Return a text with all white space as single spaces: where lines break depends on their width."""
    return " ".join(text.split())


@pytest.fixture(scope="module")
def coin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a small policy that loads."""
    return write_policy(tmp_path_factory.mktemp("policies") / "coin", COIN)


@pytest.fixture(scope="module")
def stricter(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the same policy without its exemption."""
    return write_policy(tmp_path_factory.mktemp("policies") / "stricter", STRICTER)


def test_list_names_all_that_ships() -> None:
    """Every policy has its line, whether its examples pass or not."""
    shown = tipstaff("list").stdout
    for name in SHIPPED:
        assert f"  {name} " in shown


def test_show_says_all_that_is_in_a_policy(coin: Path) -> None:
    """Provisions, ladder, signals and rules are shown in the language asked for."""
    shown = flat(tipstaff("show", coin, "--lang", "zh").stdout)
    for part in ("小政策", "站规第1条", "https://example.org/house-1", "warn", "close_account", "lexicon"):
        assert part in shown
    assert "caution permitted 2 house-1 caution (exempts offer)" in shown


def test_explain_shows_what_a_rule_reads(coin: Path) -> None:
    """Condition, terms, provision, exemption and the examples that exercise it are shown."""
    shown = flat(tipstaff("explain", coin, "offer").stdout)
    assert "Condition offer > 0" in shown
    assert "2 terms in signals/offer.csv: buy mooncoin (3), 买月币" in shown
    assert "house-1: House rules, article 1" in shown
    assert "Exempted by caution" in shown
    assert "1 violation fires buy mooncoin" in shown
    assert "2 permitted exempted by caution beware: buy mooncoin" in shown
    assert "nothing" not in shown


def test_explain_knows_what_was_meant(coin: Path) -> None:
    """A misspelt rule is an error that names the nearest one."""
    assert "has no rule 'ofer'; did you mean 'offer'?" in tipstaff("explain", coin, "ofer", code=2).stderr


def test_test_passes_a_good_policy(coin: Path) -> None:
    """All examples come out as promised: exit code 0."""
    assert "all 3 examples come out as promised" in tipstaff("test", coin).stdout


def test_test_shows_every_example_that_fails(tmp_path: Path) -> None:
    """Failing examples are shown with what came out instead, and give exit code 1."""
    wrong = example("buy mooncoin", "review") + example("nothing", "violation") + example("nothing")
    shown = flat(
        tipstaff("test", write_policy(tmp_path / "p", {**COIN, "examples.jsonl": wrong}), code=1).stdout
    )
    assert "1 review the verdict is violation, not review (rules: offer) buy mooncoin" in shown
    assert "2 violation the verdict is none, not violation (rules: none) nothing" in shown
    assert "2 of 3 examples fail" in shown
    assert "no example makes rule caution fire" in shown


def test_test_reports_all_faults_of_a_policy_that_cannot_be_read(tmp_path: Path) -> None:
    """Faults in the files are told all at once, with exit code 2: no example is run."""
    faulty = rule("offer", "ofer > 0") + rule("caution", "caution >", outcome="permitted", exempts=["offer"])
    told = tipstaff("test", write_policy(tmp_path / "p", {**COIN, "rules.toml": faulty}), code=2).stderr
    assert "unknown signal 'ofer'; did you mean 'offer'?" in told
    assert "rule caution: the condition does not parse" in told


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_policies_pass_their_tests(name: str) -> None:
    """A policy that ships loads, and its own examples come out as promised."""
    try:
        load_policy(name)
    except PolicyError as error:
        pytest.skip(f"{name} does not load: {error}"[:200])
    assert "come out as promised" in tipstaff("test", name).stdout


def test_a_new_policy_works(tmp_path: Path) -> None:
    """What `new` makes has the name asked for, passes its tests and explains its files."""
    tipstaff("new", "my-policy", "--in", tmp_path)
    folder = tmp_path / "my-policy"
    assert load_policy(folder).name == "my-policy"
    assert "examples come out as promised" in tipstaff("test", folder).stdout
    readme = (folder / "README.md").read_text()
    for file in folder.rglob("*"):
        if file.is_file() and file.suffix != ".csv" and file.name != "README.md":
            assert f"`{file.relative_to(folder)}`" in readme
    assert "POLICY-NAME" not in "".join(file.read_text() for file in folder.rglob("*") if file.is_file())


def test_new_never_overwrites(tmp_path: Path) -> None:
    """A folder or file that is there already is left as it is."""
    (tmp_path / "mine").write_text("precious")
    assert "exists already" in tipstaff("new", "mine", "--in", tmp_path, code=2).stderr
    assert (tmp_path / "mine").read_text() == "precious"


@pytest.mark.parametrize("name", ["Mine", "../mine", "x", "my policy", ""])
def test_new_refuses_names_that_cannot_be_loaded(name: str, tmp_path: Path) -> None:
    """A name that no policy may have makes no folder."""
    tipstaff("new", name, "--in", tmp_path, code=2)
    assert list(tmp_path.iterdir()) == []


def training(count: int) -> str:
    """Return training texts that are easy to tell apart."""
    lines = []
    for number in range(count):
        lines.append(
            {"text": f"join group {number} and get rich", "label": "violation", "lang": "en", "kind": "group"}
        )
        lines.append(
            {"text": f"第{number}届足球联赛今天开幕", "label": "unrelated", "lang": "zh", "kind": "sport"}
        )
    return "".join(json.dumps(line) + "\n" for line in lines)


def test_train_makes_weights_that_a_policy_can_use(tmp_path: Path) -> None:
    """`learned.bin` is written and measured, its digest is shown, and the policy loads with it."""
    files = {
        **COIN,
        "signals/signals.toml": SIGNALS + signal("learned", "taught"),
        "train.jsonl": training(10),
    }
    folder = write_policy(tmp_path / "p", files)
    assert "tipstaff policy train" in tipstaff("test", folder, code=2).stderr
    shown = tipstaff("train", folder).stdout
    assert hashlib.sha256((folder / "learned.bin").read_bytes()).hexdigest() in shown
    assert "violation all 10 100.0%" in flat(shown)
    assert "unrelated zh 10 0.0%" in flat(shown)
    assert "come out as promised" in tipstaff("test", folder).stdout
    assert list(folder.glob("learned.bin?*")) == []


def test_train_says_when_there_is_too_little_to_measure(tmp_path: Path) -> None:
    """With fewer than five texts of a class the weights are made, but no table pretends to measure them."""
    folder = write_policy(tmp_path / "p", {**COIN, "train.jsonl": training(2)})
    assert "too few texts" in tipstaff("train", folder).stdout
    assert (folder / "learned.bin").exists()


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (None, "nothing to learn from"),
        (json.dumps({"text": "a", "label": "violation"}), "nothing to learn from"),
        ('{"text": 1}\n{"label": 2}', "train.jsonl:2"),
    ],
)
def test_train_refuses_what_it_cannot_learn_from(lines: str | None, told: str, tmp_path: Path) -> None:
    """Without texts of both classes, or with lines that cannot be read, no weights are written."""
    folder = write_policy(tmp_path / "p", {**COIN, "train.jsonl": lines})
    assert told in tipstaff("train", folder, code=2).stderr
    assert not (folder / "learned.bin").exists()


def sample(folder: Path, **files: list[dict[str, str]]) -> Path:
    """Write the texts that a policy is measured on."""
    folder.mkdir(exist_ok=True)
    for name, rows in files.items():
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return folder


def test_evaluate_writes_the_figures_that_others_rely_on(coin: Path, tmp_path: Path) -> None:
    """The keys of the JSON are fixed, and the figures are the counted ones."""
    data = sample(
        tmp_path / "data",
        violation=[
            {"text": "buy mooncoin", "lang": "en", "source": "x"},
            {"text": "买月币", "lang": "zh"},
            {"text": "?"},
        ],
        permitted=[{"text": "beware, they say buy mooncoin"}, {"text": "moon"}],
        unrelated=[{"text": "tea", "title": "buy mooncoin"}],
        evasion=[{"text": "b\u200buy m\u200booncoin", "technique": "zero_width"}],
        evasion_controls=[{"text": "m\u200boon"}, {"text": "buy mooncoin"}],
    )
    figures = json.loads(tipstaff("evaluate", coin, "--data", data, "--json").stdout)
    assert figures["files"] == {
        "violation": {"rows": 3, "violation": 2, "review": 0, "permitted": 0, "none": 1},
        "permitted": {"rows": 2, "violation": 0, "review": 0, "permitted": 1, "none": 1},
        "unrelated": {"rows": 1, "violation": 1, "review": 0, "permitted": 0, "none": 0},
        "evasion": {"rows": 1, "violation": 1, "review": 0, "permitted": 0, "none": 0},
        "evasion_controls": {"rows": 2, "violation": 1, "review": 0, "permitted": 0, "none": 1},
    }
    judged = ("precision", "recall", "recall_with_review", "evasion_recall", "control_false_alarms")
    assert [figures[name] for name in judged] == pytest.approx([2 / 3, 2 / 3, 2 / 3, 1.0, 1])
    assert figures["groups"]["violation"]["lang"]["zh"]["violation"] == 1
    assert figures["intervals"]["recall"]["low"] == pytest.approx(0.2077, abs=1e-4)
    assert figures["skipped"] == []


def test_evaluate_skips_missing_files_visibly(coin: Path, tmp_path: Path) -> None:
    """A file that is not there is said to be skipped, and what needs it has no value."""
    data = sample(tmp_path / "data", violation=[{"text": "buy mooncoin"}])
    shown = tipstaff("evaluate", coin, "--data", data).stdout
    assert shown.count("skipped: no such file") == 4
    assert "violation 1 100.0% [20.7-100.0]" in flat(shown)
    figures = json.loads(tipstaff("evaluate", coin, "--data", data, "--json").stdout)
    assert (figures["precision"], figures["evasion_recall"], figures["control_false_alarms"]) == (
        None,
        None,
        None,
    )


def test_evaluate_shows_misses_with_their_evidence(coin: Path, tmp_path: Path) -> None:
    """`--errors N` shows so many texts of each file that came out wrong, with what was found on them."""
    data = sample(
        tmp_path / "data",
        violation=[{"text": "a clever offer"}, {"text": "another"}],
        permitted=[{"text": "they buy mooncoin"}],
    )
    shown = flat(tipstaff("evaluate", coin, "--data", data, "--errors", 1).stdout)
    assert "violation: 2 came out wrong" in shown
    assert "a clever offer" in shown
    assert "another" not in shown
    assert "buy mooncoin‹offer›" in shown


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "none of violation.jsonl"),
        ("", "there are no texts"),
        ('{"text": 1}', "violation.jsonl:1: the line"),
    ],
)
def test_evaluate_needs_texts(coin: Path, tmp_path: Path, content: str | None, told: str) -> None:
    """No file, an empty file and a line that cannot be read are errors that say where."""
    if content is not None:
        (tmp_path / "violation.jsonl").write_text(content)
    assert told in tipstaff("evaluate", coin, "--data", tmp_path, code=2).stderr


def test_evaluate_needs_a_policy_that_loads(tmp_path: Path) -> None:
    """A policy whose examples fail is not measured."""
    data = sample(tmp_path / "data", violation=[{"text": "x"}])
    broken = write_policy(tmp_path / "p", {**COIN, "examples.jsonl": example("buy mooncoin")})
    assert "the verdict is violation, not none" in tipstaff("evaluate", broken, "--data", data, code=2).stderr


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
    done = tipstaff("diff", coin, stricter, "--on", posts, "--json")
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
    shown = tipstaff("diff", stricter, coin, "--on", posts).stdout
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
    tipstaff("diff", coin, stricter, "--on", posts, "--html", file)
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
    tipstaff("diff", coin, stricter, "--on", posts, "--html", file, "--lang", "zh")
    page = file.read_text()
    assert '<html lang="zh-Hans">' in page
    assert "这份政策会改变什么" in page
    assert "站规第1条" in page


def test_diff_against_itself_changes_nothing(coin: Path, posts: Path, tmp_path: Path) -> None:
    """The same policy twice is no error: a report that says that nothing can differ."""
    file = tmp_path / "report.html"
    shown = tipstaff("diff", coin, coin, "--on", posts, "--html", file).stdout
    assert "0 newly caught, 0 newly let through, 0 changed outcome" in shown
    assert "the same digest" in file.read_text()


def test_diff_takes_what_screen_takes(coin: Path, stricter: Path, tmp_path: Path) -> None:
    """CSV with fields of other names, and several inputs, are read as by `screen`."""
    (tmp_path / "a.csv").write_text("id,author,body\n1,ann,beware\n")
    (tmp_path / "b.csv").write_text("id,author,body\n2,ben,beware\n")
    where = ["--map", "account=author", "--map", "text=body"]
    done = tipstaff("diff", coin, stricter, "--on", tmp_path / "a.csv", tmp_path / "b.csv", "--json", *where)
    assert json.loads(done.stdout)["newly_caught"] == 2


def test_diff_touches_nothing_before_all_is_checked(coin: Path, posts: Path, tmp_path: Path) -> None:
    """A report that would overwrite its input, or has no place to be, stops the run before it begins."""
    jsonl = tmp_path / "posts.jsonl"
    shutil.copyfile(posts, jsonl)
    assert "would overwrite" in tipstaff("diff", coin, coin, "--on", jsonl, "--html", jsonl, code=2).stderr
    assert jsonl.read_bytes() == posts.read_bytes()
    missing = tmp_path / "none" / "r.html"
    assert "no directory" in tipstaff("diff", coin, coin, "--on", jsonl, "--html", missing, code=2).stderr
