"""Training the learned signal."""

from __future__ import annotations

import hashlib

import pytest
from policies import Build, example, post, rule, signal

from tipstaff.policy.texts import Label, TrainingText
from tipstaff.policy.weights import unpack
from tipstaff.screening.engine import EngineName, screen
from tipstaff.screening.train import train_weights

VIOLATIONS = ["join our presale and triple your money", "进群领空投，稳赚不赔", "buy the dip with my signals"]
OTHERS = ["the regulator fined an exchange", "区块链发票已在税务局上线", "what a lovely day for a walk"]
TEXTS = [TrainingText(text, Label.VIOLATION) for text in VIOLATIONS] + [
    TrainingText(text, Label.PERMITTED if text.isascii() else Label.UNRELATED) for text in OTHERS
]


@pytest.fixture(scope="module")
def weights() -> bytes:
    """Return what is learned from the texts above."""
    return train_weights(TEXTS)


def test_training_is_deterministic(weights: bytes) -> None:
    """The same texts give the same bytes."""
    assert train_weights(TEXTS) == weights


def test_the_file_names_what_it_was_trained_on(weights: bytes) -> None:
    """The header holds a digest of the texts and their labels, in order."""
    lines = "\n".join(f"{text.label.value}\t{text.text}" for text in TEXTS)
    assert unpack(weights).header.trained_on == hashlib.sha256(lines.encode()).hexdigest()


def test_what_was_learned_tells_the_texts_apart(policy: Build, engine: EngineName, weights: bytes) -> None:
    """The texts of violations score above 0, the others below, in another spelling too."""
    files = {"learned.bin": weights, "examples.jsonl": example("walk", "none")}
    made = policy(signal("learned", "model"), rule("promoted", "model > 0"), files)
    posts = [post(text.upper(), id=text) for text in VIOLATIONS + OTHERS]
    assert [finding.post for finding in screen(posts, made, engine=engine)] == VIOLATIONS
