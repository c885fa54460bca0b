"""Tables read key by key: everything wrong with one is in the report, and what is right can still be used."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from typing import Any, Generic, TypeVar

import msgspec
from msgspec.inspect import EnumType, ListType, StructType, type_info

from tipstaff.policy.faults import nearest

_Struct = TypeVar("_Struct", bound=msgspec.Struct)
_Say = Callable[[str, str, str], None]


class Keys(Generic[_Struct]):
    """What could be read of a table of one kind."""

    def __init__(self, kind: type[_Struct], given: Mapping[str, Any], *, sound: bool) -> None:
        self._kind = kind
        self._given = given
        self._sound = sound

    def get(self, key: str) -> Any:  # noqa: ANN401  of the type that the kind says
        """Return the value of a key, or its default; None if it is missing or wrong."""
        return self._given.get(key)

    def whole(self) -> _Struct | None:
        """Return the table, if nothing is wrong with it."""
        return self._kind(**self._given) if self._sound else None


def read_keys(table: object, kind: type[_Struct], mend: str, say: _Say) -> Keys[_Struct]:
    """Read a table; `say` is told the key (or ""), the message and the mend of everything wrong with it.

    `mend` is for what has no better one.
    """
    if not isinstance(table, dict):
        say("", "a table is expected", mend)
        return Keys(kind, {}, sound=False)
    given: dict[str, Any] = {}
    sound = True
    fields = _fields(kind)
    for key in table:
        if key not in fields:
            sound = False
            say(key, f"Object contains unknown field `{key}`", nearest(key, fields) or mend)
    for key, field in fields.items():
        wrong = list(_unknown_words(key, table.get(key), field.words))
        for message, better in wrong:
            say(key, message, better)
        if not wrong:
            try:
                part = msgspec.convert({key: table[key]} if key in table else {}, field.alone)
            except msgspec.ValidationError as error:
                wrong.append((str(error), mend))
                say(key, *wrong[0])
            else:
                given[key] = getattr(part, key)
        sound = sound and not wrong
    return Keys(kind, given, sound=sound)


class _Field(msgspec.Struct, frozen=True):
    """A key: a struct of it alone, and the words that it takes, if it takes but some."""

    alone: type[msgspec.Struct]
    words: tuple[str, ...]


@cache
def _fields(kind: type[msgspec.Struct]) -> Mapping[str, _Field]:
    """Return the keys of a kind of table."""
    info = type_info(kind)
    assert isinstance(info, StructType)  # noqa: S101
    types = {field.name: field.type for field in info.fields}
    fields = {}
    for field in msgspec.structs.fields(kind):
        if field.default_factory is not msgspec.NODEFAULT:
            own: Any = (field.name, field.type, msgspec.field(default_factory=field.default_factory))
        elif field.default is not msgspec.NODEFAULT:
            own = (field.name, field.type, field.default)
        else:
            own = (field.name, field.type)
        inner = types[field.name]
        inner = inner.item_type if isinstance(inner, ListType) else inner
        words = tuple(word.value for word in inner.cls) if isinstance(inner, EnumType) else ()
        fields[field.name] = _Field(msgspec.defstruct("Alone", [own]), words)
    return fields


def _unknown_words(key: str, value: object, words: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with words of which only some are taken: each, with the nearest that is."""
    known = tuple(words)
    if not known:
        return
    several = value if isinstance(value, list) else [value]
    for place, word in enumerate(several):
        if isinstance(word, str) and word not in known:
            path = f"$.{key}[{place}]" if isinstance(value, list) else f"$.{key}"
            mend = nearest(word, known) or f"known: {', '.join(known)}"
            yield f"Invalid enum value {word!r} - at `{path}`", mend
