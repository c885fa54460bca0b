"""Every phrase on a page has its Chinese, and nothing is translated that no page has."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

TOOL = Path(__file__).parents[3] / "tools" / "make_phrases.py"


@pytest.fixture(scope="module")
def phrases() -> ModuleType:
    """Load the tool."""
    spec = importlib.util.spec_from_file_location("make_phrases", TOOL)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_the_catalogue_is_in_step(phrases: ModuleType) -> None:
    """What templates say and what is translated are the same: `tools/make_phrases.py` makes it so."""
    assert phrases.updated() == phrases.CHINESE.read_bytes()


def test_everything_is_translated(phrases: ModuleType) -> None:
    """Each phrase has its Chinese, with the same places to fill in."""
    for message in phrases.chinese():
        if not message.id:
            continue
        single = message.id if isinstance(message.id, str) else message.id[-1]
        chinese = message.string if isinstance(message.string, str) else message.string[0]
        assert chinese, f"{single!r} has no Chinese"
        assert set(re.findall(r"%\(\w+\)s", chinese)) == set(re.findall(r"%\(\w+\)s", single)), single
