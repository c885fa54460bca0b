"""`tipstaff screen` as users run it."""

from __future__ import annotations

import contextlib
import csv
import gzip
import io
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import IO

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from terminals import in_terminal

TIPSTAFF = str(Path(sys.executable).with_name("tipstaff"))
MINI = str(Path(__file__).parents[1] / "unit" / "streams" / "mini")

POSTS = [
    {"id": 1, "account": "ann", "text": "Please BUY mooncoin now", "followers": 1000},
    {"id": "2", "account": "ben", "text": "beware of people who say buy mooncoin"},
    {"id": "3", "account": "cy", "text": "nothing", "published_at": "2026-03-01T00:00:00Z"},
    {"id": "4", "account": "cy", "title": "买月币", "text": "join moonclub", "host": "square"},
]
FOUND = [
    ("1", "ann", "offer", "violation", [], "BUY mooncoin"),
    ("2", "ben", "offer", "violation", ["caution"], "buy mooncoin"),
    ("2", "ben", "caution", "permitted", [], "beware"),
    ("4", "cy", "offer", "violation", [], "买月币"),
    ("4", "cy", "maybe", "review", [], "moonclub"),
]
LINES = b"".join(json.dumps(post).encode() + b"\n" for post in POSTS)
MANY = b"".join(
    b'{"id":"%d","account":"a%d","text":"%s buy mooncoin"}\n' % (number, number % 50, b"x " * 150)
    for number in range(30_000)
)


def _screen(
    *arguments: object, stdin: bytes = b"", cwd: Path | None = None, policy: str = MINI, code: int = 0
) -> subprocess.CompletedProcess[bytes]:
    """Run `tipstaff screen`, and check its exit code."""
    command = [TIPSTAFF, "screen", *map(str, arguments), "--policy", policy]
    done = subprocess.run(command, input=stdin, cwd=cwd, capture_output=True, check=False, timeout=120)  # noqa: S603
    assert done.returncode == code, done.stderr.decode()
    return done


def _told(findings: Sequence[dict[str, object]] | Iterator[dict[str, object]]) -> list[tuple[object, ...]]:
    """Return what the tests compare of findings."""
    return [
        (it["post"], it["account"], it["rule"], it["outcome"], it["exempted_by"], it["evidence"][0]["text"])  # type: ignore[index]
        for it in findings
    ]


def _json_lines(data: bytes) -> list[dict[str, object]]:
    assert data[-1:] in {b"", b"\n"}
    return [json.loads(line) for line in data.splitlines()]


@pytest.mark.parametrize("workers", [1, 2])
def test_every_format(tmp_path: Path, workers: int) -> None:
    """The same posts in every format, screened by any number of workers, bring the same findings."""
    names = ["id", "account", "title", "text", "host", "published_at"]
    schema = pa.schema([*((name, pa.string()) for name in names), ("followers", pa.int32())])
    table = pa.Table.from_pylist([{**post, "id": str(post["id"])} for post in POSTS], schema=schema)
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, table.column_names)
    writer.writeheader()
    writer.writerows(POSTS)
    for form, data in (("jsonl", LINES), ("csv", text.getvalue().encode())):
        (tmp_path / f"p.{form}").write_bytes(data)
        (tmp_path / f"p.{form}.gz").write_bytes(gzip.compress(data))
        (tmp_path / f"p.{form}.zst").write_bytes(pa.compress(data, "zstd", asbytes=True))
    (tmp_path / "p.ndjson").write_bytes(LINES)
    pq.write_table(table, tmp_path / "p.parquet")
    done = _screen(tmp_path, "--workers", workers, cwd=tmp_path)
    assert _told(_json_lines(done.stdout)) == FOUND * 8
    assert len(list(tmp_path.iterdir())) == 8


