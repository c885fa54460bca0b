"""`tipstaff policy evaluate`: measure a policy on texts whose right verdict is known."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from tipstaff.cli.policy import add_policy

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.text import Text

    from tipstaff.screening.evaluate import Counts, Evaluation, LabelledText, Miss, Sample, Trait

NAME = "evaluate"
HELP = "measure a policy on texts whose right verdict is known"

_EPILOG = """DIR holds violation.jsonl, permitted.jsonl, unrelated.jsonl, evasion.jsonl and
evasion_controls.jsonl, or some of them: one object a line with `text`, and if you like title, lang, subtype
and technique. Shares come with 95% intervals (Wilson's score interval, 1927).

Precision is that of the verdict violation on this mixture of texts; in real traffic violations are rarer.
"""

_NAME_WIDTH = 30


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `policy evaluate` is given."""
    parser.epilog = _EPILOG
    add_policy(parser)
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="where the texts are")
    parser.add_argument("--json", action="store_true", help="write the figures as JSON")
    parser.add_argument(
        "--errors",
        type=int,
        default=0,
        metavar="N",
        help="show so many texts of each file that came out wrong",
    )


def run(args: argparse.Namespace) -> int:
    """Measure a policy; the texts are read before it is loaded."""
    import sys

    from rich.text import Text

    from tipstaff.cli.console import stdout_console
    from tipstaff.cli.policy.figures import as_json
    from tipstaff.screening.evaluate import Sample, evaluate
    from tipstaff.screening.load import load_policy

    samples = _read(args.data)
    evaluation = evaluate(load_policy(args.policy), samples)
    if args.json:
        sys.stdout.buffer.write(as_json(evaluation, args.errors))
        return 0
    console = stdout_console()
    console.print(Text(f"{evaluation.policy.name} {evaluation.policy.version}", "bold"))
    console.print(Text(evaluation.policy.reference, "dim"))
    console.print(_files(evaluation))
    console.print(_figures(evaluation))
    for trait in {trait: None for result in evaluation.results.values() for trait in result.groups}:
        console.print(_groups(evaluation, trait))
    for sample in Sample:
        if sample in evaluation.results and args.errors:
            _show_errors(console, evaluation, sample, args.errors)
    return 0


def _read(folder: Path) -> dict[Sample, list[LabelledText]]:
    """Read the samples that there are. Raises `InputError` for a line that cannot be read, or if none is."""
    import msgspec

    from tipstaff.base.errors import InputError
    from tipstaff.screening.evaluate import LabelledText, Sample

    samples = {}
    decoder = msgspec.json.Decoder(LabelledText)
    for sample in Sample:
        file = folder / f"{sample.value}.jsonl"
        try:
            lines = file.read_bytes().split(b"\n")
        except FileNotFoundError:
            continue
        except OSError as error:
            raise InputError(f"{file}: {error.strerror or error}") from error
        texts = []
        for number, line in enumerate(lines, start=1):
            try:
                if line.strip():
                    texts.append(decoder.decode(line))
            except (msgspec.DecodeError, UnicodeDecodeError) as error:
                raise InputError(f"{file}:{number}: the line cannot be read: {error}") from error
        if not texts:
            raise InputError(f"{file}: there are no texts in it")
        samples[sample] = texts
    if not samples:
        names = ", ".join(f"{sample.value}.jsonl" for sample in Sample)
        raise InputError(f"{folder}: none of {names} is there")
    return samples


def _files(evaluation: Evaluation) -> RenderableType:
    """Return how each file came out."""
    from rich.text import Text

    from tipstaff.cli.policy.tables import plain_table
    from tipstaff.policy.model import Verdict
    from tipstaff.screening.evaluate import Sample

    table = plain_table("file", "rows:", "violation", "violation or review", "permitted:", "none:")
    for sample in Sample:
        if sample in evaluation.results:
            counts = evaluation.results[sample].counts
            let_be = (str(counts.of[Verdict.PERMITTED]), str(counts.of[Verdict.NONE]))
            table.add_row(Text(sample.value, "bold"), *_shares(counts), *let_be)
        else:
            table.add_row(Text(sample.value, "dim"), "", Text("skipped: no such file", "yellow"))
    return table


def _figures(evaluation: Evaluation) -> RenderableType:
    """Return the figures by which a policy is judged."""
    from rich.text import Text

    from tipstaff.cli.policy.figures import FIGURES
    from tipstaff.cli.policy.tables import percent, plain_table

    table = plain_table("figure", "value (95% interval)", "of:", "what it is")
    for name, meaning in FIGURES.items():
        share = getattr(evaluation, name)
        count = f"{share.hits}/{share.rows}" if share.rows else ""
        table.add_row(Text(name.replace("_", " "), "bold"), percent(share), count, Text(meaning, "dim"))
    return table


def _groups(evaluation: Evaluation, trait: Trait) -> RenderableType:
    """Return how the texts of each file came out by one of their traits."""
    from rich.text import Text

    from tipstaff.cli.policy.tables import plain_table
    from tipstaff.cli.show import one_line

    table = plain_table(trait.value, "rows:", "violation", "violation or review", title=f"By {trait.value}")
    for sample, result in evaluation.results.items():
        groups = result.groups.get(trait, {})
        if groups:
            table.add_row(Text(sample.value, "bold"))
        for name, counts in groups.items():
            table.add_row(Text(f"  {one_line(name, _NAME_WIDTH)}"), *_shares(counts))
    return table


def _shares(counts: Counts) -> tuple[str, Text, Text]:
    """Return the cells of a table that tell how many texts were caught."""
    from tipstaff.cli.policy.tables import percent

    return str(counts.rows), percent(counts.violation), percent(counts.caught)


def _show_errors(console: Console, evaluation: Evaluation, sample: Sample, limit: int) -> None:
    """Print texts of a sample that came out wrong, with their evidence."""
    from rich.text import Text

    misses = evaluation.results[sample].misses
    console.print(Text(f"\n{sample.value}: {len(misses)} came out wrong", "bold underline"))
    for miss in misses[:limit]:
        _show_miss(console, evaluation, miss)
    if len(misses) > limit:
        console.print(Text(f"and {len(misses) - limit} more", "dim"))


def _show_miss(console: Console, evaluation: Evaluation, miss: Miss) -> None:
    """Print one text that came out wrong."""
    from tipstaff.cli.show import show_post
    from tipstaff.screening.posts import Post

    text = miss.text
    about = " ".join(part for part in (text.lang, text.subtype, text.technique) if part)
    post = Post(
        id=about or "-", account=f"{miss.verdict.value}, text {miss.line}", text=text.text, title=text.title
    )
    console.print(show_post(post, miss.findings, [evaluation.policy]))
