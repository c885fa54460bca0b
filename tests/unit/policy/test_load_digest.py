"""The digest of a policy: it stands for all that can change a finding, and for nothing else."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from policies import MINIMAL, Files, example, group, rule, signal, write_policy

from tipstaff.policy.weights import FORMAT, Header, pack
from tipstaff.screening.load import load_policy

SIGNALS = "signals/signals.toml"
COINS = "signals/coins.csv"
REVERSALS = '[reversals]\nsecond_person = ["close_account"]\n'
RULES = "rules.toml"


def weights(third: int = 3, bias: int = 0) -> bytes:
    """Return weights of which one can be changed."""
    trained_on = hashlib.sha256(b"violation\tcome and buy").hexdigest()
    return pack(
        Header(FORMAT, 1, 2, 8, bias, 1, trained_on), np.array([1, 2, third, 4, 5, 6, 7, 8], dtype=np.int16)
    )


TABLES = (
    signal("pattern", "moon", expressions=["to the moon", "100x"])
    + signal("entity", "links", kinds=["url", "wallet"], details=["bitcoin"])
    + signal("domains", "sites", domains=["example.com"])
    + signal("union", "topic", of=["coins", "moon"])
    + signal("near", "close", of="coins", to="moon", within=20)
    + signal("quoted", "cited", of="coins")
    + signal("fact", "declared", field="sponsored")
    + signal("learned", "model")
)
LET_THROUGH = rule("cited-coins", "cited > 0", outcome="permitted", exempts=["coin-talk"])
BASE: Files = {
    SIGNALS: MINIMAL[SIGNALS] + TABLES,
    RULES: rule("coin-talk", "coins > 0 AND NOT (close = 0 OR declared)") + LET_THROUGH,
    "examples.jsonl": example("bitcoin to the moon", "violation"),
    "learned.bin": weights(),
    "train.jsonl": '{"text": "come and buy", "label": "violation"}\n',
}


def changed(file: str, old: str, new: str) -> Files:
    """Return the files with one part of one of them replaced."""
    text = {**MINIMAL, **BASE}[file]
    assert isinstance(text, str)
    assert old in text
    return {**BASE, file: text.replace(old, new, 1)}


def digest(folder: Path, files: Files = BASE) -> str:
    """Return the digest of a policy that loads."""
    return load_policy(write_policy(folder, files)).digest


DIFFERENT: Mapping[str, Files] = {
    "a term": changed(COINS, "比特币", "莱特币"),
    "a further term": {**BASE, COINS: MINIMAL[COINS] + "ether,1,,\n"},
    "a weight": changed(COINS, '"bitcoin",2', '"bitcoin",3'),
    "a spelling": changed(SIGNALS, 'terms = "coins.csv"', 'terms = "coins.csv"\nspellings = ["leet"]'),
    "an expression": changed(SIGNALS, "100x", "100 ?x"),
    "a kind of entity": changed(SIGNALS, 'kinds = ["url"', 'kinds = ["handle"'),
    "the details of an entity": changed(SIGNALS, 'details = ["bitcoin"]', 'details = ["tron"]'),
    "a domain": changed(SIGNALS, "example.com", "example.org"),
    "a part of a union": changed(SIGNALS, '["coins", "moon"]', '["coins", "moon", "links"]'),
    "a distance": changed(SIGNALS, "within = 20", "within = 21"),
    "what is near": changed(SIGNALS, 'to = "moon"', 'to = "topic"'),
    "a further signal": {**BASE, SIGNALS: str(BASE[SIGNALS]) + signal("fact", "fans", field="followers")},
    "a learned weight": {**BASE, "learned.bin": weights(third=4)},
    "the bias of the model": {**BASE, "learned.bin": weights(bias=1)},
    "a condition": changed(RULES, "coins > 0", "coins > 1"),
    "a severity": changed(RULES, "severity = 2", "severity = 3"),
    "an outcome": {
        **changed(RULES, 'outcome = "violation"', 'outcome = "review"'),
        "examples.jsonl": example("bitcoin to the moon", "review"),
    },
    "a rule's name": {
        **BASE,
        RULES: str(BASE[RULES]).replace("coin-talk", "coin-chat"),
    },
    "a further rule": {**BASE, RULES: str(BASE[RULES]) + rule("more", "coins > 5")},
    "the order of rules": {
        **BASE,
        RULES: LET_THROUGH + rule("coin-talk", "coins > 0 AND NOT (close = 0 OR declared)"),
    },
    "what the account holder is told": changed(RULES, 'en = "coin-talk"', 'en = "talk of coins"'),
    "the version": changed("policy.toml", "1.2.3", "1.2.4"),
    "the name": changed("policy.toml", '"tiny"', '"minute"'),
    "a provision": changed("policy.toml", 'article = "1"', 'article = "2"'),
    "the ladder": changed("policy.toml", "strikes = 3", "strikes = 4"),
    "the reversals": {**BASE, "policy.toml": f"{MINIMAL['policy.toml']}\n{REVERSALS}"},
}


@pytest.mark.parametrize("files", DIFFERENT.values(), ids=DIFFERENT.keys())
def test_the_digest_changes(tmp_path: Path, files: Files) -> None:
    """Whatever can change a finding, or what people are told of it, changes the digest."""
    assert digest(tmp_path / "one") != digest(tmp_path / "two", files)


SAME: Mapping[str, Files] = {
    "nothing": BASE,
    "an example": {**BASE, "examples.jsonl": example("no such thing") + example("bitcoin")},
    "the kind of a training text": changed(
        "train.jsonl", '"violation"', '"violation", "kind": "coin", "lang": "en"'
    ),
    "no training texts": {**BASE, "train.jsonl": None},
    "the note and language of a term": changed(COINS, '"bitcoin",2,,', '"bitcoin",2,en,the first of them'),
    "comments and empty lines in a group": changed(COINS, '"bitcoin"', '# the first\n\n"bitcoin"'),
    "comments in the rules": {**BASE, RULES: "# what breaks the policy\n\n" + str(BASE[RULES])},
    "comments in the signals": {**BASE, SIGNALS: "# what is looked for\n" + str(BASE[SIGNALS])},
    "the layout of a condition": changed(
        RULES,
        '"coins > 0 AND NOT (close = 0 OR declared)"',
        '"""\n  coins>0 -- it names a coin\n  and not (close=0 OR declared)"""',
    ),
    "the order of keys": changed(
        RULES, 'outcome = "violation"\nprovision = "house-1"', 'provision = "house-1"\noutcome = "violation"'
    ),
    "files that are none of a policy's": {**BASE, "README.md": "Read me.", "signals/old.csv": "x"},
}


@pytest.mark.parametrize("files", SAME.values(), ids=SAME.keys())
def test_the_digest_stays(tmp_path: Path, files: Files) -> None:
    """What cannot change a finding does not change the digest."""
    assert digest(tmp_path / "one") == digest(tmp_path / "two", files)


def test_the_digest_does_not_depend_on_the_place(tmp_path: Path) -> None:
    """A copy of a policy in a folder of another name has its digest."""
    write_policy(tmp_path / "one", BASE)
    shutil.copytree(tmp_path / "one", tmp_path / "deep" / "other")
    assert load_policy(tmp_path / "one").digest == load_policy(tmp_path / "deep" / "other").digest


def test_the_digest_changes_with_the_group_of_a_term(tmp_path: Path) -> None:
    """Moving a term from one group to another is another policy."""
    tables = signal("lexicon", "coins", terms="coins.csv") + signal("lexicon", "calls", terms="calls.csv")
    rules = rule("both", "coins > 0 AND calls > 0")
    one = {SIGNALS: tables, RULES: rules, COINS: group("ether", "btc"), "signals/calls.csv": group("buy")}
    two = {SIGNALS: tables, RULES: rules, COINS: group("ether"), "signals/calls.csv": group("btc", "buy")}
    nothing = {"examples.jsonl": example("nothing")}
    assert digest(tmp_path / "one", {**one, **nothing}) != digest(tmp_path / "two", {**two, **nothing})


def test_the_reference_names_policy_version_and_digest(tmp_path: Path) -> None:
    """NAME@VERSION+DIGEST, the digest in 64 hexadecimal digits."""
    policy = load_policy(write_policy(tmp_path, BASE))
    name, _, digits = policy.reference.partition("+")
    assert name == "tiny@1.2.3"
    assert digits == policy.digest
    assert len(digits) == 64
    assert set(digits) <= set("0123456789abcdef")