def test_finding() -> None:
    """A finding has these keys in this order, and its span is in code points of the original field."""
    (line,) = _screen("-", stdin=LINES.splitlines()[0]).stdout.splitlines()
    finding = json.loads(line)
    digest = finding["policy"].removeprefix("mini@1.0.0+")
    assert len(digest) == 64
    span = {
        "signal": "offers",
        "field": "text",
        "start": 7,
        "end": 19,
        "text": "BUY mooncoin",
        "matched": "buymooncoin",
    }
    assert list(finding.items()) == [
        ("post", "1"),
        ("account", "ann"),
        ("host", None),
        ("policy", f"mini@1.0.0+{digest}"),
        ("rule", "offer"),
        ("outcome", "violation"),
        ("exempted_by", []),
        ("provision", "law-1"),
        ("severity", 4),
        ("score", 52),
        ("evidence", [span]),
    ]


def test_outputs(tmp_path: Path) -> None:
    """CSV, Parquet and packed JSON lines hold the findings that JSON lines hold; the ending chooses."""
    plain = _json_lines(_screen("-", stdin=LINES).stdout)
    for name in ("f.csv", "f.parquet", "f.jsonl.gz"):
        assert _screen("-", "--out", tmp_path / name, stdin=LINES).stdout == b""
    rows = list(csv.DictReader(io.StringIO((tmp_path / "f.csv").read_text("utf-8"))))
    assert [(row["post"], row["rule"], json.loads(row["evidence"])) for row in rows] == [
        (it["post"], it["rule"], it["evidence"]) for it in plain
    ]
    assert pq.read_table(tmp_path / "f.parquet").to_pylist() == plain
    assert _json_lines(gzip.decompress((tmp_path / "f.jsonl.gz").read_bytes())) == plain


def test_table() -> None:
    """A table has one line a finding, without control characters."""
    line = json.dumps({"id": "\x1b[2J1", "account": "a\nb", "text": "buy\x1bmooncoin"}).encode()
    lines = _screen("-", "--format", "table", stdin=line).stdout.decode().splitlines()
    assert [line.split() for line in lines] == [
        ["post", "account", "policy", "rule", "outcome", "score", "evidence"],
        ["␛[2J1", "a", "b", "mini", "offer", "violation", "52", "buy␛mooncoin"],
    ]


def test_order_with_workers(tmp_path: Path) -> None:
    """Two workers write what one writes, byte for byte, and come to the same summary, in any format."""
    (tmp_path / "a.jsonl").write_bytes(MANY + b"oops\n")
    (tmp_path / "b.csv").write_bytes(b"id,account,text\n" + b"1,a,buy mooncoin\n" * 9)
    results = []
    for workers in (1, 2):
        out, summary = tmp_path / f"{workers}.out", tmp_path / f"{workers}.json"
        _screen(tmp_path, "--out", out, "--summary", summary, "--workers", workers)
        report = json.loads(summary.read_bytes())
        del report["seconds"], report["rate"]
        results.append((out.read_bytes(), (tmp_path / f"{workers}.out.rejects").read_bytes(), report))
    assert results[0] == results[1]
    assert len(results[0][0].splitlines()) == 30_009


def test_engines_agree() -> None:
    """The reference engine writes what the columnar one writes."""
    assert _screen("-", "--engine", "reference", stdin=LINES).stdout == _screen("-", stdin=LINES).stdout


def test_rejects(tmp_path: Path) -> None:
    """A line that is no post goes to a file of rejects in the current directory, with number and reason."""
    (tmp_path / "p.jsonl").write_bytes(LINES + b"oops\n" + LINES)
    done = _screen(tmp_path / "p.jsonl", cwd=tmp_path)
    (reject,) = _json_lines((tmp_path / "p.jsonl.rejects").read_bytes())
    assert reject == {
        "file": str(tmp_path / "p.jsonl"),
        "line": 5,
        "reason": "JSON is malformed: invalid character (byte 0)",
        "raw": "oops",
    }
    assert _told(_json_lines(done.stdout)) == FOUND * 2
    assert b"lines rejected: 1" in done.stderr


