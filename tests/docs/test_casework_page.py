"""The commands of docs/casework.md do what the page says.

They are run one after another in this process: a process for each would spend most of its time on beginning,
and the tutorials are run that way.
"""

from __future__ import annotations

import io
import re
import shlex
from contextlib import chdir, redirect_stderr, redirect_stdout
from pathlib import Path

import pytest

from tipstaff.cli.main import main

PAGE = Path(__file__).parents[2] / "docs" / "casework.md"


def commands() -> list[str]:
    """Return the commands of the page."""
    blocks = [block.split("```")[0] for block in PAGE.read_text(encoding="utf-8").split("```sh\n")[1:]]
    return [line for block in blocks for line in block.splitlines()]


def run(line: str, place: Path, code: int = 0) -> str:
    """Run a command, and return all that it says."""
    words = shlex.split(line)
    assert words[0] == "tipstaff"
    said = io.BytesIO()  # some commands write bytes
    out = io.TextIOWrapper(said, encoding="utf-8", write_through=True)
    with pytest.MonkeyPatch.context() as patch, chdir(place), redirect_stdout(out), redirect_stderr(out):
        patch.setenv("COLUMNS", "200")
        patch.setenv("NO_COLOR", "1")
        ended = main(words[1:])
    told = said.getvalue().decode()
    assert ended == code, told
    return told


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """Run the commands of the page; returns where, and what each has said."""
    place = tmp_path_factory.mktemp("page")
    said = []
    for line in commands():
        if "appeal rule" in line:  # whoever decided is refused first, as the page says
            refused = run(line.replace("--as bob", "--as alice"), place, code=2)
            assert "alice had a part in decision 1" in refused
        said.append(run(line, place))
    return place, said


def said_by(told: tuple[Path, list[str]], command: str) -> list[str]:
    """Return what the commands of a kind have said, in their order."""
    return [said for said, line in zip(told[1], commands(), strict=True) if command in line]


def test_the_post_is_blocked_and_restored(told: tuple[Path, list[str]]) -> None:
    """Readers get the sentence with the statement after the decision, and the post after the appeal."""
    blocked, restored, held = said_by(told, "square read")
    assert "内容已被屏蔽" in blocked
    assert "statement " in blocked
    assert "稳赚不赔" not in blocked
    assert "稳赚不赔" in restored
    assert "内容已暂缓展示" in held


def test_the_complainant_is_told(told: tuple[Path, list[str]]) -> None:
    """The complaint is upheld by the decision on its post, and the answer is kept as it was told."""
    (listed,) = said_by(told, "complaint list")
    assert "about p6: upheld" in listed
    assert "你的投诉成立" in listed


def test_the_order_is_reported(told: tuple[Path, list[str]]) -> None:
    """All content is blocked and the account closed, by two persons each, and the authority is told."""
    (shown,) = said_by(told, "order show")
    assert "Order 3: Bureau 7 2026/41, reported" in shown
    assert "block_content, close_account" in shown
    assert "帐号已被关闭" in run("tipstaff square read here p6", told[0])


def test_who_comes_back_is_recognised(told: tuple[Path, list[str]]) -> None:
    """The new account gets a case, which names the closed one and what they share."""
    shown = run("tipstaff case show here 4", told[0])
    assert "May be the closed account of case 2: the same contact, handle, name" in shown


def test_the_case_tells_what_was_done(told: tuple[Path, list[str]]) -> None:
    """`case show` and `case list` tell of the decision, its end, and what the account was told."""
    shown = run("tipstaff case show here 1", told[0])
    for part in (
        "apply block_content on p2: applied",
        "lift block_content on p2: lifted",
        "reversed",
        "申诉",
    ):
        assert part in shown
    assert "appeal reversed" in run("tipstaff case list here", told[0])


def test_a_copy_is_well(told: tuple[Path, list[str]]) -> None:
    """Nothing has drifted or is wrong, neither here nor in the copy, which has the same ledger."""
    (checked,) = (said for said, line in zip(told[1], commands(), strict=True) if "--check" in line)
    assert " 0 have drifted" in checked
    for said, line in zip(told[1], commands(), strict=True):
        if "doctor" in line:
            assert said == "All is well.\n"
    logs = {run(f"tipstaff ledger checkpoint {place}/ledger", told[0]) for place in ("here", "restored")}
    assert len(logs) == 1


