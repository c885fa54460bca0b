"""Words for values: no kind stands for two things."""

from __future__ import annotations

import ast
import inspect

import pytest
from litestar.handlers import HTTPRouteHandler

from tipstaff.actions.access.permissions import Permission, Role
from tipstaff.actions.desk import MACHINE, PLATFORM
from tipstaff.actions.webhooks.kinds import TEST, EventType
from tipstaff.config.settings import Settings
from tipstaff.server.identity import UNLIMITED
from tipstaff.server.watching import UNKEPT
from tipstaff.web import case_words, ledger_words, staff_words, words
from tipstaff.web.handlers import WEB


def test_no_kind_is_given_twice() -> None:
    """What is said of the ledger has kinds of its own: of two with one name the first would be lost."""
    tree = ast.parse(inspect.getsource(words))
    (labels,) = (
        node.args[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.args[0] if node.args else None, ast.Dict)
        and any(isinstance(key, ast.Constant) and key.value == "measure" for key in node.args[0].keys)
    )
    kinds = [key.value for key in labels.keys if isinstance(key, ast.Constant)]
    kinds += [*ledger_words.LEDGER_WORDS, *case_words.CASE_WORDS]
    assert len(kinds) == len(set(kinds))


def test_who_is_nobody_has_words() -> None:
    """What the machine and the platform do stands in timelines beside what people do."""
    assert set(words.LABELS["actor"]) == {MACHINE.name, PLATFORM.name}


def test_whatever_is_kept_of_pages_has_words() -> None:
    """What somebody does on a page is told in words in the trail, but for what is not kept there."""
    handlers = [one for route in WEB.routes for one in route.route_handlers]
    named = {
        one.operation_id
        for one in handlers
        if isinstance(one, HTTPRouteHandler) and isinstance(one.operation_id, str) and kept(one)
    }
    assert named - staff_words.OPERATIONS.keys() == set()


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("permission", set(Permission)),
        ("role", set(Role)),
        ("event", {*EventType, TEST}),
        ("setting", set(Settings.__struct_fields__)),
    ],
)
def test_every_value_has_its_words(kind: str, values: set[str]) -> None:
    """A page would fail where one has none; none has words that does not exist."""
    assert words.LABELS[kind].keys() == values


def kept(handler: HTTPRouteHandler) -> bool:
    """Say whether it is kept in the trail who was there."""
    return not handler.opt.get(UNKEPT) and not handler.opt.get(UNLIMITED)
