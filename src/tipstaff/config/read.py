"""Reading settings from a file, and from the environment, which goes before it."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import msgspec

from tipstaff.base.errors import InputError
from tipstaff.config.settings import Settings

FILE: Final = "tipstaff.toml"
PREFIX: Final = "TIPSTAFF_"

_FIELDS: Final = {field.name: field for field in msgspec.structs.fields(Settings)}


def read_settings(directory: Path, environment: Mapping[str, str]) -> Settings:
    """Return the settings of an installation. Raises `InputError`, which names the place and the mend."""
    return _read(directory / FILE, environment)


def set_where(directory: Path, environment: Mapping[str, str]) -> dict[str, str]:
    """Return where each setting is set that is: a line of the file, or a variable. Raises `InputError`."""
    found = _found(directory / FILE, environment)
    return {name: place.removeprefix(f"{directory}/") for name, (place, _, _) in found.items()}


def read_checked(path: Path, environment: Mapping[str, str]) -> bytes:
    """Return what stands in a file of settings, once it is sound. Raises `InputError`."""
    if not path.is_file():
        raise InputError(f"{path} cannot be read: there is no such file")
    _read(path, environment)
    return path.read_bytes()


def _read(path: Path, environment: Mapping[str, str]) -> Settings:
    """Return the settings of a file and the environment."""
    found = _found(path, environment)
    return Settings(**{name: _checked(name, *one) for name, one in found.items()})  # type: ignore[arg-type]  # checked one by one


def _found(path: Path, environment: Mapping[str, str]) -> dict[str, tuple[str, object, bool]]:
    """Return where each setting is set, its value, and whether that has its type already."""
    found: dict[str, tuple[str, object, bool]] = {
        name: (place, value, True) for name, place, value in _of_file(path)
    }
    found |= {
        name: (f"{PREFIX}{name.upper()}", environment[f"{PREFIX}{name.upper()}"], False)
        for name in _FIELDS
        if f"{PREFIX}{name.upper()}" in environment
    }
    return found


def _of_file(path: Path) -> Iterator[tuple[str, str, object]]:
    """Yield names, places and values in a file, if there is one."""
    try:
        text = path.read_text(encoding="utf-8")
        table = tomllib.loads(text)
    except FileNotFoundError:
        return
    except (OSError, ValueError) as error:
        raise InputError(f"{path} cannot be read: {error}") from error
    lines = text.splitlines()
    for name, value in table.items():
        named = re.compile(rf"\s*\[?{re.escape(name)}\b")
        number = next((number for number, line in enumerate(lines, 1) if named.match(line)), 1)
        place = f"{path}:{number}"
        if name not in _FIELDS:
            near = difflib.get_close_matches(name, _FIELDS, 1)
            mend = f"did you mean {near[0]}?" if near else f"there are {', '.join(_FIELDS)}"
            raise InputError(f"{place}: there is no setting {name!r}; {mend}")
        yield name, place, value


def _checked(name: str, place: str, value: object, strict: bool) -> object:  # noqa: FBT001  of a tuple
    """Return a value that is of the type of its setting. Raises `InputError`."""
    try:
        return msgspec.convert(value, _FIELDS[name].type, strict=strict)
    except msgspec.ValidationError as error:
        told = f"{value!r} is none: {str(error).partition(' - at ')[0]}"
        if name.endswith("_url"):  # there may be a password in it
            told = "it begins with sqlite:/// or postgresql://"
        raise InputError(f"{place}: {name} is {described(name)}; {told}") from error


def described(name: str) -> str:
    """Return what a setting is for."""
    return str(_FIELDS[name].type.__metadata__[0].description)
