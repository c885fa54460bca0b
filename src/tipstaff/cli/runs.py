"""One run of `tipstaff screen`, from checking what was given to the summary at the end."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter

from rich.console import Console
from rich.text import Text

from tipstaff.base.errors import InputError
from tipstaff.cli.console import make_console
from tipstaff.cli.interrupts import Interrupts
from tipstaff.cli.policies import load_policies, show_unread_lists
from tipstaff.cli.progress import progress
from tipstaff.cli.report import make_report
from tipstaff.cli.show import show_left_out, show_summary
from tipstaff.cli.table import TableSink
from tipstaff.screening.accounts import Roll
from tipstaff.screening.engine import EngineName
from tipstaff.screening.lists import BlockLists
from tipstaff.streams.chunks import columns, read_chunks
from tipstaff.streams.files import Source, find_sources
from tipstaff.streams.posts import FieldMap
from tipstaff.streams.screener import Setup, screen_chunks
from tipstaff.streams.sink import (
    CsvSink,
    LineSink,
    OutputFormat,
    ParquetSink,
    RejectSink,
    Sink,
    choose_format,
    open_output,
)
from tipstaff.streams.summary import Summary
from tipstaff.streams.workers import screen_in_processes


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What the user asked for; see `tipstaff screen --help`. `out` is None for the standard output."""

    inputs: Sequence[str]
    policies: Sequence[str]
    out: Path | None
    format: str | None
    workers: int
    summary: Path | None
    engine: str
    lists: Sequence[Path]
    fields: Sequence[str]


@dataclass(slots=True)
class _Run:
    """A run under way."""

    setup: Setup
    sources: Sequence[Source]
    workers: int
    total: Summary = field(default_factory=Summary)
    roll: Roll = field(default_factory=Roll)
    seconds: float = 0.0

    def perform(self, sink: Sink, rejects: RejectSink, interrupts: Interrupts, bar: Console | None) -> None:
        """Screen all sources. However this ends, what has been found until then is written in whole lines."""
        begin = perf_counter()
        chunks = read_chunks(self.sources, tuple(self.setup.fields.names.values()))
        if self.workers == 1:
            steps = screen_chunks(chunks, self.setup)
        else:
            steps = screen_in_processes(chunks, self.setup, self.workers)
        try:
            with interrupts.heeded(), progress(bar, self.sources) as advance, closing(steps):
                for step in steps:
                    interrupts.check()
                    with interrupts.held():
                        sink.write(step.findings)
                        rejects.write(step.rejects)
                        self.total.merge(step.summary)
                        self.roll.add(step.accounts)
                    self.seconds = perf_counter() - begin
                    advance(step.consumed, self.total.posts, self.seconds)
        finally:
            with interrupts.held():
                sink.close()
                rejects.close()
            self.seconds = perf_counter() - begin


def screen_files(options: Options) -> int:
    """Screen files, and return how many lines were rejected.

    All that can be checked is checked before any post is read, and before any output is touched.
    """
    fields = FieldMap.of(options.fields)
    sources = find_sources(options.inputs)
    for source in sources:
        named = columns(source)
        if named is not None:
            fields.check(source.name, named)
    rejects = _rejects_path(options.out, sources)
    _check_outputs(sources, options, rejects)
    form = choose_format(options.out, OutputFormat(options.format) if options.format else None)
    BlockLists(options.lists)
    console = make_console()
    to_terminal = options.out is None and sys.stdout.isatty()
    with Interrupts() as interrupts, interrupts.heeded(), _writing(options.out):
        with interrupts.held():  # kernels are loaded, which is no time for an exception
            policies = load_policies(options.policies)
        if options.lists:
            show_unread_lists(console, policies)
        setup = Setup(policies, fields, EngineName(options.engine), tuple(options.lists))
        run = _Run(setup, sources, options.workers)
        sink = _open_sink(options.out, form, to_terminal=to_terminal)
        bar = console if console.is_terminal and not to_terminal else None
        try:
            run.perform(sink, RejectSink(rejects), interrupts, bar)
        except (InputError, KeyboardInterrupt, SystemExit):
            console.print(
                Text("ended before all was screened; what was found until then is whole", "bold red")
            )
            _finish(run, options, console, complete=False)
            raise
    _finish(run, options, console, complete=True)
    if run.total.rejects:
        console.print(Text(f"rejected lines, with the reasons: {rejects}", "red"))
    return run.total.rejects


def _finish(run: _Run, options: Options, console: Console, *, complete: bool) -> None:
    """Say what the run came to."""
    policies = run.setup.policies
    if options.summary:
        report = make_report(run.total, run.roll, policies, options.engine, run.seconds, complete=complete)
        options.summary.write_bytes(report)
    show_summary(console, run.total, run.roll, policies, run.seconds)
    for name, fault in run.total.list_faults.items():
        console.print(Text(f"the older block list {name} stayed in force: {fault}", "red"), soft_wrap=True)
    show_left_out(console, run.total.left_out)


def _rejects_path(out: Path | None, sources: Sequence[Source]) -> Path:
    """Return where rejects go: beside the output, or here, named after the first input."""
    if out is not None:
        return out.with_name(f"{out.name}.rejects")
    first = sources[0]
    return Path(f"{first.path.name if first.path else first.name}.rejects")


def _check_outputs(sources: Sequence[Source], options: Options, rejects: Path) -> None:
    """Raise `InputError` if an output would overwrite an input or another output, or has no place to be."""
    outputs = [path for path in (options.out, options.summary, rejects) if path is not None]
    inputs = [source.path for source in sources if source.path is not None]
    for place, output in enumerate(outputs):
        if not output.parent.is_dir():
            raise InputError(f"{output}: there is no directory {output.parent}; make it first")
        for other in [*inputs, *options.lists, *outputs[:place]]:
            if output == other or (output.exists() and other.exists() and output.samefile(other)):
                raise InputError(f"{output}: this would overwrite {other}; choose another file")


def _open_sink(out: Path | None, form: OutputFormat, *, to_terminal: bool) -> Sink:
    """Open what takes the findings."""
    output = open_output(out)
    match form:
        case OutputFormat.JSONL:
            return LineSink(output)
        case OutputFormat.CSV:
            return CsvSink(output)
        case OutputFormat.PARQUET:
            return ParquetSink(output)
        case OutputFormat.TABLE:
            return TableSink(output, terminal=to_terminal)


@contextmanager
def _writing(out: Path | None) -> Iterator[None]:
    """Turn a full disk and the like into a message."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise InputError(
            f"{out or 'standard output'}: cannot be written: {error.strerror or error}"
        ) from error
