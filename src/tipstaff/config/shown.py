"""Settings as they are shown to people: each with what it is, where that was set, and no password."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

import msgspec

from tipstaff.config.read import described
from tipstaff.config.settings import Settings

_URL: Final = "_url"
_FILE: Final = "sqlite:///"


class ShownSetting(NamedTuple):
    """A setting: what it is for, what it is and would be unless it were set; `place` is where it was."""

    name: str
    told: str
    value: str
    default: str
    place: str


def shown_settings(settings: Settings, places: Mapping[str, str]) -> list[ShownSetting]:
    """Return all settings, in order."""
    defaults = Settings()
    return [
        ShownSetting(
            name,
            described(name),
            _shown(name, getattr(settings, name)),
            _shown(name, getattr(defaults, name)),
            places.get(name, ""),
        )
        for name in Settings.__struct_fields__
    ]


def settings_told() -> dict[str, str]:
    """Return what each setting is for."""
    return {one.name: described(one.name) for one in msgspec.structs.fields(Settings)}


def _shown(name: str, value: object) -> str:
    """Return a value. Of the address of a server there is its kind alone: anywhere else is a password."""
    written = str(value)
    if not name.endswith(_URL) or not written:
        return written
    if written.startswith(_FILE):
        return written.partition("?")[0]
    return f"{written.partition('://')[0]}://…"
