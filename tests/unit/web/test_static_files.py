"""Style sheets and scripts: all that stand in the tree are served, and kept for ever under what they are."""

from __future__ import annotations

import gzip
from importlib.resources import files

from tipstaff.web.static_files import STYLES, static_files, static_path


def test_all_styles_are_in_the_one_sheet() -> None:
    """A sheet that nobody has put into the order of all would be looked for in vain."""
    served = static_files()[STYLES].content
    for sheet in files("tipstaff.web").joinpath("styles").iterdir():
        assert sheet.read_bytes() in served, sheet.name
    assert served.count(b"{") == served.count(b"}")


def test_a_path_changes_with_what_is_there() -> None:
    """It has the digest; what is sent compressed is the same."""
    for name, one in static_files().items():
        assert static_path(name) == f"/static/{one.digest}/{name}"
        assert gzip.decompress(one.compressed) == one.content
    assert len({one.digest for one in static_files().values()}) == len(static_files())
