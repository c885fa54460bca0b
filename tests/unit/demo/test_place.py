"""Where the demo lives on disk: made anew, and never over something else."""

from __future__ import annotations

from pathlib import Path

import pytest

from tipstaff.base.errors import InputError
from tipstaff.demo.place import make_place


def test_what_an_earlier_run_left_is_made_anew(tmp_path: Path) -> None:
    """Installation and publication of the run before are gone; what the reader put beside them stays."""
    with make_place(tmp_path / "here") as place:
        for folder in (place.installation, place.public):
            folder.mkdir()
            (folder / "old").touch()
        (place.directory / "notes.txt").touch()
    with make_place(tmp_path / "here") as place:
        assert not place.installation.exists()
        assert not place.public.exists()
        assert (place.directory / "notes.txt").exists()


def test_an_empty_directory_is_taken(tmp_path: Path) -> None:
    """A directory that the reader has made for it is as good as none."""
    (tmp_path / "here").mkdir()
    with make_place(tmp_path / "here") as place:
        assert place.directory == tmp_path / "here"


def test_a_foreign_directory_is_refused(tmp_path: Path) -> None:
    """What was not made by the demo is left as it is, also a file, and whatever a link leads to."""
    (tmp_path / "foreign").mkdir()
    (tmp_path / "foreign" / "installation").touch()
    (tmp_path / "file").touch()
    (tmp_path / "empty").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "empty")
    for name in ("foreign", "file", "link"):
        with pytest.raises(InputError, match="nothing is overwritten"), make_place(tmp_path / name):
            pass
    assert (tmp_path / "foreign" / "installation").exists()


def test_two_runs_do_not_meet(tmp_path: Path) -> None:
    """While one demo is at work in a directory, another is refused."""
    with (
        make_place(tmp_path),
        pytest.raises(InputError, match="another demo is at work"),
        make_place(tmp_path),
    ):
        pass


def test_what_cannot_be_made_is_told(tmp_path: Path) -> None:
    """A directory below a file is an error that names the mend."""
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="--into"), make_place(tmp_path / "file" / "here"):
        pass
