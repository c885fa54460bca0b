"""Measuring the screening of posts: every stage, beside plainer means, in one run."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from time import perf_counter_ns, process_time
from typing import Final

from tipstaff.bench import results
from tipstaff.bench.corpus import SEED, Writer, as_json_lines
from tipstaff.bench.machine import machine
from tipstaff.bench.policy import write_policy
from tipstaff.bench.rivals import BestPython, NaiveHyperscan, PlainRe, Run, Wanted
from tipstaff.bench.timing import Contestant, interleave, percentile, spread
from tipstaff.bench.workers import Workers
from tipstaff.policy import folding
from tipstaff.policy.faults import Faults, PolicyError
from tipstaff.policy.load import find_policy, read_policy
from tipstaff.policy.model import LexiconSignal, Outcome, PatternSignal, Policy
from tipstaff.screening.batches import Batch
from tipstaff.screening.columnar import CHUNK, ColumnarEngine
from tipstaff.screening.engine import settle
from tipstaff.screening.findings import Finding
from tipstaff.screening.frame import Findings
from tipstaff.screening.load import load_policy
from tipstaff.screening.plan import make_plan
from tipstaff.screening.posts import Post
from tipstaff.screening.relax import relax
from tipstaff.streams.chunks import Lines
from tipstaff.streams.posts import FieldMap, Parser

SHIPPED: Final = "crypto-promotion"
POSTS: Final = 2 * CHUNK
"""How many posts a round screens; the slower means take every so many of them."""

LATENCY_SIZES: Final = (1, 16, 256)
LATENCY_ROUNDS: Final = 400
_PYTHON_EVERY = 8
_RE_EVERY = 256
_PACKAGES = ("hyperscan", "msgspec", "numba", "numpy", "pyarrow")

Progress = Callable[[str, float], None]
"""Called with what is being done, and how much of the whole is done (0 to 1)."""


class Ours:
    """The engine under one policy, taking the corpus from JSON to findings, each stage timed."""

    def __init__(self, policy: Policy, data: bytes, posts: Sequence[Post]) -> None:
        self.policy = policy
        self.plan = make_plan([policy])
        self.engine = ColumnarEngine(self.plan)
        self.rounds: list[dict[str, float]] = []
        self.found: list[Findings] = []
        self._data = data
        self._posts = posts
        self._parser = Parser(FieldMap.of(()))
        self._stages: dict[str, float] = {}

    def parse(self) -> object:
        """Make posts of the lines of JSON."""
        return self._parser.parse(Lines("bench", 1, self._data))

    def screen(self) -> None:
        """Make findings of posts."""
        before = dict(self.engine.stage_ns)
        begin, cpu = perf_counter_ns(), process_time()
        self.found = []
        laid_out = 0
        for start in range(0, len(self._posts), CHUNK):
            now = perf_counter_ns()
            batch = Batch.of(self._posts[start : start + CHUNK])
            laid_out += perf_counter_ns() - now
            self.found.append(self.engine.screen(batch))
        cpu, wall = process_time() - cpu, perf_counter_ns() - begin
        spent = {"columns": laid_out}
        spent |= {stage: after - before[stage] for stage, after in self.engine.stage_ns.items()}
        spent["rest"] = max(0, wall - sum(spent.values()))
        self._stages = {stage: cpu * ns / wall for stage, ns in spent.items()}

    def note(self) -> None:
        """Keep what the stages of the last round took."""
        self.rounds.append(self._stages)

    def read(self) -> list[Finding]:
        """Make objects of the findings of the last round."""
        return [finding for findings in self.found for finding in findings]

    def speed(self, parsing: Contestant, screening: Contestant, reading: Contestant) -> results.Speed:
        """Return what was measured; the first round of `rounds` was for warming up."""
        count, findings = len(self._posts), self.read()
        stages = self.rounds[1 + screening.seconds.index(screening.best)]
        lexicons = [signal for signal in self.policy.signals if isinstance(signal, LexiconSignal)]
        violating = {finding.post for finding in findings if finding.outcome is Outcome.VIOLATION}
        return results.Speed(
            policy=self.policy.reference,
            terms=sum(len(signal.terms) for signal in lexicons),
            spellings=len(self.plan.targets),
            expressions=len(self.plan.expressions),
            rules=len(self.policy.rules),
            posts_per_core_second=count / (parsing.best + screening.best + reading.best),
            without_parsing=count / screening.best,
            stages_us={"parse": parsing.best / count * 1e6}
            | {stage: seconds / count * 1e6 for stage, seconds in stages.items()}
            | {"objects": reading.best / count * 1e6},
            findings=len(findings) / count,
            violating=len(violating) / count,
        )


def measure(posts: int, seconds: float, progress: Progress) -> results.Report:
    """Measure everything: rates for about `seconds`, then latency, two workers, and memory over `posts`."""
    progress("writing the corpus and the policy", 0)
    written = Writer().posts(POSTS)
    data = as_json_lines(written)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        for name in ("learned", "plain"):
            (path / name).mkdir()
            write_policy(path / name, learned=name == "learned")
        learned, plain = (Ours(load_policy(path / name), data, written) for name in ("learned", "plain"))
        shipped = Ours(_shipped(), data, written)
        wanted = _wanted(learned.policy)
        field_ = _Field(learned, plain, shipped, wanted, [post.text for post in written])
        settle()
        rounds = interleave(field_.contestants, seconds, lambda share: progress("rates", 0.1 + 0.5 * share))
        progress("latency", 0.6)
        latency = {str(size): _latency(learned.engine, written, size) for size in LATENCY_SIZES}
        with Workers(path / "learned", data, 2) as workers:
            progress("two workers against one", 0.65)
            rates = workers.rates()
            streaming = f"memory over {posts:,} posts"
            memory, peak = workers.memory(posts, lambda share: progress(streaming, 0.75 + 0.25 * share))
    return results.Report(
        version=version("tipstaff"),
        screen=field_.results(rounds, latency, rates, memory, peak),
        corpus=results.Corpus(
            seed=SEED,
            posts=POSTS,
            mean_bytes=sum(len(post.text.encode()) for post in written) / POSTS,
            mean_code_points=sum(len(post.text) for post in written) / POSTS,
        ),
        machine=machine(_PACKAGES),
    )


class _Field:
    """All contestants, and what comes of them."""

    def __init__(
        self, learned: Ours, plain: Ours, shipped: Ours, wanted: Wanted, texts: Sequence[str]
    ) -> None:
        self._ours = {"bench": learned, "bench_without_learned": plain, "shipped": shipped}
        self._sizes = {"python": texts[::_PYTHON_EVERY], "re": texts[::_RE_EVERY]}
        self._bytes = {
            name: sum(len(text.encode()) for text in several) for name, several in self._sizes.items()
        }
        self._mean = sum(len(text.encode()) for text in texts) / len(texts)
        self._count = len(texts)
        normalised = [folding.normal_text(text).encode() for text in texts]
        self._hyperscan = NaiveHyperscan(wanted, normalised)
        self._modes = _best_modes(self._hyperscan)
        python, plain_re = BestPython(wanted), PlainRe(wanted)
        self.contestants: Mapping[str, Contestant] = {
            "parse": Contestant(learned.parse),
            **{name: Contestant(ours.screen, ours.note) for name, ours in self._ours.items()},
            **{f"{name} objects": Contestant(ours.read) for name, ours in self._ours.items()},
            "terms": Contestant(self._hyperscan.modes[self._modes[0]][0]),
            "expressions": Contestant(self._hyperscan.modes[self._modes[1]][1]),
            "python": Contestant(lambda: python.screen(self._sizes["python"])),
            "re": Contestant(lambda: plain_re.screen(self._sizes["re"])),
        }

    def _us(self, name: str) -> float:
        """Return the microseconds that a plainer means takes for a post of mean size."""
        return self.contestants[name].best / self._bytes[name] * self._mean * 1e6

    def results(
        self,
        rounds: int,
        latency: Mapping[str, results.Percentiles],
        rates: Mapping[str, float],
        memory: Mapping[str, float],
        peak: float,
    ) -> results.Screen:
        """Return everything measured of screening."""
        parsing = self.contestants["parse"]
        speeds = {
            name: ours.speed(parsing, self.contestants[name], self.contestants[f"{name} objects"])
            for name, ours in self._ours.items()
        }
        bench, without = speeds["bench"], speeds["bench_without_learned"]
        naive = (self.contestants["terms"].best + self.contestants["expressions"].best) / self._count * 1e6
        how = f"terms {self._modes[0]}, expressions {self._modes[1]}"
        own = 1e6 / bench.without_parsing
        return results.Screen(
            posts_per_core_second=bench.posts_per_core_second,
            ratio_to_hyperscan=naive / own,
            ratio_to_hyperscan_without_learned=naive * without.without_parsing / 1e6,
            ratio_to_python=self._us("python") / own,
            ratio_to_re=self._us("re") / own,
            two_worker_speedup=rates["2"] / rates["1"],
            peak_mb=peak,
            latency_ms=latency,
            posts_per_core_second_without_parsing=bench.without_parsing,
            posts_per_core_second_without_learned=without.without_parsing,
            stages_us=bench.stages_us,
            bench=bench,
            bench_without_learned=without,
            shipped=speeds["shipped"],
            rivals={
                "hyperscan": results.Rival(how, naive),
                "python": results.Rival("post by post", self._us("python")),
                "re": results.Rival("post by post", self._us("re")),
            },
            worker_posts_per_second=rates,
            memory_mb=memory,
            rounds=rounds,
            spread=spread(self.contestants["bench"]),
        )


def _best_modes(naive: NaiveHyperscan) -> tuple[str, str]:
    """Try every way to run naive Hyperscan, and return the fastest for terms and for expressions."""

    def cost(run: Run) -> float:
        times = []
        for _ in range(4):
            contestant = Contestant(run)
            contestant.time()
            times.append(contestant.best)
        return min(times[1:])

    costs = {name: (cost(terms), cost(expressions)) for name, (terms, expressions) in naive.modes.items()}
    return min(costs, key=lambda name: costs[name][0]), min(costs, key=lambda name: costs[name][1])


def _wanted(policy: Policy) -> Wanted:
    """Return what a policy looks for, in the form that plainer means take."""
    terms = {
        folding.normal_text(term.text)
        for signal in policy.signals
        if isinstance(signal, LexiconSignal)
        for term in signal.terms
    }
    expressions = [
        expression
        for signal in policy.signals
        if isinstance(signal, PatternSignal)
        for expression in signal.expressions
    ]
    return Wanted(sorted(terms), expressions)


def _shipped() -> Policy:
    """Read the policy that ships; its examples are the business of its own tests."""
    faults = Faults()
    folder = find_policy(SHIPPED)
    policy = read_policy(folder, faults, relax)
    if policy is None:
        raise PolicyError(folder, faults.found)
    return policy


def _latency(engine: ColumnarEngine, posts: Sequence[Post], size: int) -> results.Percentiles:
    """Screen batches of a size, each of other posts than the one before."""
    taken = []
    for number in range(LATENCY_ROUNDS):
        start = number * size % (len(posts) - size)
        some = posts[start : start + size]
        begin = perf_counter_ns()
        list(engine.screen(Batch.of(some)))
        taken.append((perf_counter_ns() - begin) / 1e6)
    return results.Percentiles(percentile(taken, 0.5), percentile(taken, 0.99))
