"""The bench policy: 1,500 terms, 60 expressions and 20 rules over the invented language, as a real folder."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

import msgspec
import numpy as np
import numpy.typing as npt

from tipstaff.bench.corpus import SEED, Kind, Writer
from tipstaff.bench.vocabulary import GROUPS, Vocabulary
from tipstaff.policy import folding
from tipstaff.policy.model import Policy
from tipstaff.policy.weights import FORMAT, Header, pack, unpack
from tipstaff.screening.kernels.ngrams import gram_bucket
from tipstaff.screening.learned import score_letters
from tipstaff.screening.load import load_policy

NAME: Final = "bench"
BUCKETS: Final = 1 << 17
LONGEST: Final = 4
_TRAINING_POSTS = 150
_SEEN_OFTEN = 10
_SCALE = 64
_MISSED_PERCENT = 15
_OFFERS: Final = ("sale", "gift", "referral", "calling", "dealing", "returns", "scheme")
_DISGUISED: Final = frozenset(GROUPS[:10])
_SUMMARY = 'summary = { zh = "台架", en = "For the bench" }'

_FIGURES = (
    r"\d{1,5}(?:\.\d{1,2})? ?%",
    r"\+ ?\d{2,5}(?:\.\d{1,2})? ?%",
    r"\d{1,5} ?倍",
    r"\b\d{1,5} ?x\b",
    r"(?:日|月|周|年)(?:入|赚|收益)[^\n。]{0,6}\d{1,7}",
    r"(?:翻|涨)[^\n。]{0,3}\d{1,4}",
    r"\d{2,6} ?(?:usdt|usd|btc|eth)\b",
    r"\b(?:apy|apr|roi)[^\n.]{0,8}\d{1,4}",
)
_PRICES = (
    r"[$¥€] ?\d{1,3}(?:,\d{3}){1,3}",
    r"\b1 ?(?:eth|btc|bnb) ?= ?\d{1,8}",
    r"(?:定价|单价|现价)[^\n。]{0,4}\d{1,6}",
    r"\d{1,6} ?(?:元|块)(?:起|整|/)",
    r"(?:bonus|discount) (?:of )?\d{1,3} ?%",
    r"(?:soft|hard) ?cap[^\n]{0,6}\d",
)
_ADDRESSES = (
    r"https?://[a-z0-9.\-]{4,40}/[a-z0-9_]{6,12}",
    r"\bt\.me/[a-z0-9_+]{4,32}",
    r"\b[a-z0-9]{3,20}\.(?:xyz|top|vip|club)\b",
    r"\b[a-z0-9._]{2,20}@[a-z0-9]{2,20}\.(?:com|net|cn)\b",
    r"\bdiscord\.gg/[a-z0-9]{4,12}",
    r"\b(?:0x)[0-9a-f]{40}\b",
)
_CONTACTS = (
    r"(?:微信|v信|薇信|vx|wx)[^\n]{0,4}[a-z0-9_]{5,20}",
    r"(?:qq|扣扣)[^\n]{0,4}\d{5,11}",
    r"(?:电报|飞机|telegram|tg)[^\n]{0,4}@?[a-z0-9_]{5,32}",
    r"\b1[3-9]\d{9}\b",
    r"@[a-z][a-z0-9_]{3,30}\d{2}\b",
    r"(?:whatsapp|dm|contact)[^\n.]{0,6}[+@][a-z0-9]{5,20}",
)
_DATES = (
    r"\b20[12]\d-[01]\d-[0-3]\d\b",
    r"\d{1,2}月\d{1,2}日",
    r"(?:仅剩|只剩|最后)[^\n。]{0,3}\d{1,4}(?:天|小时|名)",
    r"\b(?:only|last) \d{1,4} (?:days?|hours?|spots?)\b",
    r"\b\d{1,3} ?(?:minutes?|hours?) (?:left|to go)\b",
    r"\d{1,2}[:点]\d{2}(?:开始|开抢|准时)",
)
_CODES = (
    r"(?:邀请码|推荐码)[^\n]{0,4}[a-z0-9]{4,12}",
    r"(?:invite|referral) code[^\n]{0,4}[a-z0-9]{4,12}",
    r"[?&](?:ref|invite|code)=[a-z0-9]{3,16}",
    r"(?:话题|topic) ?#[^#\n]{2,12}#",
    r"第[一二三四五六七八九十\d]{1,3}(?:期|轮|批)",
    r"\b(?:round|phase|stage) ?[1-9]\b",
    r"(?:群|group)[^\n]{0,3}\d{3,5}\b",
    r"(?:满|买)\d{1,4}(?:送|减|返)\d{1,4}",
)


def write_policy(folder: Path, *, learned: bool = True, seed: int = SEED) -> None:
    """Write the bench policy to an empty folder; without its learned signal if so wished."""
    writer = Writer(seed)
    vocabulary = writer.vocabulary
    (folder / "signals").mkdir()
    (folder / "policy.toml").write_text(_HEAD, encoding="utf-8")
    for group in GROUPS:
        rows = (f"{term},{1 + i % 3},," for i, term in enumerate(vocabulary.terms[group]))
        table = "\n".join(["term,weight,language,note", *rows])
        (folder / "signals" / f"{group}.csv").write_text(table + "\n", encoding="utf-8")
    signals = "\n".join(_signals(vocabulary, learned=learned))
    (folder / "signals" / "signals.toml").write_text(signals, encoding="utf-8")
    (folder / "rules.toml").write_text("\n".join(_rules(learned=learned)), encoding="utf-8")
    (folder / "examples.jsonl").write_text('{"text": "0", "verdict": "none"}\n', encoding="utf-8")
    if learned:
        (folder / "learned.bin").write_bytes(_weights(writer))


def make_policy(folder: Path, *, learned: bool = True) -> Policy:
    """Write the bench policy to an empty folder, and load it."""
    write_policy(folder, learned=learned)
    return load_policy(folder)


def expressions(vocabulary: Vocabulary) -> Mapping[str, Sequence[str]]:
    """Return the 60 expressions by signal; all are such that Hyperscan takes them as they are."""
    return {
        "figures": _FIGURES,
        "prices": _PRICES,
        "addresses": _ADDRESSES,
        "contacts": _CONTACTS,
        "dates": _DATES,
        "codes": _CODES,
        "promises": tuple(_promises(vocabulary)),
    }


def _promises(vocabulary: Vocabulary) -> Iterator[str]:
    """Yield expressions in which terms of a group stand close to figures: a Han and a Latin one for each."""
    for group in GROUPS[:10]:
        terms = [folding.normal_text(term) for term in vocabulary.terms[group]]
        latin = [term for term in terms if term.isascii()]
        yield rf"(?:{'|'.join(terms[:6])})[^\n。]{{0,8}}\d{{1,6}}(?:%|倍|万|元|u)"
        yield rf"\b(?:{'|'.join(latin[:6])})\b[^\n.]{{0,16}}\b\d{{1,6}} ?(?:%|x|k|usdt)"


def _signals(vocabulary: Vocabulary, *, learned: bool) -> Iterator[str]:
    """Yield the lines of `signals.toml`."""
    for group in GROUPS:
        yield f'[lexicon.{group}]\nterms = "{group}.csv"\n{_SUMMARY}'
        if group in _DISGUISED:
            yield 'spellings = ["leet", "pinyin", "homophone"]'
    for name, several in expressions(vocabulary).items():
        quoted = ", ".join(f"'{expression}'" for expression in several)
        yield f"[pattern.{name}]\nexpressions = [{quoted}]\n{_SUMMARY}"
    for name, kinds in _ENTITIES.items():
        yield f"[entity.{name}]\nkinds = {json.dumps(kinds)}\n{_SUMMARY}"
    for name, members in _UNIONS.items():
        yield f"[union.{name}]\nof = {json.dumps(members)}\n{_SUMMARY}"
    for header, (of, to, within) in _PAIRS.items():
        yield f'[{header}]\nof = "{of}"\nto = "{to}"\nwithin = {within}\n{_SUMMARY}'
    if learned:
        yield f"[learned.promotion]\n{_SUMMARY}"


_ENTITIES: Final = {
    "contact": ["handle", "wechat", "qq", "telegram", "phone"],
    "link": ["url"],
    "invitation": ["invitation"],
    "cashtag": ["cashtag"],
    "wallet": ["wallet"],
    "sum": ["amount", "percentage"],
}
_UNIONS: Final = {
    "topic": ["coins", "venues", "cashtag", "wallet"],
    "offer": list(_OFFERS),
    "touch": ["contact", "link", "invitation", "contacts", "addresses"],
    "numbers": ["figures", "prices", "promises"],
}
_PAIRS: Final = {
    "near.offer_call": ("offer", "acting", 30),
    "near.offer_figure": ("offer", "sum", 20),
    "near.warned_offer": ("offer", "warning", 24),
    "apart.plain_call": ("acting", "warning", 16),
}


def _rules(*, learned: bool) -> Iterator[str]:
    """Yield the lines of `rules.toml`; every rule asks the model too, or else for more terms."""
    strict, loose = "topic >= 4 AND acting >= 4 AND offer >= 6", "topic >= 3 AND acting >= 3 AND offer >= 5"
    if learned:
        strict, loose = "topic > 0 AND promotion > 0", "topic > 0 AND promotion > -700"
    calling = [f"{offer}-call" for offer in _OFFERS]
    for offer in _OFFERS:
        when = f"{strict} AND {offer} >= 3 AND plain_call > 0 AND (touch > 0 OR numbers > 0)"
        yield _rule(f"{offer}-call", "violation", when)
        when = f"{loose} AND {offer} >= 3 AND offer_call > 0 AND offer_figure > 0"
        yield _rule(f"{offer}-near", "review", when)
    yield _rule("several", "violation", f"{strict} AND offer >= 12 AND acting >= 6")
    yield _rule("coded", "violation", f"{strict} AND codes > 0 AND dates > 0 AND plain_call > 0")
    yield _rule("linked", "review", f"{loose} AND link > 0 AND offer >= 3 AND acting >= 4")
    yield _rule("sum", "review", f"{loose} AND sum BETWEEN 2 AND 9 AND offer >= 4 AND acting >= 4")
    warned = f"{loose} AND offer >= 3 AND warning >= 3 AND warned_offer > 0 AND plain_call = 0"
    yield _rule("warned", "permitted", warned, calling)
    reported = f"{loose} AND offer >= 3 AND reporting >= 4 AND touch = 0"
    yield _rule("reported", "permitted", reported, calling)


def _rule(name: str, outcome: str, when: str, exempts: Sequence[str] = ()) -> str:
    """Write one rule."""
    lines = [
        "[[rule]]",
        f'name = "{name}"',
        f'outcome = "{outcome}"',
        f'when = "{when}"',
        'provision = "bench-1"',
        "severity = 3",
        'title = { zh = "台架", en = "For the bench" }',
        'explanation = { zh = "台架", en = "For the bench" }',
    ]
    return "\n".join([*lines, f"exempts = {json.dumps(list(exempts))}"] if exempts else lines)


_HEAD = """
name = "bench"
version = "1.0.0"
effective = 2018-08-21
title = { zh = "台架", en = "The bench policy" }
summary = { zh = "只用于测速", en = "For measuring speed only" }

