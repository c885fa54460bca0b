"""Block lists: their three forms, what they cover, and how a changed file is taken over."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import time
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tipstaff.base.errors import InputError
from tipstaff.screening.lists import (
    MAX_BYTES,
    BlockList,
    BlockListError,
    BlockLists,
    Match,
    read_block_list,
    within_distance,
)

PHISHING = {
    "version": 2,
    "tolerance": 2,
    "fuzzylist": ["metamask.io", "myetherwallet.com"],
    "whitelist": ["metamask.zone", "good.bad.example"],
    "blacklist": ["bad.example", "xn--fiq228c.com"],
}


def plain(text: str) -> BlockList:
    """Read a list of lines."""
    return read_block_list("test", text.encode())


def phishing(**changes: object) -> BlockList:
    """Read the JSON above with some keys changed."""
    return read_block_list("test", json.dumps(PHISHING | changes).encode())


def test_a_plain_list_has_one_domain_a_line() -> None:
    """Comments, blank lines, case, final dots, a leading `*.` and a byte order mark do not matter."""
    read = plain("\ufeff# phishing\r\n\r\nBad.Example  # seen in May\r\n*.evil.com\r\n.worse.com.\r\n")
    assert read.blocked == {"bad.example", "evil.com", "worse.com"}
    assert read.rejected == ()


def test_a_hosts_file_names_domains_after_an_address() -> None:
    """Every name on a line counts; names of the machine itself are left out with a reason."""
    read = plain(
        "127.0.0.1 localhost\n0.0.0.0 bad.example also.bad.org # x\n::1 ip6-localhost\n0.0.0.0 0.0.0.0\n"
    )
    assert read.blocked == {"bad.example", "also.bad.org"}
    assert [line for line, _ in read.rejected] == [1, 3, 4]


def test_the_json_of_eth_phishing_detect_is_read() -> None:
    """Block, allow and fuzzy entries, the tolerance, and keys that do not concern us."""
    read = phishing()
    assert read.blocked == {"bad.example", "中文.com"}
    assert read.allowed == {"metamask.zone", "good.bad.example"}
    assert dict(read.imitated) == {"metamask": "metamask.io", "myetherwallet": "myetherwallet.com"}
    assert read.tolerance == 2


def test_the_newer_keys_are_read_beside_the_older() -> None:
    """`blocklist` and `allowlist` add to what the older keys name."""
    read = phishing(blocklist=["new.example"], allowlist=["fine.example"])
    assert read.blocked >= {"bad.example", "new.example"}
    assert read.allowed >= {"metamask.zone", "fine.example"}


def test_the_tolerance_defaults_to_that_of_the_format() -> None:
    """A file without one gets 3, as eth-phishing-detect does."""
    assert read_block_list("x", b'{"blacklist": ["a.com"]}').tolerance == 3


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        ("https://bad.com/x", "link"),
        ("bad.com/x", "link"),
        ("co.uk", "public suffix"),
        ("com", "single label"),
        ("1.2.3.4", "address"),
        ("-bad-.com", "no host name"),
        ("a" * 64 + ".com", "no host name"),
        ("bad com", "several words"),
        ("||bad.com^", "no host name"),
    ],
)
def test_an_unusable_entry_is_rejected_with_its_line(entry: str, reason: str) -> None:
    """One bad line does not spoil a list, and is named."""
    read = plain(f"good.com\n{entry}\n")
    assert read.blocked == {"good.com"}
    ((line, why),) = read.rejected
    assert line == 2
    assert reason in why


@pytest.mark.parametrize("form", ["{}", '{{"blocklist": ["ok.com",\n{}\n]}}'])
def test_of_many_unusable_entries_the_first_are_named(form: str) -> None:
    """However many entries are left out, all are counted and a few kept; the good ones are in force."""
    given = [f"bad{number}" for number in range(200_000)] + ["good.com"]
    entries = "\n".join(given) if form == "{}" else ",\n".join(f'"{entry}"' for entry in given)
    read = read_block_list("x", form.format(entries).encode())
    assert "good.com" in read.blocked
    assert read.rejected_count == 200_000
    first = 1 if form == "{}" else 2
    assert [line for line, _ in read.rejected] == list(range(first, first + 10))


@pytest.mark.parametrize(
    "given",
    [
        ["bad.example", "worse.com"],
        [{"name": "one", "blocklist": ["bad.example"]}, {"name": "two", "blocklist": ["worse.com"]}],
        {"eth_phishing_detect_config": {"blocklist": ["bad.example", "worse.com"]}},
        {"data": {"blocklist": ["bad.example"], "hotlist": {"blocklist": ["worse.com"]}}, "version": 2},
    ],
)
def test_json_in_other_forms(given: object) -> None:
    """An array of domains, configurations in an array, and one inside of something else are read."""
    assert read_block_list("x", json.dumps(given).encode()).blocked == {"bad.example", "worse.com"}


def test_the_smallest_of_several_tolerances_counts() -> None:
    """Configurations are one list; what they allow and imitate is put together."""
    parts = [PHISHING, {"allowlist": ["fine.example"], "fuzzylist": ["okx.com"], "tolerance": 1}]
    read = read_block_list("x", json.dumps(parts).encode())
    assert read.tolerance == 1
    assert read.allowed >= {"metamask.zone", "fine.example"}
    assert set(read.imitated) == {"metamask", "myetherwallet", "okx"}


def test_an_entry_that_is_no_text_is_left_out() -> None:
    """A number or a null among the entries is counted like any entry that is no domain."""
    read = read_block_list("x", b'{"blocklist": ["bad.example", 1, null, {"a": 1}]}')
    assert read.blocked == {"bad.example"}
    assert [reason for _, reason in read.rejected] == [
        "'1' is no text",
        "'None' is no text",
        "\"{'a': 1}\" is no text",
    ]


def test_a_line_that_begins_like_json() -> None:
    """A list of lines may begin with a bracket."""
    assert plain("[a list of ours]\nbad.example\n").blocked == {"bad.example"}


def test_what_lists_left_out_is_told(tmp_path: Path) -> None:
    """By name, the lists that are not wholly in force, how much of each is not, and why."""
    (tmp_path / "one.txt").write_text("good.com\nbad\n\nco.uk\n")
    (tmp_path / "two.txt").write_text("good.org\n")
    lists = BlockLists([tmp_path / "one.txt", tmp_path / "two.txt"])
    assert set(lists.left_out) == {"one"}
    assert lists.left_out["one"].count == 2
    assert [line.partition(":")[0] for line in lists.left_out["one"].first] == ["line 2", "line 4"]
    (tmp_path / "one.txt").write_text("good.com\n")
    lists.refresh()
    assert lists.left_out == {}


def test_a_rejected_json_entry_has_its_line() -> None:
    """In JSON too, the line of the entry is told."""
    read = read_block_list("x", b'{"blacklist": [\n"good.com",\n"co.uk"\n]}')
    assert [line for line, _ in read.rejected] == [3]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"# nothing\n",
        b"\xff\xfe",
        b"{",
        b"{}",
        b'{"blacklist": "a.com"}',
        b'{"blacklist": [1]}',
        b'{"blacklist": ["a.com"], "tolerance": 99}',
        b'{"blacklist": ["a.com"], "tolerance": -1}',
        b'{"whitelist": ["a.com"]}',
        b'{"x": ' + b"[" * 100_000,
        b"<html>\n<body>502 Bad Gateway</body>\n",
        b"com\nco.uk\n",
    ],
)
def test_a_broken_file_is_refused(data: bytes) -> None:
    """Empty, cut off, wrongly typed or foreign files raise an error that names the list."""
    with pytest.raises(BlockListError, match="block list broken"):
        read_block_list("broken", data)


def test_an_overlong_file_is_refused() -> None:
    """There is a bound on what is read."""
    with pytest.raises(BlockListError, match="larger than"):
        read_block_list("x", b"#" * (MAX_BYTES + 1))


def test_the_error_is_one_of_input() -> None:
    """Whoever catches `InputError` catches it."""
    assert issubclass(BlockListError, InputError)


@pytest.mark.parametrize("host", ["bad.example", "BAD.Example.", "a.b.bad.example", "ｂａｄ．example"])
def test_an_entry_covers_itself_and_all_below(host: str) -> None:
    """Subdomains, case, a final dot and full-width letters make no difference."""
    assert plain("bad.example").match(host) == "bad.example"


@pytest.mark.parametrize(
    "host", ["notbad.example", "example", "other.example", "bad.example.org", "", "a..b", "x" * 300]
)
def test_an_entry_covers_nothing_else(host: str) -> None:
    """Neither look-alikes nor parents nor malformed hosts are covered."""
    assert plain("bad.example").match(host) is None


def test_the_narrowest_entry_is_returned() -> None:
    """Of two entries that cover a host, the one nearest to it is cited."""
    assert plain("bad.example\na.bad.example").match("x.a.bad.example") == "a.bad.example"


def test_an_entry_above_the_registrable_domain_covers_nothing_below() -> None:
    """`github.io` blocks that host, and not what others registered below it."""
    read = plain("github.io\n")
    assert read.match("github.io") == "github.io"
    assert read.match("alice.github.io") is None


def test_punycode_and_unicode_are_one_domain() -> None:
    """A list and a host may spell an international domain differently."""
    assert phishing().match("www.中文.com") == "中文.com"
    assert plain("中文.com").match("xn--fiq228c.com") == "中文.com"


def test_the_allow_list_wins() -> None:
    """What is allowed, or below it, is not covered by a broader block, nor by resemblance."""
    read = phishing()
    assert read.match("x.good.bad.example") is None
    assert read.match("metamask.zone") is None
    assert read.match("other.bad.example") == "bad.example"
    assert phishing(whitelist=["metamasc.org"]).match("metamasc.org") is None


@pytest.mark.parametrize("host", ["metamsk.io", "metamaskk.com", "www.rnetamask.org", "matamasc.co.uk"])
def test_a_name_within_the_tolerance_is_covered_by_what_it_imitates(host: str) -> None:
    """The label below the public suffix is compared, whatever stands around it."""
    assert phishing().match(host) == "metamask.io"


@pytest.mark.parametrize(
    "host", ["metamask.io", "app.metamask.io", "metamask.org", "metaverse.io", "mask.io", "metamask.evil.com"]
)
def test_the_imitated_name_itself_and_distant_ones_are_not_covered(host: str) -> None:
    """An equal name is no imitation, and neither is one beyond the tolerance."""
    assert phishing().match(host) is None


@given(st.text("abc", max_size=7), st.text("abc", max_size=7), st.integers(0, 8))
def test_the_distance_is_that_of_levenshtein(one: str, other: str, limit: int) -> None:
    """The bounded computation agrees with the definition."""

    @cache
    def distance(left: str, right: str) -> int:
        if not left or not right:
            return len(left) + len(right)
        return min(
            distance(left[1:], right) + 1,
            distance(left, right[1:]) + 1,
            distance(left[1:], right[1:]) + (left[0] != right[0]),
        )

    assert within_distance(one, other, limit) == (distance(one, other) <= limit)


@given(st.text())
def test_matching_never_raises(host: str) -> None:
    """Any text may be asked about."""
    phishing().match(host)


@given(st.binary())
def test_reading_raises_nothing_but_its_own_error(data: bytes) -> None:
    """Any bytes are a list or a `BlockListError`."""
    with contextlib.suppress(BlockListError):
        read_block_list("x", data)


def test_the_digest_is_that_of_the_file() -> None:
    """A finding can cite the very file."""
    assert plain("bad.example").digest == hashlib.sha256(b"bad.example").hexdigest()


def test_several_lists_are_asked_in_order(tmp_path: Path) -> None:
    """The first list that covers a host is named, with its entry."""
    (tmp_path / "one.txt").write_text("bad.example\n")
    (tmp_path / "two.json").write_text(json.dumps(PHISHING))
    lists = BlockLists([tmp_path / "one.txt", tmp_path / "two.json"])
    assert lists.match("a.bad.example") == Match("one", "bad.example")
    assert lists.match("metamsk.io") == Match("two", "metamask.io")
    assert lists.match("fine.example") is None
    assert [read.name for read in lists.lists] == ["one", "two"]


def test_a_changed_file_is_taken_over(tmp_path: Path) -> None:
    """After `refresh` the new list is in force; an unchanged file is not read again."""
    path = tmp_path / "list.txt"
    path.write_text("old.example\n")
    lists = BlockLists([path])
    before = lists.lists
    assert lists.refresh() == ()
    assert lists.lists[0] is before[0]
    path.write_text("new.example and-longer.example\n".replace(" ", "\n"))
    assert lists.refresh() == ("list",)
    assert lists.match("old.example") is None
    assert lists.match("new.example") == Match("list", "new.example")


def test_a_file_put_in_place_of_another_is_taken_over(tmp_path: Path) -> None:
    """Same size and time, but another file: the inode tells."""
    path = tmp_path / "list.txt"
    path.write_text("old.example\n")
    os.utime(path, ns=(1, 1))
    lists = BlockLists([path])
    other = tmp_path / "other"
    other.write_text("new.example\n")
    os.utime(other, ns=(1, 1))
    other.replace(path)
    assert lists.refresh() == ("list",)
    assert lists.match("new.example") == Match("list", "new.example")


def test_a_file_rewritten_in_the_same_size_is_taken_over(tmp_path: Path) -> None:
    """The time of change tells, to the nanosecond."""
    path = tmp_path / "list.txt"
    path.write_text("old.example\n")
    os.utime(path, ns=(1, 1))
    lists = BlockLists([path])
    path.write_text("new.example\n")
    os.utime(path, ns=(2, 2))
    assert lists.refresh() == ("list",)


def test_a_file_rewritten_with_its_old_time_is_taken_over(tmp_path: Path) -> None:
    """Neither size nor time of modification need change."""
    path = tmp_path / "list.txt"
    path.write_text("old.example\n")
    os.utime(path, ns=(1, 1))
    lists = BlockLists([path])
    time.sleep(0.05)
    path.write_text("new.example\n")
    os.utime(path, ns=(1, 1))
    assert lists.refresh() == ("list",)
    assert lists.match("new.example") == Match("list", "new.example")


@pytest.mark.parametrize("broken", [b"", b"\xff", b"{"])
def test_a_broken_new_file_leaves_the_old_list_in_force(tmp_path: Path, broken: bytes) -> None:
    """The fault is recorded, not raised, and goes when a good file comes."""
    path = tmp_path / "list.txt"
    path.write_text("old.example\n")
    lists = BlockLists([path])
    path.write_bytes(broken)
    assert lists.refresh() == ()
    assert lists.refresh() == ()
    assert lists.match("old.example") == Match("list", "old.example")
    assert isinstance(lists.errors["list"], BlockListError)
    path.write_text("new.example\n")
    assert lists.refresh() == ("list",)
    assert lists.errors == {}
    assert lists.match("new.example") == Match("list", "new.example")


def test_a_missing_file_leaves_the_old_list_in_force(tmp_path: Path) -> None:
    """Removal is a fault too; the very same file put back is read again and clears it."""
    path = tmp_path / "list.txt"
    path.write_text("old.example\n")
    lists = BlockLists([path])
    path.rename(tmp_path / "away")
    assert lists.refresh() == ()
    assert "put the file in place" in str(lists.errors["list"])
    assert lists.match("old.example") == Match("list", "old.example")
    (tmp_path / "away").rename(path)
    assert lists.refresh() == ("list",)
    assert lists.errors == {}


def test_a_list_that_cannot_be_read_at_the_start_is_an_error(tmp_path: Path) -> None:
    """Nothing starts with a list that is not there."""
    with pytest.raises(BlockListError, match="absent"):
        BlockLists([tmp_path / "absent.txt"])
    with pytest.raises(BlockListError):
        BlockLists([tmp_path])


def test_two_lists_of_one_name_are_refused(tmp_path: Path) -> None:
    """A finding must be able to name its list."""
    for ending in ("txt", "json"):
        (tmp_path / f"list.{ending}").write_text("a.com\n")
    with pytest.raises(BlockListError, match="two block lists are named list"):
        BlockLists([tmp_path / "list.txt", tmp_path / "list.json"])
