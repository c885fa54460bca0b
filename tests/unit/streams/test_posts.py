"""Making posts of chunks."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tipstaff import InputError, Post
from tipstaff.streams.chunks import Lines, read_chunks
from tipstaff.streams.files import Source, find_sources
from tipstaff.streams.posts import FieldMap, Parsed, Parser

Write = Callable[[str, bytes], Source]

SOUND = b'{"id":"1","account":"a","text":"t"}'


def _parse(data: bytes, pairs: Sequence[str] = (), first: int = 1) -> Parsed:
    return Parser(FieldMap.of(pairs)).parse(Lines("f.jsonl", first, data))


def _parse_file(source: Source, pairs: Sequence[str] = ()) -> Parsed:
    fields = FieldMap.of(pairs)
    parser = Parser(fields)
    parsed = [parser.parse(chunk) for chunk in read_chunks([source], tuple(fields.names.values()))]
    return Parsed([it for one in parsed for it in one.posts], [it for one in parsed for it in one.rejects])


def test_every_field() -> None:
    """A post has eleven fields; others are passed over."""
    row = {
        "id": "1", "account": "a", "text": "t", "title": "h", "url": "u", "lang": "en", "host": "square",
        "app": "x", "published_at": "2026-03-01T00:00:00Z", "followers": 7, "sponsored": True,
    }  # fmt: skip
    (post,) = _parse(json.dumps({**row, "likes": 3, "deep": [{"id": 2}]}).encode()).posts
    assert {name: getattr(post, name) for name in post.__struct_fields__} == row


def test_numbers_that_identify() -> None:
    """Ids and accounts that are numbers become text, beside others that are text."""
    posts = _parse(b'{"id":12345678901234567890,"account":7,"text":"t"}\n' + SOUND).posts
    assert [(post.id, post.account) for post in posts] == [("12345678901234567890", "7"), ("1", "a")]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"oops", "malformed"),
        (b'{"id":"1","account":"a"}', "missing required field `text`"),
        (b'{"id":"1","account":"a","text":null}', "Expected `str`, got `null`"),
        (b'{"id":1.5,"account":"a","text":"t"}', "`$.id`"),
        (b'{"id":true,"account":"a","text":"t"}', "`$.id`"),
        (b'{"id":"","account":"a","text":"t"}', "id is empty"),
        (b'{"id":"1","account":"","text":"t"}', "account is empty"),
        (b'{"id":"1","account":"a","text":"t","followers":-1}', "$.followers"),
        (b'{"id":"1","account":"a","text":"t","followers":9223372036854775808}', "$.followers"),
        (b'{"id":"1","account":"a","text":"t","followers":"7"}', "$.followers"),
        (b'{"id":"1","account":"a","text":"t","sponsored":1}', "$.sponsored"),
        (b"[]", "Expected `object`, got `array`"),
        (SOUND + SOUND, "trailing characters"),
        (b'{"id":"1","account":"a","text":"\xff"}', "not UTF-8: invalid start byte b'\\xff'"),
        (b'{"id":"1","account":"a","text":"\xed\xa0\x80"}', "not UTF-8"),
        (b'{"id":"1","account":"a","text":"\\ud800', "truncated"),
        (
            b'{"id":"1","account":"a","text":"t","x":' + b"[" * 99_999 + b"]" * 99_999 + b"}",
            "nested too deeply",
        ),
        (b'{"id":' + b"9" * 6000 + b',"account":"a","text":"t"}', "out of range"),
    ],
)
def test_no_post(line: bytes, reason: str) -> None:
    """A line that is no post is refused with its number and the reason; those around it are read."""
    parsed = _parse(SOUND + b"\n" + line + b"\n" + SOUND, first=10)
    assert len(parsed.posts) == 2
    ((file, number, said, raw),) = [(it.file, it.line, it.reason, it.raw) for it in parsed.rejects]
    assert (file, number) == ("f.jsonl", 11)
    assert reason in said
    assert raw == line.decode(errors="replace")[:2000]


def test_one_value_on_several_lines() -> None:
    """A value that runs over several lines is refused, line by line: a line is a post."""
    parsed = _parse(b'{"id":"1",\n"account":"a","text":"t"}\n' + SOUND)
    assert ([post.id for post in parsed.posts], [reject.line for reject in parsed.rejects]) == (["1"], [1, 2])


OTHER = SOUND.replace(b'"1"', b'"2"')


@pytest.mark.parametrize(
    ("data", "ids", "refused"),
    [
        (SOUND + OTHER + b"\n" + OTHER[:10] + b"\n" + OTHER[10:], [], [1, 2, 3]),
        (SOUND[:10] + b"\n" + SOUND[10:] + b"\n" + SOUND + OTHER, [], [1, 2, 3]),
        (b'{"x":{}\n,' + SOUND[1:] + b"\n" + SOUND + OTHER + b"\n" + OTHER, ["2"], [1, 2, 3]),
        (b'{"x":\n{},' + SOUND[1:] + b"\n" + SOUND + b"\t" + OTHER + b"\n" + OTHER, ["2"], [1, 2, 3]),
        (SOUND + OTHER + b"\n\n" + OTHER, ["2"], [1]),
        (b"\n" + SOUND + OTHER, [], [2]),
        (SOUND + OTHER + b"\n\r\n", [], [1]),
        (SOUND + OTHER + b"\r\n\r\n", [], [1]),
    ],
)
def test_as_many_objects_as_lines(data: bytes, ids: list[str], refused: list[int]) -> None:
    """Two objects on one line do not make up for one on two lines, or for a blank one."""
    parsed = _parse(data)
    assert ([post.id for post in parsed.posts], [reject.line for reject in parsed.rejects]) == (ids, refused)


PIECES = (SOUND, OTHER, b'{"x":{"y":[{}', b"}]}", b",", OTHER[1:], b"\n", b"\r\n", b" ", b"\n")


@given(st.lists(st.sampled_from(PIECES), max_size=12).map(b"".join))
def test_a_line_is_read_as_if_it_stood_alone(data: bytes) -> None:
    """What becomes of a line does not depend on the lines around it."""
    parsed = _parse(data)
    alone = [_parse(line, first=first) for first, line in enumerate(data.split(b"\n"), start=1)]
    assert list(parsed.posts) == [post for one in alone for post in one.posts]
    assert list(parsed.rejects) == [reject for one in alone for reject in one.rejects]


def test_blank_lines() -> None:
    """Blank lines and Windows line ends are passed over, and numbers go on."""
    parsed = _parse(b"\r\n" + SOUND + b"\r\n  \n\n" + SOUND + b"\r\nx\r\n")
    assert ([post.id for post in parsed.posts], [reject.line for reject in parsed.rejects]) == (
        ["1", "1"],
        [6],
    )


@pytest.mark.parametrize(
    ("written", "text"),
    [
        (r"\ud800", "\ufffd"),
        (r"a\uDC00b", "a\ufffdb"),
        (r"\ud83d\ude00 \ud83d", "😀 \ufffd"),
        (r"\ud83d\ud83d\ude00", "\ufffd😀"),
        (r"\\ud800 \ud800", "\\ud800 \ufffd"),
        (r"\\\ud800", "\\\ufffd"),
        (r"\ud800\n\"\u0000", '\ufffd\n"\0'),
    ],
)
def test_lone_surrogates(written: str, text: str) -> None:
    """A lone surrogate becomes U+FFFD; pairs, other escapes and escaped backslashes stay."""
    (post,) = _parse(b'{"id":"1","account":"a","text":"' + written.encode() + b'"}').posts
    assert post.text == text


@given(st.lists(st.text(st.characters(blacklist_categories=[]), max_size=30), min_size=1, max_size=5))
def test_any_text(texts: list[str]) -> None:
    """Whatever a text holds, it comes back as it was, but for lone surrogates."""
    lines = [json.dumps({"id": "1", "account": "a", "text": text}) for text in texts]
    parsed = _parse("\n".join(lines).encode())
    paired = [text.encode("utf-16", "surrogatepass").decode("utf-16", "replace") for text in texts]
    assert [post.text for post in parsed.posts] == paired


@given(st.binary(max_size=200))
def test_any_bytes(data: bytes) -> None:
    """No bytes are too strange: every line that is not blank is a post or a reject."""
    parsed = _parse(SOUND + b"\n" + data)
    lines = [line for line in data.split(b"\n") if line.strip()]
    assert len(parsed.posts) + len(parsed.rejects) == 1 + len(lines)


def test_mapped_names() -> None:
    """A field can be read from another name, and is then not read from its own."""
    line = b'{"id":1,"user":"u","body":"b","text":"t","title":"h","account":"a"}'
    (post,) = _parse(line, ["text=body", "account=user"]).posts
    assert (post.id, post.account, post.text, post.title) == ("1", "u", "b", "h")


def test_a_name_is_read_once() -> None:
    """A field whose name is taken by another one is not read."""
    (post,) = _parse(b'{"id":1,"account":"a","title":"h","url":"u"}', ["text=title"]).posts
    assert (post.text, post.title, post.url) == ("h", None, "u")


@pytest.mark.parametrize(
    ("pairs", "message"),
    [
        (["txet=body"], "did you mean 'text'"),
        (["text"], "FIELD=NAME"),
        (["text="], "FIELD=NAME"),
        (["text=a", "text=b"], "mapped already"),
        (["text=a", "title=a"], "read for another field"),
        (["url=id"], "--map id=NAME"),
    ],
)
def test_unusable_map(pairs: list[str], message: str) -> None:
    """A map that cannot be meant is refused with a mend."""
    with pytest.raises(InputError, match=message):
        FieldMap.of(pairs)


@pytest.mark.parametrize(
    ("columns", "pairs", "message"),
    [
        (["id", "account", "txt"], [], "no column 'text' for text; did you mean 'txt'"),
        (["id", "account", "text"], ["title=head"], "no column 'head' for title"),
        (["id", "account", "text", "text"], [], "two columns are named 'text'"),
    ],
)
def test_unusable_columns(columns: list[str], pairs: list[str], message: str) -> None:
    """Columns that cannot hold posts are refused before any is read."""
    with pytest.raises(InputError, match=message):
        FieldMap.of(pairs).check("f.csv", columns)


def test_usable_columns() -> None:
    """Optional fields may be absent, and other columns present twice."""
    FieldMap.of(["text=body"]).check("f.csv", ["id", "account", "body", "x", "x"])


def test_csv(write: Write) -> None:
    """Cells are read as the fields ask; an empty optional cell is an absent value."""
    data = "id,account,text,followers,sponsored,title,x\n7,a,买月币,12,True,,q\n8,b,,,,h,\n".encode()
    assert _parse_file(write("a.csv", data)).posts == [
        Post(id="7", account="a", text="买月币", followers=12, sponsored=True),
        Post(id="8", account="b", text="", title="h"),
    ]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (b"1,a", "2 cells, but the header has 5"),
        (b"1,a,t,1,0,more", "6 cells"),
        (b"1,a,t,many,0", "followers is 'many'"),
        (b"1,a,t,-1,0", "followers is '-1'"),
        (b"1,a,t,99999999999999999999,0", "followers"),
        (b"1,a,t,9999999999999999999,0", "followers"),
        ("1,a,t,٣,0".encode(), "followers"),
        (b"1,a,t,1,maybe", "sponsored is 'maybe'"),
        (b",a,t,1,0", "id is empty"),
        (b"1,a,\xff,1,0", "not UTF-8"),
        (b"1,a,\xed\xa0\x80,1,0", "not UTF-8"),
    ],
)
def test_no_csv_post(write: Write, row: bytes, reason: str) -> None:
    """A record that is no post is refused; those around it are read, also beside bytes that are not UTF-8."""
    data = b"id,account,text,followers,sponsored\n1,a,\xe6\x9c\x88,1,0\n" + row + b"\n3,a,t,,\n"
    parsed = _parse_file(write("a.csv", data))
    assert [post.id for post in parsed.posts] == ["1", "3"]
    assert [(reject.line, reason in reject.reason) for reject in parsed.rejects] == [(3, True)]


def test_parquet(tmp_path: Path) -> None:
    """Numbers that identify, times, bytes, dictionaries and counts kept as floats are read as meant."""
    east = dt.timezone(dt.timedelta(hours=8))
    table = pa.table(
        {
            "id": pa.array([1, 2]),
            "account": pa.array(["a", "b"]).dictionary_encode(),
            "text": pa.array([b"t", "月".encode()]),
            "followers": pa.array([5.0, float("nan")]),
            "published_at": pa.array(
                [dt.datetime(2026, 3, 1, 8, 0, 1, 999, tzinfo=east), None],
                pa.timestamp("ns", "Asia/Shanghai"),
            ),
            "sponsored": [True, None],
        }
    )
    pq.write_table(table, tmp_path / "a.parquet")
    assert _parse_file(find_sources([str(tmp_path)])[0]).posts == [
        Post(id="1", account="a", text="t", followers=5, published_at="2026-03-01T00:00:01Z", sponsored=True),
        Post(id="2", account="b", text="月"),
    ]


@pytest.mark.parametrize(
    ("written", "read"), [("3", 3), ("3.0", 3), ("3.5", "followers is 3.5"), ("-1.0", "followers is -1")]
)
def test_a_count_with_a_point(tmp_path: Path, written: str, read: int | str) -> None:
    """A whole number of followers may be written as 3.0 in every format; half a follower is refused."""
    (tmp_path / "a.jsonl").write_text(f'{{"id": 1, "account": "a", "text": "t", "followers": {written}}}\n')
    (tmp_path / "b.csv").write_text(f"id,account,text,followers\n1,a,t,{written}\n")
    table = {"id": [1], "account": ["a"], "text": ["t"], "followers": [float(written)]}
    pq.write_table(pa.table(table), tmp_path / "c.parquet")
    for source in find_sources([str(tmp_path)]):
        parsed = _parse_file(source)
        if isinstance(read, int):
            assert [post.followers for post in parsed.posts] == [read], source.name
        else:
            (reject,) = parsed.rejects
            assert reject.reason.replace("'", "").startswith(read), source.name


@pytest.mark.parametrize(
    ("time", "fine"),
    [
        ("2026-03-01", True),
        ("2026-03-01T12:00:00+08:00", True),
        ("20260301T12Z", True),
        ("garbage", False),
        ("2026-13-01", False),
        ("", True),
    ],
)
def test_when_a_post_was_published(tmp_path: Path, time: str, *, fine: bool) -> None:
    """A time that is none in ISO 8601 is refused with what it should look like."""
    (tmp_path / "a.jsonl").write_text(f'{{"id":"1","account":"a","text":"t","published_at":"{time}"}}\n')
    parsed = _parse_file(find_sources([str(tmp_path)])[0])
    assert len(parsed.posts) == fine
    assert [it.reason for it in parsed.rejects] == (
        [] if fine else [f"published_at is {time!r}; write ISO 8601, as 2026-03-01T12:00:00Z"]
    )


def test_columns_that_are_not_separated_by_commas() -> None:
    """A header that is one long name with semicolons in it says what is wrong."""
    fields = FieldMap.of([])
    with pytest.raises(InputError, match="separated by ';'; write commas"):
        fields.check("a.csv", ["id;account;text"])
    with pytest.raises(InputError, match=r"known: account, body, id\. Say with --map text=NAME\."):
        fields.check("a.csv", ["id", "account", "body"])


def test_no_parquet_post(tmp_path: Path) -> None:
    """A row without a text, with half a follower, or that is not UTF-8, is refused with its number."""
    texts = pa.array([b"t", b"t", b"t", b"\xff", None]).view(pa.string())
    table = pa.table(
        {"id": range(5), "account": ["a"] * 5, "text": texts, "followers": [1.0, 0.5, 1.0, 1.0, 1.0]}
    )
    pq.write_table(table, tmp_path / "a.parquet")
    parsed = _parse_file(find_sources([str(tmp_path)])[0])
    assert [post.id for post in parsed.posts] == ["0", "2"]
    assert [(it.line, it.reason[:9]) for it in parsed.rejects] == [
        (2, "followers"),
        (4, "not UTF-8"),
        (5, "Expected "),
    ]
