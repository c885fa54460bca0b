"""What was refused is told in the language of who reads, and stands in the sources as it is translated."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import tipstaff
from tipstaff.policy.model import Language
from tipstaff.web.language import translations
from tipstaff.web.refusals import OPTIONS, REFUSALS, told

SOURCES = Path(tipstaff.__file__).parent


def said() -> Iterator[str]:
    """Yield what the sources may say, with a `%` for whatever differs."""
    for layer in ("actions", "casework", "web"):
        for path in (SOURCES / layer).rglob("*.py"):
            if path.name == "refusals.py":
                continue
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    yield node.value
                elif isinstance(node, ast.JoinedStr):
                    yield "".join(
                        one.value if isinstance(one, ast.Constant) and isinstance(one.value, str) else "%"
                        for one in node.values
                    )


def test_each_is_said_somewhere() -> None:
    """Whoever words one anew words it here as well."""
    there = {OPTIONS.sub("", one) for one in said()}
    assert [one for one in REFUSALS if re.sub(r"%\(\w+\)s", "%", one) not in there] == []


def test_what_differs_stays() -> None:
    """Names and numbers are kept; in English nothing changes; what is not known stays as it is."""
    chinese, english = translations(Language.ZH).gettext, translations(Language.EN).gettext
    refused = "osei had a part in decision 1: another person judges it"
    assert told(refused, chinese) == "osei 参与过决定 1，须由另一人裁定。"
    assert told(refused, english) == refused
    asked = (
        "close_account cannot be undone: propose it first, so that the subject can answer, or say why that "
        "is waived (`--waive-hearing` order or grave_harm)"
    )
    assert told(asked, english).startswith("closing of the account cannot be undone")
    assert told(asked, chinese).startswith("关闭帐号不可恢复")
    assert "--waive" not in told(asked, english) + told(asked, chinese)
    assert told("there is no case 7", chinese) == "没有案件 7。"
    assert told("100% is %(unknown)s", chinese) == "100% is %(unknown)s"
