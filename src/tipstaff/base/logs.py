"""What a program did, as events for machines: one line of JSON each, with names, numbers and reasons.

Events tell nothing that is personal or secret: statements by their entries, cases by their numbers.
"""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from typing import Final

LOGGER: Final = logging.getLogger("tipstaff")
LOGGER.addHandler(logging.NullHandler())  # until somebody asks for them, events go nowhere
LOGGER.propagate = False


def log_event(level: int, event: str, **fields: str | int | None) -> None:
    """Tell of an event."""
    LOGGER.log(level, event, extra={"fields": fields})


class JsonLines(logging.Formatter):
    """Events as lines of JSON: time, level, event, and what belongs to it."""

    def format(self, record: logging.LogRecord) -> str:
        """Return an event as a line."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        return json.dumps(
            {name: value for name, value in line.items() if value is not None}, ensure_ascii=False
        )
