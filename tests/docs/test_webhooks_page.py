"""docs/webhooks.md: its commands run, its tables are those of the code, and its receiver verifies."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from casebook import Casebook

from tipstaff.actions.webhooks.events import (
    AppealJudged,
    AppealReceived,
    CaseOpened,
    ComplaintAnswered,
    DecisionRecorded,
    MeasureCarriedOut,
    NoticeSent,
    OnTrial,
    OrderReceived,
    messages_of,
)
from tipstaff.actions.webhooks.hooks import Changed
from tipstaff.actions.webhooks.kinds import TEST, EventType
from tipstaff.actions.webhooks.penalty import Penalty
from tipstaff.actions.webhooks.signing import headers_of, make_secret
from tipstaff.actions.webhooks.tell import WAITS
from tipstaff.api.handlers import HANDLERS
from tipstaff.assembly.casework import install
from tipstaff.assembly.server import open_server
from tipstaff.cli.main import main
from tipstaff.config.settings import Settings
from tipstaff.server.app import make_app

PAGE = (Path(__file__).parents[2] / "docs" / "webhooks.md").read_text(encoding="utf-8")
SHAPES = {
    EventType.CASE_OPENED: CaseOpened,
    EventType.DECISION_RECORDED: DecisionRecorded,
    EventType.MEASURE_CARRIED_OUT: MeasureCarriedOut,
    EventType.NOTICE_SENT: NoticeSent,
    EventType.NOTICE_PENALTY: Penalty,
    EventType.APPEAL_RECEIVED: AppealReceived,
    EventType.APPEAL_JUDGED: AppealJudged,
    EventType.ORDER_RECEIVED: OrderReceived,
    EventType.COMPLAINT_ANSWERED: ComplaintAnswered,
    TEST: OnTrial,
}


def rows(first: str) -> dict[str, list[str]]:
    """Return the cells of the rows whose first cell fits, by that."""
    found = re.findall(rf"^\| `({first})` \|(.*)\|$", PAGE, re.MULTILINE)
    return {name: [cell.strip() for cell in rest.split(" | ")] for name, rest in found}


def test_every_event_has_its_shape() -> None:
    """Each type with the fields of its data, and no others: they are published."""
    told = rows(r"[a-z]+\.[a-z_]+")
    assert set(told) == {*EventType, TEST} == set(SHAPES)
    for kind, shape in SHAPES.items():
        outside = re.sub(r"\(.*?\)", "", told[kind][-1])
        assert sorted(re.findall(r"`(\w+)`", outside)) == sorted(shape.__struct_fields__), kind


def test_every_endpoint_is_told() -> None:
    """All that the schema has of webhooks, and nothing else."""
    paths = make_app(open_server(Path("nowhere")), HANDLERS).openapi_schema.to_schema()["paths"]
    known = {
        f"{method.upper()} {path}"
        for path, methods in paths.items()
        for method in methods
        if path.startswith("/v1/webhooks")
    }
    assert set(rows(r"[A-Z]+ /v1/webhooks\S*")) == known


def test_what_is_written_is_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The commands of the page run."""
    monkeypatch.chdir(tmp_path)
    install(Path("here"), "example.org/log")
    (block,) = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)
    for line in block.splitlines():
        assert main(line.split()[1:]) == 0
    assert "https://hooks.example.org/tipstaff  active" in capsys.readouterr().out


def test_its_receiver_verifies() -> None:
    """What Tipstaff sends, under both secrets; nothing that was altered, or is old."""
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    there: dict[str, Any] = {}
    exec(code, there)  # noqa: S102  of our own page
    verify, secrets = there["verify"], [make_secret(), make_secret()]
    body = messages_of(Changed(1, 0, Casebook().events), b"log")[0].body
    headers = headers_of(secrets, "evt_1_1", 1000, body)
    for secret in secrets:
        assert verify(secret, headers, body, 1300)
        assert not verify(secret, headers, body, 1301)
        assert not verify(secret, headers, body + b" ", 1000)
        assert not verify(secret, headers | {"webhook-id": "evt_1_2"}, body, 1000)
    assert not verify(make_secret(), headers, body, 1000)


def test_its_times_and_settings_are_those_of_the_code() -> None:
    """What is waited between two attempts, and the names of settings."""
    (told,) = re.findall(r"is sent again after (.*?), and then", " ".join(PAGE.split()))
    words = told.replace(" and ", ", ").split(", ")
    sizes = {"s": 1, "min": 60, "h": 3600}
    assert tuple(int(one.split()[0]) * sizes[one.split()[1]] for one in words) == WAITS
    (block,) = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    assert set(tomllib.loads(block)) <= set(Settings.__struct_fields__)
