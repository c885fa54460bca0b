"""In which language a page speaks: templates are in English, `locale/zh.po` has the Chinese for it."""

from __future__ import annotations

import functools
from importlib.resources import files
from io import BytesIO
from typing import Any, Final

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from litestar import Request

from tipstaff.policy.model import Language
from tipstaff.server.language import language_asked

COOKIE: Final = "tipstaff-language"
"""Where a browser keeps which language was chosen."""

LOCALES: Final = {Language.EN: "en", Language.ZH: "zh_Hans_CN"}
"""How Babel writes times and numbers in each."""


def language_of(request: Request[Any, Any, Any]) -> Language:
    """Return the language that was chosen, else the one that the browser asks for."""
    chosen = request.cookies.get(COOKIE)
    if chosen in set(Language):
        return Language(chosen)
    return language_asked(request.headers.get("accept-language", ""))


@functools.cache
def translations(language: Language) -> NullTranslations:
    """Return the phrases of a language."""
    if language is Language.EN:
        return NullTranslations()
    with files("tipstaff.web").joinpath("locale", f"{language}.po").open("rb") as source:
        catalogue = read_po(source, locale=language.value)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translations(compiled)
