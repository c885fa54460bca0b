"""What a run of the bench has measured: the shape of `tipstaff bench --json`."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec


class Percentiles(msgspec.Struct, frozen=True):
    """Milliseconds from a batch of posts to its findings."""

    p50: float
    p99: float


class Speed(msgspec.Struct, frozen=True):
    """How fast one policy is screened, in CPU time of one core.

    `posts_per_core_second` counts every stage, from JSON to objects; `without_parsing` all but the first and
    the last, from posts to findings in columns. `stages_us` are
    microseconds a post; `findings` and `violating` are shares of the posts.
    """

    policy: str
    terms: int
    spellings: int
    expressions: int
    rules: int
    posts_per_core_second: float
    without_parsing: float
    stages_us: Mapping[str, float]
    findings: float
    violating: float


class Rival(msgspec.Struct, frozen=True):
    """How fast a plainer means is: `how` it was run, and microseconds a post."""

    how: str
    us: float


class Screen(msgspec.Struct, frozen=True):
    """Everything that is measured of screening. Ratios compare CPU time from posts to findings in columns."""

    posts_per_core_second: float
    ratio_to_hyperscan: float
    ratio_to_hyperscan_without_learned: float
    ratio_to_python: float
    ratio_to_re: float
    two_worker_speedup: float
    peak_mb: float
    latency_ms: Mapping[str, Percentiles]
    posts_per_core_second_without_parsing: float
    posts_per_core_second_without_learned: float
    stages_us: Mapping[str, float]
    bench: Speed
    bench_without_learned: Speed
    shipped: Speed
    rivals: Mapping[str, Rival]
    worker_posts_per_second: Mapping[str, float]
    memory_mb: Mapping[str, float]
    rounds: int
    spread: float


class Corpus(msgspec.Struct, frozen=True):
    """What the posts are like."""

    seed: int
    posts: int
    mean_bytes: float
    mean_code_points: float


class Machine(msgspec.Struct, frozen=True):
    """Where it was measured."""

    processor: str
    cores: int
    system: str
    python: str
    packages: Mapping[str, str]
    load: float


class Report(msgspec.Struct, frozen=True):
    """One run."""

    version: str
    screen: Screen
    corpus: Corpus
    machine: Machine


class Ledger(msgspec.Struct, frozen=True):
    """Everything that is measured of the ledger, by the wall clock; µs are of one statement or proof.

    `verify_us` is Ed25519 verification alone by OpenSSL, `own_verify_us` by libsodium, as the ledger does it,
    `check_us` that with parsing, `append_us` all that a batch needs until it is acknowledged. `audit_us` is
    with `audit_workers` processes on all cores, and so are `audit_verify_us` and `audit_own_verify_us`, which
    are verification alone. The auditing process grew by `memory_bytes_per_entry`.
    """

    append_ratio_to_verify: float
    append_speedup_two_workers: float
    proof_ratio_to_hashing: float
    proofs_per_second: float
    audit_ratio_to_verify: float
    bytes_per_entry: float
    peak_mb: float
    memory_bytes_per_entry: float
    entries: int
    leaves: int
    statement_bytes: float
    append_us: float
    check_us: float
    verify_us: float
    own_verify_us: float
    proof_us: float
    audit_us: float
    audit_workers: int
    audit_verify_us: float
    audit_own_verify_us: float
    register_us_by_size: Mapping[str, float]
    bytes_per_entry_by_size: Mapping[str, float]
    proof_us_by_size: Mapping[str, float]


class LedgerReport(msgspec.Struct, frozen=True):
    """One run of `tipstaff bench ledger`."""

    version: str
    ledger: Ledger
    machine: Machine


class Listed(msgspec.Struct, frozen=True):
    """A page of cases, and one case with all its events, in a database of so many: milliseconds, queries.

    `list_sql_ms` and `view_sql_ms` are the same queries, sent through the driver alone.
    """

    cases: int
    list_ms: float
    list_sql_ms: float
    list_queries: int
    view_ms: float
    view_sql_ms: float
    view_queries: int


class Casework(msgspec.Struct, frozen=True):
    """Everything that is measured of casework, by the wall clock.

    `effect_ms` is from a decision to its effect on square, with a worker in a process of its own. Rates are
    of decisions that are made, appended, stated, carried out and read back, in one process;
    `appends_per_second` of the same statements given to a ledger alone.
    """

    decisions: int
    effect_ms: Percentiles
    decisions_per_second: float
    statements_per_second: float
    appends_per_second: float
    casework_ratio_to_append: float
    lists: tuple[Listed, Listed]
    list_growth: float
    view_growth: float
    list_ratio_to_sql: float
    view_ratio_to_sql: float


class CaseworkReport(msgspec.Struct, frozen=True):
    """One run of `tipstaff bench casework`."""

    version: str
    casework: Casework
    machine: Machine


class Api(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that is measured of the API, by the wall clock, from a client in another process.

    `ingest_…` is of posts on which nothing stands, which are not kept: what screening costs. `mixed_…` is of
    posts as the corpus has them: what stands, the share `mixed_standing`, is kept before it is answered.
    `kept_posts_per_second` is of nothing else than those. `off` is the same server that screens nothing.
    `post_…` is of one post, at `post_rate` a second. `…_sql_p50_ms` are the queries sent bare.
    """

    ingest_posts_per_second: float
    ingest_off_posts_per_second: float
    ingest_ratio_screening_on_to_off: float
    mixed_posts_per_second: float
    mixed_ratio_screening_on_to_off: float
    mixed_standing: float
    kept_posts_per_second: float
    posts_per_request: int
    connections: int
    post_rate: float
    post_p50_ms: float
    post_p99_ms: float
    engine_p50_ms: float
    engine_p99_ms: float
    cases: float
    list_p50_ms: float
    list_sql_p50_ms: float
    list_ratio_to_sql: float
    view_p50_ms: float
    view_sql_p50_ms: float
    view_ratio_to_sql: float


class ApiReport(msgspec.Struct, frozen=True):
    """One run of `tipstaff bench api`."""

    version: str
    api: Api
    machine: Machine


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """A page with all open cases: milliseconds, those of its queries sent bare, and how many these are.

    `growth` is how much longer it takes than with a tenth of the cases.
    """

    name: str
    path: str
    ms: float
    sql_ms: float
    queries: int
    growth: float


class Web(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that is measured of pages, by the wall clock, over a connection that is kept.

    `cases` are how many are open, at first and in the end; `page_growth` and `most_queries` are those of the
    page that has most.
    """

    cases: tuple[int, int]
    pages: tuple[Page, ...]
    page_growth: float
    most_queries: int


class WebReport(msgspec.Struct, frozen=True):
    """One run of `tipstaff bench web`."""

    version: str
    web: Web
    machine: Machine
