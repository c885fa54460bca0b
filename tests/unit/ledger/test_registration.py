"""The registration rules: the table of statements, line by line, and what the interpreter adds to it."""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from worlds import (
    HOLDERS,
    MEASURES,
    ORIGIN,
    START,
    World,
    audit,
    digest,
    envelope_draft,
    make_es256_key,
    make_key,
    measure,
    publish,
)

from tipstaff.ledger import table
from tipstaff.ledger.cbor import Value
from tipstaff.ledger.genesis import added_claims
from tipstaff.ledger.keys import SigningKey
from tipstaff.ledger.log import Registered
from tipstaff.ledger.memory import MemoryMemory
from tipstaff.ledger.state import author_key, find_key, unique_key
from tipstaff.ledger.verification import Refused

ROLES = {
    "log": "log",
    "platform": "platform",
    "machine": "machine",
    "policy_owner": "owner",
    "clerk": "clerk-2",
    "reviewer": "carol",
    "authority": "court-2",
}
"""Somebody of each role who has not yet signed or confirmed what the statements below cite."""

SIGNERS: Mapping[str, tuple[set[str], Callable[[int], dict[str, Value]]]] = {
    "policy": ({"policy_owner"}, lambda n: {"number": n}),
    "order": ({"authority", "clerk"}, lambda n: {"reference": f"2019/{n}"}),
    "amendment": ({"authority", "clerk"}, lambda n: {"number": n}),
    "decision": (
        {"reviewer", "machine"},
        lambda n: {"case": f"other-{n}", "measures": [measure(1, "hold_content", targets=1)]},
    ),
    "measure": ({"platform"}, lambda n: {"host": f"host-{n}"}),
    "effect": ({"platform"}, lambda n: {"number": n}),
    "appeal": ({"platform"}, lambda _: {"case": "case-0", "decision": "hold"}),
    "result": ({"reviewer"}, lambda _: {}),
    "erasure": ({"platform"}, lambda _: {}),
    "note": ({"log"}, lambda _: {}),
}
"""For each kind who may sign it, and in which claims one more of it differs from that of the story."""


def next_table(version: int = 2, **kinds: Value) -> dict[str, Value]:
    """Return the claims that put a next table into force: the one that ships, with other kinds."""
    value = cast("dict[str, Value]", copy.deepcopy(table.shipped()))
    shipped = cast("dict[str, Value]", value["kinds"])
    return {"version": version, "table": {**value, "version": version, "kinds": {**shipped, **kinds}}}


def row(kind: str) -> dict[str, Value]:
    """Return the row of a kind as it ships, to be changed."""
    kinds = cast("dict[str, dict[str, Value]]", cast("dict[str, Value]", table.shipped())["kinds"])
    return copy.deepcopy(kinds[kind])


# --- who may sign what ----------------------------------------------------------------------------


@pytest.mark.parametrize("kind", SIGNERS)
def test_each_kind_is_signed_by_the_roles_of_the_design_and_by_no_other(kind: str) -> None:
    """Each role is tried on each kind: those of design.md may sign it, the others may not."""
    world = World.told("appeal")
    allowed, changes = SIGNERS[kind]
    # An authority speaks for itself: it states and amends its own orders only.
    signers = {**ROLES, "authority": "court"} if kind in ("order", "amendment") else ROLES
    for number, (role, holder) in enumerate(signers.items(), start=10):
        if role in allowed:
            world.append(kind, holder, **changes(number))
        else:
            assert f"may not sign {kind}" in world.refusal(kind, holder, **changes(number))


@pytest.mark.parametrize("holder", [holder for role, holder in ROLES.items() if role != "log"])
def test_only_the_log_states_keys_and_rules(holder: str) -> None:
    """Nobody but the log adds a key or changes the rules."""
    world = World.told()
    add = world.key_claims("mallory", "reviewer")
    assert "may not sign key" in world.refused(world.draft("key", holder, add))
    assert "may not sign rules" in world.refused(world.draft("rules", holder, next_table()))


@pytest.mark.parametrize(
    ("cited", "allowed"),
    [
        ("order", {"clerk", "authority"}),
        ("amendment", {"clerk", "authority"}),
        ("decision", {"reviewer"}),
        ("result", {"reviewer"}),
    ],
)
def test_a_statement_is_confirmed_by_a_role_that_could_have_signed_it(cited: str, allowed: set[str]) -> None:
    """A clerk confirms no decision, a reviewer no order, and a machine, the platform or the log nothing."""
    world = World.told()
    world.add_key("dora", "reviewer")
    people = {**ROLES, "reviewer": "dora", "authority": "court"}
    world.append("order", "clerk", reference="fresh", label="order")
    world.append("amendment", "clerk", number=9, label="amendment")
    for role, holder in people.items():
        if role in allowed:
            world.append("confirmation", holder, statement=cited)
        else:
            assert "may not" in world.refusal("confirmation", holder, statement=cited)


def test_a_statement_says_to_be_by_the_holder_of_its_key() -> None:
    """Whose name is on a statement must hold the key that signed it."""
    world = World.told()
    forged = world.draft("effect", "platform", world.claims("effect", number=2), iss="alice")
    assert "held by 'platform'" in world.refused(forged)


def test_a_statement_of_an_unknown_key_is_refused() -> None:
    """A key that no statement added signs nothing."""
    world = World.told()
    assert "is unknown" in world.refusal("effect", "nobody", number=2)


def test_a_wrong_signature_is_refused() -> None:
    """The signature must be that of the key which the statement names."""
    world = World.told()
    good = world.draft("effect", "platform", world.claims("effect", number=2))
    assert "signature" in world.refused(good[:-1] + bytes([good[-1] ^ 1]))


# --- what a statement says ------------------------------------------------------------------------