def test_rejects_of_stdin(tmp_path: Path) -> None:
    """Rejects of the standard input go to stdin.rejects; with --out they go beside that file."""
    _screen("-", stdin=b"x\n", cwd=tmp_path)
    (tmp_path / "d").mkdir()
    _screen("-", "--out", "d/f.jsonl", stdin=b"x\ny\n", cwd=tmp_path)
    assert len(_json_lines((tmp_path / "stdin.rejects").read_bytes())) == 1
    assert len(_json_lines((tmp_path / "d" / "f.jsonl.rejects").read_bytes())) == 2


def test_strict(tmp_path: Path) -> None:
    """With --strict a reject is exit code 2, and the findings of sound lines are written all the same."""
    done = _screen("-", "--strict", stdin=b"x\n" + LINES, cwd=tmp_path, code=2)
    assert _told(_json_lines(done.stdout)) == FOUND
    _screen("-", "--strict", stdin=LINES, cwd=tmp_path)


def test_hostile_lines(tmp_path: Path) -> None:
    """Whatever stands in a line, the run goes on, and each line is a post or a reject."""
    texts = [
        "",
        "\0",
        "\u202ebuy mooncoin",
        "\ufdfa" * 1000,
        "\ud800 buy mooncoin",
        "x" * 1_000_000,
        "e\u0301" * 9999,
        "buy mooncoin " * 10_000,
        "𝔟𝔲𝔶 𝔪𝔬𝔬𝔫𝔠𝔬𝔦𝔫",
        "ｂｕｙ　ｍｏｏｎｃｏｉｎ",
    ]
    sound = [json.dumps({"id": i, "account": "a", "text": text}).encode() for i, text in enumerate(texts)]
    hostile = [
        b"\xff\xfe",
        b"[" * 100_000,
        b'"' * 999,
        b"\0\0\0",
        b"{" + b'"a":1,' * 9999 + b"}",
        b"x" * (17 << 20),
    ]
    done = _screen("-", "--summary", "s.json", stdin=b"\n".join([*sound, *hostile, *sound]), cwd=tmp_path)
    summary = json.loads((tmp_path / "s.json").read_bytes())
    assert (summary["posts"], summary["rejects"]) == (2 * len(texts), len(hostile))
    assert len(_json_lines((tmp_path / "stdin.rejects").read_bytes())) == len(hostile)
    assert {it["post"] for it in _json_lines(done.stdout)} == {"2", "4", "7", "8", "9"}


def test_map(tmp_path: Path) -> None:
    """Fields can be read from other names, in lines and in columns."""
    line = b'{"nr":1,"user":"u","body":"buy mooncoin","text":"nothing"}\n'
    (tmp_path / "p.csv").write_bytes(b"nr,user,body\n1,u,buy mooncoin\n")
    pairs = ["--map", "id=nr", "--map", "account=user", "--map", "text=body"]
    for source in ("-", tmp_path / "p.csv"):
        assert len(_json_lines(_screen(source, *pairs, stdin=line).stdout)) == 1


def test_lists(tmp_path: Path) -> None:
    """A block list that cannot be read is refused before any post is."""
    done = _screen("-", "--lists", tmp_path / "missing.txt", stdin=LINES, code=2)
    assert b"missing.txt" in done.stderr
    assert done.stdout == b""


def test_a_list_that_is_not_wholly_in_force(tmp_path: Path) -> None:
    """Entries that were left out are counted, and the first of them shown, also in the summary."""
    (tmp_path / "sites.txt").write_text("good.com\n" + "".join(f"bad{number}\n" for number in range(5)))
    arguments = ("-", "--lists", tmp_path / "sites.txt", "--summary", tmp_path / "s.json")
    said = _screen(*arguments, stdin=LINES, cwd=tmp_path).stderr.decode()
    assert "block list sites: 5 entries left out" in said
    assert "no policy here has a signal of the kind `blocked`" in " ".join(said.split())
    assert "line 2: 'bad0' is a single label" in said
    assert "line 5" not in said
    told = json.loads((tmp_path / "s.json").read_bytes())["list_rejects"]["sites"]
    assert told["count"] == len(told["first"]) == 5
    assert told["first"][4].startswith("line 6: 'bad4' is")


