"""The frame of a report in HTML: one file that loads nothing, runs nothing, and fits any screen."""

from __future__ import annotations

import base64
import hashlib
import importlib.resources
from html import escape

from tipstaff.cli.visible import visible
from tipstaff.policy.model import Language


def text(value: str) -> str:
    """Return a text as HTML: nothing in it is markup, or steers the reading direction."""
    return escape(visible(value))


def frame(title: str, body: str, language: Language) -> str:
    """Return a page. Its content security policy allows its own style, and nothing else at all."""
    style = (importlib.resources.files("tipstaff.cli.policy") / "report.css").read_text("utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    tag = "zh-Hans" if language is Language.ZH else "en"
    return f"""<!doctype html>
<html lang="{tag}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<title>{text(title)}</title>
<style>{style}</style>
</head>
<body>
<main>
{body}
</main>
</body>
</html>
"""
