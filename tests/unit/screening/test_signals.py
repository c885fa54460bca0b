"""Every kind of signal, through both engines: what it counts, and what it shows."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from itertools import pairwise
from math import isqrt
from pathlib import Path

import numpy as np
import pytest
from policies import Build, Files, group, post, rule, signal, spans

from tipstaff.policy.weights import FORMAT, Header, pack
from tipstaff.screening.engine import EngineName, screen
from tipstaff.screening.lists import BlockLists
from tipstaff.screening.posts import Post

MOST = 12
Value = Callable[[str, str, str | Post], int]

WORDS = signal("lexicon", "coins", terms="coins.csv") + signal("lexicon", "calls", terms="calls.csv")
DISGUISED = signal("lexicon", "disguised", terms="disguised.csv", spellings=["leet", "pinyin", "homophone"])
GROUPS: Files = {
    "signals/coins.csv": group(("bitcoin", 2), ("ether", 3), "比特币", "gold coin", "coin"),
    "signals/calls.csv": group("buy", "sell", "买"),
    "signals/disguised.csv": group("invest", "交易所", ("返佣", 4)),
}


@pytest.fixture
def value(policy: Build, engine: EngineName) -> Value:
    """Return what tells how much a signal, declared by a table, holds on a post, up to MOST."""

    def count(table: str, name: str, given: str | Post) -> int:
        rules = "".join(rule(f"at-least-{least}", f"{name} >= {least}") for least in range(1, MOST + 1))
        made = policy(WORDS + table, rules, GROUPS)
        return len(screen([post(given) if isinstance(given, str) else given], made, engine=engine))

    return count


Find = Callable[[str, str, str | Post], list[tuple[str, str]]]


@pytest.fixture
def find(policy: Build, engine: EngineName) -> Find:
    """Return what lists the places that a signal shows: what stands there, and what matched."""

    def places(table: str, name: str, given: str | Post) -> list[tuple[str, str]]:
        made = policy(WORDS + table, rule("found", f"{name} > 0"), GROUPS)
        findings = screen([post(given) if isinstance(given, str) else given], made, engine=engine)
        return [(str(item.text), item.matched) for finding in findings for item in finding.evidence]

    return places


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", 0),
        ("nothing", 0),
        ("Bitcoin", 2),
        ("bitcoin bitcoin BITCOIN", 2),
        ("bitcoin and ether", 5),
        ("比特幣", 1),
        ("gold coin", 2),
        ("bitcoin, ether, 比特币, gold coin", 8),
    ],
)
def test_a_lexicon_group_adds_up_its_terms(value: Value, text: str, expected: int) -> None:
    """A group holds the sum of the weights of the different terms that occur, each once."""
    assert value("", "coins", text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("invest", 1),
        ("inve5t", 1),
        ("1nv35t", 1),
        ("lnvest", 1),
        ("invest in 1nvest", 1),
        ("jiaoyisuo", 1),
        ("jiao yi suo", 1),
        ("交yi所", 1),
        ("交易嗦", 1),
        ("茭易所", 1),
        ("佼奕嗦", 1),
        ("教易所", 0),
        ("交易数", 0),
        ("返佣", 4),
        ("返佣和fan佣", 4),
        ("fanyong", 4),
        ("返傭", 4),
        ("inv3st 茭易所 fan佣", 6),
        ("投资", 0),
    ],
)
def test_a_disguise_counts_as_its_term(value: Value, text: str, expected: int) -> None:
    """Digits for letters, syllables, and rare characters that sound alike count as the term, once."""
    assert value(DISGUISED, "disguised", text) == expected


def test_a_disguise_shows_what_was_written_and_what_was_meant(find: Find) -> None:
    """The place shows the text as it stands; what matched is the spelling, by sound the term itself."""
    assert find(DISGUISED, "disguised", "看1nve5t！") == [("1nve5t", "1nve5t")]
    assert find(DISGUISED, "disguised", "茭 易 所") == [("茭 易 所", "交易所")]
    assert find(DISGUISED, "disguised", "去Jiao-Yi-Suo") == [("Jiao-Yi-Suo", "jiaoyisuo")]


def test_a_spelling_may_be_too_long_to_look_for(policy: Build, engine: EngineName) -> None:
    """A long term with long syllables is found as it is written, though not in all its syllables."""
    table = signal("lexicon", "long", terms="long.csv", spellings=["pinyin"])
    made = policy(table, rule("found", "long > 0"), {"signals/long.csv": group("a" * 34 + "庄床双窗霜b")})
    posts = [post("a" * 34 + "庄床双窗霜b"), post("a" * 34 + "zhuang chuang shuang chuang shuang b")]
    assert [finding.evidence[0].text for finding in screen(posts, made, engine=engine)] == [posts[0].text]


def test_groups_without_disguises_are_looked_for_plainly(value: Value) -> None:
    """A group that asks for no disguises is not found in disguise."""
    assert value("", "coins", "b1tcoin bitebi 比特幤") == 0


MOON = signal("pattern", "moon", expressions=[r"\b[0-9]{1,3}x\b", "to the moon", "翻[0-9]{1,2}倍"])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", 0),
        ("100x", 1),
        ("１００Ｘ", 1),
        ("10x, 20x, 30x", 3),
        ("TO THE MOON 10x", 2),
        ("to the moon, to the moon", 2),
        ("to  the moon", 0),
        ("电话100x吧", 1),
        ("a100x", 0),
        ("翻⑩倍", 1),
        ("翻10\n倍", 0),
        ("10\u200bx", 1),
    ],
)
def test_a_pattern_counts_its_matches(value: Value, text: str, expected: int) -> None:
    """A pattern signal holds how often its expressions match the normal form."""
    assert value(MOON, "moon", text) == expected


@pytest.mark.parametrize("text", ["⑩%", "⑳ %", "½%", "１０%", "𝟙𝟘%"])
def test_digits_are_digits_however_they_are_written(value: Value, text: str) -> None:
    """An expression that asks for digits only is tried wherever the normal form has one."""
    assert value(signal("pattern", "share", expressions=[r"\d{1,2} ?%"]), "share", text) == 1


@pytest.mark.parametrize("text", ["㋀", "㏠", "㍘", "㉑", "⒈"])
def test_digits_beside_other_characters_of_one_sign(value: Value, text: str) -> None:
    """A digit that comes out of one sign together with other characters is a digit."""
    assert value(signal("pattern", "digit", expressions=[r"\d{1,2}"]), "digit", text) == 1


def test_a_pattern_shows_the_original_and_the_normal_form(find: Find) -> None:
    """The place is that of the original; what matched is its normal form."""
    assert find(MOON, "moon", "看：翻\u200b⑳倍！") == [("翻\u200b⑳倍", "翻20倍")]


def test_a_match_that_only_looks_ahead_has_no_place(value: Value) -> None:
    """An expression whose look-arounds do the work is matched exactly, not by its letters alone."""
    table = signal("pattern", "moon", expressions=[r"(?<=\$)moon(?=!)"])
    assert value(table, "moon", "moon") == 0
    assert value(table, "moon", "$moon!") == 1


LINK = signal("entity", "links", kinds=["url", "wallet"])


@pytest.mark.parametrize(
    ("table", "text", "expected"),
    [
        (LINK, "no link", 0),
        (LINK, "see https://example.com/a and www.example.org", 2),
        (LINK, "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", 1),
        (
            signal("entity", "links", kinds=["wallet"], details=["bitcoin"]),
            "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
            1,
        ),
        (
            signal("entity", "links", kinds=["wallet"], details=["ethereum"]),
            "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
            0,
        ),
        (LINK, "http://localhost/x and https://[::1]/ and http://2130706433", 3),
        (signal("entity", "links", kinds=["domain"]), "http://[::1]/", 1),
        (
            signal("entity", "links", kinds=["wallet"], details=["ethereum", "bitc"]),
            "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
            1,
        ),
        (signal("entity", "links", kinds=["cashtag"]), "$BTC $ETH", 2),
        (signal("entity", "links", kinds=["handle"]), "ask @someone_else", 1),
        (signal("entity", "links", kinds=["phone"]), "电话13800138000", 1),
        (signal("entity", "links", kinds=["percentage"]), "20% and ２５％", 2),
        (signal("entity", "links", kinds=["hashtag"]), "#coins", 1),
    ],
)
def test_an_entity_signal_counts_what_it_looks_for(
    value: Value, table: str, text: str, expected: int
) -> None:
    """An entity signal holds how many entities of its kinds, with its details if any, occur."""
    assert value(table, "links", text) == expected


SITES = signal("domains", "sites", domains=["example.com", "example.co.uk"])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://example.com", 1),
        ("https://www.example.com/x?y=example.com", 1),
        ("shop.example.co.uk", 1),
        ("ＥＸＡＭＰＬＥ。ＣＯＭ", 1),
        ("https://example.com and https://pay.example.com", 2),
        ("https://example.com.evil.org", 0),
        ("https://badexample.com", 0),
        ("https://example.org", 0),
        ("example, com", 0),
    ],
)
def test_a_listed_domain_counts_with_all_below_it(value: Value, text: str, expected: int) -> None:
    """A domains signal holds how many links lead to a listed registrable domain."""
    assert value(SITES, "sites", text) == expected


LISTED = signal("blocked", "listed")


@pytest.mark.parametrize(
    ("link", "shown", "entry"),
    [
        ("www.evil.example.org", "www.evil.example.org", "evil.example.org"),
        ("https://www.evil.example.org/win?a=b", "www.evil.example.org", "evil.example.org"),
        ("http://evil.example.org:8080", "evil.example.org", "evil.example.org"),
        ("EVIL.example。org/x", "EVIL.example。org", "evil.example.org"),
        ("shop[.]example[.]net", "shop[.]example[.]net", "example.net"),
    ],
)
def test_a_blocked_link_cites_its_list(
    policy: Build, engine: EngineName, tmp_path: Path, link: str, shown: str, entry: str
) -> None:
    """A link on a list of the user's is shown with the entry, the list and the digest of its file."""
    path = tmp_path / "scams.txt"
    path.write_text("evil.example.org\nexample.net\n", "utf-8")
    made = policy(LISTED, rule("found", "listed > 0"))
    posts = [post(f"see {link} now"), post("https://example.org or https://notevil.example.org")]
    ((item,),) = [f.evidence for f in screen(posts, made, lists=BlockLists([path]), engine=engine)]
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    assert item.matched == f"{entry} on scams+{digest}"
    assert item.text == shown