def test_summary(tmp_path: Path) -> None:
    """The summary counts posts, findings by rule and verdicts, and lists accounts in review order."""
    _screen("-", "--summary", tmp_path / "s.json", stdin=LINES + b"x\n", cwd=tmp_path)
    summary = json.loads((tmp_path / "s.json").read_bytes())
    assert (summary["posts"], summary["findings"], summary["rejects"], summary["complete"]) == (4, 5, 1, True)
    assert summary["verdicts"] == {"mini": {"violation": 2, "review": 0, "permitted": 1, "none": 1}}
    assert [(it["rule"], it["found"], it["exempted"]) for it in summary["rules"]] == [
        ("offer", 2, 1),
        ("maybe", 1, 0),
        ("caution", 1, 0),
    ]
    assert [(it["account"], it["host"], it["priority"], it["posts"]) for it in summary["accounts"]] == [
        ("ann", None, 4 * 4 * 10, 1),
        ("cy", "square", (4 * 4 + 2) * 2, 1),
    ]
    assert summary["account_count"] == 4
    (policy,) = summary["policies"]
    assert (policy["name"], policy["version"], len(policy["digest"])) == ("mini", "1.0.0", 64)
    assert summary["seconds"] > 0
    assert summary["rate"] > 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["missing.jsonl"], "missing.jsonl: no such file"),
        (["-", "--map", "txt=body"], "did you mean 'text'"),
        (["bad.csv"], "no column 'text' for text; did you mean 'txt'"),
        (["good.jsonl", "--out", "good.jsonl"], "would overwrite good.jsonl"),
        (["good.jsonl", "--out", "link.jsonl"], "would overwrite good.jsonl"),
        (["good.jsonl", "--out", "f", "--summary", "f"], "would overwrite f"),
        (["good.jsonl", "--out", "no/such/f.jsonl"], "there is no directory no/such"),
        (["good.jsonl", "--out", "f.parquet.gz"], "leave out the ending"),
        (["good.jsonl", "--policy", "crypto-promotoin"], "did you mean 'crypto-promotion'"),
        (["good.jsonl", "--policy", MINI], "two policies are named mini"),
        (["good.jsonl", "--workers", "0"], "give 1 or more"),
        (["good.jsonl", "--workers", "x"], "'x' is no number of processes; give 1 or more"),
    ],
)
def test_unusable(tmp_path: Path, arguments: list[str], message: str) -> None:
    """What cannot be used is exit code 2 with a message that names the mend, and nothing is touched."""
    (tmp_path / "good.jsonl").write_bytes(LINES)
    (tmp_path / "link.jsonl").symlink_to("good.jsonl")
    (tmp_path / "bad.csv").write_bytes(b"id,account,txt\n")
    before = sorted(path.name for path in tmp_path.iterdir())
    done = _screen(*arguments, cwd=tmp_path, code=2)
    assert message in done.stderr.decode()
    assert b"Traceback" not in done.stderr
    assert (done.stdout, sorted(path.name for path in tmp_path.iterdir())) == (b"", before)
    assert (tmp_path / "good.jsonl").read_bytes() == LINES


def test_damaged_file(tmp_path: Path) -> None:
    """A packed file that is cut off is exit code 2, and what was found before is written."""
    (tmp_path / "p.jsonl.gz").write_bytes(gzip.compress(MANY)[:-9])
    for workers in (1, 2):
        done = _screen(tmp_path / "p.jsonl.gz", "--out", tmp_path / "f.jsonl", "--workers", workers, code=2)
        assert b"p.jsonl.gz: cannot be read to its end" in done.stderr
        assert len(_json_lines((tmp_path / "f.jsonl").read_bytes())) > 29_990
    _screen(tmp_path / "p.jsonl.gz", "--out", tmp_path / "f.jsonl", "--summary", tmp_path / "s.json", code=2)
    assert json.loads((tmp_path / "s.json").read_bytes())["posts"] > 29_990


