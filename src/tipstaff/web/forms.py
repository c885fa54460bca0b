"""What comes in forms: fields by name, read before anything is done by who is logged in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, TypeVar

import msgspec
from anyio import to_thread
from litestar import Request
from litestar.datastructures import FormMultiDict, State, UploadFile
from litestar.di import NamedDependency

from tipstaff.actions.access.me import Asker
from tipstaff.base.errors import InputError
from tipstaff.server.forgery import CSRF_FIELD
from tipstaff.server.identity import asker_of

_Wanted = TypeVar("_Wanted")

_DIGITS: Final = 12
"""The longest number that is read: no time in seconds has more."""

_LONGEST_SAID: Final = 20_000
_LONGEST_NAME: Final = 200
"""Characters of what somebody says, and of a name: as many as the API takes."""

DOCUMENT_BYTES: Final = 4 << 20
"""The greatest body of a form with a document."""


class Form:
    """The fields of a form. Whatever is not there is empty."""

    def __init__(self, fields: FormMultiDict) -> None:
        self._fields = fields

    def text(self, name: str) -> str:
        """Return what was written in a field, without blanks around it."""
        value = self._fields.get(name, "")
        return value.replace("\r\n", "\n").strip() if isinstance(value, str) else ""

    def secret(self, name: str) -> str:
        """Return what was written in a field, to the letter: a password may begin or end with blanks."""
        value = self._fields.get(name, "")
        return value if isinstance(value, str) else ""

    def given(self, name: str) -> str | None:
        """Return what was written in a field; None where nothing was."""
        return self.text(name) or None

    def named(self, name: str) -> str | None:
        """Return a name that was written; None where none was. Raises `InputError` where it is too long."""
        written = self.text(name)
        if len(written) > _LONGEST_NAME:
            raise InputError(f"{name}: {len(written):,} characters: {_LONGEST_NAME} are the most")
        return written or None

    def words(self, name: str) -> str:
        """Return what was written in sentences. Raises `InputError` where it is longer than the API takes."""
        written = self.text(name)
        if len(written) > _LONGEST_SAID:
            raise InputError(f"{name}: {len(written):,} characters: {_LONGEST_SAID:,} are the most")
        return written

    def said(self, name: str) -> str:
        """Return what somebody says. Raises `InputError` where that is nothing, or too long."""
        written = self.words(name)
        if not written:
            raise InputError("nothing was written: say what you have to say")
        return written

    def read(self, kind: type[_Wanted], fields: Mapping[str, object]) -> _Wanted:
        """Return what was filled in, as the API takes it. Raises `InputError`, which says what is wrong."""
        try:
            return msgspec.convert(fields, kind)
        except msgspec.ValidationError as error:
            raise InputError(f"it cannot be taken so: {error}") from error

    def all(self, name: str) -> tuple[str, ...]:
        """Return all that was chosen of a name, in order."""
        return tuple(one for one in self._fields.getall(name, []) if isinstance(one, str) and one)

    def files(self, name: str) -> tuple[bytes, ...]:
        """Return the bytes of the files that were chosen, in order; none of those that are empty."""
        found = (one for one in self._fields.getall(name, []) if isinstance(one, UploadFile))
        return tuple(content for one in found if (content := _bytes_of(one)))

    def file(self, name: str) -> bytes | None:
        """Return the bytes of the file that was chosen; None where none was."""
        return next(iter(self.files(name)), None)

    def lines(self, name: str) -> tuple[str, ...]:
        """Return what was written in a field line by line, each once; blank lines are none."""
        return tuple(dict.fromkeys(line for one in self.text(name).split("\n") if (line := one.strip())))

    def number(self, name: str) -> int | None:
        """Return a number; None where there is none. Raises `InputError` for what is not one."""
        written = self.text(name)
        if not written:
            return None
        if not (written.isascii() and written.isdigit() and len(written) <= _DIGITS):
            raise InputError(f"{name}: {written[:40]!r} is no number: write digits")
        return int(written)

    def one_of(self, name: str, kind: type[_Wanted]) -> _Wanted:
        """Return what was chosen among the values of a kind. Raises `InputError` where that is none."""
        try:
            return msgspec.convert(self.text(name), kind)
        except msgspec.ValidationError as error:
            raise InputError(f"{name}: choose one of those that there are") from error

    def several(self, name: str, kind: type[_Wanted]) -> tuple[_Wanted, ...]:
        """Return all that was chosen among the values of a kind. Raises `InputError` where one is none."""
        try:
            return tuple(msgspec.convert(one, kind) for one in self.all(name))
        except msgspec.ValidationError as error:
            raise InputError(f"{name}: choose among those that there are") from error


def _bytes_of(file: UploadFile) -> bytes:
    """Return what is in a file that was sent."""
    file.file.seek(0)
    return file.file.read()


Filled = NamedDependency[Form]
"""What was filled in."""


async def form_of(request: Request[Any, Any, Any]) -> Form:
    """Return what was filled in; nothing where a page is asked for."""
    return Form(FormMultiDict() if request.method == "GET" else await request.form())


async def asker_with(request: Request[Any, Any, Any], state: State, form: NamedDependency[Form]) -> Asker:
    """Return who asks, after their form was read. Raises as `asker_of` does."""
    request.state[CSRF_FIELD] = form.secret(CSRF_FIELD)
    return await to_thread.run_sync(asker_of, request, state)
