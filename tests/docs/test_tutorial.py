"""The tutorials, run from top to bottom by the real command line.

A block ``file=NAME`` is saved under that name; in ``console`` blocks, lines that begin with `$` are run one
after another in one shell, and the lines below are part of what must come out.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from docs.pages import DOCS, ROOT, Block, blocks, missing

PAGES = (DOCS / "tutorial.md", DOCS / "ledger-tutorial.md")
MARK = "\x1e"
END = "END-OF-THE-FILE"
PROMPT = "$ "


@dataclass(frozen=True)
class Step:
    """A command of the page, and what is shown below it; a file is saved by a command that shows nothing."""

    line: int
    command: str
    shown: str

    @classmethod
    def of(cls, block: Block) -> list[Step]:
        """Return the steps of a block, none if it is not to be run."""
        if block.purpose.startswith("file="):
            name = block.purpose.removeprefix("file=")
            return [cls(block.line, f"cat > {name} <<'{END}'\n{block.text}{END}", "")]
        if block.language != "console":
            return []
        steps: list[Step] = []
        for number, line in enumerate(block.text.splitlines(), start=block.line + 1):
            if line.startswith(PROMPT):
                steps.append(cls(number, line.removeprefix(PROMPT), ""))
            else:
                steps[-1] = cls(steps[-1].line, steps[-1].command, f"{steps[-1].shown}{line}\n")
        return steps


STEPS = {page.stem: [step for block in blocks(page) for step in Step.of(block)] for page in PAGES}
ALL = [(page, number) for page, steps in STEPS.items() for number in range(len(steps))]


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[tuple[str, int]]]:
    """Run each page in a folder of its own; return what each of its steps printed, and its exit code."""
    return {page: run_page(steps, tmp_path_factory.mktemp(page)) for page, steps in STEPS.items()}


def run_page(steps: list[Step], folder: Path) -> list[tuple[str, int]]:
    """Run the steps of a page in one shell, in a folder with the example posts."""
    shutil.copytree(ROOT / "examples", folder / "examples")
    script = "exec 2>&1\n" + "".join(f"{step.command}\nprintf '{MARK}%d{MARK}' $?\n" for step in steps)
    environment = {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.defpath}",
        "HOME": str(folder),
        "LC_ALL": "C.UTF-8",
        "COLUMNS": "140",
    }
    done = subprocess.run(
        ["/bin/bash", "-s"],
        input=script,
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    parts = done.stdout.split(MARK)
    return list(zip(parts[0::2], map(int, parts[1::2]), strict=False))


@pytest.mark.parametrize(
    ("page", "number"), ALL, ids=[f"{page}-{STEPS[page][number].line}" for page, number in ALL]
)
def test_every_step_does_as_told(page: str, number: int, outputs: dict[str, list[tuple[str, int]]]) -> None:
    """Each command succeeds, or ends with the exit code shown, and prints what is shown, in that order."""
    step = STEPS[page][number]
    output, code = outputs[page][number]
    assert code == 0, f"{step.command}\n{output}"
    assert not missing(step.shown, output), f"{step.command}\n{output}"


def test_every_command_block_is_run() -> None:
    """No command stands in a block that this test passes over, but the installation at the head."""
    passed_over = [block.purpose for page in PAGES for block in blocks(page) if not Step.of(block)]
    assert passed_over == ["setup"]


def test_the_tutorials_cover_the_main_commands() -> None:
    """The tutorials run each of the commands that a newcomer needs."""
    run = {" ".join(step.command.split()[:3]) for steps in STEPS.values() for step in steps}
    policy = {f"tipstaff policy {name}" for name in ("list", "show", "explain", "new", "test", "diff")}
    ledger = ("init", "append", "show", "checkpoint", "prove", "verify", "export", "audit")
    assert policy | {f"tipstaff ledger {name}" for name in ledger} <= run
    assert {"demo", "screen", "check"} <= {command.split()[1] for command in run if " " in command}
