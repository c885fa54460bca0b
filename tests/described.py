"""The schema of the API, held against single answers: the status, the headers and the body that it tells."""

from __future__ import annotations

import json
import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any, Final

import httpx
from jsonschema_rs import Draft202012Validator

from tipstaff.api.handlers import HANDLERS
from tipstaff.assembly.server import open_server
from tipstaff.server.app import make_app
from tipstaff.server.openapi import describe
from tipstaff.server.problems import MEDIA_TYPE, ProblemType

TYPES: Final = {
    status: {one.reference for one in ProblemType if one.status == status}
    for status in {one.status for one in ProblemType}
}
"""The types of problems, by their statuses."""

_PARAMETER: Final = re.compile(r"\{[a-z_]+\}")


class Told:
    """What the schema tells, and how often each operation was seen answering what."""

    def __init__(self, schema: dict[str, Any]) -> None:
        self.schema = schema
        self.seen: Counter[tuple[str, int]] = Counter()
        self._validators: dict[str, Draft202012Validator] = {}
        self._operations = [
            (method.upper(), _pattern(path), told)
            for path, methods in schema["paths"].items()
            for method, told in methods.items()
        ]

    @property
    def operations(self) -> dict[str, dict[str, Any]]:
        """What is told of each operation, by its name."""
        return {told["operationId"]: told for _, _, told in self._operations}

    def resolved(self, told: dict[str, Any]) -> dict[str, Any]:
        """Return what is told, where it is by reference."""
        if "$ref" in told:
            _, _, kind, name = told["$ref"].split("/")
            found: dict[str, Any] = self.schema["components"][kind][name]
            return found
        return told

    def faults(self, schema: dict[str, Any], value: object) -> list[str]:
        """Return what is wrong with a value that has a schema."""
        key = json.dumps(schema, sort_keys=True)
        if key not in self._validators:
            whole = {**schema, "components": self.schema["components"]}
            self._validators[key] = Draft202012Validator(whole)
        return [str(one) for one in self._validators[key].iter_errors(value)]

    def check(self, answer: httpx.Response) -> None:
        """Hold an answer against what is told of its operation; any other, if it is a problem."""
        answer.read()
        method, path = answer.request.method, answer.request.url.path
        told = next((one for ask, at, one in self._operations if ask == method and at.fullmatch(path)), None)
        if answer.headers.get("content-type") == MEDIA_TYPE and method != "HEAD":
            self._check_problem(answer)
        if told is None:
            return
        named = f"{told['operationId']} {answer.status_code}"
        self.seen[told["operationId"], answer.status_code] += 1
        assert str(answer.status_code) in told["responses"], f"{named} is not in the schema: {answer.text}"
        response = self.resolved(told["responses"][str(answer.status_code)])
        for name, by_reference in response.get("headers", {}).items():
            header = self.resolved(by_reference)
            assert name in answer.headers or not header.get("required"), f"{named} has no {name}"
            if name in answer.headers:
                assert not self.faults(header["schema"], answer.headers[name]), f"{named}: {name}"
        content = response.get("content")
        assert bool(answer.content) <= bool(content), f"{named} has a body"
        sent = answer.headers.get("content-type", "")
        kind = sent.partition(";")[0]
        assert not content or kind in content, f"{named}: {kind}"
        assert sent.count("charset") <= 1, f"{named}: {sent}"
        if content and kind.endswith("json"):
            faults = self.faults(content[kind]["schema"], json.loads(answer.content))
            assert not faults, f"{named}: {faults}"

    def _check_problem(self, answer: httpx.Response) -> None:
        """Hold a problem against the schema, wherever it was asked for: it has a type of its status."""
        problem = json.loads(answer.content)
        faults = self.faults({"$ref": "#/components/schemas/Problem"}, problem)
        assert not faults, f"{answer.url.path}: {faults}"
        assert problem["status"] == answer.status_code
        assert problem.get("type") in TYPES[answer.status_code], f"{answer.url.path}: {problem}"


@cache
def told() -> Told:
    """Return what the schema tells. Nothing is served for that."""
    return Told(describe(make_app(open_server(Path("nowhere")), HANDLERS)))


def _pattern(path: str) -> re.Pattern[str]:
    """Return what the paths of an operation are: those of files have slashes."""
    parts = _PARAMETER.split(path)
    return re.compile(("[^/]+" if "{path}" not in path else ".+").join(map(re.escape, parts)))
