"""Settings: a file, the environment before it, and what is wrong is told with its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from tipstaff.base.errors import InputError
from tipstaff.config.read import read_settings
from tipstaff.config.settings import Level, Settings


def written(folder: Path, text: str) -> Path:
    """Write settings."""
    (folder / "tipstaff.toml").write_text(text, encoding="utf-8")
    return folder


def test_what_is_not_set_is_as_it_was(tmp_path: Path) -> None:
    """No file is no fault."""
    assert read_settings(tmp_path, {}) == Settings()
    assert read_settings(tmp_path, {"TIPSTAFF_OTHER": "1", "PATH": "/bin"}) == Settings()


def test_the_environment_goes_before_the_file(tmp_path: Path) -> None:
    """Name by name; numbers are written there as text."""
    here = written(tmp_path, 'hearing_hours = 24\nclaim_minutes = 5\nlog_level = "debug"\n')
    found = read_settings(here, {"TIPSTAFF_CLAIM_MINUTES": "7", "TIPSTAFF_LOG_LEVEL": "error"})
    assert found == Settings(hearing_hours=24, claim_minutes=7, log_level=Level.ERROR)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "\nclaim_minuts = 5",
            r"tipstaff.toml:2: .* 'claim_minuts'; did you mean claim_minutes\?",
        ),
        ("x = 5", r"tipstaff.toml:1: there is no setting 'x'; there are casework_url, square_url, "),
        ("[late]\nhours = 1", r"tipstaff.toml:1: there is no setting 'late'; there are"),
        (
            "# hours\n\nhold_hours = 73",
            r"toml:3: hold_hours is the hours .*; 73 is none: Expected `int` <= 72",
        ),
        ("claim_minutes = 0", "0 is none: Expected `int` >= 1"),
        ("claim_minutes = '5'", "'5' is none: Expected `int`, got `str`"),
        ("claim_minutes = true", "True is none: Expected `int`, got `bool`"),
        ("claim_minutes = 5.5", "5.5 is none: Expected `int`, got `float`"),
        ("log_level = 'loud'", "'loud' is none: Invalid enum value 'loud'"),
        (
            "second_factor_roles = 'admin,boss'",
            "is the roles, .*'admin,boss' is none: Expected `str` matching",
        ),
        ("second_factor_roles = 'admin,'", "'admin,' is none"),
        ("public_origin = 'http://tipstaff.example'", "'http://tipstaff.example' is none"),
        ("public_origin = 'https://tipstaff.example/'", "'https://tipstaff.example/' is none"),
        ("claim_minutes =", "tipstaff.toml cannot be read: Invalid value"),
        ("claim_minutes = 5\nclaim_minutes = 6", "cannot be read: Cannot overwrite a value"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(tmp_path: Path, text: str, told: str) -> None:
    """Line, name, what it is for, and what it may be."""
    with pytest.raises(InputError, match=told):
        read_settings(written(tmp_path, text), {})


def test_a_wrong_variable_is_told_by_its_name(tmp_path: Path) -> None:
    """It has no line."""
    with pytest.raises(InputError, match=r"^TIPSTAFF_LATE_HOURS: late_hours is the hours .*; 'six' is none"):
        read_settings(tmp_path, {"TIPSTAFF_LATE_HOURS": "six"})


@pytest.mark.parametrize("url", ["mysql://u:hunter2@db/x", "hunter2", "sqlite://hunter2", ""])
def test_no_password_is_repeated(tmp_path: Path, url: str) -> None:
    """The address of a database may have one in it."""
    with pytest.raises(InputError, match="it begins with sqlite:/// or postgresql://") as caught:
        read_settings(written(tmp_path, f'casework_url = "{url}"'), {})
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("url", ["sqlite:////var/x.db", "postgresql://u@db/x", "postgresql+psycopg://db/x"])
def test_where_databases_may_be(tmp_path: Path, url: str) -> None:
    """In a file, or on a server."""
    assert read_settings(written(tmp_path, f'casework_url = "{url}"'), {}).casework_url == url
