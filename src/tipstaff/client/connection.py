"""Asking a server: typed answers, problems as errors, and again where nothing was done."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Collection, Mapping
from functools import partial
from http import HTTPStatus
from types import TracebackType
from typing import Final, Self, TypeVar

import httpx
import msgspec

from tipstaff.base.errors import TipstaffError
from tipstaff.server.conditions import ANY, etag
from tipstaff.server.problems import Fault, Problem

TRIES: Final = 5
"""How often something is asked for in all, where a server is away or puts it off."""

_LONGEST_WAIT: Final = 60.0
_TIMEOUT: Final = 60.0
_LATER: Final = {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}

_T = TypeVar("_T")


class ProblemError(TipstaffError):
    """What a server has answered instead: its status and type, and what is wrong, place by place."""

    def __init__(self, problem: Problem) -> None:
        faults = "; ".join(f"{one.where}: {one.message}" for one in problem.faults)
        told = ": ".join(part for part in (problem.detail or problem.title, faults) if part)
        super().__init__(told)
        self.status = problem.status
        self.title = problem.title
        self.type = problem.type
        self.faults: tuple[Fault, ...] = problem.faults


class Connection:
    """A server, and the token to ask it with. Each change has a key of its own, so that it is done once."""

    def __init__(
        self,
        url: str,
        token: str,
        http: httpx.Client | None = None,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        """`http` stands for what is asked; it is closed with this. `pause` waits so many seconds."""
        # Without TLS a proxy of the environment would read the token on the way, also to this very machine.
        proxies = url.startswith("https://")
        self._http = http or httpx.Client(base_url=url, timeout=_TIMEOUT, trust_env=proxies)
        self._token = token
        self._pause = pause

    def __enter__(self) -> Self:
        """Return it."""
        return self

    def __exit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        """Close it."""
        self._http.close()

    def get(self, kind: type[_T], path: str, /, **query: object) -> _T:
        """Read something of a kind; what is None in a query is left out, each of several said by itself.

        Raises `ProblemError`, and `httpx.TransportError` where no server answers.
        """
        asked = {
            name: list(map(_written, value)) if isinstance(value, tuple) else _written(value)
            for name, value in query.items()
            if value is not None
        }
        return msgspec.json.decode(self._get(path, asked), type=kind)

    def get_bytes(self, path: str) -> bytes:
        """Read something that is no JSON. Raises as `get` does."""
        return self._get(path, {})

    def post(self, kind: type[_T], path: str, body: object = None, version: int | None = None) -> _T:
        """Change something, once; returns what is answered, of a kind. Raises `ProblemError`.

        Where `version` is given, only if it is at that version still; else as it is, also where somebody has
        changed it at the same moment.
        """
        named = {
            "Idempotency-Key": str(uuid.uuid4()),
            "If-Match": ANY if version is None else etag(version),
            "Content-Type": "application/json",
        }
        content = b"" if body is None else msgspec.json.encode(body)
        later = _LATER if version is not None else _LATER | {HTTPStatus.CONFLICT}
        send = partial(self._http.post, path, content=content, headers=self._headers(named))
        return msgspec.json.decode(self._ask(send, later), type=kind)

    def delete(self, path: str) -> None:
        """Remove something. Raises `ProblemError`."""
        self._ask(lambda: self._http.delete(path, headers=self._headers({"If-Match": ANY})), _LATER)

    def _get(self, path: str, asked: Mapping[str, str | list[str]]) -> bytes:
        """Read what is under a path."""
        return self._ask(lambda: self._http.get(path, params=asked, headers=self._headers({})), _LATER)

    def _headers(self, more: Mapping[str, str]) -> dict[str, str]:
        """Return the headers of a request."""
        return {"Authorization": f"Bearer {self._token}", **more} if self._token else {**more}

    def _ask(self, send: Callable[[], httpx.Response], later: Collection[int]) -> bytes:
        """Ask, and again where the server is away or puts it off. Raises `ProblemError`, `TransportError`."""
        for tried in range(1, TRIES + 1):
            wait = 2.0 ** (tried - 2)
            try:
                answer = send()
            except httpx.TransportError:
                if tried == TRIES:
                    raise
            else:
                if tried == TRIES or not _is_put_off(answer, later):
                    break
                wait = _wished(answer, wait)
            self._pause(wait)
        if answer.is_success:
            return answer.content
        raise ProblemError(_problem(answer))


def _written(value: object) -> str:
    """Return a value as it stands in a query."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _is_put_off(answer: httpx.Response, later: Collection[int]) -> bool:
    """Say whether an answer puts something off: one of these statuses; a conflict only if it says when."""
    conflict = answer.status_code == HTTPStatus.CONFLICT
    return answer.status_code in later and (not conflict or "retry-after" in answer.headers)


def _wished(answer: httpx.Response, otherwise: float) -> float:
    """Return the seconds after which a server wants to be asked again; proxies may say it by a date."""
    try:
        return min(float(answer.headers.get("retry-after", otherwise)), _LONGEST_WAIT)
    except ValueError:
        return otherwise


def _problem(answer: httpx.Response) -> Problem:
    """Return what is wrong; something before the server may answer in its own words."""
    try:
        return msgspec.json.decode(answer.content, type=Problem)
    except msgspec.DecodeError:
        return Problem(answer.reason_phrase or "no answer", answer.status_code)