@pytest.mark.parametrize("pack", [gzip.compress, lambda data: pa.compress(data, "zstd", asbytes=True)])
def test_packed_stdin(tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    """What comes by the standard input may be packed; its first bytes tell."""
    plain = _screen("-", "--out", tmp_path / "f.jsonl", stdin=LINES)
    packed = _screen("-", "--out", tmp_path / "g.jsonl", stdin=pack(LINES))
    assert plain.returncode == packed.returncode == 0
    assert (tmp_path / "g.jsonl").read_bytes() == (tmp_path / "f.jsonl").read_bytes() != b""


def _children(process: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{process}/task/{process}/children").read_text().split()]


def _alive(process: int) -> bool:
    """Tell whether a process runs; one that only waits to be buried does not."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def _all_end(processes: Sequence[int]) -> bool:
    """Tell whether processes end within a while."""
    deadline = time.monotonic() + 30
    while any(map(_alive, processes)) and time.monotonic() < deadline:
        time.sleep(0.1)
    return not any(map(_alive, processes))


def _count(out: Path) -> int:
    """Count the findings in a file, all of which must be whole."""
    data = out.read_bytes()
    if out.suffix == ".parquet":
        return int(pq.read_table(out).num_rows)
    if out.suffix == ".csv":
        return len(list(csv.DictReader(io.StringIO(data.decode(), newline=""), strict=True)))
    return len(_json_lines(gzip.decompress(data) if out.suffix == ".gz" else data))


@pytest.mark.parametrize(
    ("name", "workers", "number"),
    [
        ("f.jsonl", 1, signal.SIGINT),
        ("f.jsonl", 2, signal.SIGINT),
        ("f.jsonl", 2, signal.SIGTERM),
        ("f.csv", 1, signal.SIGTERM),
        ("f.jsonl.gz", 2, signal.SIGINT),
        ("f.parquet", 1, signal.SIGTERM),
    ],
)
def test_interrupted(tmp_path: Path, name: str, workers: int, number: int) -> None:
    """A run that is interrupted leaves whole lines, a summary that says so, and no worker behind."""
    out = tmp_path / name
    command = [TIPSTAFF, "screen", "-", "--policy", MINI, "--out", str(out), "--workers", str(workers)]
    command += ["--summary", str(tmp_path / "s.json")]
    with subprocess.Popen(  # noqa: S603
        command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
    ) as run:
        assert run.stdin
        assert run.stderr
        feeder = threading.Thread(target=_feed, args=(run.stdin,))
        feeder.start()
        while not out.exists() or out.stat().st_size < (4 if name == "f.parquet" else 1000):
            time.sleep(0.02)
        time.sleep(0.3)
        children = _children(run.pid)
        assert len(children) >= (workers if workers > 1 else 0)
        os.killpg(run.pid, number)
        errors = run.stderr.read().decode()
        assert run.wait(20) == (130 if number == signal.SIGINT else 143)
        feeder.join()
    assert "ended before all was screened" in errors
    assert "Traceback" not in errors
    assert _all_end(children)
    summary = json.loads((tmp_path / "s.json").read_bytes())
    assert summary["complete"] is False
    assert _count(out) == summary["findings"] > 0


@pytest.mark.parametrize("seconds", [0.6, 1.2, 1.8, 2.4])
def test_interrupted_while_starting(tmp_path: Path, seconds: float) -> None:
    """Ctrl-C before the first post is screened ends the run as it does later: no traceback, exit code 130."""
    (tmp_path / "p.jsonl").write_bytes(MANY)
    command = [TIPSTAFF, "screen", "p.jsonl", "--out", "f.jsonl"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, cwd=tmp_path) as run:  # noqa: S603
        assert run.stderr
        time.sleep(seconds)
        run.send_signal(signal.SIGINT)
        errors = run.stderr.read().decode()
        assert run.wait(20) in {0, 130}
    assert "Traceback" not in errors
    assert "SystemError" not in errors


def _feed(pipe: IO[bytes]) -> None:
    """Write posts until nobody reads them."""
    with contextlib.suppress(BrokenPipeError), pipe:
        while True:
            pipe.write(MANY)


def test_killed_main_process(tmp_path: Path) -> None:
    """When the main process is killed outright, its workers end by themselves."""
    (tmp_path / "p.jsonl").write_bytes(MANY * 3)
    command = [TIPSTAFF, "screen", str(tmp_path), "--policy", MINI, "--out", os.devnull, "--workers", "2"]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL, cwd=tmp_path) as run:  # noqa: S603
        children: list[int] = []
        while len(children) < 2:
            time.sleep(0.02)
            children = _children(run.pid)
        run.kill()
    assert _all_end(children)


def test_reader_that_leaves(tmp_path: Path) -> None:
    """When the reader of the output has gone, the run ends without a word."""
    (tmp_path / "p.jsonl").write_bytes(MANY)
    command = [TIPSTAFF, "screen", "p.jsonl", "--policy", MINI]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as run:  # noqa: S603
        assert run.stdout
        assert run.stderr
        run.stdout.readline()
        run.stdout.close()
        assert run.stderr.read() == b""
        assert run.wait(20) == 141


def test_slow_writer(tmp_path: Path) -> None:
    """Findings on the standard input come as its lines come, not at its end."""
    command = [TIPSTAFF, "screen", "-", "--policy", MINI]
    with subprocess.Popen(  # noqa: S603
        command, cwd=tmp_path, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as run:
        assert run.stdin
        assert run.stdout
        for _ in range(2):
            run.stdin.write(LINES.splitlines(keepends=True)[0])
            run.stdin.flush()
            assert json.loads(run.stdout.readline())["post"] == "1"
        run.stdin.close()


_PEAK = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True, stderr=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


def test_memory(tmp_path: Path) -> None:
    """Memory does not grow with the input."""
    peaks = []
    for times in (1, 8):
        path = tmp_path / f"{times}.jsonl"
        path.write_bytes(MANY * times)
        command = [TIPSTAFF, "screen", str(path), "--policy", MINI, "--out", os.devnull]
        measure = [sys.executable, "-c", _PEAK, *command]
        done = subprocess.run(measure, capture_output=True, check=True, cwd=tmp_path)  # noqa: S603
        peaks.append(int(done.stdout))
    assert peaks[1] - peaks[0] < 40_000


def test_progress(tmp_path: Path) -> None:
    """On a terminal a bar shows the rate and the remaining time, and the summary is in colour."""
    (tmp_path / "p.jsonl").write_bytes(MANY)
    shown = in_terminal([TIPSTAFF, "screen", "p.jsonl", "--policy", MINI, "--out", "f.jsonl"], tmp_path)
    assert "posts, " in shown
    assert "remaining" in shown
    assert "\x1b[1;31mviolation" in shown


@pytest.mark.parametrize("arguments", [["--help"], ["screen", "--help"], ["--version"]])
def test_help_is_light(arguments: list[str]) -> None:
    """Help and version come without loading the engine."""
    script = (
        "import sys; from tipstaff.cli.main import main\n"
        f"try: main({arguments!r})\n"
        "except SystemExit as end: assert end.code == 0\n"
        "print(sorted({'numpy', 'msgspec', 'pyarrow', 'rich', 'numba', 'sqlglot'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)  # noqa: S603
    assert done.stdout.decode().splitlines()[-1] == "[]"


@pytest.mark.parametrize(("arguments", "said"), [([], "COMMAND"), (["sceen"], "invalid choice")])
def test_no_such_command(arguments: list[str], said: str) -> None:
    """Without a command, or with one that does not exist, the exit code is 2."""
    done = subprocess.run([TIPSTAFF, *arguments], capture_output=True, check=False)  # noqa: S603
    assert (done.returncode, said in done.stderr.decode()) == (2, True)
