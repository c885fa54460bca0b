"""Reading the files of a policy; one that cannot be read is a fault, and never an exception."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from tipstaff.policy.faults import Faults

SEE_NEW: Final = "see `tipstaff policy new` for what a policy holds"


def read_bytes(folder: Path, file: str, faults: Faults, mend: str = SEE_NEW) -> bytes | None:
    """Return what a file holds; a fault is added, and None returned, if that cannot be told."""
    try:
        return (folder / file).read_bytes()
    except FileNotFoundError:
        faults.add(file, 0, "the file is missing", mend)
    except OSError as error:
        faults.add(file, 0, f"the file cannot be read: {error.strerror or error}", mend)
    return None


def read_text(folder: Path, file: str, faults: Faults, mend: str = SEE_NEW) -> str | None:
    """Return the text of a file in UTF-8; a fault is added, and None returned, if it has none."""
    data = read_bytes(folder, file, faults, mend)
    if data is None:
        return None
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        faults.add(file, 0, f"the file is not UTF-8 (byte {error.start})", "save it as UTF-8")
    return None
