"""Inputs on which the fast engine once lost a post that the slow one found, or a term did not find itself."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from policies import Build, group, rule, signal

from tipstaff import EngineName, Post, load_policy, screen
from tipstaff.policy.folding import letters, normalise
from tipstaff.policy.load import shipped_policies
from tipstaff.policy.model import LexiconSignal
from tipstaff.screening.alignment import stands
from tipstaff.screening.plan import make_plan


def fired(build: Build, signals: str, text: str, engine: EngineName) -> bool:
    """Tell whether a rule that asks for the signal `it` fires on a post."""
    policy = build(signals, rule("it-fires", "it > 0"))
    return bool(screen([Post(id="1", account="a", text=text)], policy, engine=engine))


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("url", "join evil[dot]com now"),
        ("domain", "join evil(dot)com now"),
        ("url", "https://bitcoin"),
        ("wallet", "send to bc1sw50qgdz25j today"),
    ],
)
def test_gates_lose_no_entity(policy: Build, engine: EngineName, kind: str, text: str) -> None:
    """What a finder accepts, both engines find, whatever the gate before it looks at."""
    assert fired(policy, signal("entity", "it", kinds=[kind]), text, engine)


@pytest.mark.parametrize(("expression", "text"), [(r"\d%", "⑩%"), (r"\d{2}", "㉑"), (r"\d%", "½%")])
def test_digits_out_of_one_sign_count(policy: Build, engine: EngineName, expression: str, text: str) -> None:
    """A sign that folds to several digits is enough for an expression that asks for digits only."""
    assert fired(policy, signal("pattern", "it", expressions=[expression]), text, engine)


@pytest.mark.parametrize("text", ["a free airdrop", "a free air drop"])
@pytest.mark.parametrize("words", [("airdrop", "air drop"), ("air drop", "airdrop")])
def test_terms_that_differ_in_a_break_only(
    policy: Build, engine: EngineName, words: tuple[str, str], text: str
) -> None:
    """Of two terms with the same letters, neither hides the other, whichever comes first."""
    built = policy(
        signal("lexicon", "it", terms="it.csv"),
        rule("it-fires", "it > 0"),
        {"signals/it.csv": group(*words)},
    )
    assert screen([Post(id="1", account="a", text=text)], built, engine=engine)


@pytest.mark.parametrize("name", sorted(shipped_policies()))
def test_every_shipped_term_finds_itself(name: str) -> None:
    """A post that is a term of a policy holds that term, whatever other terms the policy has."""
    plan = make_plan([load_policy(name)])
    terms = {
        (plan.policies[0].rows[lexicon.name], number): term.text
        for lexicon in plan.policies[0].signals
        if isinstance(lexicon, LexiconSignal)
        for number, term in enumerate(lexicon.terms)
    }
    found = set()
    for target in plan.targets:
        for owner in target.owners:
            normal = normalise(terms[owner.row, owner.term])
            view = letters(normal.text)
            if view.text == target.spelled.letters and stands(target.spelled, normal.text, view, 0):
                found.add((owner.row, owner.term))
    assert [terms[key] for key in terms.keys() - found] == []


def test_threads_may_share_an_engine() -> None:
    """Several threads screen under one policy at once, and find what one finds."""
    loaded = load_policy("undisclosed-sponsorship")
    posts = [Post(id=str(i), account="a", text="合作推广：用我的专属折扣码下单") for i in range(200)]
    alone = screen(posts, loaded)
    with ThreadPoolExecutor(4) as threads:
        assert all(found == alone for found in threads.map(lambda _: screen(posts, loaded), range(12)))