ALTERED: Sequence[tuple[str, str, dict[str, Value], str]] = [
    ("decision", "bob", {"surprise": 1}, "unknown claims: surprise"),
    ("decision", "bob", {"case": None}, "claim case is missing"),
    ("decision", "bob", {"case": ""}, "name of 1 to 200"),
    ("decision", "bob", {"case": "c" * 201}, "name of 1 to 200"),
    ("decision", "bob", {"number": -1}, "whole number"),
    ("decision", "bob", {"number": True}, "whole number"),
    ("decision", "bob", {"number": "1"}, "whole number"),
    ("decision", "bob", {"reasons": b"short"}, "32 bytes"),
    ("decision", "bob", {"reasons": None}, "claim reasons is missing"),
    ("decision", "bob", {"hearing": "perhaps"}, "one of held, waived, not_due"),
    ("decision", "bob", {"hearing": "waived"}, "hearing_waived_for"),
    ("decision", "bob", {"grounds": {"complaints": -1}}, "grounds"),
    ("decision", "bob", {"grounds": {1: 1}}, "grounds"),
    ("decision", "bob", {"grounds": [1]}, "grounds"),
    ("decision", "bob", {"measures": [measure(1, "imprison")]}, "measures"),
    ("decision", "bob", {"measures": [measure(1, "warn", mood="cross")]}, "measures"),
    ("decision", "bob", {"measures": [{"number": 1}]}, "measures"),
    ("decision", "bob", {"measures": [measure(n, "warn") for n in range(21)]}, "at most 20"),
    ("decision", "bob", {"measures": {"number": 1}}, "measures"),
    ("decision", "bob", {"targets": [b"x"]}, "targets"),
    ("decision", "bob", {"policy": None, "policy_digest": None}, "at least one of policy, order"),
    *(
        ("decision", "bob", {"subject": subject}, "a pseudonym")
        for subject in (
            "alice@example.org",
            "v1:",
            "v1:" + "0" * 31,
            "v1:" + "0" * 129,
            "v1:" + "A" * 32,
            "v01:" + "0" * 32,
        )
    ),
    *(
        ("measure", "platform", {"host": host}, "claim host is not an id")
        for host in (
            "Square",
            "square ",
            " square",
            "squ\u0430re",
            "square\u200b",
            "",
            "-square",
            "h" * 201,
        )
    ),
    *(
        ("order", "court", {"reference": reference}, "claim reference is not a name")
        for reference in (
            "cafe\u0301",
            "2018/8 ",
            " 2018/8",
            "2018/8\u200b",
            "2018/8\n",
            "2018\u00a0/8",
            "\ue000",
            "",
        )
    ),
    ("policy", "owner", {"number": 3, "name": "house\u00ad"}, "claim name is not a name"),
    ("policy", "owner", {"number": 3, "version": "1.0 "}, "claim version is not a name"),
    ("order", "clerk", {"authority": " court"}, "claim authority is not a name"),
    ("order", "clerk", {"reference": "new", "territory": "\tXX"}, "claim territory is not a name"),
    ("measure", "platform", {"host": "other", "late": 0}, "late"),
    ("measure", "platform", {"host": "other", "direction": "sideways"}, "one of apply, lift"),
    ("measure", "platform", {"host": "other", "cause": "whim"}, "cause"),
    ("measure", "platform", {"host": "other", "from": None}, "claim from is missing"),
    ("effect", "platform", {"number": 2, "state": "hoped for"}, "one of applied, failed, drifted, lifted"),
    ("amendment", "clerk", {"number": 2, "deadline": None}, "deadline"),
    ("amendment", "clerk", {"number": 2, "change": "widened"}, "one of narrowed, refused, withdrawn"),
    ("policy", "owner", {"number": 3, "state": "loved"}, "one of shadow, in_force, retired"),
    ("order", "court", {"reference": "new", "scope": "everything"}, "one of content, account, app, site"),
    ("result", "carol", {"result": "maybe"}, "one of upheld, reversed, varied"),
    ("erasure", "platform", {"count": None}, "claim count is missing"),
]
"""One more statement that says something else than its row allows."""


@pytest.mark.parametrize(("kind", "by", "changes", "words"), ALTERED, ids=lambda value: str(value)[:40])
def test_claims_are_those_of_the_row(kind: str, by: str, changes: dict[str, Value], words: str) -> None:
    """What is missing, unknown or of another type is refused, and the claim is named."""
    given_case = {"case": "case-9"} if kind == "decision" else {}
    assert words in World.told().refusal(kind, by, **{**given_case, **changes})


def test_a_note_says_anything() -> None:
    """The open kind takes claims that no row declares."""
    World.told().append("note", "log", x=[{"y": None}], z={1: True})


def test_what_the_rows_leave_open_may_be_left_out() -> None:
    """Optional claims need not be there: an order without its attachment, a decision without evidence."""
    world = World.told()
    world.append("order", "court", reference="bare", attachment=None)
    world.append("decision", "bob", case="case-9", evidence=None, targets=[], measures=[])
    world.append("decision", "bob", case="case-10", hearing="waived", hearing_waived_for="grave_harm")
    world.append("amendment", "clerk", number=2, change="refused", scope=None, territory=None, deadline=None)


@pytest.mark.parametrize("kind", ["policy", "envelope_kind"])
def test_a_kind_is_a_kind_of_the_table(kind: str) -> None:
    """A kind that is in no row, or another version of one, is refused."""
    world = World.told()
    if kind == "policy":
        draft = world.draft("policy", "owner", world.claims("policy", number=3), version=2)
        assert "is at version 1, the statement at 2" in world.refused(draft)
    else:
        assert "no kind 'envelope_kind'" in world.refusal("envelope_kind", "log")


def test_a_hash_envelope_is_refused_where_claims_are_required() -> None:
    """The payload of an ordinary kind cannot be hidden in a hash envelope."""
    world = World.told()
    hidden = envelope_draft("erasure", "platform", START, b"envelope", b"content")
    assert "no hash envelope" in world.refused(hidden)


# --- what there is once ---------------------------------------------------------------------------

ONCE: Sequence[tuple[str, str, dict[str, Value], dict[str, Value]]] = [
    ("policy", "owner", {"number": 2}, {"number": 3}),
    ("order", "clerk", {}, {"reference": "2018/8"}),
    ("order", "clerk", {"basis": "Art. 2"}, {"authority": "court-2"}),
    ("amendment", "court", {}, {"number": 2}),
    ("decision", "bob", {"provision": "house-2"}, {"number": 3}),
    ("decision", "bob", {"number": 2}, {"case": "case-2"}),
    ("measure", "platform", {"late": True}, {"host": "matrix"}),
    ("measure", "platform", {}, {"measure": 6, "kind": "warn"}),
    ("effect", "platform", {"state": "failed"}, {"number": 2}),
    ("appeal", "platform", {}, {"decision": "hold", "case": "case-0"}),
]
"""What stands on the log already though it says something else beside, and what is new."""


@pytest.mark.parametrize(("kind", "by", "taken", "free"), ONCE)
def test_unique_claims_are_taken_once(
    kind: str, by: str, taken: dict[str, Value], free: dict[str, Value]
) -> None:
    """A second statement with the same unique claims is refused, whoever signs it; another is not."""
    world = World.told("appeal" if kind == "measure" else "note")
    assert "stands at entry" in world.refusal(kind, by, **taken)
    world.append(kind, by, **{**taken, **free})


def test_an_appeal_has_one_result() -> None:
    """The result of an appeal stands, whichever reviewer would give another."""
    world = World.told()
    world.add_key("dora", "reviewer")
    assert "stands at entry" in world.refusal("result", "dora", result="upheld")


def test_a_person_confirms_a_statement_once_and_several_may() -> None:
    """Statement and holder are unique together: two people confirm one decision, none of them twice."""
    world = World.told()
    assert "signed or confirmed" in world.refusal("confirmation", "bob")
    world.add_key("dora", "reviewer")
    world.append("confirmation", "dora")


def test_another_key_does_not_make_another_person() -> None:
    """A holder with two keys remains one person: he neither confirms himself nor confirms twice."""
    world = World.told("decision")
    world.keys["alice again"] = make_key("alice again")
    claims = {**world.key_claims("alice again", "reviewer"), "holder": "alice"}
    world.add(world.draft("key", "log", claims))
    draft = world.draft("confirmation", "alice", world.claims("confirmation"), key=world.keys["alice again"])
    assert "another person must act" in world.refused(draft)


