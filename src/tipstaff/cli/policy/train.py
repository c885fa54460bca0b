"""`tipstaff policy train`: train the learned signal of a policy on the policy's own texts."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from tipstaff.cli.policy import add_policy

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from rich.table import Table

    from tipstaff.policy.texts import TrainingText

NAME = "train"
HELP = "train the learned signal of a policy on its train.jsonl, and write learned.bin"

_EPILOG = """A text counts as caught when its score is at least 0. The table comes of five models, each scored
on the fifth of the texts that it was not trained on. People write several texts alike, and those
land on both sides: expect less on what others write.
"""

_KINDS = 12


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `policy train` is given."""
    parser.epilog = _EPILOG
    add_policy(parser)


def run(args: argparse.Namespace) -> int:
    """Train, write the weights, and show what was learned."""
    from rich.progress import Progress
    from rich.text import Text

    from tipstaff.cli.console import make_console, stdout_console
    from tipstaff.policy.load import find_policy
    from tipstaff.policy.signals import WEIGHTS_FILE
    from tipstaff.policy.texts import TRAINING_FILE, Label
    from tipstaff.policy.weights import unpack
    from tipstaff.screening.crossval import FOLDS, cross_validate
    from tipstaff.screening.train import train_weights

    folder = find_policy(args.policy)
    texts = _texts(folder)
    console = stdout_console()
    violations = sum(text.label is Label.VIOLATION for text in texts)
    enough = min(violations, len(texts) - violations) >= FOLDS
    scores: dict[int, int] = {}
    bars = make_console()
    with Progress(console=bars, transient=True, disable=not bars.is_terminal) as bar:
        task = bar.add_task("training", total=1 + FOLDS * enough)
        data = train_weights(texts)
        bar.advance(task)
        _write(folder / WEIGHTS_FILE, data)
        for fold in cross_validate(texts) if enough else ():
            scores |= fold
            bar.advance(task)
    console.print(
        Text(f"{folder / WEIGHTS_FILE}: {len(data):,} bytes, trained on {len(texts):,} texts", "bold")
    )
    console.print(Text(f"digest {unpack(data).digest}"))
    if enough:
        for table in _tables(texts, scores):
            console.print(table)
    else:
        few = f"too few texts in {TRAINING_FILE} to tell how good it is: write {FOLDS} or more of each class"
        console.print(Text(few, "yellow"))
    console.print(
        Text(f"Its digest is part of the policy's: run `tipstaff policy test {args.policy}`.", "dim")
    )
    return 0


def _texts(folder: Path) -> list[TrainingText]:
    """Read the training texts; raises an error with everything that is wrong with them."""
    from tipstaff.base.errors import InputError
    from tipstaff.policy.faults import Faults, PolicyError
    from tipstaff.policy.texts import TRAINING_FILE, Label, read_training

    faults = Faults()
    texts = [text for _, text in read_training(folder, faults)]
    if faults:
        raise PolicyError(folder, faults.found)
    labels = {text.label is Label.VIOLATION for text in texts}
    if labels != {True, False}:
        wanted = "texts that are violations, and texts that are not"
        raise InputError(f"{folder / TRAINING_FILE}: there is nothing to learn from; write {wanted}")
    return texts


def _write(file: Path, data: bytes) -> None:
    """Write a file whole or not at all."""
    from tipstaff.base.errors import InputError

    aside = file.with_name(f"{file.name}.new")
    try:
        aside.write_bytes(data)
        aside.replace(file)
    except OSError as error:
        raise InputError(f"{file}: cannot be written: {error.strerror or error}") from error


def _tables(texts: Sequence[TrainingText], scores: Mapping[int, int]) -> list[Table]:
    """Return what share of the texts is caught: by label and language, and by kind where it goes worst."""
    from collections import defaultdict

    from rich.text import Text

    from tipstaff.cli.policy.tables import percent, plain_table
    from tipstaff.policy.texts import Label
    from tipstaff.screening.evaluate import Share

    groups: dict[tuple[Label, str, str], list[bool]] = defaultdict(list)
    for number, score in scores.items():
        text = texts[number]
        groups[text.label, "", ""].append(score >= 0)
        if text.lang:
            groups[text.label, text.lang, ""].append(score >= 0)
        if text.kind:
            groups[text.label, "", text.kind].append(score >= 0)
    shares = {group: Share(sum(caught), len(caught)) for group, caught in groups.items()}
    labels = plain_table("label", "language", "texts:", "caught (95% interval)", title="\nOn texts held back")
    for (label, lang, kind), share in sorted(
        shares.items(), key=lambda item: (list(Label).index(item[0][0]), item[0])
    ):
        if not kind:
            labels.add_row(label.value, lang or "all", str(share.rows), percent(share))
    kinds = plain_table("kind", "label", "texts:", "wrong:", title="Kinds with most mistakes")
    wrong = [
        (share.rows - share.hits if label is Label.VIOLATION else share.hits, kind, label, share.rows)
        for (label, _, kind), share in shares.items()
        if kind
    ]
    for mistakes, kind, label, rows in sorted(wrong, key=lambda item: (-item[0] / item[3], item[1]))[:_KINDS]:
        if mistakes:
            kinds.add_row(Text(kind), label.value, str(rows), f"{mistakes} ({mistakes / rows:.0%})")
    return [labels, kinds] if kinds.row_count else [labels]
