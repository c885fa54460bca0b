"""`tipstaff policy` as policy owners use it."""

from __future__ import annotations

import hashlib
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