def test_one_name_and_version_has_one_digest() -> None:
    """A policy's version never comes to mean something else; a new version may."""
    world = World.told()
    other = {"number": 3, "digest": digest("other")}
    assert "another digest" in world.refusal("policy", "owner", **other)
    world.append("policy", "owner", **other, version="1.1")


def test_the_same_statement_again_is_answered_with_its_place() -> None:
    """(iss, cti) with the same bytes is the same statement, also within a batch: it is registered once."""
    world = World.told()
    again = world.statements[-1]
    new = world.draft("note", "log", {"x": 1})
    size = world.store.size
    outcomes = world.log.append([again, new, new])
    assert [cast("Registered", outcome).position for outcome in outcomes] == [size - 1, size, size]
    assert world.store.size == size + 1


def test_another_statement_with_the_same_cti_is_refused() -> None:
    """(iss, cti) with other bytes is refused; another author may use the same cti."""
    world = World.told()
    world.add(world.draft("note", "log", {"x": 1}, cti=b"12345678"))
    assert "the same cti" in world.refused(world.draft("note", "log", {"x": 2}, cti=b"12345678"))
    world.add(world.draft("erasure", "platform", world.claims("erasure"), cti=b"12345678"))


# --- what comes after what ------------------------------------------------------------------------

CITATIONS: Sequence[tuple[str, str, str]] = [
    ("amendment", "clerk", "order"),
    ("decision", "bob", "policy"),
    ("decision", "bob", "order"),
    ("decision", "bob", "result"),
    ("confirmation", "carol", "statement"),
    ("measure", "platform", "decision"),
    ("measure", "platform", "cause"),
    ("effect", "platform", "measure"),
    ("appeal", "platform", "decision"),
    ("result", "carol", "appeal"),
]


@pytest.mark.parametrize(("kind", "by", "claim"), CITATIONS)
def test_what_is_cited_is_on_the_log_and_of_the_right_kind(kind: str, by: str, claim: str) -> None:
    """A citation of nothing, or of a statement of a kind that cannot be meant, is refused."""
    world = World.told()
    for cited in (digest("nothing"), world.entries["note"], world.entries["decision-confirmed"]):
        assert f"{claim} cites" in world.refusal(kind, by, **{claim: cited})


def test_a_statement_cites_what_comes_before_it_in_the_same_batch() -> None:
    """Statements that cite one another may be registered together, in order, and not the other way round."""
    for order, words in (((0, 1), None), ((1, 0), "not on the log")):
        world = World.told("decision-confirmed")
        apply = world.draft("measure", "platform", world.claims("measure"))
        claims = world.claims("effect", measure=hashlib.sha256(apply).digest())
        drafts = [apply, world.draft("effect", "platform", claims)]
        outcomes = world.log.append([drafts[place] for place in order])
        refused = [outcome.reason for outcome in outcomes if isinstance(outcome, Refused)]
        assert not refused if words is None else words in refused[0]


def test_a_decision_rests_on_a_policy_in_force() -> None:
    """A policy in shadow carries no decision, nor one that was retired; in force again, it does."""
    world = World.told("policy-shadow")
    assert "is shadow, not in_force" in world.refusal("decision", "alice", policy="policy-shadow")
    world.append("policy", "owner", number=2, label="policy")
    world.append("decision", "alice")
    world.append("policy", "owner", number=3, state="retired")
    assert "is retired, not in_force" in world.refusal("decision", "alice", case="case-2")
    world.append("policy", "owner", number=4, state="in_force")
    world.append("decision", "alice", case="case-2")


def test_the_state_of_a_policy_is_that_of_its_name_and_version() -> None:
    """Retiring one version leaves another in force."""
    world = World.told("policy")
    other = world.append("policy", "owner", number=3, version="2.0", digest=digest("house 2.0"))
    world.append("policy", "owner", number=4, state="retired")
    world.append("decision", "alice", policy=other, policy_digest=digest("house 2.0"))


@pytest.mark.parametrize("other", [digest("other"), None])
def test_a_decision_names_the_digest_of_its_policy(other: bytes | None) -> None:
    """The digest that a decision shows is that of the policy which it cites."""
    reason = World.told("policy").refusal("decision", "alice", policy_digest=other)
    assert "policy_digest is not the digest of the policy" in reason


def test_a_digest_of_a_policy_that_is_not_cited_is_refused() -> None:
    """A decision on an order alone cannot adorn itself with the digest of a policy."""
    world = World.told()
    on_order = {"case": "case-2", "policy": None, "order": "order"}
    assert "policy_digest" in world.refusal("decision", "bob", **on_order)
    world.append("decision", "bob", **on_order, policy_digest=None)


def test_an_order_carries_a_decision_once_it_is_confirmed() -> None:
    """An order that nobody confirmed carries no decision."""
    world = World.told("order")
    on_order = {"policy": None, "policy_digest": None, "order": "order"}
    assert "must be confirmed by another person" in world.refusal("decision", "alice", **on_order)
    world.append("confirmation", "clerk", statement="order")
    world.append("decision", "alice", **on_order)


@pytest.mark.parametrize("change", ["withdrawn", "refused"])
def test_an_order_that_is_withdrawn_or_refused_carries_no_decision_any_more(change: str) -> None:
    """It ends when the amendment is confirmed, not before."""
    world = World.told("order-confirmed")
    world.append("amendment", "clerk", change=change, label="end")
    world.append("decision", "alice", order="order")
    world.append("confirmation", "clerk-2", statement="end")
    assert f"is {change}, not" in world.refusal("decision", "alice", order="order", case="case-2")


@pytest.mark.parametrize("change", ["withdrawn", "refused"])
def test_an_order_that_has_ended_does_not_come_back(change: str) -> None:
    """A narrowing that is stated or confirmed after the end revives nothing."""
    world = World.told("order-confirmed")
    world.append("amendment", "court", number=1, change="narrowed", label="narrowed")
    world.append("amendment", "court", number=2, change=change, label="end")
    world.append("confirmation", "clerk-2", statement="end")
    assert change in world.refusal("confirmation", "clerk-2", statement="narrowed")
    assert change in world.refusal("amendment", "court", number=3)
    assert f"is {change}, not" in world.refusal("decision", "alice", order="order")


def test_a_narrowed_order_carries_decisions() -> None:
    """A confirmed narrowing leaves the order in force."""
    World.told("amendment-confirmed").append("decision", "alice", order="order")


@pytest.mark.parametrize(
    ("label", "by"), [("order", "court"), ("amendment", "clerk"), ("decision", "alice"), ("result", "carol")]
)
def test_nobody_confirms_his_own_statement(label: str, by: str) -> None:
    """A confirmation is another person's."""
    assert "another person must act" in World.told(label).refusal("confirmation", by, statement=label)


@pytest.mark.parametrize(
    ("changes", "due"),
    [
        ({"measure": 1, "kind": "close_account"}, True),
        ({"measure": 5, "kind": "suspend_app"}, True),
        ({"measure": 2, "kind": "block_content", "target": 0}, True),
        ({"measure": 3, "kind": "block_content", "target": 1}, False),
        ({"measure": 4, "kind": "restrict_posting", "until": START + 700_000}, False),
        ({"measure": 6, "kind": "warn"}, False),
    ],
)
def test_irreversible_measures_wait_for_a_confirmation(changes: dict[str, Value], due: bool) -> None:  # noqa: FBT001  a parameter
    """close_account, suspend_app and block_content of target 0 need it; the others do not."""
    world = World.told("decision")
    if due:
        assert "must be confirmed by another person" in world.refusal("measure", "platform", **changes)
        world.append("confirmation", "bob")
    world.append("measure", "platform", **changes)


