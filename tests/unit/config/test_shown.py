"""Settings as they are shown to people."""

from __future__ import annotations

from pathlib import Path

import pytest

from tipstaff.config.read import set_where
from tipstaff.config.settings import Settings
from tipstaff.config.shown import ShownSetting, shown_settings


def test_all_are_shown_with_what_they_are_and_would_be() -> None:
    """In the order in which they are declared; where one is set is told of it alone."""
    shown = shown_settings(Settings(claim_minutes=45), {"claim_minutes": "tipstaff.toml:2"})
    assert [one.name for one in shown] == list(Settings.__struct_fields__)
    told = "the minutes for which a claimed case is one's own"
    assert ShownSetting("claim_minutes", told, "45", "30", "tipstaff.toml:2") in shown
    assert {one.place for one in shown if one.name != "claim_minutes"} == {""}


@pytest.mark.parametrize(
    ("url", "value"),
    [
        ("", ""),
        ("sqlite:///elsewhere/casework.db", "sqlite:///elsewhere/casework.db"),
        ("sqlite:///casework.db?key=lamp", "sqlite:///casework.db"),
        ("postgresql://tip:la@mp/1?x#@db.example/work", "postgresql://…"),
        ("postgresql+psycopg:///work?password=l@mp", "postgresql+psycopg://…"),
    ],
)
def test_no_password_is_shown(url: str, value: str) -> None:
    """Wherever in the address of a database it stands."""
    shown = {one.name: one.value for one in shown_settings(Settings(square_url=url), {})}
    assert shown["square_url"] == value


def test_where_each_is_set(tmp_path: Path) -> None:
    """The line of the file, without the path of the machine; a variable goes before it."""
    (tmp_path / "tipstaff.toml").write_text("# ours\nclaim_minutes = 45\nhold_hours = 2\n")
    found = set_where(tmp_path, {"TIPSTAFF_HOLD_HOURS": "3", "OTHER": "x"})
    assert found == {"claim_minutes": "tipstaff.toml:2", "hold_hours": "TIPSTAFF_HOLD_HOURS"}
    assert set_where(tmp_path / "nowhere", {}) == {}