@pytest.mark.parametrize(
    ("link", "found"),
    [
        ("good.evil3.com", False),
        ("https://www.good.evil3.com/x", False),
        ("good[.]evil3[.]com", False),
        ("bad.evil3.com", True),
        ("bad[.]evil3[.]com", True),
    ],
)
def test_what_a_list_allows_below_a_listed_domain_is_not_blocked(
    policy: Build, engine: EngineName, tmp_path: Path, link: str, *, found: bool
) -> None:
    """The host that the link leads to decides, defanged or not, and not the domain above it."""
    path = tmp_path / "scams.json"
    path.write_text('{"allowlist": ["good.evil3.com"], "blocklist": ["evil3.com"]}', "utf-8")
    made = policy(LISTED, rule("found", "listed > 0"))
    assert bool(screen([post(f"see {link} now")], made, lists=BlockLists([path]), engine=engine)) is found


@pytest.mark.parametrize(
    "link",
    [
        "http://ba\u00add.com/",
        "http://b\u200bad.com/",
        "b\u2060ad.com",
        "http://ⓑad.com",
        "𝐛𝖺ｄ.com",
        "http://bad\u2024com",
        "ba\u00add\u3002com",
        "http:\\\\bad.com",
        "https:\\/\\/www.bad.com\\/win",
    ],
)
def test_a_link_is_blocked_however_it_is_written(
    policy: Build, engine: EngineName, tmp_path: Path, link: str
) -> None:
    """What a browser folds away keeps no link from a list, and the evidence is the host as written."""
    path = tmp_path / "scams.txt"
    path.write_text("bad.com\n", "utf-8")
    made = policy(LISTED, rule("found", "listed > 0"))
    text = f"🎁️ see {link} now"
    ((item,),) = [f.evidence for f in screen([post(text)], made, lists=BlockLists([path]), engine=engine)]
    assert item.matched.startswith("bad.com on scams+")
    assert item.text is not None
    assert item.text in link
    assert (item.start, item.end) == (text.index(item.text), text.index(item.text) + len(item.text))
    assert item.text.endswith("com")


