"""Every operation of the schema is seen to be done, and answered as the schema tells; so are examples."""

from __future__ import annotations

from typing import Any, Final

import pytest
from described import Told, told
from served import served
from stories import ORIGIN, Story, policy_of

from tipstaff.server.examples import BINARY

NEVER_SEEN: Final[set[str]] = set()
"""The operations that the story does not do: none."""


@pytest.fixture(scope="module")
def _story(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Serve a place, and tell its story; every answer is held against the schema (`described`)."""
    folder = tmp_path_factory.mktemp("operations")
    settings = folder / "settings.toml"
    settings.write_text(f'requests_a_minute = 0\npublic_origin = "{ORIGIN}"\n')
    with served(folder / "here", policy_of(folder / "policy"), settings=settings) as made:
        told().seen.clear()
        Story(made, folder).tell()


@pytest.mark.usefixtures("_story")
def test_every_operation_is_done() -> None:
    """Each was answered with success, and in no other way than the schema tells."""
    done = {operation for operation, status in told().seen if 200 <= status < 300}
    assert told().operations.keys() - done == NEVER_SEEN


@pytest.mark.parametrize("operation", sorted(told().operations))
def test_every_operation_has_examples(operation: str) -> None:
    """Of what is sent, of what is answered, and of each problem; each is valid against its schema."""
    schema = told()
    one = schema.operations[operation]
    assert_examples(schema, one.get("requestBody", {}).get("content", {}))
    for by_reference in one["responses"].values():
        assert_examples(schema, schema.resolved(by_reference).get("content", {}))


def assert_examples(schema: Told, content: dict[str, Any]) -> None:
    """Hold the examples of a body against its schema."""
    for kind, media in content.items():
        if kind in BINARY:
            continue
        named = media.get("examples", {}).values()
        examples = [one["value"] for one in named] or [media["example"]]
        for example in examples:
            assert schema.faults(media["schema"], example) == []