[[provision]]
id = "bench-1"
jurisdiction = "XX"
issued = 2018-08-21
article = "1"
source = "https://example.org/"
instrument = { zh = "台架", en = "For the bench" }
summary = { zh = "台架", en = "For the bench" }
duty = { zh = "台架", en = "For the bench" }

[[ladder]]
measure = "warn"
strikes = 1
days = 0
expires_days = 90
"""


def _weights(writer: Writer) -> bytes:
    """Weigh n-grams by how much more often they occur in promotions than in other posts: integers only.

    The bias is such that a given share of further promotions scores above zero.
    """
    promotions = _occurrences(_views(writer, Kind.VIOLATING))
    others = _occurrences(_views(writer, Kind.ORDINARY) + _views(writer, Kind.TOPICAL))
    leaning = 1024 * (2 * promotions - others) // (2 * promotions + others + 6)
    table = np.where(2 * promotions + others >= _SEEN_OFTEN, leaning, 0).astype(np.int16)
    header = Header(
        format=FORMAT, shortest=1, longest=LONGEST, buckets=BUCKETS, bias=0, scale=_SCALE,
        trained_on="the seeded corpus of tipstaff bench",
    )  # fmt: skip
    unbiased = unpack(pack(header, table))
    scores = sorted(score_letters([view], unbiased) for view in _views(writer, Kind.VIOLATING))
    return pack(msgspec.structs.replace(header, bias=-scores[len(scores) * _MISSED_PERCENT // 100]), table)


def _views(writer: Writer, kind: Kind) -> list[str]:
    """Return the letters views of some more posts of one kind."""
    texts = (written.post.text for written in writer.write_as(kind, _TRAINING_POSTS))
    return [folding.letters(folding.normal_text(text)).text for text in texts]


def _occurrences(views: Sequence[str]) -> npt.NDArray[np.int64]:
    """Count in how many texts each bucket occurs."""
    counts = np.zeros(BUCKETS, dtype=np.int64)
    for view in views:
        chars = np.array([ord(char) for char in view], dtype=np.uint32)
        hit = {
            gram_bucket(chars, at, size, BUCKETS)
            for size in range(1, LONGEST + 1)
            for at in range(len(chars) - size + 1)
        }
        counts[list(hit)] += 1
    return counts