def test_without_lists_nothing_is_blocked(policy: Build, engine: EngineName) -> None:
    """A blocked signal is 0, not unknown, when the user gives no list."""
    made = policy(LISTED, rule("found", "listed > 0") + rule("clean", "listed = 0", outcome="review"), {
        "examples.jsonl": '{"text": "x", "verdict": "review"}',
    })  # fmt: skip
    assert [f.rule for f in screen([post("https://evil.example.org")], made, engine=engine)] == ["clean"]


@pytest.mark.parametrize(
    ("field", "given", "expected"),
    [
        ("followers", post("x", followers=7), 7),
        ("followers", post("x", followers=0), 0),
        ("followers", post("x", followers=-3), 0),
        ("followers", post("x"), 0),
        ("length", post("four"), 4),
        ("length", post("four", title="five5"), 9),
        ("length", post("ﷺ\u200b😀"), 3),
        ("length", post(""), 0),
    ],
)
def test_a_fact_is_a_field_of_the_post(value: Value, field: str, given: Post, expected: int) -> None:
    """Followers that are not given are none; the length is that of title and text in code points."""
    assert value(signal("fact", "known", field=field), "known", given) == expected


@pytest.mark.parametrize("followers", [10**11, 2**40, 2**63, 2**70])
def test_any_number_of_followers_is_survived(policy: Build, engine: EngineName, followers: int) -> None:
    """A number that no account has is taken as the largest that a rule can name."""
    made = policy(signal("fact", "fans", field="followers"), rule("famous", "fans >= 99999999999"))
    assert len(screen([post("x", followers=followers)], made, engine=engine)) == 1


