"""Examples, which are a policy's tests, and training texts, which must not give them away."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Final, TypeVar

import msgspec

from tipstaff.policy.faults import Faults, did_you_mean
from tipstaff.policy.folding import letters_text, normal_text
from tipstaff.policy.model import Example, Rule, Verdict

EXAMPLES_FILE: Final = "examples.jsonl"
TRAINING_FILE: Final = "train.jsonl"

SHINGLE = 4
"""How many letters a shingle has, for telling near-duplicates."""

NEAR_DUPLICATE = 0.6
"""Texts that share this part of their shingles (Jaccard) are near-duplicates."""


class _Example(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    text: str
    verdict: Verdict
    rule: str = ""
    title: str = ""
    sponsored: bool = False
    note: str = ""


class Label(StrEnum):
    """What a training text is an instance of."""

    VIOLATION = "violation"
    PERMITTED = "permitted"
    UNRELATED = "unrelated"


class TrainingText(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A hand-written text for the learned signal. `kind` groups texts by what they talk of."""

    text: str
    label: Label
    lang: str = ""
    kind: str = ""


_Line = TypeVar("_Line", bound=msgspec.Struct)


def read_examples(folder: Path, rules: Sequence[Rule], faults: Faults) -> tuple[Example, ...]:
    """Read the examples of a policy; those that name an unknown rule are faults."""
    names = {rule.name for rule in rules}
    examples = []
    for number, line in _read_lines(folder, EXAMPLES_FILE, _Example, faults):
        if line.rule and line.rule not in names:
            mend = did_you_mean(line.rule, names)
            faults.add(EXAMPLES_FILE, number, f"the example names an unknown rule {line.rule!r}", mend)
        else:
            examples.append(
                Example(line.text, line.title, line.sponsored, line.verdict, line.rule, line.note, number)
            )
    if not examples:
        faults.add(
            EXAMPLES_FILE, 0, "there are no examples", "write posts that match and posts that nearly do"
        )
    return tuple(examples)


def read_training(folder: Path, faults: Faults) -> list[tuple[int, TrainingText]]:
    """Read the training texts with their lines; a policy may have none."""
    if not (folder / TRAINING_FILE).exists():
        return []
    return list(_read_lines(folder, TRAINING_FILE, TrainingText, faults))


def _read_lines(folder: Path, file: str, kind: type[_Line], faults: Faults) -> Iterator[tuple[int, _Line]]:
    """Yield the lines of a JSONL file with their numbers; those that cannot be read become faults."""
    try:
        lines = (folder / file).read_bytes().split(b"\n")
    except FileNotFoundError:
        faults.add(file, 0, "the file is missing", "see `tipstaff policy new` for what a policy holds")
        return
    decoder = msgspec.json.Decoder(kind)
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                yield number, decoder.decode(line)
            except (msgspec.DecodeError, UnicodeDecodeError) as error:
                faults.add(file, number, f"the line cannot be read: {error}")


def check_training(
    examples: Sequence[Example], training: Sequence[tuple[int, TrainingText]], faults: Faults
) -> None:
    """Add a fault for every training text that nearly repeats an example: no test may be memorised."""
    holders: dict[str, list[int]] = {}
    sizes = []
    for i, example in enumerate(examples):
        shingles = _shingles(f"{example.title}\n{example.text}")
        sizes.append(len(shingles))
        for shingle in shingles:
            holders.setdefault(shingle, []).append(i)
    for number, line in training:
        shingles = _shingles(line.text)
        shared = Counter(i for shingle in holders.keys() & shingles for i in holders[shingle])
        for i, count in shared.items():
            if count >= NEAR_DUPLICATE * (len(shingles) + sizes[i] - count):
                where = f"{EXAMPLES_FILE}:{examples[i].line}"
                mend = "a test that was learned by heart proves nothing: remove one of them"
                faults.add(TRAINING_FILE, number, f"the text nearly repeats the example at {where}", mend)


def _shingles(text: str) -> set[str]:
    """Return the shingles of a text's letters; a text too short for one is its own shingle."""
    view = letters_text(normal_text(text))
    return {view[i : i + SHINGLE] for i in range(max(1, len(view) - SHINGLE + 1))}
