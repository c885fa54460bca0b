"""Somebody who uses pages, as a browser without scripts does: follows links, fills forms in, sends them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from html.parser import HTMLParser
from pathlib import Path
from typing import Final

import httpx
from gates import CHEAP, PASSWORD
from litestar import Litestar
from litestar.testing import TestClient
from places import Place
from served import Served

from tipstaff.actions.access.passwords import Hasher
from tipstaff.actions.access.permissions import Role
from tipstaff.actions.screening.looking import Look
from tipstaff.actions.take_up import take_up
from tipstaff.api.handlers import HANDLERS
from tipstaff.assembly.access import open_logins
from tipstaff.assembly.server import open_server
from tipstaff.casework.words import Subject
from tipstaff.policy.model import Policy
from tipstaff.screening.batches import Batch
from tipstaff.screening.engine import make_engine
from tipstaff.server.app import make_app
from tipstaff.web.handlers import WEB
from tipstaff.web.problems import EVERYWHERE

ORIGIN: Final = "https://testserver.local"


class Form(Mapping[str, list[str]]):
    """A form of a page: where it is sent, and its fields; of buttons and choices, all that there are."""

    def __init__(self, action: str) -> None:
        self.action = action
        self.fields: dict[str, list[str]] = {}
        self.hidden: dict[str, str] = {}

    def __getitem__(self, name: str) -> list[str]:
        """Return the values that a field may have."""
        return self.fields[name]

    def __iter__(self) -> Iterator[str]:
        """Yield the names of its fields."""
        return iter(self.fields)

    def __len__(self) -> int:
        """Return how many fields it has."""
        return len(self.fields)


class _Forms(HTMLParser):
    """Reads the forms of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take a form, or a field of the last one."""
        told = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(told.get("action", "")))
        elif tag in ("input", "button", "textarea", "select") and self.forms and "name" in told:
            form = self.forms[-1]
            form.fields.setdefault(told["name"], []).append(told.get("value", ""))
            if told.get("type") == "hidden":
                form.hidden[told["name"]] = told.get("value", "")


class Shown:
    """A page that was answered."""

    def __init__(self, answer: httpx.Response) -> None:
        self.answer = answer
        self.status = answer.status_code
        self.text = answer.text
        read = _Forms()
        read.feed(self.text)
        self.forms = read.forms

    @property
    def path(self) -> str:
        """Where it is, after whatever it was sent on to."""
        return self.answer.url.path

    def form(self, action: str) -> Form:
        """Return the form that is sent to a path."""
        found = [one for one in self.forms if one.action == action]
        assert found, f"no form for {action}: there are {[one.action for one in self.forms]}"
        return found[0]


class Visitor:
    """Somebody with a browser of their own, logged in or not."""

    def __init__(self, app: Litestar, language: str = "en") -> None:
        self._client = TestClient(app, base_url=ORIGIN, raise_server_exceptions=True)
        self._client.headers["Accept-Language"] = language

    def log_in(self, name: str, back: str = "/") -> Visitor:
        """Log in on the page that was gone `back` from, with the password of all; returns who did."""
        form = self.get(f"/login?back={back}").form("/login")
        page = self.send("/login", form, name=name, password=PASSWORD)
        assert page.status == 200, page.text
        return self

    def get(self, path: str, **headers: str) -> Shown:
        """Ask for a page."""
        return Shown(self._client.get(path, headers=headers))

    def send(self, path: str, form: Form | None = None, **fields: str | list[str]) -> Shown:
        """Send a form, with its hidden fields and what was filled in; returns the page that it leads to."""
        hidden = form.hidden if form else {}
        return Shown(self._client.post(path, data={**hidden, **fields}))

    def part(self, path: str, form: Form, **fields: str | list[str]) -> Shown:
        """Send a form as a script of the page does, which has a part of it changed."""
        headers = {"HX-Request": "true"}
        return Shown(self._client.post(path, data={**form.hidden, **fields}, headers=headers))

    def send_with(
        self, path: str, form: Form, files: Mapping[str, tuple[str, bytes]], **fields: str | list[str]
    ) -> Shown:
        """Send a form with files, each by its field and name; returns the page that it leads to."""
        return Shown(self._client.post(path, data={**form.hidden, **fields}, files=dict(files)))

    def raw(
        self, path: str, fields: Mapping[str, str] | str, kind: str = "application/x-www-form-urlencoded"
    ) -> Shown:
        """Send fields, or a form as it is written, and go nowhere from there."""
        if isinstance(fields, str):
            headers = {"Content-Type": kind}
            return Shown(self._client.post(path, content=fields, headers=headers, follow_redirects=False))
        return Shown(self._client.post(path, data=dict(fields), follow_redirects=False))

    def keep(self, name: str, value: str) -> None:
        """Keep a cookie of one's own making."""
        self._client.cookies.set(name, value, domain="testserver.local", path="/")

    def ask(self, method: str, path: str) -> int:
        """Ask for something with the token of the session and nothing else; returns how it was answered."""
        shown = self.get("/me").forms
        csrf = next((one.hidden["csrf"] for one in shown if "csrf" in one.hidden), "")
        data = {"csrf": csrf} if method == "POST" else None
        return self._client.request(method, path, data=data, follow_redirects=False).status_code

    def post(self, path: str, fields: Mapping[str, str], **headers: str) -> Shown:
        """Send fields with headers of one's own, as another site would."""
        return Shown(self._client.post(path, data=dict(fields), headers=headers))


class Web(Served):
    """A place behind its pages, and its API."""

    def holder(self, name: str, *subjects: Subject, language: str = "en") -> Visitor:
        """Return an account holder with a browser, logged in; `subjects` are theirs."""
        self.token(name, Role.ACCOUNT_HOLDER, holds=subjects)
        with open_logins(self.place.directory) as logins:
            logins.keep_password(name, Hasher(CHEAP).hash(PASSWORD))
        return Visitor(self.client.app, language).log_in(name, "/check")

    def find(self, number: int) -> None:
        """Have the policy in force look at all that the subject of a case has published."""
        with self.place.desk() as desk:
            subject = desk.cases.load(number).subject
            posts = Batch.of(list(desk.host(subject).posts_of(subject)))
            found = make_engine((self.place.policy,)).by_post(posts)
            take_up(desk, [one for _, findings in found for one in findings])

    def visitor(self, name: str | None = None, language: str = "en") -> Visitor:
        """Return somebody with a browser; logged in where a name is given."""
        visitor = Visitor(self.client.app, language)
        return visitor.log_in(name) if name else visitor


@contextmanager
def web(
    directory: Path, policy: Policy, look: Look | None = None, settings: Path | None = None
) -> Iterator[Web]:
    """Serve a new place with its pages; `look` stands for screening, `settings` is a file."""
    place = Place(directory, policy, settings)
    app = make_app(open_server(directory, place.clock, look, Hasher(CHEAP)), [*HANDLERS, WEB], EVERYWHERE)
    with TestClient(app) as client:
        yield Web(place, client)