@pytest.mark.parametrize(("declared", "expected"), [(True, ["yes"]), (False, ["no"]), (None, ["no"])])
def test_a_declaration_is_a_boolean(
    policy: Build,
    engine: EngineName,
    declared: bool | None,  # noqa: FBT001  what a post has
    expected: list[str],
) -> None:
    """A post is declared as sponsored or it is not: what is not said is not."""
    files: Files = {"examples.jsonl": '{"text": "x", "verdict": "violation"}'}
    made = policy(
        signal("fact", "declared", field="sponsored"),
        rule("yes", "declared") + rule("no", "NOT declared"),
        files,
    )
    assert [f.rule for f in screen([post("x", sponsored=declared)], made, engine=engine)] == expected


TOPIC = MOON + signal("union", "topic", of=["coins", "moon"])


def test_a_union_adds_up(value: Value, find: Find) -> None:
    """A union holds the sum of its parts, and shows the places of each under its own name."""
    assert value(TOPIC, "topic", "bitcoin 10x 20x") == 4
    assert value(TOPIC, "topic", "10x") == 1
    assert value(TOPIC, "topic", "x") == 0
    assert find(TOPIC, "topic", "20x bitcoin") == [("bitcoin", "bitcoin"), ("20x", "20x")]


def test_a_union_of_unions_adds_up_in_any_order(value: Value) -> None:
    """A union may be declared before its parts, and a signal that two of them lead to counts twice."""
    table = signal("union", "all", of=["some", "coins", "calls"]) + signal("union", "some", of=["coins"])
    assert value(table, "all", "buy bitcoin") == 5


NEAR = signal("near", "close", of="calls", to="coins", within=5)
APART = signal("apart", "alone", of="calls", to="coins", within=5)


@pytest.mark.parametrize(
    ("text", "close", "alone"),
    [
        ("buy", 0, 1),
        ("bitcoin", 0, 0),
        ("buy bitcoin", 1, 0),
        ("bitcoin buy", 1, 0),
        ("buy12345bitcoin", 1, 0),
        ("buy-----bitcoin", 1, 0),
        ("buy------bitcoin", 0, 1),
        ("bitcoin-----buy", 1, 0),
        ("bitcoin------buy", 0, 1),
        ("buy \u200b\u200b\u200b\u200b\u200bbitcoin", 0, 1),
        ("buy bitcoin sell", 2, 0),
        ("buy and sell bitcoin", 1, 1),
        ("buy bitcoin and, some day, sell", 1, 1),
        ("买比特币", 1, 0),
        ("ether ........ buy", 0, 1),
        ("ether ........ buy . bitcoin", 1, 0),
        ("bitcoin bitcoin buy ether ether", 1, 0),
    ],
)
def test_nearness_is_counted_in_code_points_of_the_original(
    value: Value, text: str, close: int, alone: int
) -> None:
    """A hit is near another if at most so many code points stand between them, on either side; else apart."""
    assert value(NEAR, "close", text) == close
    assert value(APART, "alone", text) == alone


def test_nearness_shows_the_hits_that_are_near(find: Find) -> None:
    """What is shown is what is near or apart, not what it is near to."""
    assert find(NEAR, "close", "buy bitcoin ...... sell") == [("buy", "buy")]
    assert find(APART, "alone", "buy bitcoin ...... sell") == [("sell", "sell")]


