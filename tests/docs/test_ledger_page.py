"""docs/ledger.md: the worked example is what the code makes, and the language of the table is documented."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import msgspec
import pytest
from docs.pages import DOCS, tool

from tipstaff.assembly.ledger import init_log
from tipstaff.ledger.claim import Claim
from tipstaff.ledger.kind import Kind

PAGE = DOCS / "ledger.md"


def test_the_example_is_current() -> None:
    """Every byte on the page is what the code makes today: a format that changed would show here first."""
    made = tool("make_ledger_example")
    shown = PAGE.read_text(encoding="utf-8").partition(made.BEGIN)[2].partition(made.END)[0]
    assert shown.strip() == made.example()


@pytest.mark.parametrize("key", [field.encode_name for field in msgspec.structs.fields(Kind)])
def test_every_key_of_a_row_is_documented(key: str) -> None:
    """The language of the table has no word that the page does not explain."""
    assert f"| `{key}` |" in PAGE.read_text(encoding="utf-8")


def test_every_type_of_a_claim_is_documented() -> None:
    """The types of claims on the page are those of the code."""
    (field,) = (field for field in msgspec.structs.fields(Claim) if field.name == "type")
    listed = PAGE.read_text(encoding="utf-8").partition("| type | what it is |")[2].partition("\n\n")[0]
    documented = {
        name for row in listed.splitlines() for name in re.findall(r"`(\w+)`", row.partition(" | ")[0])
    }
    assert documented == set(get_args(field.type))


def test_every_file_of_a_log_is_documented(tmp_path: Path) -> None:
    """The page names what `ledger init` makes."""
    init_log(tmp_path / "log", "example.org/log")
    page = PAGE.read_text(encoding="utf-8")
    for path in (tmp_path / "log").iterdir():
        assert f"`{path.name}" in page
