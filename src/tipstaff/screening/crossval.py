"""How well a learned signal does on texts that it has not seen, before it is trusted with any.

The training texts are dealt into folds; each fold is scored by a model trained on the others. People write
several texts alike, and those land in different folds: what is measured here flatters, and is an upper
bound for what other people write.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Final

from tipstaff.policy.folding import letters, normal_text
from tipstaff.policy.texts import Label, TrainingText
from tipstaff.policy.weights import unpack
from tipstaff.screening.learned import score_letters
from tipstaff.screening.train import train_weights

FOLDS: Final = 5


def deal(texts: Sequence[TrainingText], folds: int = FOLDS) -> list[list[int]]:
    """Deal texts into folds, those of each label evenly, in an order that depends on the texts alone."""
    by_label: dict[Label, list[tuple[bytes, int]]] = defaultdict(list)
    for number, text in enumerate(texts):
        by_label[text.label].append((hashlib.sha256(text.text.encode(errors="replace")).digest(), number))
    dealt: list[list[int]] = [[] for _ in range(folds)]
    for label in Label:
        for place, (_, number) in enumerate(sorted(by_label[label])):
            dealt[place % folds].append(number)
    return dealt


def cross_validate(texts: Sequence[TrainingText], folds: int = FOLDS) -> Iterator[dict[int, int]]:
    """Yield, for each fold, the score of each of its texts under a model that was not trained on it.

    There must be texts of each class for every fold: at least `folds` violations and `folds` others.
    """
    for fold in deal(texts, folds):
        held = set(fold)
        weights = unpack(train_weights([text for number, text in enumerate(texts) if number not in held]))
        yield {
            number: score_letters([letters(normal_text(texts[number].text)).text], weights) for number in fold
        }