def test_nearness_reaches_over_line_ends(value: Value) -> None:
    """A line end counts as one code point like any other."""
    assert value(NEAR, "close", "buy\n\n\n\n\nbitcoin") == 1
    assert value(NEAR, "close", "buy\n\n\n\n\n\nbitcoin") == 0


def test_nearness_of_entities_and_patterns(value: Value) -> None:
    """Whatever has a place can be near to whatever has a place."""
    table = LINK + MOON + signal("near", "close", of="links", to="moon", within=3)
    assert value(table, "close", "100x https://example.com") == 1
    assert value(table, "close", "100x here: https://example.com") == 0


def test_derived_signals_of_derived_signals(value: Value) -> None:
    """What is near may be quoted, and a union, in turn."""
    table = (
        signal("near", "close", of="said", to="all", within=2)
        + signal("quoted", "said", of="calls")
        + signal("union", "all", of=["coins", "moon"])
        + MOON
    )
    assert value(table, "close", "“buy” bitcoin") == 1
    assert value(table, "close", "“buy” 10x") == 1
    assert value(table, "close", "buy bitcoin") == 0


QUOTED = signal("quoted", "said", of="coins")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("bitcoin", 0),
        ("“bitcoin”", 1),
        ("‘some bitcoin’", 1),
        ("「比特币」", 1),
        ("『比特幣』", 1),
        ('"bitcoin"', 1),
        ('he said "buy" bitcoin', 0),
        ('"bitcoin', 0),
        ("“bitcoin", 0),
        ("”bitcoin“", 0),
        ("“bit”coin", 0),
        ("“bitcoin\n”", 0),
        ("“bitcoin” bitcoin “ether”", 2),
        (f"“{'x' * 113}bitcoin”", 0),
        (f"“{'-' * 113}bitcoin”", 1),
        (f"“{'-' * 114}bitcoin”", 0),
    ],
)
def test_quotation_marks(value: Value, text: str, expected: int) -> None:
    """A hit is quoted if it stands inside one pair of marks, on one line and within 120 code points."""
    assert value(QUOTED, "said", text) == expected


def test_a_quoted_hit_is_shown_where_it_stands(find: Find) -> None:
    """What is shown is the hit inside the marks."""
    assert find(QUOTED, "said", "bitcoin “ether”") == [("ether", "ether")]


BUCKETS = 64
TABLE = np.random.default_rng(7).integers(-3000, 3000, BUCKETS).astype(np.int16)
MODEL = signal("learned", "model")


def bucket(gram: str) -> int:
    """Hash an n-gram as documented: FNV-1a over code points, digits all alike, mixed with the length."""
    hashed = 2166136261
    for char in gram:
        hashed = (hashed ^ (48 if char in "0123456789" else ord(char))) * 16777619 % 2**32
    hashed ^= len(gram)
    hashed = (hashed ^ (hashed >> 15)) * 2654435761 % 2**32
    return (hashed >> 8) % BUCKETS


