"""In which language a command speaks: `--lang`, else the one of the environment."""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tipstaff.policy.model import Language

_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")
"""The variables that say in which language to speak; the first that is set decides (POSIX)."""


def add_language(parser: argparse.ArgumentParser) -> None:
    """Declare `--lang`."""
    parser.add_argument(
        "--lang", choices=["zh", "en"], help="language of explanations; default: by LC_ALL or LANG, else en"
    )


def chosen_language(args: argparse.Namespace) -> Language:
    """Return the language that was asked for, or that of the environment."""
    from tipstaff.policy.model import Language

    return Language(args.lang) if args.lang else environment_language(os.environ)


def environment_language(environment: Mapping[str, str]) -> Language:
    """Return the language that an environment asks for; English if it asks for none that is spoken."""
    from tipstaff.policy.model import Language

    locale = next((environment[name] for name in _VARIABLES if environment.get(name)), "")
    return Language.ZH if locale.lower().startswith("zh") else Language.EN
