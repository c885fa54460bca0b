"""A run of the bench as rows to read, for the terminal and for docs/performance.md alike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple, TypeAlias

from tipstaff.bench.results import (
    Api,
    ApiReport,
    Casework,
    CaseworkReport,
    Ledger,
    LedgerReport,
    Machine,
    Report,
    Screen,
    Speed,
    Web,
    WebReport,
)

TARGETS: Final[Mapping[str, float]] = {
    "ratio_to_hyperscan": 0.5,
    "ratio_to_hyperscan_without_learned": 1.0,
    "ratio_to_python": 5,
    "ratio_to_re": 50,
    "two_worker_speedup": 1.7,
    "append_ratio_to_verify": 0.55,
    "append_speedup_two_workers": 1.5,
    "audit_ratio_to_verify": 0.65,
    "ingest_ratio_screening_on_to_off": 0.5,
}
"""What is meant to be reached."""

LIMITS: Final[Mapping[str, float]] = {
    "list_growth": 1.5,
    "view_growth": 1.5,
    "page_growth": 1.5,
    "most_queries": 40,
}
"""What is meant not to be passed."""

_STAGES: Final[Mapping[str, str]] = {
    "parse": "JSON to posts",
    "columns": "posts to columns of UTF-8",
    "terms": "every text to its letters, and the terms in them",
    "expressions": "relaxed, where a rule may need them",
    "rules": "on which posts is a rule still possible?",
    "confirm": "normal form and alignment of what was found",
    "learned": "the linear model over n-grams",
    "complete": "exact expressions, entities, rules, findings with evidence, in columns",
    "rest": "between the stages",
    "objects": "objects of the findings, for those who read them one by one; not in the ratios",
}


AnyReport: TypeAlias = Report | LedgerReport | CaseworkReport | ApiReport | WebReport


class Row(NamedTuple):
    """One measured thing: what it is, its value, and what there is to say of it."""

    name: str
    value: str
    note: str = ""


class Section(NamedTuple):
    """Rows that belong together, and the meaning of their three columns."""

    title: str
    columns: tuple[str, str, str]
    rows: list[Row]


def met(row: Row) -> bool | None:
    """Say whether a row reaches what is meant to be reached; None where nothing is meant of it."""
    if row.name in TARGETS:
        return float(row.value) >= TARGETS[row.name]
    return float(row.value) <= LIMITS[row.name] if row.name in LIMITS else None


def sections(report: AnyReport) -> Iterator[Section]:
    """Yield a run as sections."""
    match report:
        case LedgerReport(ledger=ledger):
            return _of_ledger(ledger)
        case CaseworkReport(casework=casework):
            return _of_casework(casework)
        case ApiReport(api=api):
            return _of_api(api)
        case WebReport(web=web):
            return _of_web(web)
        case Report(screen=screen):
            return _of_screen(screen)


def _of_screen(screen: Screen) -> Iterator[Section]:
    """Yield what was measured of screening."""
    yield Section(
        "Rates, CPU time of one core",
        ("screening", "posts/s", ""),
        [
            Row("every stage", _rate(screen.posts_per_core_second), _size(screen.bench)),
            Row(
                "posts to findings in columns",
                _rate(screen.posts_per_core_second_without_parsing),
                "compared below",
            ),
            Row(
                "posts to findings in columns, no learned signal",
                _rate(screen.posts_per_core_second_without_learned),
                "the rules ask for more terms instead",
            ),
            Row(
                "shipped policy, every stage",
                _rate(screen.shipped.posts_per_core_second),
                _size(screen.shipped),
            ),
            Row(
                "shipped policy, posts to findings in columns",
                _rate(screen.shipped.without_parsing),
                screen.shipped.policy.partition("+")[0],
            ),
        ],
    )
    yield Section(
        "Stages, bench policy",
        ("stage", "µs/post", "what it does"),
        [Row(name, f"{value:.2f}", _STAGES.get(name, "")) for name, value in screen.stages_us.items()],
    )
    yield Section(
        "Plainer means, same text, same run",
        ("means", "µs/post", "how it was run"),
        [Row(_RIVALS[name], f"{rival.us:.2f}", rival.how) for name, rival in screen.rivals.items()],
    )
    yield Section(
        "Ratios, posts to findings in columns, and two workers",
        ("ratio", "measured", "meant to be"),
        _targets(screen),
    )
    yield Section(
        "Latency and memory",
        ("what", "measured", ""),
        [
            *(
                Row(f"a batch of {size}", f"{times.p50:.2f} ms", f"p99 {times.p99:.2f} ms")
                for size, times in screen.latency_ms.items()
            ),
            *(
                Row(f"memory after {int(count):,} posts", f"{mb:.0f} MB")
                for count, mb in screen.memory_mb.items()
            ),
            Row("most memory, start included", f"{screen.peak_mb:.0f} MB"),
        ],
    )


def _of_ledger(ledger: Ledger) -> Iterator[Section]:
    """Yield what was measured of the ledger."""
    yield Section("Ratios", ("ratio", "measured", "meant to be"), _targets(ledger))
    yield Section(
        "Times, wall clock",
        ("what", "µs each", ""),
        [
            Row("verify a signature", f"{ledger.verify_us:.1f}", "Ed25519 by OpenSSL, nothing else"),
            Row("verify it as the ledger does", f"{ledger.own_verify_us:.1f}", "Ed25519 by libsodium"),
            Row("parse and verify", f"{ledger.check_us:.1f}", ""),
            Row("append", f"{ledger.append_us:.1f}", "batches of 500, synchronous=FULL, until acknowledged"),
            Row(
                "audit",
                f"{ledger.audit_us:.1f}",
                f"{ledger.entries:,} statements, {ledger.audit_workers} workers; verification alone "
                f"{ledger.audit_verify_us:.1f} by OpenSSL, {ledger.audit_own_verify_us:.1f} by libsodium",
            ),
            Row("proof of inclusion", f"{ledger.proof_us:.1f}", f"{ledger.leaves:,} leaves, cached tiles"),
        ],
    )
    yield Section(
        "Rates, size and memory",
        ("what", "measured", ""),
        [
            Row("proofs a second", _rate(ledger.proofs_per_second), ""),
            Row("hashing as many nodes, to a proof", f"{ledger.proof_ratio_to_hashing:.2f}", "ratio"),
            Row(
                "bytes on the disk",
                f"{ledger.bytes_per_entry:,.0f}",
                f"an entry; {ledger.statement_bytes:.0f} are its statement",
            ),
            Row(
                "memory of the auditor",
                f"{ledger.peak_mb:.0f} MB",
                f"that is {ledger.memory_bytes_per_entry:.0f} bytes an entry, the cache of 64 MB included",
            ),
        ],
    )
    yield Section(
        "As the log grows",
        ("statements", "µs to append", "without verifying; then a proof from the disk, and the disk"),
        [
            Row(
                f"{int(size):,}",
                f"{us:.1f}",
                f"{ledger.proof_us_by_size[size]:.0f} µs; {ledger.bytes_per_entry_by_size[size]:,.0f} bytes",
            )
            for size, us in ledger.register_us_by_size.items()
        ],
    )


def _of_casework(casework: Casework) -> Iterator[Section]:
    """Yield what was measured of casework."""
    yield Section(
        "From a decision to its effect",
        ("what", "measured", ""),
        [
            Row(
                "until readers of square see it",
                f"{casework.effect_ms.p50:.0f} ms",
                f"p99 {casework.effect_ms.p99:.0f} ms; {casework.decisions:,} decisions, one after another",
            ),
            Row("decisions a second", _rate(casework.decisions_per_second), "carried out and read back"),
            Row("statements a second", _rate(casework.statements_per_second), "of these decisions"),
            Row("the same, ledger alone", _rate(casework.appends_per_second), "batches of 500"),
            Row("casework to the ledger alone", f"{casework.casework_ratio_to_append:.3f}", "ratio"),
        ],
    )
    yield Section(
        "A page of cases, and one case",
        ("cases", "ms a page", "the same SQL bare; then one case, and its SQL bare"),
        [
            Row(
                f"{listed.cases:,}",
                f"{listed.list_ms:.2f}",
                f"{listed.list_sql_ms:.2f} ms, {listed.list_queries} queries; {listed.view_ms:.2f} ms, "
                f"{listed.view_sql_ms:.2f} ms, queries: {listed.view_queries}",
            )
            for listed in casework.lists
        ],
    )
    yield Section(
        "Ratios to their SQL, and growth",
        ("ratio", "measured", "meant to be"),
        [
            Row("list_ratio_to_sql", f"{casework.list_ratio_to_sql:.2f}"),
            Row("view_ratio_to_sql", f"{casework.view_ratio_to_sql:.2f}"),
            *_targets(casework),
        ],
    )


def _of_api(api: Api) -> Iterator[Section]:
    """Yield what was measured of the API."""
    yield Section(
        "Posts over HTTP, by the wall clock",
        ("what", "posts/s", ""),
        [
            Row("screened, nothing stands", _rate(api.ingest_posts_per_second), _sent(api)),
            Row("the same, screening off", _rate(api.ingest_off_posts_per_second), "the same server"),
            Row(
                "as the corpus has them", _rate(api.mixed_posts_per_second), f"{api.mixed_standing:.1%} kept"
            ),
            Row("those alone that are kept", _rate(api.kept_posts_per_second), "on the disk when answered"),
            Row("corpus to screening off", f"{api.mixed_ratio_screening_on_to_off:.2f}", "ratio"),
            *_targets(api),
        ],
    )
    yield Section(
        "One post",
        ("what", "p50 ms", ""),
        [
            Row(
                "over HTTP",
                f"{api.post_p50_ms:.2f}",
                f"p99 {api.post_p99_ms:.2f} ms; {api.post_rate:g} a second",
            ),
            Row("the engine alone", f"{api.engine_p50_ms:.2f}", f"p99 {api.engine_p99_ms:.2f} ms"),
        ],
    )
    yield Section(
        f"Looks at {api.cases:,.0f} cases over HTTP",
        ("what", "p50 ms", "its SQL bare"),
        [
            Row("a page", f"{api.list_p50_ms:.2f}", _to_sql(api.list_sql_p50_ms, api.list_ratio_to_sql)),
            Row("a case", f"{api.view_p50_ms:.2f}", _to_sql(api.view_sql_p50_ms, api.view_ratio_to_sql)),
        ],
    )


def _of_web(web: Web) -> Iterator[Section]:
    """Yield what was measured of pages."""
    few, many = web.cases
    yield Section(
        f"Pages, with {many:,} open cases",
        ("page", "ms", f"its SQL bare, queries, and growth from {few:,} cases"),
        [
            Row(
                one.name,
                f"{one.ms:.1f}",
                f"{one.sql_ms:.2f} ms in {one.queries} queries, ratio {one.ms / max(one.sql_ms, 1e-3):.1f}; "
                f"growth {one.growth:.2f}",
            )
            for one in web.pages
        ],
    )
    yield Section("The most of any page", ("ratio", "measured", "meant to be"), _targets(web))


def _sent(api: Api) -> str:
    """Say how posts are sent."""
    return f"{api.posts_per_request} in a request, {api.connections} connections"


def _to_sql(bare: float, ratio: float) -> str:
    """Say what the SQL of something takes, and the ratio to it."""
    return f"{bare:.2f} ms, ratio {ratio:.1f}"


def _targets(measured: Screen | Ledger | Casework | Api | Web) -> list[Row]:
    """Return what is meant to be reached, or not to be passed, beside what was."""
    meant = {name: f"at least {least:g}" for name, least in TARGETS.items()}
    meant |= {name: f"at most {most:g}" for name, most in LIMITS.items()}
    return [
        Row(name, f"{getattr(measured, name):.2f}", told)
        for name, told in meant.items()
        if hasattr(measured, name)
    ]


def caption(report: AnyReport) -> str:
    """Say in one sentence what was measured where, and how quiet it was."""
    if isinstance(report, LedgerReport):
        return f"Seeded statements; {_where(report.machine)}"
    if isinstance(report, CaseworkReport | ApiReport | WebReport):
        return f"SQLite files, durable at every commit; {_where(report.machine)}"
    corpus = report.corpus
    return (
        f"{corpus.posts:,} seeded posts of {corpus.mean_bytes:.0f} bytes; best of {report.screen.rounds} "
        f"interleaved rounds, the median {report.screen.spread:.0%} slower; {_where(report.machine)}"
    )


def _where(machine: Machine) -> str:
    """Name the machine."""
    return f"{machine.processor}, {machine.cores} cores, load {machine.load:.1f}, Python {machine.python}"


_RIVALS: Final[Mapping[str, str]] = {
    "hyperscan": "naive Hyperscan, text already normalised",
    "python": "best Python: translate, Hyperscan, re",
    "re": "plain re: translate, one alternation, 60 expressions",
}


def _rate(posts: float) -> str:
    """Write a rate to three figures."""
    return f"{float(f'{posts:.3g}'):,.0f}"


def _size(speed: Speed) -> str:
    """Say how large a policy is."""
    terms = f"{speed.terms:,} terms in {speed.spellings:,} spellings"
    return f"{terms}, {speed.expressions} expressions, {speed.rules} rules"
