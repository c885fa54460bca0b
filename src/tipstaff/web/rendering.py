"""Templates: Jinja with everything escaped, in the languages that pages speak."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

from babel.dates import format_datetime, format_skeleton, format_timedelta
from babel.numbers import format_decimal, format_percent
from jinja2 import Environment, PackageLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

from tipstaff.policy.model import Language
from tipstaff.web.language import LOCALES, translations
from tipstaff.web.refusals import told
from tipstaff.web.static_files import static_path
from tipstaff.web.words import LABELS

_DAY: Final = 86_400
_LONG: Final = 30 * _DAY
"""Seconds beyond which a date says more than how long ago it was."""


_TIME: Final = Markup('<time datetime="{}" title="{}">{}</time>')


@functools.cache
def environment(language: Language) -> Environment:
    """Return the templates of a language."""
    made = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
        loader=PackageLoader("tipstaff.web"),
    )
    own = translations(language)
    made.install_gettext_translations(own, newstyle=True)  # type: ignore[attr-defined]  # of the extension
    locale = LOCALES[language]

    def label(value: object, kind: str) -> str:
        """Return the word for a value of some kind."""
        return own.gettext(LABELS[kind][str(value)])

    def exact(value: str | int) -> str:
        """Return a time, to the minute."""
        return f"{format_datetime(_time(value), 'yyyy-MM-dd HH:mm', tzinfo=UTC, locale=locale)} UTC"

    def seconds(value: str | int) -> str:
        """Return a time, to the second, where all are in UTC."""
        return format_datetime(_time(value), "yyyy-MM-dd HH:mm:ss", tzinfo=UTC, locale=locale)

    @pass_context
    def when(context: Context, value: str | int) -> Markup:
        """Return how long ago a time is, or in how long it comes; a date where that is long."""
        moment = _time(value)
        seconds = int(moment.timestamp()) - context["view"].now
        told = (
            format_datetime(moment, "yyyy-MM-dd", tzinfo=UTC, locale=locale)
            if abs(seconds) > _LONG
            else format_timedelta(seconds or -1, add_direction=True, locale=locale, format="long")
        )
        return _TIME.format(moment.isoformat(), exact(value), told)

    @pass_context
    def left(context: Context, value: str | int) -> str:
        """Return how long it is to a time, without `in`."""
        return format_timedelta(int(_time(value).timestamp()) - context["view"].now, locale=locale)

    def day(value: int) -> str:
        """Return a day, without its year."""
        return format_skeleton("MMMd", _time(value), tzinfo=UTC, locale=locale)

    def lasting(value: int) -> str:
        """Return how long something took, in the greatest unit of which it took two."""
        return format_timedelta(value, threshold=2, locale=locale)

    made.filters |= {
        "day": day,
        "lasting": lasting,
        "label": label,
        "when": when,
        "left": left,
        "exact": exact,
        "seconds": seconds,
        "utc": lambda value: _time(value).isoformat(),
        "number": lambda value: format_decimal(value, locale=locale),
        "percent": lambda value: format_percent(value, "0.0%", locale=locale),
        "marked": marked,
        "outermost": outermost,
        "told": lambda detail: told(detail, own.gettext),
    }
    made.globals |= {"static": static_path, "Language": Language, "language": language}
    return made


def outermost(words: Iterable[str]) -> tuple[str, ...]:
    """Return words, each once, without those that lie within another: of `VIP` and `VIP group` the latter."""
    once = tuple(dict.fromkeys(words))
    return tuple(one for one in once if not any(one != other and one in other for other in once))


def marked(text: str, spans: list[tuple[int, int, str]]) -> Markup:
    """Return a text with spans of it marked: `[start, end)` in code points, and a class for each.

    Where spans overlap, the first of them that begins is marked to its end, and the others from there on.
    """
    parts: list[str] = []
    place = 0
    for start, end, kind in sorted(spans, key=lambda one: (one[0], -one[1])):
        begins = max(place, start)
        if begins >= end:
            continue
        parts.append(escape(text[place:begins]))
        parts.append(Markup('<mark class="{}">{}</mark>').format(kind, text[begins:end]))
        place = end
    parts.append(escape(text[place:]))
    return Markup().join(parts)


def _time(value: str | int) -> datetime:
    """Return a time that is written in ISO 8601, or in seconds since 1970."""
    return datetime.fromtimestamp(value, UTC) if isinstance(value, int) else datetime.fromisoformat(value)