def expected_score(*views: str) -> int:
    """Score letters views with the table above, bias -40, scale 3, n-grams of one and two letters."""
    grams = {gram for view in views for gram in [*view, *(a + b for a, b in pairwise(view))]}
    hit = {bucket(gram) for gram in grams}
    return -40 + (sum(int(TABLE[number]) for number in hit) * 3 // isqrt(256 * len(hit)) if hit else 0)


@pytest.mark.parametrize(
    ("given", "views"),
    [
        (post(""), [""]),
        (post("。"), [""]),
        (post("a"), ["a"]),
        (post("bitcoin"), ["bitcoin"]),
        (post("Ｂit-Coin 2024!"), ["bitcoin2024"]),
        (post("买 比特幣", title="快来"), ["快来", "买比特币"]),
        (post("abab", title="abab"), ["abab"]),
        (post("\U00020000\U0001f600 x"), ["\U00020000x"]),
        (post("ﷺ"), ["صلىاللهعليهوسلم"]),
    ],
)
def test_a_learned_signal_is_an_integer_sum(
    policy: Build, engine: EngineName, given: Post, views: list[str]
) -> None:
    """The score follows from the letters alone, by integer arithmetic that anyone can repeat."""
    score = expected_score(*views)
    files: Files = {
        "learned.bin": pack(Header(FORMAT, 1, 2, BUCKETS, -40, 3, ""), TABLE),
        "examples.jsonl": '{"text": "x", "verdict": "violation"}',
    }
    rules = rule("exactly", f"model = {score}") + rule("otherwise", f"model <> {score}")
    found = screen([given], policy(MODEL, rules, files), engine=engine)
    assert [finding.rule for finding in found] == ["exactly"]


def test_a_learned_signal_shows_what_weighed_most(policy: Build, engine: EngineName) -> None:
    """The evidence is the score, then the heaviest n-grams that do not overlap, four at most to a field."""
    heavy = TABLE * 0
    for gram, weight in (("moon", 900), ("ether", 700), ("oo", 800), ("币", 10)):
        heavy[bucket(gram)] = weight
    files: Files = {"learned.bin": pack(Header(FORMAT, 1, 5, BUCKETS, 0, 1, ""), heavy)}
    made = policy(MODEL, rule("promoted", "model > 0"), files)
    (finding,) = screen([post("Mo-on，Ether", title="moon")], made, engine=engine)
    score, *places = finding.evidence
    assert score.matched.startswith("score ")
    assert (score.field, score.start) == (None, None)
    shown = [(item.field, item.text, item.matched) for item in places]
    assert [shown[0], *[item for item in shown[1:] if item[2] in ("moon", "ether")]][:3] == [
        ("title", "moon", "moon"),
        ("text", "Mo-on", "moon"),
        ("text", "Ether", "ether"),
    ]


def test_a_learned_signal_may_be_negative(policy: Build, engine: EngineName) -> None:
    """A rule may ask for a low score; what speaks for the class is not shown for that."""
    files: Files = {
        "learned.bin": pack(Header(FORMAT, 1, 2, BUCKETS, -500, 1, ""), TABLE * 0),
        "examples.jsonl": '{"text": "x", "verdict": "violation"}',
    }
    (finding,) = screen(
        [post("bitcoin")], policy(MODEL, rule("dull", "NOT model > -500"), files), engine=engine
    )
    assert finding.evidence == ()


# Title and text: one post, two fields.


def test_title_and_text_are_one_post(policy: Build, engine: EngineName) -> None:
    """A rule may take one signal from the title and another from the text."""
    made = policy(WORDS, rule("both", "coins > 0 AND calls > 0"), GROUPS)
    (finding,) = screen([post("buy now", title="About bitcoin")], made, engine=engine)
    assert spans([finding]) == [("title", 6, 13), ("text", 0, 3)]


def test_a_term_in_both_fields_counts_once(value: Value, find: Find) -> None:
    """The same term in title and text adds its weight once, and is shown twice."""
    both = post("bitcoin!", title="bitcoin?")
    assert value("", "coins", both) == 2
    assert find("", "coins", both) == [("bitcoin", "bitcoin")] * 2


@pytest.mark.parametrize(
    ("table", "name", "title", "text"),
    [
        ("", "coins", "et", "her"),
        ("", "coins", "比特", "币"),
        (MOON, "moon", "to the", "moon"),
        (MOON, "moon", "翻10", "倍"),
        (NEAR, "close", "buy", "bitcoin"),
        (QUOTED, "said", "“", "bitcoin”"),
        (SITES, "sites", "example", ".com"),
    ],
)
def test_nothing_reaches_from_title_to_text(
    value: Value, table: str, name: str, title: str, text: str
) -> None:
    """Neither a term, a match, nearness nor a quotation crosses from one field to the other."""
    assert value(table, name, post(text, title=title)) == 0


@pytest.mark.parametrize("title", [None, ""])
def test_an_empty_title_is_no_field(policy: Build, engine: EngineName, title: str | None) -> None:
    """A post whose title is empty or missing has its text alone."""
    made = policy(WORDS, rule("found", "coins > 0"), GROUPS)
    assert spans(screen([post("bitcoin", title=title)], made, engine=engine)) == [("text", 0, 7)]


def test_posts_do_not_run_into_each_other(policy: Build, engine: EngineName) -> None:
    """What one post ends with and the next begins with is not put together."""
    made = policy(WORDS + MOON + NEAR, rule("found", "coins > 0 OR moon > 0 OR close > 0"), GROUPS)
    assert (
        screen([post("比特"), post("币"), post("to the"), post("moon"), post("buy")], made, engine=engine)
        == []
    )
