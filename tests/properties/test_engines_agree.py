"""Whatever is screened, under whatever policy: both engines find the same."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from policies import HEAD, build, example, group, rule, signal

from tipstaff.policy.condition import And, Compare, Comparison, Condition, Flag, Name, Not, Number, Or
from tipstaff.policy.faults import Faults
from tipstaff.policy.load import read_policy, shipped_policies
from tipstaff.policy.model import EntityKind, LexiconSignal, Outcome, Policy, Rule, Spelling, Term
from tipstaff.policy.weights import FORMAT, Header, pack
from tipstaff.screening.batches import Batch
from tipstaff.screening.columnar import ColumnarEngine
from tipstaff.screening.engine import EngineName, screen
from tipstaff.screening.findings import Finding
from tipstaff.screening.lists import BlockLists
from tipstaff.screening.plan import make_plan
from tipstaff.screening.posts import Post, without_surrogates
from tipstaff.screening.reference import ReferenceEngine
from tipstaff.screening.relax import relax

# Texts as a promoter, a spammer and a fuzzer would write them.

TERMS = [
    "bitcoin",
    "比特币",
    "交易所",
    "pump group",
    "buy",
    "买",
    "invest",
    "返佣",
    "coin",
    "ether",
    "to the moon",
]
PIECES = [
    "bit",
    "coin",
    "比",
    "特",
    "币",
    "交",
    "易",
    "所",
    "pump",
    "group",
    "in",
    "vest",
    "返",
    "佣",
    "b",
    "u",
    "y",
    "s",
]
DISGUISED = [
    "b1tc0in",
    "1nvest",
    "lnvest",
    "jiaoyisuo",
    "jiao",
    "yi",
    "茭",
    "佼",
    "奕",
    "嗦",
    "幣",
    "Ｂｉｔ",
    "сoin",
    "𝐛uy",
]
SEPARATORS = [*' \n\t-*_.,，。、!！?？:：()（）“”"「」‘’…·|/', "  ", "\r\n", "\u3000", "😀", "★★★", " - "]
INVISIBLE = ["\u200b", "\u200d", "\ufeff", "\u0301", "\u20e3", "\ufe0f", "\u202e", "\u00ad", "\x00"]
ODD = [
    "\ufdfa",
    "\ufdfb",
    "⑩",
    "㉈",
    "½",
    "Ⅷ",
    "㏂",
    "㋀",
    "ß",
    "İ",
    "ﬃ",
    "🆓",
    "\U00020000",
    "\U0001f600",
    "𝟙",
    "٣",
    "Ａ",
    "é",
]
SURROGATES = ["\ud800", "\udc00", "\udbff\ud800"]
FIGURES = ["1", "20", "100x", "30%", "2.5", "1,000", "１００", "9倍", "翻10倍", "12345", "-"]
ENTITIES = [
    *(
        "https://",
        "http://",
        "www.",
        "example.com",
        "evil.org",
        "t.me/",
        "/joinchat/",
        "bit.ly/x",
        "。com",
        ".cn",
        "@",
    ),
    *(
        "@someone",
        "$BTC",
        "＄eth",
        "#币圈#",
        "#coin",
        "wx",
        "vx:",
        "微信",
        "加v",
        "qq:",
        "扣扣",
        "telegram",
        "电报",
    ),
    *(
        "13800138000",
        "+86 138",
        "010-",
        "USDT",
        "元",
        "万",
        "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
        "%",
        "百分之",
    ),
    *(
        "0x52908400098527886E0F7030069857D2E4169EE7",
        "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
        "xn--",
        "&#46;",
    ),
    "TNPeeaaFB7K9cmo4uQpcU32zGK8G1NYqeL",
]

tokens = st.sampled_from(
    TERMS + PIECES + DISGUISED + SEPARATORS + INVISIBLE + ODD + SURROGATES + FIGURES + ENTITIES
)
texts = st.lists(tokens | st.sampled_from(SEPARATORS) | st.characters(), max_size=24).map("".join)
spread = st.builds(str.join, st.sampled_from(SEPARATORS + INVISIBLE), st.sampled_from(TERMS))
shouted = st.sampled_from(TERMS).map(str.upper)
mixed = st.lists(texts | spread | shouted | st.sampled_from(TERMS), max_size=4).map("".join)

posts = st.builds(
    Post,
    id=st.sampled_from(["1", "2"]),
    account=st.just("someone"),
    text=mixed,
    title=st.none() | texts | st.sampled_from(TERMS),
    followers=st.none() | st.integers(-1, 100),
    sponsored=st.none() | st.booleans(),
)
batches = st.lists(posts, min_size=1, max_size=6)

# Policies that look at them in different ways.

TABLES = (
    signal("lexicon", "coins", terms="coins.csv")
    + signal("lexicon", "calls", terms="calls.csv", spellings=["leet", "pinyin"])
    + signal("pattern", "moon", expressions=["to the moon", r"翻[0-9]{1,3}倍", r"\bb.y\b", "币[^币]币"])
    + signal("pattern", "digits", expressions=[r"\b[0-9]{1,3} ?%", r"[0-9]{5,11}", r"(?<!\d)1\d{2}x?"])
    + signal("union", "topic", of=["coins", "moon", "links"])
    + signal("near", "close", of="calls", to="topic", within=6)
    + signal("apart", "alone", of="calls", to="coins", within=6)
    + signal("quoted", "said", of="topic")
    + signal("entity", "links", kinds=["url", "invitation"])
    + signal("domains", "sites", domains=["example.com", "t.me"])
    + signal("blocked", "listed")
    + signal("fact", "declared", field="sponsored")
    + signal("fact", "fans", field="followers")
    + signal("learned", "model")
)
NUMBERS = (
    "coins",
    "calls",
    "moon",
    "digits",
    "topic",
    "close",
    "alone",
    "said",
    "links",
    "sites",
    "listed",
    "fans",
)
WEIGHTS = np.random.default_rng(3).integers(-900, 900, 4096).astype(np.int16)
FILES = {
    "signals/coins.csv": group(("bitcoin", 2), "比特币", "交易所", "pump group", ("coin", 3), "ether"),
    "signals/calls.csv": group("buy", "买", "invest", ("返佣", 4)),
    "learned.bin": pack(Header(FORMAT, 1, 3, 4096, -20, 9, ""), WEIGHTS),
}


KINDS = "".join(signal("entity", f"of_{kind.value}", kinds=[kind.value]) for kind in EntityKind)
KIND_RULES = "".join(rule(f"an-{kind.value}", f"of_{kind.value} > 0") for kind in EntityKind)


@dataclasses.dataclass(frozen=True, repr=False)
class Held:
    """A policy that is not printed whole when a property fails."""

    policy: Policy


@pytest.fixture(scope="module")
def lists(tmp_path_factory: pytest.TempPathFactory) -> BlockLists:
    """Return a block list of one domain."""
    path = tmp_path_factory.mktemp("lists") / "scams.txt"
    path.write_text("evil.org\n", "utf-8")
    return BlockLists([path])


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Held:
    """Return a policy that shows every signal, of every kind, wherever it is not 0."""
    rules = KIND_RULES + "".join(rule(f"some-{name}", f"{name} > 0") for name in NUMBERS)
    rules += "".join(rule(f"two-{name}", f"{name} = 2 OR {name} = 5") for name in NUMBERS)
    rules += rule("scored", "model > 100") + rule("absent", "coins = 0 AND NOT declared", outcome="review")
    return Held(
        build(
            tmp_path_factory.mktemp("whole"),
            TABLES + KINDS,
            rules,
            {**FILES, "examples.jsonl": example("", "review")},
        )
    )


@pytest.fixture(scope="module")
def gated(tmp_path_factory: pytest.TempPathFactory) -> Held:
    """Return a policy that looks at a post only if a term occurs in it, and closer only step by step."""
    rules = (
        rule("solicits", "coins > 1 AND (links > 0 OR listed > 0 OR sites > 0 OR digits > 1)")
        + rule("scored", "coins > 0 AND model > 0")
        + rule("calls", "close > 0 AND NOT declared", outcome="review")
        + rule("quotes", "said > 0 AND alone = 0", outcome="permitted", exempts=["solicits", "scored"])
    )
    head = {"policy.toml": HEAD.replace('"tiny"', '"gated"')}
    return Held(build(tmp_path_factory.mktemp("gated"), TABLES, rules, {**FILES, **head}))


@pytest.fixture(scope="module")
def entities(tmp_path_factory: pytest.TempPathFactory) -> Held:
    """Return a policy that looks for entities and nothing else."""
    return Held(build(tmp_path_factory.mktemp("entities"), KINDS, KIND_RULES))


@pytest.fixture(scope="module")
def by_sound(tmp_path_factory: pytest.TempPathFactory) -> Held:
    """Return a policy that looks for terms by their sound as well."""
    tables = signal("lexicon", "coins", terms="coins.csv", spellings=["leet", "pinyin", "homophone"])
    terms = {"signals/coins.csv": group("交易所", ("返佣", 4), "币", "比特币", "行长", "重庆", "invest")}
    return Held(build(tmp_path_factory.mktemp("by_sound"), tables, rule("named", "coins > 0"), terms))


def compare(
    posts: Sequence[Post], policies: Sequence[Policy], lists: BlockLists | None = None
) -> list[Finding]:
    """Screen posts with both engines, and return what both found."""
    columnar = screen(posts, policies, lists=lists)
    assert columnar == screen(posts, policies, lists=lists, engine=EngineName.REFERENCE)
    return columnar


@given(batches)
@settings(max_examples=250)
def test_every_signal_is_the_same(whole: Held, lists: BlockLists, posts: list[Post]) -> None:
    """Of every kind of signal both engines find the same values and places, which cut out what they show."""
    for finding in compare(posts, [whole.policy], lists):
        texts = [
            {"text": without_surrogates(post.text), "title": without_surrogates(post.title or "")}
            for post in posts
            if post.id == finding.post
        ]
        for item in finding.evidence:
            if item.start is not None:
                assert any(item.text == fields[str(item.field)][item.start : item.end] for fields in texts)
                assert item.text


@given(batches)
@settings(max_examples=400)
def test_posts_are_passed_over_only_if_no_rule_can_fire(
    gated: Held, lists: BlockLists, posts: list[Post]
) -> None:
    """What the columnar engine does not look at closely is what the reference finds nothing in."""
    compare(posts, [gated.policy], lists)


linked = st.lists(
    st.sampled_from(ENTITIES + FIGURES + ODD + INVISIBLE + [" ", ".", "/", ":", "a"]), max_size=6
).map("".join)


@given(st.lists(linked, min_size=1, max_size=4))
@settings(max_examples=250)
def test_entities_are_the_same(entities: Held, texts: list[str]) -> None:
    """No entity stands in a field that the columnar engine does not look into for it."""
    compare([Post(id=str(i), account="a", text=text) for i, text in enumerate(texts)], [entities.policy])


syllables = st.text(
    st.sampled_from("交易所茭佼奕嗦返佣傭翻永慵臃比特币碧忒幤行长章航绗荇嫦璋重庆舂冢罄箐chongqing -。\n"),
    max_size=16,
)


@given(st.lists(syllables | mixed, min_size=1, max_size=4))
@settings(max_examples=200)
def test_sounds_are_the_same(by_sound: Held, texts: list[str]) -> None:
    """Both engines hear the same terms."""
    compare([Post(id=str(i), account="a", text=text) for i, text in enumerate(texts)], [by_sound.policy])


letters = st.sampled_from("abs1比特币")
between = st.sampled_from(
    ["", "", "", " ", "-", "  ", ",", "，", ". ", "\n", "。", "😀", "\u200b", "\u0301", "“", "---", "----"]
)
terms = (
    st.lists(letters | between, min_size=1, max_size=8)
    .map("".join)
    .filter(lambda term: any(map(str.isalnum, term)))
)


def worded(policy: Policy, terms: Sequence[str], spellings: frozenset[Spelling]) -> Policy:
    """Return a policy that looks for other terms, and for nothing else."""
    model = policy.signals[0]
    assert isinstance(model, LexiconSignal)
    made = tuple(Term(term, line, "", "", line) for line, term in enumerate(terms, start=1))
    return dataclasses.replace(
        policy, signals=(dataclasses.replace(model, terms=made, spellings=spellings),), rules=policy.rules[:1]
    )


@given(
    st.lists(terms, min_size=1, max_size=3),
    st.sets(st.sampled_from(sorted(set(Spelling) - {Spelling.HOMOPHONE}))).map(frozenset),
    st.lists(
        st.lists(letters | between | terms, max_size=16).map("".join) | st.builds(str.join, between, terms),
        max_size=5,
    ),
)
@settings(max_examples=200)
def test_any_terms_stand_in_the_same_places(
    by_sound: Held, wanted: list[str], spellings: frozenset[Spelling], texts: list[str]
) -> None:
    """Wherever the letters of a term meet, both engines agree on whether it stands there."""
    plan = make_plan([worded(by_sound.policy, wanted, spellings)])
    batch = Batch.of(Post(id=str(i), account="a", text=text) for i, text in enumerate(texts))
    assert list(ColumnarEngine(plan).screen(batch)) == ReferenceEngine(plan).screen(batch)


names = st.sampled_from(NUMBERS).map(Name)
comparisons = st.builds(
    Compare, names, st.sampled_from(Comparison), names | st.integers(-1, 4).map(Number)
) | st.builds(Compare, st.just(Name("model")), st.sampled_from(Comparison), st.integers(-60, 60).map(Number))
leaves = comparisons | st.just(Flag("declared"))


def larger(parts: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    """Build conditions from smaller ones."""
    several = st.lists(parts, min_size=2, max_size=3).map(tuple)
    return several.map(And) | several.map(Or) | parts.map(Not)


conditions = st.recursive(leaves, larger, max_leaves=6)


def ruled(policy: Policy, whens: Sequence[Condition], outcomes: Sequence[Outcome]) -> Policy:
    """Return the policy with other rules; each `permitted` one exempts the rule before it."""
    model = policy.rules[0]
    rules: list[Rule] = []
    for when, outcome in zip(whens, outcomes, strict=False):
        exempts = (rules[-1].name,) if rules and outcome is Outcome.PERMITTED else ()
        name = f"rule-{len(rules)}"
        rules.append(dataclasses.replace(model, name=name, when=when, outcome=outcome, exempts=exempts))
    return dataclasses.replace(policy, rules=tuple(rules))


@given(st.lists(conditions, min_size=1, max_size=3), st.lists(st.sampled_from(Outcome), min_size=3), batches)
@settings(max_examples=200)
def test_any_rules_fire_on_the_same_posts(
    gated: Held, lists: BlockLists, whens: list[Condition], outcomes: list[Outcome], posts: list[Post]
) -> None:
    """Whatever its rules ask for, a policy passes over no post on which one of them fires."""
    plan = make_plan([ruled(gated.policy, whens, outcomes)])
    batch = Batch.of(posts)
    assert list(ColumnarEngine(plan).screen(batch, lists)) == ReferenceEngine(plan).screen(batch, lists)


@given(first=batches, second=batches)
@settings(max_examples=50)
@pytest.mark.parametrize("engine", list(EngineName))
def test_a_batch_gives_what_its_parts_give(
    whole: Held, gated: Held, engine: EngineName, first: list[Post], second: list[Post]
) -> None:
    """screen(a + b) == screen(a) + screen(b)."""
    policies = [gated.policy, whole.policy]
    apart = [finding for part in (first, second) for finding in screen(part, policies, engine=engine)]
    assert screen(first + second, policies, engine=engine) == apart


@given(batches)
@settings(max_examples=50)
@pytest.mark.parametrize("engine", list(EngineName))
def test_policies_do_not_disturb_each_other(
    whole: Held, gated: Held, engine: EngineName, posts: list[Post]
) -> None:
    """One pass under several policies gives, for each, what a pass under it alone gives."""
    together = screen(posts, [gated.policy, whole.policy], engine=engine)
    for policy in (gated.policy, whole.policy):
        alone = screen(posts, policy, engine=engine)
        assert [finding for finding in together if finding.policy == policy.reference] == alone


@given(batches, st.data())
@settings(max_examples=60)
def test_a_post_does_not_depend_on_its_neighbours(
    whole: Held, posts: list[Post], data: st.DataObject
) -> None:
    """In another order, every post has the findings it had."""
    numbered = [
        Post(id=str(i), account="a", text=post.text, title=post.title) for i, post in enumerate(posts)
    ]
    shuffled = data.draw(st.permutations(numbered))
    found = screen(shuffled, whole.policy)
    again = [finding for post in numbered for finding in found if finding.post == post.id]
    assert again == screen(numbered, whole.policy)


@pytest.fixture(scope="module", params=sorted(shipped_policies()))
def shipped(request: pytest.FixtureRequest) -> Held:
    """Each policy that ships, if its files can be read at the moment; its examples are not run."""
    folder: Path = shipped_policies()[request.param]
    faults = Faults()
    policy = read_policy(folder, faults, relax)
    if policy is None or faults:
        pytest.skip(f"{request.param} cannot be read: {faults.found[0]}")
    return Held(policy)


@given(batches)
@settings(max_examples=12)
def test_shipped_policies_find_the_same(shipped: Held, lists: BlockLists, posts: list[Post]) -> None:
    """Both engines agree on the policies that ship."""
    compare(posts, [shipped.policy], lists)


def test_places_that_differ_in_their_text_alone_are_in_the_order_of_the_texts(tmp_path: Path) -> None:
    """One character that stands for many letters: what matched in it is shown by text, eight at most."""
    letters = ["الله", "صلى", "عليه", "ل", "لم", "لى", "لي", "م", "وس", "وسلم"]
    tables = signal("pattern", "few", expressions=["وسلم", "صلى", "الله"])
    tables += signal("pattern", "many", expressions=letters[::-1])
    policy = build(tmp_path, tables, rule("few-said", "few > 0") + rule("many-said", "many > 0"))
    few, many = compare([Post(id="1", account="a", text="\ufdfa")], [policy])
    assert [item.matched for item in few.evidence] == ["الله", "صلى", "وسلم"]
    assert [item.matched for item in many.evidence] == letters[:8]
    assert (few.score, many.score) == (24 + 3 * 4, 24 + 8 * 4)


def test_a_signal_that_two_unions_lead_to_counts_once(tmp_path: Path) -> None:
    """The score counts each text of a signal once, whichever clauses and unions lead to it."""
    tables = (
        signal("lexicon", "coins", terms="coins.csv")
        + signal("pattern", "other", expressions=["moon"])
        + signal("union", "aa", of=["coins"])
        + signal("union", "bb", of=["coins", "other"])
    )
    policy = build(tmp_path, tables, rule("all-three", "aa > 0 AND bb > 0 AND coins > 0"))
    (finding,) = compare([Post(id="1", account="a", text="bitcoin to the moon, 比特币")], [policy])
    assert finding.score == 24 + 3 * 4
