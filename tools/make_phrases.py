"""Gather the phrases of pages, and keep `locale/zh.po` in step: new ones stand there untranslated.

A test fails while one does.
"""

from __future__ import annotations

import io
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from tipstaff.web.refusals import REFUSALS
from tipstaff.web.words import DONE, LABELS

WEB = Path(__file__).parents[1] / "src" / "tipstaff" / "web"
CHINESE = WEB / "locale" / "zh.po"
HEADER = "# The Chinese of all phrases on pages. Kept in step by tools/make_phrases.py."
METHODS = [("templates/**.html", "jinja2")]
OPTIONS = {"templates/**.html": {"trimmed": "true", "newstyle_gettext": "true"}}


def gathered() -> Catalog:
    """Return all phrases that templates have, and those that stand for values."""
    catalogue = Catalog(project="Tipstaff", charset="utf-8", fuzzy=False)
    for name, _line, message, _comments, _context in extract_from_dir(
        WEB, METHODS, OPTIONS, comment_tags=("i18n:",)
    ):
        catalogue.add(message, locations=[(name, 1)])
    for kind, words in LABELS.items():
        for word in words.values():
            catalogue.add(word, locations=[(f"words.py:{kind}", 1)])
    for told in DONE.values():
        catalogue.add(told, locations=[("words.py:DONE", 1)])
    for refused in REFUSALS:
        catalogue.add(refused, locations=[("refusals.py", 1)])
    return catalogue


def chinese() -> Catalog:
    """Return what is translated."""
    with CHINESE.open("rb") as source:
        return read_po(source, locale="zh", domain="zh")


def updated() -> bytes:
    """Return `zh.po` as it is in step with all phrases; what is used no more is dropped."""
    known = chinese() if CHINESE.exists() else Catalog(locale="zh")
    catalogue = Catalog(locale="zh", project="Tipstaff", charset="utf-8", fuzzy=False, header_comment=HEADER)
    for message in gathered():
        if message.id:
            single = message.id[0] if isinstance(message.id, tuple) else message.id
            before = known.get(single)
            names = sorted({name for name, _ in message.locations})
            catalogue.add(
                message.id,
                before.string if before else None,
                locations=[(name, 0) for name in names],
                flags=message.flags - {"fuzzy"},
            )
    written = io.BytesIO()
    write_po(written, catalogue, width=0, omit_header=False, sort_output=True, include_lineno=False)
    lines = written.getvalue().decode().splitlines(keepends=True)
    dated = ('"POT', '"PO-', '"Generated', '"Last-', '"Language-T', '"Report', '"Project')
    return "".join(line for line in lines if not line.startswith(dated)).encode()


if __name__ == "__main__":
    CHINESE.write_bytes(updated())
    left = [message.id for message in chinese() if message.id and not message.string]
    print(f"{CHINESE}: {len(left)} phrases without Chinese")
    for one in left:
        print(f"  {one}")
