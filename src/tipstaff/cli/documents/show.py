"""What `tipstaff check` shows: each problem with its passages in their lines, as compilers do; or JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

import msgspec
from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from tipstaff.cli.documents.document import Document
from tipstaff.cli.documents.passages import Checked, Passage, Problem
from tipstaff.cli.show import STYLES
from tipstaff.cli.visible import visible
from tipstaff.policy import model
from tipstaff.policy.model import Language, Outcome
from tipstaff.screening.findings import ABSENT, policy_name
from tipstaff.screening.problems import Fact

_AROUND = 12
"""How many code points are shown on either side of a passage in a long line."""

_MARGIN = 8
"""How many columns are taken by line numbers and the like, but for their digits."""

_MOST = 6
"""How many pieces of lines are shown for one problem."""

_STYLES: Final = {
    Outcome.VIOLATION: STYLES[Outcome.VIOLATION],
    Outcome.REVIEW: STYLES[Outcome.REVIEW].removeprefix("bold "),
}
_OUTCOMES: Final = {
    Outcome.VIOLATION: model.Text(zh="违反规定", en="violation"),
    Outcome.REVIEW: model.Text(zh="需人工查看", en="review"),
}
_ALSO = model.Text(zh="同一处另有", en="also here:")
_MORE = model.Text(zh="另有 {} 处", en="and {} more places")
_ABSENT = model.Text(zh="没有发现", en="none found")
_CLEAN = model.Text(zh="已检查 {files} 个文件，未发现问题。", en="{files} checked: nothing found.")
_CLOSING = model.Text(
    zh="已检查 {files} 个文件：违反规定 {violations} 处，需人工查看 {reviews} 处。",
    en="{files} checked: {violations}, {reviews}.",
)


class Report(msgspec.Struct, frozen=True):
    """What `--json` writes."""

    files: Sequence[Checked]
    violations: int
    reviews: int


class Piece(NamedTuple):
    """A piece of a line that has passages in it: where it stands in the source, and they."""

    line: int
    start: int
    end: int
    marks: tuple[tuple[int, int], ...]


def as_json(checked: Sequence[Checked]) -> bytes:
    """Return what was found as JSON, for programs."""
    report = Report(checked, _count(checked, Outcome.VIOLATION), _count(checked, Outcome.REVIEW))
    return msgspec.json.format(msgspec.json.encode(report), indent=2) + b"\n"


def show_checked(
    console: Console, documents: Sequence[Document], checked: Sequence[Checked], language: Language
) -> None:
    """Print what was found, and a closing line."""
    for document, each in zip(documents, checked, strict=True):
        for group in grouped(each.problems):
            _show_group(console, document, group, language)
    console.print(_closing(checked, language), soft_wrap=True)


def grouped(problems: Iterable[Problem]) -> list[list[Problem]]:
    """Put problems together that are found in the same passages, each after those graver.

    A problem goes to others if at least half of its passages overlap with theirs.
    """
    groups: list[tuple[list[Problem], list[Passage]]] = []
    for problem in problems:
        passages = shown_passages(problem)
        home = next((group for group in groups if _same(passages, group[1])), None)
        if home is None:
            groups.append(([problem], passages))
        else:
            home[0].append(problem)
            home[1].extend(passages)
    return [together for together, _ in groups]


def _same(passages: Sequence[Passage], others: Sequence[Passage]) -> bool:
    """Tell whether at least half of some passages overlap with others."""
    overlapping = sum(
        any(one.start < other.end and other.start < one.end for other in others) for one in passages
    )
    return 0 < len(passages) <= 2 * overlapping


def _show_group(console: Console, document: Document, group: Sequence[Problem], language: Language) -> None:
    """Print the first of some problems in the same passages, and name the others."""
    problem, *others = group
    style = _STYLES[problem.outcome]
    first = shown_passages(problem)
    passages = [passage for each in group for passage in shown_passages(each)]
    line, column = (first[0].line, first[0].col) if first else (1, 1)
    head = Text().append(f"{visible(document.name)}:{line}:{column}: ", "bold")
    head.append(f"{_OUTCOMES[problem.outcome].in_language(language)}: ", style)
    head.append(problem.title, "bold")
    head.append(f" [{policy_name(problem.policy)}/{problem.rule}]", "dim")
    console.print(head, soft_wrap=True)
    width = max((len(str(passage.end_line)) for passage in passages), default=1)
    pieces = list(find_pieces(document, passages, console.width - width - _MARGIN))
    for piece in pieces[:_MOST]:
        _show_piece(console, document, piece, width, style)
    if len(pieces) > _MOST:
        more = _MORE.in_language(language).format(len(pieces) - _MOST)
        console.print(Text(f" {'':{width}} │ {more}", "dim"), soft_wrap=True)
    for fact in problem.facts:
        console.print(Text(f" {'':{width}} │ {_fact(fact, language)}", "dim"), soft_wrap=True)
    indent = " " * (width + 4)
    _print_indented(console, Text(" ".join(problem.explanation.split())), indent)
    provision = problem.provision
    cited = Text(f"{indent}{provision.citation}\n{indent}{provision.source}", "dim")
    console.print(cited, soft_wrap=True)
    if others:
        _print_indented(console, _others(problem, others, language), indent)
    console.print()


def _print_indented(console: Console, text: Text, indent: str) -> None:
    """Print a text in as many lines as it takes."""
    for line in text.wrap(console, console.width - len(indent)):
        line.rstrip()
        console.print(Text(indent).append_text(line), soft_wrap=True)


def _others(shown: Problem, problems: Iterable[Problem], language: Language) -> Text:
    """Name the problems in the same passages as one that is explained."""
    text = Text(f"{_ALSO.in_language(language)} ", "dim")
    for number, problem in enumerate(problems):
        text.append("; " if number else "", "dim")
        if problem.outcome is not shown.outcome:
            text.append(f"{_OUTCOMES[problem.outcome].in_language(language)}: ", _STYLES[problem.outcome])
        policy = "" if problem.policy == shown.policy else f"{policy_name(problem.policy)}/"
        text.append(problem.title).append(f" [{policy}{problem.rule}]", "dim")
    return text


def shown_passages(problem: Problem) -> list[Passage]:
    """Return the passages that tell an author something: letter groups only if there is nothing else."""
    telling = [passage for passage in problem.passages if not passage.learned]
    return telling or list(problem.passages)


def find_pieces(document: Document, passages: Iterable[Passage], room: int) -> Iterator[Piece]:
    """Yield the lines that passages stand in, or, of a line with no room on the screen, pieces that have."""
    marks: dict[int, list[tuple[int, int]]] = {}
    for passage in passages:
        for number in range(passage.line, passage.end_line + 1):
            start, end = document.line(number)
            cut = max(start, passage.start), min(end, passage.end)
            if cut[0] < cut[1]:
                marks.setdefault(number, []).append(cut)
    for number in sorted(marks):
        start, end = document.line(number)
        joined = _joined(marks[number])
        if cell_len(document.source[start:end]) <= room:
            yield Piece(number, start, end, tuple(joined))
        else:
            yield from _windows(document, number, joined, room)


def _windows(document: Document, number: int, marks: Sequence[tuple[int, int]], room: int) -> Iterator[Piece]:
    """Yield pieces of a long line: as many passages in each as there is room for, and what is around."""
    start, end = document.line(number)
    left = list(marks)
    while left:
        first = max(start, left[0][0] - _AROUND)
        fitting = [left.pop(0)]
        while left and cell_len(document.source[first : min(end, left[0][1] + _AROUND)]) <= room:
            fitting.append(left.pop(0))
        last = min(end, fitting[-1][1] + _AROUND, left[0][0] if left else end, first + 2 * room)
        while last > fitting[0][0] + 1 and cell_len(document.source[first:last]) > room:
            last -= 1
        shown = tuple((begin, min(stop, last)) for begin, stop in fitting if begin < last)
        yield Piece(number, first, last, shown)


def _joined(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return spans in order, those that touch made one."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((start, end))
    return joined


def _show_piece(console: Console, document: Document, piece: Piece, width: int, style: str) -> None:
    """Print a piece of a line, and below it carets under its passages."""
    line_start, line_end = document.line(piece.line)
    source = document.source
    before, after = "…" if piece.start > line_start else "", "…" if piece.end < line_end else ""
    shown = Text().append(f" {piece.line:{width}} │ ", "dim").append(before, "dim")
    carets = Text().append(f" {'':{width}} │ ", "dim").append(" " * len(before))
    at = piece.start
    for start, end in piece.marks:
        between, marked = _flat(source[at:start]), _flat(source[start:end])
        shown.append(between).append(marked, f"{style} underline")
        carets.append(" " * cell_len(between)).append("^" * max(1, cell_len(marked)), style)
        at = end
    shown.append(_flat(source[at : piece.end])).append(after, "dim")
    console.print(shown, soft_wrap=True)
    console.print(carets, soft_wrap=True)


def _flat(text: str) -> str:
    """Return a part of a line as it can be shown."""
    return visible(text).replace("\t", " ")


def _fact(fact: Fact, language: Language) -> str:
    """Return a fact in words."""
    value = _ABSENT.in_language(language) if fact.matched == ABSENT else fact.matched
    return visible(f"{fact.signal} ({fact.summary}): {value}")


def _closing(checked: Sequence[Checked], language: Language) -> Text:
    """Return the last line."""
    violations, reviews = _count(checked, Outcome.VIOLATION), _count(checked, Outcome.REVIEW)
    english = language is Language.EN
    words = {
        "files": _counted(len(checked), "file") if english else len(checked),
        "violations": _counted(violations, "violation") if english else violations,
        "reviews": f"{reviews} for review" if english else reviews,
    }
    if not violations and not reviews:
        return Text(_CLEAN.in_language(language).format(**words), "green")
    style = _STYLES[Outcome.VIOLATION if violations else Outcome.REVIEW]
    return Text(_CLOSING.in_language(language).format(**words), style)


def _count(checked: Sequence[Checked], outcome: Outcome) -> int:
    """Return how many problems have an outcome."""
    return sum(problem.outcome is outcome for each in checked for problem in each.problems)


def _counted(count: int, noun: str) -> str:
    """Return a number with its noun."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
