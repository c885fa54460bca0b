"""The table of registration rules: the one that ships is sound, every fault of another is told by name."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import cast

import pytest

from tipstaff.ledger import table
from tipstaff.ledger.cbor import Value, encode
from tipstaff.ledger.errors import TableError

KINDS = (
    "rules", "key", "policy", "order", "amendment", "decision", "confirmation", "measure", "effect", "appeal",
    "result", "erasure", "note",
)  # fmt: skip
"""The kinds of design.md."""

MEASURES = (
    "warn", "hold_content", "restrict_posting", "suspend_updates", "block_content", "close_account",
    "suspend_app", "block_links",
)  # fmt: skip


def with_row(**row: Value) -> dict[str, Value]:
    """Return the table that ships with one more kind: `extra`, which cites decisions and measures."""
    value = cast("dict[str, dict[str, Value]]", copy.deepcopy(table.shipped()))
    claims = {
        "decision": {"type": "entry", "of": ["decision"]},
        "maybe": {"type": "entry", "of": ["decision"], "optional": True},
        "number": {"type": "count"},
        "word": {"type": "text"},
        "list": {"type": "list", "item": {"type": "text"}},
        **cast("dict[str, Value]", row.pop("claims", {})),
    }
    value["kinds"]["extra"] = {"version": 1, "signed_by": ["log"], "claims": claims, **row}
    return cast("dict[str, Value]", value)


def changed(kind: str, **changes: Value) -> dict[str, Value]:
    """Return the table that ships with other claims in a row; None takes one away."""
    value = cast("dict[str, dict[str, dict[str, dict[str, Value]]]]", copy.deepcopy(table.shipped()))
    claims = value["kinds"][kind]["claims"]
    for name, claim in changes.items():
        claims[name] = claim
        if claim is None:
            del claims[name]
    return cast("dict[str, Value]", value)


def with_rules(**changes: Value) -> dict[str, Value]:
    """Return the table that ships with another row for the rules themselves; `claims` are some more."""
    value = cast("dict[str, dict[str, dict[str, Value]]]", copy.deepcopy(table.shipped()))
    row = value["kinds"]["rules"]
    claims = {
        **cast("dict[str, Value]", row["claims"]),
        **cast("dict[str, Value]", changes.pop("claims", {})),
    }
    value["kinds"]["rules"] = {**row, **changes, "claims": claims}
    return cast("dict[str, Value]", value)


COMPARING: Mapping[str, Value] = {
    "unique": ["version", "table"],
    "fixed": [{"of": ["table"], "claim": "version"}],
    "state": {"claim": "table"},
    "requires": [{"when": {"table": [-(2**64)]}, "claims": ["version"]}],
    "follows": {"when": {"table": [1]}, "of": {"version": "1"}},
}
"""Rules that compare the table which a statement states."""


def test_the_table_that_ships_is_sound() -> None:
    """It has the kinds of the design, version 1, and a week of tolerance."""
    found = table.read(encode(table.shipped()))
    assert tuple(found.kinds) == tuple(sorted(KINDS, key=lambda kind: (len(kind), kind)))
    assert (found.version, found.tolerance) == (1, 7 * 24 * 3600)
    assert {row.version for row in found.kinds.values()} == {1}


def test_the_measures_are_those_of_the_design_in_both_rows() -> None:
    """What may be decided and what may be carried out are the same measures."""
    found = table.read(encode(table.shipped()))
    decided = found.kinds["decision"].claims["measures"].item
    assert decided is not None
    assert decided.members is not None
    assert decided.members["kind"].of == MEASURES == found.kinds["measure"].claims["kind"].of


def test_a_sound_row_more_is_read() -> None:
    """The row that the faults below start from has none of them."""
    assert "extra" in table.read(encode(with_row())).kinds


FAULTS: Mapping[str, tuple[Value, str]] = {
    "no map": ([1], "cannot be read"),
    "nothing in it": ({}, "cannot be read"),
    "no kinds": ({"version": 1, "tolerance": 1, "kinds": {}}, "rules is missing; key is missing"),
    "a text for a number": ({"version": "1", "tolerance": 1, "kinds": {}}, "cannot be read"),
    "a key that no table has": ({**with_row(), "more": 1}, "more"),
    "a key that no row has": (with_row(moon=1), "moon"),
    "a key that no claim has": (with_row(claims={"x": {"type": "text", "moon": 1}}), "moon"),
    "a type that no claim has": (with_row(claims={"x": {"type": "float"}}), "float"),
    "a tolerance below 0": ({**with_row(), "tolerance": -1}, "tolerance is less than 0"),
    "an unknown role": (with_row(signed_by=["king"]), "extra: king is no role"),
    "a unique claim that is none": (with_row(unique=["nobody"]), "extra: nobody is no claim"),
    "any of a claim that is none": (with_row(any_of=["nobody"]), "extra: nobody is no claim"),
    "required when a claim that is none": (
        with_row(requires=[{"when": {"nobody": [1]}, "claims": ["word"]}]), "extra: nobody is no claim",
    ),
    "a required claim that is none": (
        with_row(requires=[{"when": {"word": ["x"]}, "claims": ["nobody"]}]), "extra: nobody is no claim",
    ),
    "a limit of a claim that is none": (
        with_row(limits=[{"role": "log", "claim": "nobody", "values": ["x"]}]), "extra: nobody is no claim",
    ),
    "a limit within a text": (
        with_row(limits=[{"role": "log", "claim": "word.kind", "values": ["x"]}]),
        "extra: word.kind leads to no member",
    ),
    "a limit within a list of texts": (
        with_row(limits=[{"role": "log", "claim": "list.kind", "values": ["x"]}]),
        "extra: list.kind leads to no member",
    ),
    "fixed by a claim that is none": (
        with_row(fixed=[{"of": ["nobody"], "claim": "word"}]), "extra: nobody is no claim",
    ),
    "a fixed claim that is none": (
        with_row(fixed=[{"of": ["word"], "claim": "nobody"}]), "extra: nobody is no claim",
    ),
    "an entry of a kind that is none": (
        with_row(claims={"x": {"type": "entry", "of": ["nobody"]}}), "extra: nobody is no kind",
    ),
    "an entry within a list": (
        with_row(claims={"x": {"type": "list", "item": {"type": "entry", "of": ["order"]}}}),
        "extra: x cites nothing: an entry stands by itself",
    ),
    "an entry within a map": (
        with_row(claims={"x": {"type": "map", "members": {"y": {"type": "entry", "of": ["order"]}}}}),
        "extra: x cites nothing: an entry stands by itself",
    ),
    "a list without an item": (with_row(claims={"x": {"type": "list"}}), "extra: a list has an item"),
    "a map without members": (with_row(claims={"x": {"type": "map"}}), "extra: a list has an item, a map"),
    "a text with an item": (
        with_row(claims={"x": {"type": "text", "item": {"type": "text"}}}), "extra: a list has an item",
    ),
    "a list within whose items there are none": (
        with_row(claims={"x": {"type": "list", "item": {"type": "list"}}}), "extra: a list has an item",
    ),
    "equal to what is not cited": (
        with_row(equal=[{"cited": "word", "claims": {"word": "case"}}]), "extra: word cites nothing",
    ),
    "equal to a claim that the cited has not": (
        with_row(equal=[{"cited": "decision", "claims": {"word": "nobody"}}]),
        "extra: decision cites decision, which has no claim nobody",
    ),
    "a claim that is none, equal to another": (
        with_row(equal=[{"cited": "decision", "claims": {"nobody": "case"}}]), "extra: nobody is no claim",
    ),
    "a member of a list that is none": (
        with_row(member={"cited": "decision", "list": "case", "by": {"number": "number"}, "claims": {}}),
        "extra: case of decision is no list of maps with number",
    ),
    "a member that is none": (
        with_row(member={"cited": "decision", "list": "measures", "by": {"number": "nobody"}, "claims": {}}),
        "extra: measures of decision is no list of maps with nobody",
    ),
    "more than a member that is none": (
        with_row(member={"cited": "decision", "list": "measures", "by": {"number": "number"}, "claims": {},
                         "most": {"number": "nobody"}}),
        "extra: measures of decision is no list of maps with number, nobody",
    ),
    "a text that is more than another": (
        with_row(member={"cited": "decision", "list": "measures", "by": {"number": "number"}, "claims": {},
                         "most": {"word": "targets"}}),
        "extra: word is no number",
    ),
    "less than a member that is none": (
        with_row(member={"cited": "decision", "list": "measures", "by": {"number": "number"}, "claims": {},
                         "least": {"number": "nobody"}}),
        "extra: measures of decision is no list of maps with number, nobody",
    ),
    "a text that is less than another": (
        with_row(member={"cited": "decision", "list": "measures", "by": {"number": "number"}, "claims": {},
                         "least": {"word": "from"}}),
        "extra: word is no number",
    ),
    **{f"a number that is {rule} than a text": (
        with_row(member={"cited": "decision", "list": "measures", "by": {"number": "number"}, "claims": {},
                         rule: {"number": "territory"}}),
        "extra: measures of decision has no numbers for territory",
    ) for rule in ("most", "least")},
    "a time to come that is no claim": (with_row(reached=[{"claim": "nobody"}]), "extra: nobody is no claim"),
    "a time to come that is none": (with_row(reached=[{"claim": "number"}]), "extra: number is no time"),
    "a time to come when a claim that is none": (
        with_row(reached=[{"claim": "number", "when": {"nobody": [1]}}]), "extra: nobody is no claim",
    ),
    "confirmed what is not cited": (with_row(confirmed=[{"cited": "word"}]), "extra: word cites nothing"),
    "confirmed when a claim that is none": (
        with_row(confirmed=[{"cited": "decision", "when": {"nobody": [1]}}]), "extra: nobody is no claim",
    ),
    "states of what is not cited": (
        with_row(states=[{"cited": "word", "values": ["x"]}]), "extra: word cites nothing",
    ),
    "states along a path that ends": (
        with_row(states=[{"cited": "decision.case", "values": ["x"]}]),
        "extra: decision.case leads to no statement",
    ),
    "states when a claim that is none": (
        with_row(states=[{"cited": "decision", "values": ["x"], "when": {"nobody": [1]}}]),
        "extra: nobody is no claim",
    ),
    "required of a kind that is not cited": (
        with_row(requires=[{"when": {"word": ["x"]}, "cites": ["decision"], "kinds": ["order"]}]),
        "extra: decision cites no order",
    ),
    "a state that is no claim": (with_row(state={"claim": "nobody"}), "extra: nobody is no claim"),
    "a state that may be left out": (
        with_row(claims={"state": {"type": "text", "optional": True}}, state={"claim": "state"}),
        "extra: state is a state, and cannot be optional",
    ),
    "a state of two things": (
        with_row(state={"claim": "word", "of": ["number"], "cited": "decision"}), "extra: a state is of",
    ),
    "a state of what is not cited": (
        with_row(state={"claim": "word", "cited": "word"}), "extra: word cites nothing",
    ),
    "confirms what is not cited": (with_row(confirms="word"), "extra: word cites nothing"),
    "the role of what is not cited": (with_row(role_of="word"), "extra: word cites nothing"),
    "differs from nobody": (with_row(differs=["word"]), "extra: word leads to no statement"),
    "differs along a path that ends": (
        with_row(differs=["decision.case"]), "extra: decision.case leads to no statement",
    ),
    "judges what is not cited": (with_row(judges="word"), "extra: word leads to no statement"),
    "follows what is no claim": (
        with_row(unique=["word"], follows={"when": {"word": ["x"]}, "of": {"nobody": "y"}}),
        "extra: nobody is no claim",
    ),
    "follows by what is not unique": (
        with_row(unique=["number"], follows={"when": {"word": ["x"]}, "of": {"word": "y"}}),
        "extra: follows changes what is not unique",
    ),
    "a hash envelope with claims": (with_row(envelope=True), "extra: a hash envelope has no claims"),
    "a claim with the name of the signer": (
        with_row(claims={"@holder": {"type": "text"}}), "extra: @holder is no name of a claim",
    ),
    "an agreement that leads nowhere": (
        with_row(
            claims={"cited": {"type": "entry", "of": ["order"]}},
            agree=[{"cited": "cited", "path": "nothing", "with": "@holder"}],
        ),
        "extra: cited.nothing leads to no claim",
    ),
    "an agreement with nothing": (
        with_row(
            claims={"cited": {"type": "entry", "of": ["order"]}},
            agree=[{"cited": "cited", "path": "authority", "with": "nowhere"}],
        ),
        "extra: nowhere leads to no claim",
    ),
    "a path of nine names": (
        with_row(differs=["maybe" + 8 * ".result"]),
        f"extra: maybe{8 * '.result'} is a path of more than 8 names",
    ),
    "an agreement along nine names": (
        with_row(agree=[{"cited": "maybe", "path": "result.appeal.decision." * 2 + "result.case",
                         "with": "word"}]),
        "is a path of more than 8 names",
    ),
    "an agreement with what is at the end of nine names": (
        with_row(agree=[{"cited": "maybe", "path": "case",
                         "with": "maybe." + "result.appeal.decision." * 2 + "result.case"}]),
        "is a path of more than 8 names",
    ),
    "a path over a claim that cites nothing in one kind": (
        with_row(claims={"one": {"type": "entry", "of": ["effect", "measure"]}},
                 differs=["one.measure"]),
        "extra: one.measure leads to no statement",
    ),
    "lists within a list that differ in nothing": (
        with_row(claims={"lists": {"type": "list", "item": {
            "type": "list", "item": {"type": "text"}, "distinct": "number",
        }}}),
        "extra: lists is no list of maps that all have number",
    ),
    "maps that are told apart by a list": (
        with_row(claims={"maps": {"type": "list", "distinct": "words", "item": {
            "type": "map", "members": {"words": {"type": "list", "item": {"type": "text"}}},
        }}}),
        "extra: maps is no list of maps that all have words, a plain value",
    ),
    **{f"a table that {rule} compares": (
        with_rules(**{rule: value}), "rules: table is a table, which is compared with nothing",
    ) for rule, value in COMPARING.items()},
    "a table that others repeat": (
        with_row(claims={"rules": {"type": "entry", "of": ["rules"]}},
                 equal=[{"cited": "rules", "claims": {"word": "table"}}]),
        "extra: rules cites rules, which has no claim table that could be compared",
    ),
    "a table that others agree with": (
        with_row(claims={"rules": {"type": "entry", "of": ["rules"]}},
                 agree=[{"cited": "rules", "path": "table", "with": "word"}]),
        "extra: rules.table leads to no claim",
    ),
    "a table that agrees with others": (
        with_rules(claims={"next": {"type": "entry", "of": ["rules"]}},
                   agree=[{"cited": "next", "path": "version", "with": "table"}]),
        "rules: table leads to no claim",
    ),
    "a table on a path of citations": (
        with_row(claims={"rules": {"type": "entry", "of": ["rules"]}}, differs=["rules.table"]),
        "extra: rules.table leads to no statement",
    ),
    "an open kind that compares what it does not declare": (
        with_row(open=True, unique=["anything"]), "extra: anything is no claim",
    ),
    "maps that differ in nothing": (
        with_row(claims={"words": {"type": "list", "item": {"type": "text"}, "distinct": "number"}}),
        "extra: words is no list of maps that all have number",
    ),
    "rules without a table": (changed("rules", table=None), "rules: table must be a claim of type table"),
    "rules with a text for a version": (
        changed("rules", version={"type": "text"}), "rules: version must be a claim of type count",
    ),
    "keys without a kid": (changed("key", kid=None), "key: kid must be a claim of type hash"),
    "keys with a text for a role": (
        changed("key", role={"type": "text"}), "key: role must be a claim of type choice",
    ),
    **{f"{kind} that may leave out {name}": (
        changed(kind, **{name: {**claim, "optional": True}}), f"{kind}: {name} cannot be optional",
    ) for kind, name, claim in (
        ("rules", "version", {"type": "count"}), ("rules", "table", {"type": "table"}),
        ("key", "kid", {"type": "hash"}), ("key", "action", {"type": "choice", "of": ["added", "revoked"]}),
    )},
    "a table of another kind": (with_row(claims={"x": {"type": "table"}}), "extra: x is a table"),
    "a table within a list": (
        with_row(claims={"x": {"type": "list", "item": {"type": "table"}}}), "extra: x is a table",
    ),
    "another table in rules": (changed("rules", more={"type": "table"}), "rules: more is a table"),
    "keys without dates": (changed("key", not_after=None), "key: not_after must be a claim of type time"),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_of_a_table_is_told_by_name(fault: str) -> None:
    """The table is refused, and the message names the kind and what is wrong with it."""
    value, words = FAULTS[fault]
    with pytest.raises(TableError) as caught:
        table.read(encode(value))
    assert words in str(caught.value)


def test_a_path_over_many_kinds_is_walked_step_by_step() -> None:
    """Twenty kinds that cite one another are twenty kinds at each of eight steps, not 20^8 ways."""
    value = with_row()
    kinds = cast("dict[str, Value]", value["kinds"])
    names = [f"kind_{letter}" for letter in "abcdefghijklmnopqrst"]
    claims: Value = {"to": {"type": "entry", "of": names, "optional": True}, "word": {"type": "text"}}
    path = ".".join(["to"] * 8)
    for name in names:
        kinds[name] = {
            "version": 1, "signed_by": ["log"], "claims": claims, "differs": [path], "judges": path,
            "agree": [{"cited": "to", "path": path.removeprefix("to.").removesuffix(".to") + ".word",
                       "with": "word"}],
        }  # fmt: skip
    found = table.read(encode(value))
    assert {found.kept[name] for name in names} == {frozenset(("to", "word"))}


def test_all_faults_are_told_at_once() -> None:
    """Who mends a table is not sent back once for each fault."""
    with pytest.raises(TableError) as caught:
        table.read(encode(with_row(unique=["a"], any_of=["b"], signed_by=["c"])))
    assert all(words in str(caught.value) for words in ("c is no role", "a is no claim", "b is no claim"))


@pytest.mark.parametrize("data", [b"", b"?", b"\xbf\xff", b"\xa1\x61a\xf9\x00\x00"])
def test_what_is_no_cbor_is_no_table(data: bytes) -> None:
    """A table comes in deterministic CBOR."""
    with pytest.raises(TableError, match="cannot be read"):
        table.read(data)
