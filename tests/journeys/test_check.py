"""`tipstaff check` as authors use it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from policies import example, group, rule, signal, write_policy

from tipstaff import PolicyError, load_policy
from tipstaff.policy.load import shipped_policies

TIPSTAFF = str(Path(sys.executable).with_name("tipstaff"))
ROOT = Path(__file__).parents[2]
ENVIRONMENT = {name: value for name, value in os.environ.items() if name not in {"LC_ALL", "LC_MESSAGES"}}


@pytest.fixture(scope="module")
def policy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a policy about a coin: offers are violations, praise goes to review, warnings are free."""
    signals = (
        signal("lexicon", "offer", terms="offer.csv")
        + signal("lexicon", "praise", terms="praise.csv")
        + signal("pattern", "hype", expressions=["mooncoin to the moon today"])
        + signal("lexicon", "caution", terms="caution.csv")
        + signal("fact", "declared", field="sponsored")
    )
    rules = (
        rule("coin-offer", "offer > 0 AND NOT declared")
        + rule("coin-praise", "praise > 0", outcome="review")
        + rule("coin-hype", "hype > 0", outcome="review")
        + rule("coin-caution", "caution > 0", outcome="permitted", exempts=["coin-offer"])
    ).replace(
        'explanation = { zh = "coin-offer", en = "coin-offer" }',
        'explanation = { zh = "不得兜售。", en = "Do not offer coins." }',
    )
    files = {
        "signals/signals.toml": signals,
        "rules.toml": rules,
        "signals/offer.csv": group("buy mooncoin", "买月币"),
        "signals/praise.csv": group("to the moon"),
        "signals/caution.csv": group("beware"),
        "examples.jsonl": example("buy mooncoin", "violation"),
    }
    return write_policy(tmp_path_factory.mktemp("policies") / "coin", files)