def test_an_order_that_the_decision_does_not_cite_is_no_cause() -> None:
    """What another order says applies nothing here, and lifts nothing; nor does it where none is cited."""
    world = World.told("measure")
    world.append("order", "court", reference="other", label="other")
    world.append("confirmation", "clerk", statement="other")
    warn: dict[str, Value] = {"measure": 6, "kind": "warn"}
    assert "belongs to something else" in world.refusal("measure", "platform", cause="other", **warn)
    lift: dict[str, Value] = {"direction": "lift", "cause": "other"}
    assert "belongs to something else" in world.refusal("measure", "platform", **lift)
    world.append("measure", "platform", cause="order", **warn)
    world.append("decision", "alice", number=9, label="decision")
    assert "belongs to something else" in world.refusal("measure", "platform", cause="order", **warn)


@pytest.mark.parametrize("change", ["withdrawn", "refused"])
def test_an_order_that_has_ended_applies_nothing_more(change: str) -> None:
    """A decision that cites the order stands, but nothing more of it is applied, whatever the cause."""
    world = World.told("measure")
    world.append("amendment", "court", number=2, change=change, label="end")
    world.append("confirmation", "clerk", statement="end")
    for cause in ("order", "decision"):
        reason = world.refusal("measure", "platform", measure=6, kind="warn", cause=cause)
        assert f"is {change}, not" in reason
    world.append("measure", "platform", direction="lift", cause="end")


def test_an_amendment_is_a_cause_once_it_is_confirmed() -> None:
    """A narrowing that nobody confirmed lifts nothing; one that is confirmed lifts, and applies nothing."""
    world = World.told("appeal")
    world.append("amendment", "court", number=2, label="amendment")
    lift: dict[str, Value] = {"direction": "lift", "cause": "amendment"}
    world.append("measure", "platform", host="other")
    assert "must be confirmed" in world.refusal("measure", "platform", host="other", **lift)
    world.append("confirmation", "clerk", statement="amendment")
    world.append("measure", "platform", host="other", **lift)
    applied = world.refusal("measure", "platform", host="third", cause="amendment")
    assert "cause must cite decision or order here, not a statement of kind amendment" in applied


@pytest.mark.parametrize("result", ["upheld", "varied", "reversed"])
def test_a_decision_that_was_reversed_or_varied_is_not_carried_out(result: str) -> None:
    """What was applied is lifted, and nothing more of it is applied, whatever the cause."""
    world = World.told("appeal")
    world.append("result", "carol", result=result, label="result")
    warn: dict[str, Value] = {"measure": 6, "kind": "warn"}
    assert "cause must cite" in world.refusal("measure", "platform", cause="result", **warn)
    if result != "upheld":
        for cause in ("decision", "order"):
            assert f"leads to is {result}, not" in world.refusal("measure", "platform", cause=cause, **warn)
        world.append("decision", "alice", number=2, measures=[measure(1, "warn")], label="new")
        new: dict[str, Value] = {"decision": "new", "measure": 1, "kind": "warn"}
        reason = world.refusal("measure", "platform", cause="decision", **new)
        assert f"the decision that cause leads to is {result}, not" in reason
        world.append("measure", "platform", cause="new", **new)
        world.append("measure", "platform", direction="lift", cause="result")
    else:
        world.append("measure", "platform", **warn)


# --- what is cited belongs together ---------------------------------------------------------------


def test_an_authority_states_its_own_orders_only() -> None:
    """Another authority's name is not its to use; a clerk enters orders for all of them."""
    world = World.told()
    assert "may not say 'court'" in world.refusal("order", "court-2", reference="forged")
    world.append("order", "clerk", reference="entered")


def test_an_authority_amends_its_own_orders_only() -> None:
    """What one court ordered, another does not withdraw."""
    world = World.told()
    assert "is not @holder" in world.refusal("amendment", "court-2", number=2)
    world.append("amendment", "court", number=2)


def test_an_authority_confirms_its_own_orders_only() -> None:
    """What a clerk entered in the name of a court, that court confirms, or another clerk."""
    for kind, cited in (("order", {"reference": "entered"}), ("amendment", {"number": 2})):
        world = World.told()
        world.append(kind, "clerk", **cited, label=kind)
        assert "is not @holder" in world.refusal("confirmation", "court-2", statement=kind)
        for holder in ("court", "clerk-2"):
            world.append("confirmation", holder, statement=kind)


def test_a_measure_is_lifted_for_a_cause_of_its_own() -> None:
    """The result of another decision's appeal, or a decision of another case, lifts nothing here."""
    world = World.told("appeal")
    world.append("appeal", "platform", case="case-0", decision="hold", label="other-appeal")
    world.append("result", "carol", appeal="other-appeal", result="reversed", label="other-result")
    world.append("measure", "platform", host="other")
    world.append("result", "carol", label="result")
    world.append("decision", "alice", number=2, result="result", label="decision-2")
    lift: dict[str, Value] = {"host": "other", "direction": "lift"}
    assert "belongs to something else" in world.refusal("measure", "platform", cause="other-result", **lift)
    assert "belongs to something else" in world.refusal("measure", "platform", cause="hold", **lift)
    world.append("measure", "platform", cause="decision-2", **lift)


def test_a_result_that_upholds_lifts_nothing() -> None:
    """An appeal that failed is no cause."""
    world = World.told("appeal")
    world.append("result", "carol", result="upheld", label="result")
    refusal = world.refusal("measure", "platform", direction="lift", cause="result")
    assert "is upheld, not reversed or varied" in refusal


def test_a_measure_is_applied_for_a_statement() -> None:
    """Expiry lifts; it applies nothing."""
    world = World.told()
    assert "cause must cite a statement" in world.refusal(
        "measure", "platform", host="other", cause="expired"
    )


def test_a_measure_expires_at_its_end_and_not_before() -> None:
    """What has no end does not expire, and what has one is lifted for that from then on."""
    world = World.told("measure")
    expired: dict[str, Value] = {"direction": "lift", "cause": "expired"}
    assert "claim until is missing, a time that must have come" in world.refusal(
        "measure", "platform", **expired
    )
    end = START + 700_000
    ends: dict[str, Value] = {"measure": 4, "kind": "restrict_posting", "until": end}
    world.append("measure", "platform", **ends)
    for world.now in (START, end - 1):
        reason = world.refusal("measure", "platform", **ends, **expired)
        assert f"iat lies before until, {end}" in reason
    world.now = end
    world.append("measure", "platform", **ends, **expired)