def test_cases_are_listed_in_pages(told: tuple[Path, list[str]]) -> None:
    """A page says that there are more, and behind which case they begin; behind the last there is nothing."""
    first = run("tipstaff case list here --most 2", told[0])
    named = [name for name in ("moonharbor", "starpool", "starp00l") if name in first]
    assert len(named) == 2
    last = first.partition("There are more: --after ")[2].split()[0]
    second = run(f"tipstaff case list here --most 2 --after {last}", told[0])
    assert [name for name in ("moonharbor", "starpool", "starp00l") if name in second] == [
        name for name in ("moonharbor", "starpool", "starp00l") if name not in named
    ]
    assert "There are more" not in second
    (end,) = re.findall(r"^ +(\d+)  square/", second, re.MULTILINE)
    assert "There are no more cases." in run(f"tipstaff case list here --after {end}", told[0])
    alone = run("tipstaff case list here --about square/account/starpool", told[0])
    assert ("moonharbor" in alone, "starpool" in alone, "starp00l" in alone) == (False, True, False)
    pending = run("tipstaff case list here --pending", told[0])
    assert ("moonharbor" in pending, "starpool" in pending, "starp00l" in pending) == (False, False, True)
    nobody = run("tipstaff case list here --pending --about square/account/moonharbor", told[0])
    assert nobody == "There are no cases to be decided or judged about square/account/moonharbor.\n"


def test_a_reader_sees_a_feed(told: tuple[Path, list[str]]) -> None:
    """Whom a reader follows, newest first, with the sentence in place of what is blocked."""
    run("tipstaff square follow here rae moonharbor", told[0])
    assert "稳赚不赔" in run("tipstaff square feed here rae", told[0])
    assert "nothing before that" in run("tipstaff square feed here rae --before p2", told[0])
    run("tipstaff square follow here rae moonharbor --no-longer", told[0])
    assert "follow somebody" in run("tipstaff square feed here rae", told[0])


def test_every_step_is_on_the_ledger(told: tuple[Path, list[str]]) -> None:
    """Decision, measure, effect, appeal, result, and the end of the measure, in this order."""
    run("tipstaff ledger export here/ledger out", told[0])
    run("tipstaff ledger audit out --trust here/ledger/trust.json", told[0])
    (shown,) = said_by(told, "ledger show")
    kinds = [line.split()[1] for line in shown.splitlines() if line.split()[0].isdigit()]
    assert kinds[-7:] == ["decision", "measure", "effect", "appeal", "result", "measure", "effect"]


@pytest.mark.parametrize(
    ("line", "told_of"),
    [
        ("tipstaff case show here 7", "there is no case 7"),
        ("tipstaff case show nowhere 1", "no installation"),
        ("tipstaff case claim here 1 --as bob", "alice works on case 1"),
        ("tipstaff case release here 1 --as bob", "bob has not claimed"),
        ("tipstaff case confirm here 1 9 --as alice", "no decision 9"),
        ("tipstaff case confirm here 1 1 --as mallory", "nobody named 'mallory'"),
        ("tipstaff case take-back here 1 1 --as alice", "stands until an appeal"),
        ("tipstaff appeal file here 1 1 --text again", "appealed against already"),
        (
            "tipstaff case decide here 1 --as alice --measure block_content --post p9 --reasons x",
            "no items of case 1",
        ),
        (
            "tipstaff case decide here 1 --as alice --measure suspend_app --reasons x",
            "suspend_app is for an app",
        ),
        ("tipstaff person here alice", "there is a 'alice' already"),
        ("tipstaff init here --origin example.org/log", "not empty"),
        ("tipstaff square read here p99", "p99"),
    ],
)
def test_what_cannot_be_done_is_told(told: tuple[Path, list[str]], line: str, told_of: str) -> None:
    """Exit code 2, and a message that names what stands against it."""
    assert told_of in run(line, told[0], code=2)
