"""docs/screening.md says what is so: its code runs, its tables are complete and right."""

from __future__ import annotations

import json
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest
from docs.pages import ANYTHING, DOCS, Block, blocks, missing, spans, table, tables

import tipstaff
from tipstaff.policy.folding import letters, normal_text
from tipstaff.screening.accounts import influence

PAGE = DOCS / "screening.md"
PAIRS = [(code, shown) for code, shown in pairwise(blocks(PAGE)) if code.language == "python"]


@pytest.mark.parametrize(("code", "shown"), PAIRS, ids=[str(code.line) for code, _ in PAIRS])
def test_code_runs_as_shown(code: Block, shown: Block, tmp_path: Path) -> None:
    """Python code on the page runs by itself, and prints exactly what is shown below it."""
    command = [sys.executable, "-W", "error", "-c", code.text]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)  # noqa: S603
    assert done.returncode == 0, done.stderr
    assert shown.purpose == "output"
    assert done.stdout == shown.text


def test_the_finding_shown_is_real(tmp_path: Path) -> None:
    """The finding on the page is the first one of the code on the page, but for the digest."""
    (shown,) = [block.text for block in blocks(PAGE) if block.purpose == "finding"]
    first = PAIRS[0][0].text + "import msgspec\nprint(msgspec.json.encode(findings[0]).decode())\n"
    done = subprocess.run([sys.executable, "-c", first], cwd=tmp_path, capture_output=True, check=True)  # noqa: S603
    real = json.loads(done.stdout.splitlines()[-1])
    told = json.loads(shown)
    assert real.pop("policy").startswith(told.pop("policy").removesuffix(ANYTHING))
    assert real == told


def test_every_field_is_told() -> None:
    """The page has a table with exactly the fields of a post, of a finding and of evidence."""
    told = [
        [name for row in rows for name in spans(row[0]) or [row[0]]]
        for head in (("field", "type", "what it is"), ("field", "type", "of a place", "of a fact"))
        for rows in tables(PAGE, *head)
    ]
    kinds: list[type[msgspec.Struct]] = [tipstaff.Post, tipstaff.Finding, tipstaff.Evidence]
    assert [sorted(names) for names in told] == [sorted(kind.__struct_fields__) for kind in kinds]


@pytest.mark.parametrize(("text", "normal", "view"), table(PAGE, "text", "normal form", "letters view"))
def test_normal_forms_are_as_told(text: str, normal: str, view: str) -> None:
    """Normalisation makes of each text what the page says."""
    original = (spans(text) or [text])[0]
    assert (normal_text(original), letters(normal_text(original)).text) == (normal, view)


@pytest.mark.parametrize(("followers", "told"), table(PAGE, "followers", "influence"))
def test_influence_is_as_told(followers: str, told: str) -> None:
    """Followers give an account the influence that the page says."""
    assert influence(int(followers.replace(",", ""))) == int(told)


def test_every_public_name_is_told() -> None:
    """Every public name of the package stands in the page's table of names, and no other does."""
    rows = table(PAGE, "name", "what it is")
    told = [name.partition("(")[0] for row in rows for name in spans(row[0]) or [row[0]]]
    assert sorted(told) == sorted(tipstaff.__all__)


def test_missing_finds_the_first_line_that_is_not_there() -> None:
    """The comparison that the tutorial's test relies on sees a line that is absent, or out of order."""
    assert missing("a  b\nc…e\n", "x a b\n\nc d e\n") == ""
    assert missing("c\na\n", "a\nc\n") == "a"
    assert missing("a…b\n", "a\nb\n") == "a…b"