def test_who_gave_a_result_does_not_decide_on_what_came_of_it() -> None:
    """A decision that follows a result is not judged by whoever signed or confirmed that result."""
    world = World.told("decision-2")
    world.add_key("dora", "reviewer")
    world.add_key("eve", "reviewer")
    world.append("confirmation", "dora", statement="result")
    world.append("appeal", "platform", decision="decision-2", label="again")
    for holder in ("alice", "carol", "dora"):
        assert "another person must act" in world.refusal("result", holder, appeal="again")
    world.append("result", "eve", appeal="again")


def test_a_decision_follows_the_result_of_its_own_case() -> None:
    """A new decision cites the result of an appeal in the same case."""
    world = World.told()
    assert "is not case" in world.refusal("decision", "alice", case="case-9", result="result")


def test_who_decided_does_not_confirm_the_result_on_it() -> None:
    """Neither who signed nor who confirmed a decision has a say in its appeal."""
    world = World.told()
    for holder in ("alice", "bob"):
        assert "another person must act" in world.refusal("confirmation", holder, statement="result")
    world.add_key("dora", "reviewer")
    world.append("confirmation", "dora", statement="result")


def test_who_gave_the_result_on_a_decision_does_not_confirm_it_after_that() -> None:
    """In whatever order they act: a decision and its appeal are confirmed and decided by different people."""
    world = World.told("decision")
    world.append("appeal", "platform", label="appeal")
    world.append("result", "carol", result="upheld", label="result")
    world.append("confirmation", "bob", statement="result")
    for holder in ("carol", "bob"):
        assert "or judged it" in world.refusal("confirmation", holder, statement="decision")
    world.add_key("dora", "reviewer")
    world.append("confirmation", "dora", statement="decision")


def test_the_measures_of_a_decision_have_numbers_of_their_own() -> None:
    """Two measures of one number could not be told apart."""
    world = World.told()
    twice = [measure(1, "warn"), measure(1, "block_content")]
    assert "each with another number" in world.refusal("decision", "alice", number=3, measures=twice)


@pytest.mark.parametrize("kind", [item["kind"] for item in MEASURES] + ["suspend_updates", "block_links"])
def test_a_machine_holds_content_and_does_nothing_else(kind: str) -> None:
    """Any other measure in a machine's decision is refused, also beside a hold."""
    world = World.told()
    hold = measure(1, "hold_content", targets=1)
    for measures in ([measure(1, kind)], [hold, measure(2, kind)]):
        reason = world.refusal("decision", "machine", case="case-2", measures=measures)
        assert f"a machine may not say {kind!r}" in reason
    world.append("decision", "machine", case="case-2", measures=[hold])


def test_people_may_hold_content_too() -> None:
    """The limit is on the machine, not on the measure."""
    World.told().append("decision", "bob", case="case-2", measures=[measure(1, "hold_content", targets=1)])


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"measure": 9}, "no number 9 among the measures"),
        ({"measure": 6}, "kind is not the kind"),
        ({"kind": "warn"}, "kind is not the kind"),
        ({"territory": "YY"}, "territory is not the territory"),
        ({"until": START + 1}, "until is not the until"),
        ({"measure": 4, "kind": "restrict_posting"}, "until is not the until"),
        ({"measure": 4, "kind": "restrict_posting", "until": START + 900_000}, "until is not the until"),
        ({"measure": 3, "kind": "block_content", "target": 3}, "target is more than the targets"),
        ({"target": 1}, "target is more than the targets"),
    ],
)
def test_a_measure_is_one_of_its_decision(changes: dict[str, Value], words: str) -> None:
    """Number, kind, territory, end and targets are those that were decided; nothing is added."""
    assert words in World.told("appeal").refusal("measure", "platform", host="other", **changes)


def test_a_measure_does_not_begin_before_its_decision_says() -> None:
    """It may begin when it was decided, or later; where the decision names no day, on any."""
    world = World.told("policy")
    later = {"from": START + 1_000}
    world.append(
        "decision", "alice", measures=[measure(1, "warn", **later), measure(2, "warn")], label="decision"
    )
    first: dict[str, Value] = {"kind": "warn", "measure": 1}
    for time in (0, START, START + 999):
        reason = world.refusal("measure", "platform", **first, **{"from": time})
        assert "from is less than the from which the decision that is cited says" in reason
    world.append("measure", "platform", **first, **later)
    world.append("measure", "platform", **first, **{"from": START + 2_000}, host="other")
    world.append("measure", "platform", kind="warn", measure=2, **{"from": 0})


def test_a_lift_needs_what_it_lifts() -> None:
    """A measure that was never applied at that host cannot be lifted, and is lifted there once."""
    world = World.told()
    lift: dict[str, Value] = {"direction": "lift", "cause": "result"}
    assert "could follow" in world.refusal("measure", "platform", **lift, host="other")
    assert "could follow" in world.refusal("measure", "platform", **lift, measure=6, kind="warn")
    assert "stands at entry" in world.refusal("measure", "platform", **lift)


def test_the_case_of_an_appeal_is_that_of_the_decision() -> None:
    """An appeal cannot be put into another case."""
    reason = World.told("effect").refusal("appeal", "platform", case="case-2")
    assert "case is not the case of the decision" in reason


@pytest.mark.parametrize("by", ["alice", "bob"])
def test_who_signed_or_confirmed_a_decision_gives_no_result_on_it(by: str) -> None:
    """An appeal goes to a reviewer who had no part in the decision."""
    world = World.told("appeal")
    assert "another person must act" in world.refusal("result", by)
    world.append("result", "carol")


def test_a_new_decision_cites_a_result_that_varied() -> None:
    """An appeal that was upheld or reversed leaves nothing to decide anew."""
    for result, words in (("varied", None), ("upheld", "is upheld"), ("reversed", "is reversed")):
        world = World.told("appeal")
        world.append("result", "carol", result=result, label="result")
        again: dict[str, Value] = {"number": 2, "result": "result"}
        if words:
            assert words in world.refusal("decision", "bob", **again)
        else:
            world.append("decision", "bob", **again)


# --- keys, by position ----------------------------------------------------------------------------


def test_a_key_signs_from_the_entry_that_adds_it() -> None:
    """Before it is added a key signs nothing; in one batch the order decides."""
    for order, refused in (((0, 1), []), ((1, 0), ["is unknown"])):
        world = World.told()
        world.keys["dora"] = make_key("dora")
        drafts = [
            world.draft("key", "log", world.key_claims("dora", "reviewer")),
            world.draft("decision", "dora", world.claims("decision", case="case-2")),
        ]
        outcomes = world.log.append([drafts[place] for place in order])
        reasons = [outcome.reason for outcome in outcomes if isinstance(outcome, Refused)]
        assert len(reasons) == len(refused)
        assert all(words in reason for words, reason in zip(refused, reasons, strict=True))


def test_a_key_signs_to_the_entry_that_revokes_it() -> None:
    """After it is revoked a key signs nothing, in the same batch too, whatever iat says."""
    world = World.told()
    draft = world.draft("decision", "bob", world.claims("decision", case="case-2"))
    revoked = world.draft("key", "log", {"kid": world.keys["bob"].public.kid, "action": "revoked"})
    later = world.draft("decision", "bob", world.claims("decision", case="case-3"), iat=START)
    outcomes = world.log.append([draft, revoked, later])
    assert isinstance(outcomes[0], Registered)
    assert isinstance(outcomes[1], Registered)
    assert isinstance(outcomes[2], Refused)
    assert "was revoked at entry" in outcomes[2].reason


