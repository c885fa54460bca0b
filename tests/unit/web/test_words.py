"""Words for values: no kind stands for two things."""

from __future__ import annotations

import ast
import inspect

from tipstaff.web import ledger_words, words


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
    assert len(kinds) == len(set(kinds))
    assert ledger_words.LEDGER_WORDS.keys().isdisjoint(kinds)
