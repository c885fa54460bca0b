"""Events of an installation as lines of JSON on the standard error, while a command runs."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def events_told(directory: Path) -> Iterator[None]:
    """Write events to the standard error meanwhile: those as grave as the settings say, and graver ones."""
    from tipstaff.assembly.casework import settings_of
    from tipstaff.base.logs import LOGGER, JsonLines

    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    LOGGER.setLevel(settings_of(directory).log_level.upper())
    LOGGER.addHandler(handler)
    try:
        yield
    finally:
        LOGGER.removeHandler(handler)