def test_what_a_revoked_key_signed_before_stands() -> None:
    """Revoking a reviewer's key leaves his decisions to be confirmed and carried out."""
    world = World.told("decision-confirmed")
    world.revoke("alice")
    world.append("measure", "platform")


def test_a_key_comes_back_under_no_name() -> None:
    """A key that was revoked is not added again; the same key is not added twice."""
    world = World.told()
    assert "stands at entry" in world.refused(world.draft("key", "log", world.key_claims("bob", "clerk")))
    world.revoke("bob")
    assert "stands at entry" in world.refused(world.draft("key", "log", world.key_claims("bob", "reviewer")))


def test_only_a_key_that_was_added_is_revoked() -> None:
    """Revoking a key that nobody knows is refused, and revoking one twice."""
    world = World.told()
    unknown = {"kid": digest("unknown"), "action": "revoked"}
    assert "could follow" in world.refused(world.draft("key", "log", unknown))
    world.revoke("bob")
    again = {"kid": world.keys["bob"].public.kid, "action": "revoked"}
    assert "stands at entry" in world.refused(world.draft("key", "log", again))


def test_a_key_does_not_revoke_itself() -> None:
    """The log's key is revoked by another key of the log, or it would leave a log that nobody can sign."""
    world = World.told()
    own = {"kid": world.keys[ORIGIN].public.kid, "action": "revoked"}
    assert "cannot revoke itself" in world.refused(world.draft("key", "log", own))


def test_the_log_changes_its_key() -> None:
    """The new key of the log signs what comes after, and the old one nothing more."""
    world = World.told()
    old = world.keys[ORIGIN]
    new = world.rotate("second key of the log")
    assert "was revoked" in world.refused(world.draft("note", "log", {"x": 1}, key=old))
    world.add(world.draft("note", "log", {"x": 2}))
    assert world.log.signing_key() == new


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"kid": digest("foreign")}, "kid is not the thumbprint"),
        ({"public_key": b"\xa0"}, "public_key: not a public COSE_Key"),
        ({"public_key": b"?"}, "public_key: not CBOR"),
        ({"public_key": None}, "public_key"),
        ({"holder": None}, "holder"),
        ({"role": None}, "role"),
        ({"not_before": None}, "not_before"),
        ({"role": "king"}, "one of log, platform"),
        ({"role": "log"}, "a key of the log is held by"),
        ({"surprise": 1}, "unknown claims"),
        ({"holder": "alice "}, "claim holder is not a name"),
        ({"holder": "a\u0301lice"}, "claim holder is not a name"),
    ],
)
def test_a_key_is_added_with_all_that_is_to_be_known_of_it(changes: dict[str, Value], words: str) -> None:
    """A foreign thumbprint, a malformed key, a missing holder, role or date: refused."""
    world = World.told()
    assert words in world.refused(world.draft("key", "log", world.key_claims("dora", "reviewer", **changes)))


def test_a_key_of_the_log_is_one_that_signs_checkpoints() -> None:
    """Notes carry Ed25519 signatures: the log is not given a key of another kind."""
    world = World.told()
    key = make_es256_key("log")
    claims = {
        **world.key_claims("dora", "log"),
        "holder": ORIGIN, "kid": key.public.kid, "public_key": key.public.encoded,
    }  # fmt: skip
    assert "Ed25519" in world.refused(world.draft("key", "log", claims))


# --- times ----------------------------------------------------------------------------------------


def test_iat_lies_within_the_dates_of_the_key() -> None:
    """Before and after the dates that were stated with it, a key is not valid."""
    world = World.told()
    world.add_key("dora", "reviewer", not_before=START + 10, not_after=START + 20)
    world.now = START + 100
    for iat, good in ((START + 9, False), (START + 10, True), (START + 20, True), (START + 21, False)):
        draft = world.draft("decision", "dora", world.claims("decision", case=f"at {iat}"), iat=iat)
        if good:
            world.add(draft)
        else:
            assert "is not valid at iat" in world.refused(draft)


def test_iat_does_not_lie_before_what_is_cited() -> None:
    """A statement is not older than one that it cites."""
    world = World.told("policy")
    world.now += 100
    world.append("decision", "alice")
    early = world.draft("confirmation", "bob", world.claims("confirmation", statement=world.log.store.size and
                        hashlib.sha256(world.statements[-1]).digest()), iat=START + 99)  # fmt: skip
    assert "iat lies before that of the statement which statement cites" in world.refused(early)


def test_iat_does_not_lie_further_behind_than_the_table_tolerates() -> None:
    """A week behind the greatest iat on the log is tolerated, a second more is not, by any clock."""
    world = World.told()
    world.now = START + 604_801
    world.append("note", "log")
    late = world.draft("effect", "platform", world.claims("effect", number=2), iat=START)
    assert "behind the greatest" in world.refused(late)
    world.add(world.draft("effect", "platform", world.claims("effect", number=2), iat=START + 1))


def test_iat_does_not_lie_in_the_future_of_the_log() -> None:
    """The writer refuses a date that would shut out all who come after; an auditor has no clock."""
    world = World.told()
    assert "future" in world.refused(world.draft("note", "log", {}, iat=START + 301))
    world.add(world.draft("note", "log", {}, iat=START + 300))


# --- the rules themselves -------------------------------------------------------------------------


def test_a_log_begins_with_its_rules() -> None:
    """Entry 0 states the table, and nothing can stand before it."""
    world = World()
    assert world.store.size == 2
    rules, key = (hashlib.sha256(item).digest() for item in world.statements)
    assert (world.store.position(rules), world.store.position(key)) == (0, 1)


@pytest.mark.parametrize(
    ("claims", "words"),
    [
        (next_table(1), "stands at entry 0 already"),
        (next_table(3), "the next version of the rules is 2"),
        ({**next_table(2), "version": 3}, "the next version of the rules is 2"),
        ({**next_table(3), "version": 2}, "the next version of the rules is 2"),
        ({"version": 2, "table": {}}, "cannot be read"),
        ({"version": 2, "table": 7}, "table"),
        ({"version": 2}, "claim table is missing"),
        (next_table(2, order={"version": 1, "signed_by": ["king"]}), "order: king is no role"),
    ],
)
def test_rules_follow_one_another_by_version(claims: dict[str, Value], words: str) -> None:
    """Another version than the next, or a table that is not sound, is refused; the log goes on as it was."""
    world = World.told()
    assert words in world.refused(world.draft("rules", "log", claims))
    world.append("note", "log")


RECORD: Value = {
    "version": 1,
    "signed_by": ["platform", "clerk"],
    "unique": ["seller", "number"],
    "claims": {
        "seller": {"type": "text"},
        "number": {"type": "text"},
        "payable": {"type": "count"},
        "state": {"type": "choice", "of": ["issued", "paid"]},
        "content": {"type": "commitment", "optional": True},
    },
    "state": {"claim": "state", "of": ["seller", "number"]},
}
CLAIM: Value = {
    "version": 1,
    "signed_by": ["reviewer"],
    "unique": ["invoice"],
    "states": [{"cited": "invoice", "values": ["issued"]}],
    "equal": [{"cited": "invoice", "claims": {"amount": "payable"}}],
    "differs": ["invoice"],
    "claims": {"invoice": {"type": "entry", "of": ["invoice"]}, "amount": {"type": "count"}},
}


