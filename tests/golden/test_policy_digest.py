"""The digest of one fixed policy, down to the byte."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
from policies import Files, example, group, rule, signal, write_policy

from tipstaff.policy import folding, hostnames
from tipstaff.policy.weights import FORMAT, Header, pack
from tipstaff.screening.load import load_policy

GOLDEN = Path(__file__).parent / "policy_digest.json"
"""What the digest of the policy below is taken over, with FOLDING and HOSTNAMES for those of the tables."""

FIXED: Files = {
    "signals/signals.toml": signal("lexicon", "coins", terms="coins.csv", spellings=["pinyin", "leet"])
    + signal("pattern", "moon", expressions=["to the moon", "[0-9]{2,4} ?(?:x|倍)"])
    + signal("entity", "links", kinds=["url", "wallet"], details=["bitcoin"])
    + signal("domains", "sites", domains=["example.com"])
    + signal("blocked", "listed")
    + signal("fact", "declared", field="sponsored")
    + signal("union", "topic", of=["coins", "moon"])
    + signal("near", "close", of="coins", to="moon", within=20)
    + signal("apart", "far", of="coins", to="moon", within=20)
    + signal("quoted", "cited", of="topic")
    + signal("learned", "model"),
    "signals/coins.csv": group(("bitcoin", 2), "比特币"),
    "rules.toml": rule(
        "coin-talk", "(coins BETWEEN 1 AND 9 OR sites IN (1, 2)) AND NOT declared AND model > -5"
    )
    + rule("cited-coins", "cited > 0", outcome="permitted", exempts=["coin-talk"], severity=1),
    "examples.jsonl": example("bitcoin", "violation"),
    "learned.bin": pack(Header(FORMAT, 1, 2, 8, 0, 1, "nothing"), np.arange(8, dtype=np.int16)),
}


def test_the_digest_is_taken_over_these_bytes(tmp_path: Path) -> None:
    """The digest is the SHA-256 of one canonical text, frozen tables included, the same on any machine.

    If this fails, every policy in use gets a new digest. If that is meant, and findings change, raise
    `ENGINE` in `tipstaff.policy.load` and write the new text into the golden file by hand.
    """
    text = GOLDEN.read_text("utf-8").strip()
    tables = {"FOLDING": folding.digest(), "HOSTNAMES": hostnames.digest()}
    for name, digest in tables.items():
        assert text.count(name) == 1
        text = text.replace(name, digest)
    covered = text.encode()
    assert load_policy(write_policy(tmp_path, FIXED)).digest == hashlib.sha256(covered).hexdigest()