def check(
    policy: Path | str, *arguments: object, stdin: str = "", code: int = 0, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run `tipstaff check`, and check its exit code."""
    command = [TIPSTAFF, "check", "--policy", str(policy), *map(str, arguments)]
    done = subprocess.run(  # noqa: S603
        command,
        input=stdin,
        env=ENVIRONMENT | {"LANG": "C.UTF-8"} | environment,
        capture_output=True,
        check=False,
        text=True,
        timeout=120,
    )
    assert done.returncode == code, done.stdout + done.stderr
    return done


def test_a_violation_is_shown_where_it_stands(policy: Path, tmp_path: Path) -> None:
    """Place, rule, line with carets, explanation and provision are shown, and the exit code is 1."""
    file = tmp_path / "article.md"
    file.write_text("# News\n\nToday you **buy mooncoin** here.\n")
    lines = check(policy, file, code=1).stdout.splitlines()
    assert lines[0] == f"{file}:3:13: violation: coin-offer [tiny/coin-offer]"
    assert lines[1:3] == [" 3 │ Today you **buy mooncoin** here.", "   │             ^^^^^^^^^^^^"]
    assert "     Do not offer coins." in map(str.rstrip, lines)
    assert "     House rules, article 1" in lines
    assert "     https://example.org/house-1" in lines
    assert lines[-1] == "1 file checked: 1 violation, 0 for review."


def test_a_clean_file_passes(policy: Path, tmp_path: Path) -> None:
    """A file with nothing to find gives exit code 0 and one line."""
    file = tmp_path / "article.txt"
    file.write_text("good morning\n")
    assert check(policy, file).stdout == "1 file checked: nothing found.\n"


def test_a_review_counts_as_found(policy: Path, tmp_path: Path) -> None:
    """What would only go to a reviewer is shown as that, and gives exit code 1."""
    file = tmp_path / "a.txt"
    file.write_text("to the moon")
    shown = check(policy, file, code=1).stdout
    assert f"{file}:1:1: review: coin-praise" in shown
    assert "0 violations, 1 for review" in shown


def test_what_a_rule_exempts_is_not_shown(policy: Path, tmp_path: Path) -> None:
    """An author who warns of offers is not told off."""
    file = tmp_path / "a.txt"
    file.write_text("beware of people who say buy mooncoin")
    assert "nothing found" in check(policy, file).stdout


def test_colour_marks_passages_on_a_terminal(policy: Path, tmp_path: Path) -> None:
    """Violations are red, reviews yellow and not bold, and passages are underlined."""
    file = tmp_path / "a.txt"
    file.write_text("buy mooncoin\nto the moon")
    shown = check(policy, file, code=1, FORCE_COLOR="1", TERM="xterm-256color").stdout
    assert "\x1b[1;4;31mbuy mooncoin\x1b[0m" in shown
    assert "\x1b[4;33mto the moon\x1b[0m" in shown


def test_html_offsets_lead_to_the_source(policy: Path, tmp_path: Path) -> None:
    """Tags and references within a passage belong to it; scripts and styles are not text."""
    source = "<title>T</title>\n<script>'buy mooncoin'</script>\n<p>&lt;3 b&#117;y <b>moon</b>coin</p>\n"
    file = tmp_path / "page.html"
    file.write_text(source)
    (checked,) = json.loads(check(policy, "--json", file, code=1).stdout)["files"]
    assert checked["title"] == "T"
    (problem,) = checked["problems"]
    (passage,) = problem["passages"]
    assert (passage["line"], passage["col"], passage["end_line"]) == (3, 10, 3)
    assert source[passage["start"] : passage["end"]] == "b&#117;y <b>moon</b>coin"
    assert passage["text"] == "buy mooncoin"


def test_json_has_code_point_spans(policy: Path, tmp_path: Path) -> None:
    """Spans count code points of the file, past characters outside the BMP and a byte order mark's place."""
    source = "---\ntitle: 𝒳 买月币\n---\n🙂🙂 Buy-Mooncoin\r\nto the\r\nmoon\r\n"
    file = tmp_path / "a.md"
    file.write_bytes(source.encode())
    report = json.loads(check(policy, "--json", file, code=1).stdout)
    assert (report["violations"], report["reviews"]) == (1, 1)
    (checked,) = report["files"]
    found = [
        (each["field"], source[each["start"] : each["end"]], each["line"], each["col"], each["end_line"])
        for problem in checked["problems"]
        for each in problem["passages"]
    ]
    assert found == [
        ("title", "买月币", 2, 10, 2),
        ("text", "Buy-Mooncoin", 4, 4, 4),
        ("text", "to the\r\nmoon", 5, 1, 6),
    ]
    offer = checked["problems"][0]
    assert offer["provision"] == {
        "id": "house-1",
        "citation": "House rules, article 1",
        "instrument": "House rules",
        "article": "1",
        "jurisdiction": "XX",
        "source": "https://example.org/house-1",
    }
    assert [(fact["signal"], fact["matched"]) for fact in offer["facts"]] == [("declared", "0")]


def test_a_declared_promotion_is_screened_as_one(policy: Path, tmp_path: Path) -> None:
    """`sponsored: true` in the front matter is what the author will declare when publishing."""
    file = tmp_path / "a.md"
    file.write_text("---\nsponsored: true\n---\nbuy mooncoin")
    check(policy, file)


@pytest.mark.parametrize(
    ("arguments", "environment", "spoken"),
    [
        (["--lang", "zh"], {}, "不得兜售。"),
        ([], {"LANG": "zh_CN.UTF-8"}, "不得兜售。"),
        ([], {"LANG": "zh_CN.UTF-8", "LC_ALL": "en_US.UTF-8"}, "Do not offer coins."),
        (["--lang", "en"], {"LANG": "zh_CN.UTF-8"}, "Do not offer coins."),
        ([], {}, "Do not offer coins."),
    ],
)
def test_the_language_is_the_authors(
    policy: Path, arguments: list[str], environment: dict[str, str], spoken: str
) -> None:
    """`--lang` decides, else the environment, else it is English."""
    assert spoken in check(policy, "-", *arguments, stdin="buy mooncoin", code=1, **environment).stdout


@pytest.mark.parametrize("source", ["<html><p>buy <i>mooncoin</i></p>", "_buy_ mooncoin"])
def test_the_standard_input_may_be_html_or_markdown(policy: Path, source: str) -> None:
    """What looks like HTML is read as HTML, everything else as Markdown."""
    assert check(policy, "-", stdin=source, code=1).stdout.startswith("<stdin>:1:")


def test_a_long_line_is_cut_around_its_passages(policy: Path, tmp_path: Path) -> None:
    """No shown line is wider than the screen, and carets stand under the passage even among wide letters."""
    file = tmp_path / "a.txt"
    file.write_text("月" * 500 + "买月币" + "月" * 500)
    shown = check(policy, file, code=1, COLUMNS="80").stdout.splitlines()
    assert shown[1] == " 1 │ …" + "月" * 12 + "买月币" + "月" * 12 + "…"
    assert shown[2] == "   │ " + " " * 25 + "^^^^^^"


def test_a_file_cannot_steer_the_terminal(policy: Path, tmp_path: Path) -> None:
    """Escape sequences and turned reading directions are shown as what they are."""
    file = tmp_path / "a.txt"
    file.write_text("\x1b[2J \u202e buy mooncoin")
    shown = check(policy, file, code=1).stdout
    assert "\x1b" not in shown
    assert "\u202e" not in shown


def test_several_files_are_checked_together(policy: Path, tmp_path: Path) -> None:
    """All files are named in the order given, and counted in the closing line."""
    for name in ("b.md", "a.md"):
        (tmp_path / name).write_text("buy mooncoin")
    shown = check(policy, tmp_path / "b.md", tmp_path / "a.md", code=1).stdout
    assert shown.index("b.md:1:1") < shown.index("a.md:1:1")
    assert shown.splitlines()[-1] == "2 files checked: 2 violations, 0 for review."


def test_rules_in_the_same_passage_are_shown_together(policy: Path, tmp_path: Path) -> None:
    """The gravest is explained, the others are named, and all count."""
    file = tmp_path / "a.txt"
    file.write_text("buy mooncoin to the moon today" + "\n" * 9 + "to the moon")
    shown = check(policy, file, code=1).stdout
    assert "Do not offer coins." in shown
    assert "also here: review: coin-hype [coin-hype]\n" in shown
    assert "a.txt:1:14: review: coin-praise [tiny/coin-praise]" in shown
    assert shown.splitlines()[-1] == "1 file checked: 1 violation, 2 for review."


def test_lines_are_as_wide_as_asked_for(policy: Path, tmp_path: Path) -> None:
    """Output that goes to a file has the width that COLUMNS says, and no blanks at the ends of lines."""
    file = tmp_path / "a.txt"
    file.write_text("buy mooncoin")
    narrow = check(policy, file, code=1, COLUMNS="20").stdout.splitlines()
    assert "     Do not offer" in narrow
    assert "     coins." in narrow
    assert not any(line.endswith(" ") for line in narrow)


def test_what_cannot_be_read_is_an_error(policy: Path, tmp_path: Path) -> None:
    """A missing file, one that is not UTF-8 and an unknown policy are named; the exit code is 2.

    So is a file of another kind. What was found in other files is shown all the same.
    """
    (tmp_path / "good.md").write_text("buy mooncoin")
    (tmp_path / "g.docx").write_text("buy mooncoin")
    done = check(policy, tmp_path / "missing.md", tmp_path / "good.md", tmp_path / "g.docx", code=2)
    assert "good.md:1:1: violation" in done.stdout
    assert "missing.md: No such file" in done.stderr
    assert "g.docx: files that end in .docx are not read; make Markdown" in done.stderr
    bad = tmp_path / "bad.md"
    bad.write_bytes(b"caf\xe9")
    assert "missing.md: No such file" in check(policy, tmp_path / "missing.md", code=2).stderr
    assert "not UTF-8 (byte 3)" in check(policy, bad, code=2).stderr
    assert "no policy 'nowhere'" in check("nowhere", "-", code=2).stderr


def test_the_hook_runs_what_its_manifest_says(policy: Path, tmp_path: Path) -> None:
    """The command in `.pre-commit-hooks.yaml`, with a policy and files as pre-commit adds them, works."""
    manifest = (ROOT / ".pre-commit-hooks.yaml").read_text()
    (entry,) = [line.partition("entry:")[2].split() for line in manifest.splitlines() if "entry:" in line]
    file = tmp_path / "a.md"
    file.write_text("buy mooncoin")
    command = [str(Path(sys.executable).with_name(entry[0])), *entry[1:], "--policy", str(policy), str(file)]
    done = subprocess.run(command, capture_output=True, check=False, text=True, timeout=120)  # noqa: S603
    assert done.returncode == 1, done.stderr


@pytest.mark.parametrize("name", sorted(shipped_policies()))
def test_shipped_policies_check_their_own_examples(name: str, tmp_path: Path) -> None:
    """An example that is a violation is one as an author's file too, and one that is none passes."""
    try:
        shipped = load_policy(name)
    except PolicyError as error:
        pytest.skip(f"{name} does not load: {error}"[:200])
    for verdict, code in (("violation", 1), ("none", 0)):
        texts = [each.text for each in shipped.examples if each.verdict == verdict and not each.title]
        file = tmp_path / "a.txt"
        file.write_text(texts[0])
        check(name, file, code=code)