def test_a_new_kind_of_record_is_rows_and_no_code() -> None:
    """Version 2 of the table brings invoices and expense claims: accepted, cited, unique, and audited."""
    world = World.told()
    draft = world.draft(
        "invoice", "platform", {"seller": "s", "number": "1", "payable": 5, "state": "issued"}
    )
    assert "no kind 'invoice'" in world.refused(draft)
    world.add(world.draft("rules", "log", next_table(2, invoice=RECORD, expense_claim=CLAIM)))
    entry = world.add(draft)
    paid = world.draft("invoice", "clerk", {"seller": "s", "number": "1", "payable": 5, "state": "paid"})
    assert "stands at entry" in world.refused(paid)
    wrong = world.draft("expense_claim", "bob", {"invoice": entry, "amount": 6})
    assert "amount is not the payable" in world.refused(wrong)
    world.add(world.draft("expense_claim", "bob", {"invoice": entry, "amount": 5}))
    second = world.draft("expense_claim", "alice", {"invoice": entry, "amount": 5})
    assert "stands at entry" in world.refused(second)
    world.append("decision", "bob", case="the old kinds go on")
    report = audit(world.publish(), world.trust)
    assert report.fault is None
    assert (report.counts["invoice"], report.counts["expense_claim"], report.counts["rules"]) == (1, 1, 2)


def test_a_new_kind_may_be_a_hash_envelope() -> None:
    """A row makes a kind whose payload is kept off the log, and it takes no claims."""
    world = World.told()
    world.add(world.draft("rules", "log", next_table(2, deed={
        "version": 1, "signed_by": ["clerk"], "envelope": True,
    })))  # fmt: skip
    world.add(envelope_draft("deed", "clerk", START, b"deed 001", b"the content"))
    assert "is hash envelope" in world.refused(world.draft("deed", "clerk", {"x": 1}))
    assert "may not sign deed" in world.refused(envelope_draft("deed", "platform", START, b"deed 002", b"x"))
    assert audit(world.publish(), world.trust).counts["deed"] == 1


def test_a_new_version_of_a_kind_replaces_the_old_one() -> None:
    """After version 2 of a row, statements of version 1 are refused; those before it stand."""
    world = World.told()
    second = {**row("erasure"), "version": 2}
    world.add(world.draft("rules", "log", next_table(2, erasure=second)))
    old = world.draft("erasure", "platform", world.claims("erasure"), version=1)
    assert "is at version 2, the statement at 1" in world.refused(old)
    world.append("erasure", "platform")
    assert audit(world.publish(), world.trust).counts["erasure"] == 2


def test_a_table_that_takes_more_of_old_statements_refuses_and_does_not_fail() -> None:
    """What a new table compares was not kept of statements before it: they match nothing."""
    world = World.told("appeal")
    stricter = {**row("effect"), "equal": [{"cited": "measure", "claims": {"host": "host"}}]}
    claims = cast("dict[str, Value]", stricter["claims"])
    stricter["claims"] = {**claims, "host": {"type": "text", "optional": True}}
    world.add(world.draft("rules", "log", next_table(2, effect=stricter)))
    for host in ("square", None):
        assert "was not kept" in world.refusal("effect", "platform", number=2, host=host)
    world.append("measure", "platform", host="matrix", label="new")
    world.append("effect", "platform", measure="new", host="matrix")


def test_a_table_that_keeps_more_persons_apart_refuses_old_statements() -> None:
    """Where an older table did not keep whom a statement leads to, nobody can tell that he is another."""
    world = World.told("appeal")
    stricter = {**row("effect"), "differs": ["measure.decision"], "signed_by": ["platform", "reviewer"]}
    world.add(world.draft("rules", "log", next_table(2, effect=stricter)))
    for holder in ("alice", "carol"):
        assert "was not kept" in world.refusal("effect", holder, number=2)
    world.append("measure", "platform", host="matrix", label="new")
    assert "another person must act" in world.refusal("effect", "alice", measure="new")
    world.add_key("dora", "reviewer")
    world.append("effect", "dora", measure="new")


def test_a_table_that_makes_more_of_a_confirmation_refuses_old_statements() -> None:
    """A withdrawal whose change an older table did not keep is not confirmed in vain: it is stated anew."""
    silent = row("amendment")
    del silent["state"]
    world = World.told("order-confirmed")
    world.add(world.draft("rules", "log", next_table(2, amendment=silent)))
    world.append("amendment", "clerk", change="withdrawn", label="old")
    world.add(world.draft("rules", "log", next_table(3)))
    reason = world.refusal("confirmation", "court", statement="old")
    assert "the change of the amendment" in reason
    assert "was not kept" in reason
    world.append("amendment", "clerk", change="withdrawn", number=2, label="new")
    world.append("confirmation", "court", statement="new")
    assert "is withdrawn, not" in world.refusal("decision", "alice", order="order")


def test_integers_that_the_state_cannot_hold_reach_no_rule() -> None:
    """Whatever integer an open kind or a condition of a table has, statements are judged, and replayed."""
    world = World.told()
    world.append("note", "log", least=-(2**64), greatest=2**64 - 1, deep=[{"a": -(2**63) - 1}])
    open_row: Value = {
        "version": 1, "signed_by": ["log"], "open": True, "unique": ["number"],
        "claims": {"number": {"type": "count"}},
        "requires": [{"when": {"number": [-(2**64)]}, "claims": ["number"]}],
        "state": {"claim": "number"},
    }  # fmt: skip
    cites: Value = {
        "version": 1, "signed_by": ["log"], "claims": {"to": {"type": "entry", "of": ["anything"]}},
        "differs": ["to"],
    }  # fmt: skip
    world.add(world.draft("rules", "log", next_table(2, anything=open_row, citing=cites)))
    assert "whole number" in world.refused(world.draft("anything", "log", {"number": -(2**64)}))
    world.add(world.draft("anything", "log", {"number": 2**64 - 1, "other": -(2**64)}))
    assert audit(world.publish(), world.trust).fault is None


def test_a_key_is_added_once_under_whatever_rows() -> None:
    """Rows that say less bring neither a revoked key back nor the log's first key under another name."""
    world = World.told()
    world.revoke("bob")
    lax = {**row("key"), "unique": []}
    del lax["follows"]
    world.add(world.draft("rules", "log", next_table(2, key=lax)))
    for holder in ("bob", "alice"):
        assert "was added before" in world.refused(
            world.draft("key", "log", world.key_claims(holder, "clerk"))
        )
    own = make_key(ORIGIN).public
    for holder, role in ((ORIGIN, "log"), ("mallory", "reviewer")):
        claims = world.key_claims(holder, role, kid=own.kid, public_key=own.encoded)
        assert "was added before" in world.refused(world.draft("key", "log", claims))


