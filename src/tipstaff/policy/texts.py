"""Examples, which are a policy's tests, and training texts, which must not give them away."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Final, TypeVar

import msgspec

from tipstaff.policy.faults import Declared, Faults, did_you_mean
from tipstaff.policy.files import read_bytes
from tipstaff.policy.folding import letters_text, normal_text
from tipstaff.policy.keys import read_keys
from tipstaff.policy.model import Example, Verdict

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


def read_examples(folder: Path, rules: Declared, faults: Faults) -> tuple[Example, ...]:
    """Read the examples of a policy; those that name an unknown rule are faults."""
    examples = []
    before = len(faults.found)
    for number, line in _read_lines(folder, EXAMPLES_FILE, _Example, faults):
        if line.rule and rules.lacks(line.rule):
            mend = did_you_mean(line.rule, rules.names)
            faults.add(EXAMPLES_FILE, number, f"the example names an unknown rule {line.rule!r}", mend)
        examples.append(
            Example(line.text, line.title, line.sponsored, line.verdict, line.rule, line.note, number)
        )
    if not examples and len(faults.found) == before:
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
    data = read_bytes(folder, file, faults)
    decoder = msgspec.json.Decoder(kind)
    for number, line in enumerate((data or b"").split(b"\n"), start=1):
        if not line.strip():
            continue

        def say(_key: str, message: str, mend: str, number: int = number) -> None:
            faults.add(file, number, f"the line cannot be read: {message}", mend)

        try:
            yield number, decoder.decode(line)
        except msgspec.ValidationError:
            read_keys(msgspec.json.decode(line), kind, "", say)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            say("", str(error), "")


def training_digest(texts: Iterable[TrainingText]) -> str:
    """Return the SHA-256 of the labels and texts, by which weights say what they were trained on."""
    lines = "\n".join(f"{text.label.value}\t{text.text}" for text in texts)
    return hashlib.sha256(lines.encode()).hexdigest()


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