def test_a_key_of_the_log_has_no_end() -> None:
    """By dates alone a log could be left without a key that can add another."""
    world = World.told()
    key = world.key_claims(ORIGIN, "log", kid=make_key("next").public.kid, not_after=START + 9)
    key["public_key"] = make_key("next").public.encoded
    assert "has no not_after" in world.refused(world.draft("key", "log", key))
    world.add_key("dora", "reviewer", not_after=START + 9)


def test_a_key_of_the_log_is_valid_when_it_is_added() -> None:
    """With one that waits for its day alone, a log could not go on; other keys may wait."""
    world = World.told()
    public = make_key("next").public
    later = world.key_claims(ORIGIN, "log", kid=public.kid, public_key=public.encoded, not_before=START + 1)
    assert "must be valid now" in world.refused(world.draft("key", "log", later))
    world.add_key("dora", "reviewer", not_before=START + 1)
    world.add(world.draft("key", "log", {**later, "not_before": START}))


def test_a_log_goes_on_with_its_first_key() -> None:
    """Entry 1 adds the key that signed entry 0, in its role; an auditor takes nothing else."""
    key = make_key(ORIGIN)
    whole = World()
    rules, first = whole.statements
    note = whole.draft("note", "log", {})
    other = make_key("other").public
    beginnings = {
        "adds its first key": [note, whole.draft("key", "log", added_claims(other, ORIGIN, "log", START))],
        "was added before": [whole.draft("key", "log", added_claims(key.public, ORIGIN, "reviewer", START))],
    }
    for words, seconds in beginnings.items():
        for second in seconds:
            report = audit(publish([rules, second, first], key), whole.trust)
            assert report.fault is not None
            assert words in str(report.fault)
    assert audit(publish([rules, first, note], key), whole.trust).fault is None


def test_a_key_is_revoked_by_rows_that_say_less() -> None:
    """A table whose row of keys asks for less cannot make the interpreter fail: it asks by itself."""
    world = World.told()
    lax = {**row("key"), "requires": [], "unique": []}
    del lax["follows"]
    world.add(world.draft("rules", "log", next_table(2, key=lax)))
    bare = {"kid": digest("unknown"), "action": "added"}
    assert "public_key" in world.refused(world.draft("key", "log", bare))
    assert "unknown" in world.refused(world.draft("key", "log", {**bare, "action": "revoked"}))


# --- replay ---------------------------------------------------------------------------------------


def state_of(world: World) -> dict[bytes, bytes]:
    """Return what the rules know."""
    return dict(world.store._state)


PEOPLE = ["log", *HOLDERS]
SMALL: Mapping[str, st.SearchStrategy[Value]] = {
    "number": st.integers(0, 4),
    "case": st.sampled_from(["case-0", "case-1", "case-2"]),
    "state": st.sampled_from(["shadow", "in_force", "retired", "applied"]),
    "version": st.sampled_from(["1.0", "1.1"]),
    "digest": st.sampled_from([digest("house 1.0"), digest("other")]),
    "reference": st.sampled_from(["2018/7", "2018/8"]),
    "change": st.sampled_from(["narrowed", "refused", "withdrawn"]),
    "order": st.sampled_from(["order", "decision"]),
    "policy": st.sampled_from(["policy", "policy-shadow", "order"]),
    "statement": st.sampled_from(["order", "amendment", "decision", "result", "decision-2", "note"]),
    "decision": st.sampled_from(["decision", "hold", "decision-2"]),
    "measure": st.integers(1, 6) | st.sampled_from(["measure", "held"]),
    "target": st.integers(0, 2),
    "host": st.sampled_from(["square", "matrix"]),
    "direction": st.sampled_from(["apply", "lift"]),
    "cause": st.sampled_from(["decision", "result", "expired", "amendment"]),
    "kind": st.sampled_from(["close_account", "block_content", "warn", "hold_content"]),
    "result": st.sampled_from(["varied", "upheld", "result"]),
    "measures": st.lists(
        st.builds(measure, st.integers(1, 2), st.sampled_from(["hold_content", "warn", "close_account"])),
        max_size=2,
    ),
    "surprise": st.just(1),
}
STEP = st.tuples(
    st.sampled_from([*sorted(SIGNERS), "confirmation", "key"]),
    st.sampled_from(PEOPLE),
    st.dictionaries(st.sampled_from(sorted(SMALL)), st.none(), max_size=3).flatmap(
        lambda names: st.fixed_dictionaries({name: SMALL[name] for name in names})
    ),
    st.integers(-700_000, 300),
    st.booleans(),
)


def draft_of(world: World, step: tuple[str, str, dict[str, Value], int, bool], known: SigningKey) -> bytes:
    """Sign what a step says: legal or not, and for some with somebody else's key."""
    kind, by, changes, later, forged = step
    fields: dict[str, Value] = {"iat": START + max(0, later)}
    if kind == "key":
        action = "added" if later % 2 else "revoked"
        holder = ["alice", "bob", "zoe"][later % 3]
        claims = world.key_claims(holder, "reviewer") if action == "added" else {
            "kid": (world.keys.get(holder) or make_key(holder)).public.kid, "action": action,
        }  # fmt: skip
        return world.draft("key", by, claims, **fields)
    key = {"key": known} if forged and later % 4 == 0 else {}
    return world.draft(kind, by, world.claims(kind, **changes), **fields, **key)  # type: ignore[arg-type]


@settings(max_examples=80)
@given(
    st.lists(st.lists(STEP, max_size=6), min_size=1, max_size=4),
    st.sampled_from(["policy", "decision", "note"]),
)
def test_replaying_a_log_reproduces_every_acceptance(
    batches: list[list[tuple[str, str, dict[str, Value], int, bool]]], until: str
) -> None:
    """Whatever the log accepted an auditor accepts, to the same state; what it refused leaves no trace."""
    world = World.told(until)
    other = world.copy()
    world.now = other.now = START + 300
    for steps in batches:
        drafts = [draft_of(world, step, world.keys["bob"]) for step in steps]
        outcomes = world.log.append(drafts)
        accepted = [
            draft for draft, outcome in zip(drafts, outcomes, strict=True) if isinstance(outcome, Registered)
        ]
        other.register(accepted)
        for draft in accepted:
            entry = hashlib.sha256(draft).digest()
            assert world.store.position(entry) is not None
    assert state_of(world) == state_of(other)
    assert world.statements == other.statements
    memory = MemoryMemory()
    report = audit(world.publish(), world.trust, memory)
    assert report.fault is None
    assert report.checked == sum(report.counts.values()) == world.store.size
    assert memory._state == state_of(world)
    for holder, key in world.keys.items():
        known = find_key(world.store, key.public.kid)
        assert known is None or known.holder == holder


def test_no_key_of_the_state_is_long() -> None:
    """Short names stand for themselves in it; of long ones there is a digest, and none is that of another."""
    short, long = author_key("alice", b"12345678"), author_key("a" * 200, bytes(64))
    assert b"alice" in short
    assert len(long) == 33
    assert long != author_key("b" * 200, bytes(64)) != author_key("b" * 200, bytes(63) + b"1")
    assert len(unique_key("order", ["authority", "r" * 200])) == 33
    assert unique_key("order", ["a", "bc"]) != unique_key("order", ["ab", "c"])
